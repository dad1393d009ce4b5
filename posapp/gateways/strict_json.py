"""Bytes from outside to one JSON object, or a refusal: nothing is guessed, rounded, repaired or silently dropped.

Stricter than RFC 8259 where parsers are known to differ: one object at the top, UTF-8 without a byte order
mark, no duplicate keys, no NaN, no lone surrogates, no NUL, a shallow depth, numbers of bounded length as
`int` or `Decimal`.
"""

from __future__ import annotations

import json
import re
from array import array
from decimal import Decimal
from itertools import accumulate
from typing import Final, NoReturn, TypeAlias, cast

JsonValue: TypeAlias = "bool | int | Decimal | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

MAX_DEPTH: Final = 32
MAX_NUMBER: Final = 40
"""Characters of the longest number: four times what any amount needs, and short enough to compute with."""

# A string without an end runs to the end of the body, so that hostile quotes cannot make the scan quadratic.
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # one down or one up, as signed bytes
_NO_BRACKETS: Final = bytes(sorted(set(range(256)) - set(b"[]{}")))


class BadJson(ValueError):
    """The bytes are not one strict JSON object.

    Attributes:
        code: Stable word: `not_utf8`, `not_json`, `not_an_object`, `too_deep`, `duplicate_key`, `bad_number`,
            `bad_text`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse_object(body: bytes) -> JsonObject:
    """Read a whole reply body as one JSON object.

    Args:
        body: Raw bytes; the caller has already capped their number.

    Returns:
        The object; whole numbers are `int`, all others `Decimal`.

    Raises:
        BadJson: For anything else.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        # Not chained: the original error carries the whole body, which may hold a token.
        raise BadJson("not_utf8", "the reply is not UTF-8 text") from None
    if text.startswith("\ufeff"):
        raise BadJson("not_json", "the reply starts with a byte order mark")
    _check_depth(body)
    try:
        value = cast("JsonValue", _DECODER.decode(text))  # the standard library types its result as Any
    except json.JSONDecodeError as exc:
        raise BadJson("not_json", f"the reply is not JSON at character {exc.pos}") from None
    if not isinstance(value, dict):
        raise BadJson("not_an_object", "the reply is JSON but not an object")
    if b"\\u" in body:  # the only way to write a surrogate or a NUL that the decoder lets pass
        _check_texts(value)
    return value


def _check_depth(body: bytes) -> None:
    """Count brackets outside strings before the recursive decoder meets them."""
    steps = array("b", _STRING.sub(b"", body).translate(_STEPS, _NO_BRACKETS))
    if max(accumulate(steps), default=0) > MAX_DEPTH:
        raise BadJson("too_deep", f"the reply nests deeper than {MAX_DEPTH} levels")


def _check_texts(value: JsonValue) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise BadJson("bad_text", "the reply holds a text that is not valid Unicode")
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key)
            _check_texts(item)


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("duplicate_key", "the reply names a field twice")
    return found


def _whole(text: str) -> int:
    if len(text) > MAX_NUMBER:
        raise BadJson("bad_number", "the reply holds a number that is too long")
    return int(text)


def _fraction(text: str) -> Decimal:
    # The exponent is bounded too: Decimal("1e999999999") is cheap to read and ruinous to use.
    number = Decimal(text) if len(text) <= MAX_NUMBER else None
    if number is None or abs(number.adjusted()) > MAX_NUMBER:
        raise BadJson("bad_number", "the reply holds a number that is too long")
    return number


def _constant(text: str) -> NoReturn:
    raise BadJson("bad_number", f"the reply holds {text}, which is not JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)
