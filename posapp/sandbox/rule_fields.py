"""The fields of a fault rule: what each may hold, and the sentence where it does not."""

from __future__ import annotations

from enum import StrEnum

from posapp.sandbox.exchange import JsonValue

_LONGEST_WAIT_S = 3_600.0
_LOWEST_STATUS, _HIGHEST_STATUS = 200, 599


class Variant(StrEnum):
    """How a body can be malformed; `truncated` is half the JSON in a whole reply, `cut` half a reply."""

    TRUNCATED = "truncated"
    CUT = "cut"
    NOT_JSON = "not_json"
    HTML = "html"
    NAN = "nan"
    DUPLICATE_KEYS = "duplicate_keys"
    DEEP = "deep"
    HUGE = "huge"
    GZIP = "gzip"
    EMPTY = "empty"
    BOM = "bom"
    WRONG_TYPE = "wrong_type"
    MISSING_DATA = "missing_data"


class BadRuleError(Exception):
    """A fault rule that cannot be read; `field` names the culprit."""

    def __init__(self, field_name: str, message: str) -> None:
        """Keep the field and what is wrong with it."""
        super().__init__(f"{field_name}: {message}")
        self.field = field_name


def _seconds(key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRuleError(key, "must be a number of seconds")
    if not 0 <= value <= _LONGEST_WAIT_S:
        raise BadRuleError(key, f"must be from 0 to {_LONGEST_WAIT_S:.0f}")
    return value


def _flag(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, bool):
        raise BadRuleError(key, "must be true or false")
    return value


def _http_status(key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRuleError(key, "must be a whole number")
    if not _LOWEST_STATUS <= value <= _HIGHEST_STATUS:
        raise BadRuleError(key, f"must be from {_LOWEST_STATUS} to {_HIGHEST_STATUS}")
    return value


def _number_or_text(key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadRuleError(key, "must be a number or a string")
    if isinstance(value, str) and not value.isprintable():
        raise BadRuleError(key, "must be printable")
    return value


def _code(key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int | str) or value in (0, ""):
        raise BadRuleError(key, "must be a whole number other than 0 (CBTIS) or a string (Airwallex)")
    return value


def _text(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        raise BadRuleError(key, "must be a string")
    return value


def _body(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, str | dict | list):
        raise BadRuleError(key, "must be a string or a JSON object")
    return value


def _variant(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, str) or value not in tuple(v.value for v in Variant):
        raise BadRuleError(key, f"must be one of {', '.join(Variant)}")
    return value


def _patch_set(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, dict) or not value:
        raise BadRuleError(key, "must be an object of dotted names and their new values")
    return value


def _patch_remove(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise BadRuleError(key, "must be a list of dotted names")
    return value


READERS = {
    "seconds": _seconds,
    "committed": _flag,
    "reset": _flag,
    "status": _http_status,
    "retry_after": _number_or_text,
    "body": _body,
    "variant": _variant,
    "amount": _number_or_text,
    "currency": _text,
    "other": _text,
    "word": _text,
    "code": _code,
    "message": _text,
    "set": _patch_set,
    "remove": _patch_remove,
}
