"""Typed, suspicious reads from a reply: a field has the type its document gives, or it is refused or absent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import Malformed

if TYPE_CHECKING:
    from posapp.gateways.strict_json import JsonObject, JsonValue

MAX_ID: Final = 128
MAX_WORDS: Final = 500

_ID: Final = re.compile(rf"[!-~]{{1,{MAX_ID}}}")
_PATH_ID: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_ID}}}")
_AMOUNT: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,10})?")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_UNSHOWABLE: Final = re.compile(r"\x00+")


def optional_record(owner: JsonObject, key: str) -> JsonObject:
    """Return a field that is an object, or an empty one where it is anything else: for parts nobody depends on."""
    value = owner.get(key)
    return value if isinstance(value, dict) else {}


def identifier(owner: JsonObject, key: str) -> str:
    """Return an id as opaque text of printable ASCII without blanks.

    Raises:
        Malformed: `id_unusable` where it is missing or anything else.
    """
    found = optional_identifier(owner, key)
    if found is None:
        raise Malformed("id_unusable", f"the reply has no {key}")
    return found


def optional_identifier(owner: JsonObject, key: str) -> str | None:
    """Return an id, or None where the field is missing or null.

    Raises:
        Malformed: `id_unusable`: an id that is there but is no id must not pass for an absent one.
    """
    value = owner.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed("id_unusable", f"the reply's {key} is not an id")
    return value


def path_identifier(owner: JsonObject, key: str) -> str:
    """Return an id that may stand in a URL's path: letters, digits, `_` and `-` only, so it cannot lead elsewhere.

    Raises:
        Malformed: `id_unusable`.
    """
    found = identifier(owner, key)
    if not is_path_safe(found):
        raise Malformed("id_unusable", f"the reply's {key} cannot stand in an address")
    return found


def is_path_safe(text: str) -> bool:
    """Tell whether an id may stand in a URL's path."""
    return _PATH_ID.fullmatch(text) is not None


def optional_amount(owner: JsonObject, key: str) -> Decimal | None:
    """Return an amount in major units, written as a number or as plain decimal text; None where missing or null.

    Raises:
        Malformed: `amount_unreadable`.
    """
    value = owner.get(key)
    if value is None:
        return None
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value >= 0:
        return Decimal(value)
    raise Malformed("amount_unreadable", f"the reply's {key} is not an amount")


def optional_text(owner: JsonObject, key: str) -> str | None:
    """Return a text exactly as given; None where the field is missing, null or no text."""
    value = owner.get(key)
    return value if isinstance(value, str) else None


def shown(value: JsonValue, limit: int = MAX_WORDS) -> str | None:
    """Return words from outside as one bounded line of plain text; None where there are none.

    Control characters go, and so does what is invisible or turns the reading direction: a text must not be able to look
    like another one.
    """
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else type(value).__name__ if isinstance(value, (list, dict)) else str(value)
    line = _UNSHOWABLE.sub(" ", "".join(c if c.isprintable() else "\x00" for c in text[: limit + 1]))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def instant(text: str | None) -> datetime | None:
    """Read a provider's time as UTC.

    Takes RFC 3339 with up to nine fraction digits (cut to microseconds) and `+0000` without a colon. A time
    without a zone, a leap second or anything else is None: it never stands in the way of the status beside
    it.
    """
    if text is None or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
