"""Reading a request body strictly: JSON without tricks, then fields with the right types and lengths."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, auto

from posapp.sandbox.exchange import JsonObject, JsonValue, RefusedError

MOST_BYTES = 1_000_000
"""Longer bodies are refused; no documented request comes near it."""


class BadBodyError(Exception):
    """The body is not one JSON object; the text says why."""


class Wrong(Enum):
    """What is wrong with a field; each provider has its own code and words for it."""

    MISSING = auto()
    TYPE = auto()
    LENGTH = auto()
    VALUE = auto()


Refuse = Callable[[Wrong, str, str], RefusedError]
"""Makes a provider's error from what is wrong, the dotted field name, and a few words of detail."""


def _no_duplicates(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadBodyError("a key appears twice")
    return found


def _no_constants(word: str) -> JsonValue:
    raise BadBodyError(f"{word} is not JSON")


def read_value(body: bytes, *, exact: bool = False) -> JsonValue:
    """Return the body's JSON value; with `exact`, numbers that have a point or exponent are Decimals.

    Raises:
        BadBodyError: It is not UTF-8 JSON, repeats a key, or is nested absurdly.
    """
    try:
        value: JsonValue = json.loads(
            body.decode("utf-8"),
            parse_float=Decimal if exact else float,
            parse_constant=_no_constants,
            object_pairs_hook=_no_duplicates,
        )
        if b"\\u" in body:
            # A lone surrogate decodes but could never be answered: it has no UTF-8.
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError) as exc:
        raise BadBodyError("the body is not JSON") from exc
    return value


def read_object(body: bytes, *, exact: bool = False) -> JsonObject:
    """Return the body as an object; see `read_value`.

    Raises:
        BadBodyError: As `read_value`, or it is not an object.
    """
    value = read_value(body, exact=exact)
    if not isinstance(value, dict):
        raise BadBodyError("the body is not a JSON object")
    return value


def read_loosely(body: bytes) -> JsonObject:
    """Return the body as an object if it is one, else an empty one; for looking, not for judging."""
    try:
        return read_object(body)
    except BadBodyError:
        return {}


class Fields:
    """The fields of one JSON object; a field that is null counts as not given."""

    def __init__(self, values: JsonObject, refuse: Refuse, prefix: str = "") -> None:
        """Wrap an object; `prefix` is the dotted name of the object itself."""
        self._values = values
        self._refuse = refuse
        self._prefix = prefix

    def name(self, key: str) -> str:
        """Return the dotted name of a field."""
        return f"{self._prefix}.{key}" if self._prefix else key

    def raw(self, key: str) -> JsonValue:
        """Return a field whatever it is."""
        return self._values.get(key)

    def wrong(self, what: Wrong, key: str, detail: str) -> RefusedError:
        """Return the provider's error for a field, to be raised."""
        return self._refuse(what, self.name(key), detail)

    def optional_text(self, key: str, *, longest: int | None = None) -> str | None:
        """Return a text field, or None if it is absent or empty."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong(Wrong.TYPE, key, "must be a string")
        if longest is not None and len(value) > longest:
            raise self.wrong(Wrong.LENGTH, key, f"must be at most {longest} characters")
        return value or None

    def text(self, key: str, *, longest: int | None = None) -> str:
        """Return a text field that must be there and not be blank."""
        value = self.optional_text(key, longest=longest)
        if value is None or not value.strip():
            raise self.wrong(Wrong.MISSING, key, "must be provided")
        return value

    def optional_url(self, key: str) -> str | None:
        """Return a text field that must look like an address when given."""
        value = self.optional_text(key, longest=2_048)
        if value is not None and "://" not in value:
            raise self.wrong(Wrong.VALUE, key, "must be a URL")
        return value

    def child(self, key: str) -> Fields:
        """Return an object field that must be there."""
        value = self._values.get(key)
        if value is None:
            raise self.wrong(Wrong.MISSING, key, "must be provided")
        if not isinstance(value, dict):
            raise self.wrong(Wrong.TYPE, key, "must be an object")
        return Fields(value, self._refuse, self.name(key))
