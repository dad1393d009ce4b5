"""Airwallex's list parameters: page_num, page_size and the created_at window.

The names are those two community clients agree on; a page size under ten is refused with
`invalid_argument`, as one of them reports from the live demo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from posapp.sandbox.airwallex.errors import AirwallexError
from posapp.sandbox.orders import NANOSECONDS

_SMALLEST_PAGE = 10
_LARGEST_PAGE = 1_000
_LONGEST_NUMBER = 9

Item = TypeVar("Item")


def _whole(query: Mapping[str, str], key: str, default: int) -> int:
    text = query.get(key)
    if text is None or not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise AirwallexError("invalid_argument", f"{key} must be a whole number")
    return int(text)


def _bound(query: Mapping[str, str], key: str) -> int | None:
    text = query.get(key)
    if not text:
        return None
    try:
        # A plus sign in a query string arrives as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as exc:
        raise AirwallexError("invalid_argument", f"{key} must be an ISO 8601 time") from exc
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()) * NANOSECONDS


def page_of(found: list[Item], query: Mapping[str, str], created_at: Callable[[Item], int]) -> tuple[list[Item], bool]:
    """Return one page of a list and whether there is more after it.

    Raises:
        AirwallexError: invalid_argument, for a page size under ten or an unreadable value.
    """
    size = _whole(query, "page_size", _SMALLEST_PAGE)
    if not _SMALLEST_PAGE <= size <= _LARGEST_PAGE:
        raise AirwallexError("invalid_argument", "page_size must be from 10 to 1000")
    first = _whole(query, "page_num", 0) * size
    since, until = _bound(query, "from_created_at"), _bound(query, "to_created_at")
    inside = [
        item
        for item in found
        if (since is None or created_at(item) >= since)
        and (until is None or created_at(item) <= until + NANOSECONDS - 1)
    ]
    return inside[first : first + size], len(inside) > first + size
