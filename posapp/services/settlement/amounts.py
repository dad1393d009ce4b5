"""Amounts and times of a settlement file: read only where they can mean one thing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.money import Money

if TYPE_CHECKING:
    from datetime import tzinfo

_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}", re.ASCII)
_GROUPED_COMMA: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}", re.ASCII)
_COMPACT: Final = re.compile(r"\d{14}", re.ASCII)
_FORMATS: Final = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y/%m/%d")


def amount_of(text: str, currency: str) -> Money:
    """Read an amount; a minus before it or brackets around it make it negative.

    Marks between thousands are understood where they cannot be anything else: `1,280.50`, `1.280,50`, `1,280,000`.
    `1,280` could be one and a bit somewhere, and is refused.

    Raises:
        DomainError: As `Money.parse`.
    """
    bare = text.strip()
    negative = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    if negative:
        bare = bare[1:] if bare.startswith("-") else bare[1:-1]
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    elif _GROUPED_COMMA.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif _DECIMAL_COMMA.fullmatch(bare):
        bare = bare.replace(",", ".")
    money = Money.parse(bare, currency)
    return Money(-money.minor, currency) if negative else money


def time_of(text: str, zone: tzinfo) -> datetime | None:
    """Read a time, UTC; one without a zone is of the shop's. None where it cannot be told."""
    bare = text.strip()
    at = _iso(bare)
    if at is None and _COMPACT.fullmatch(bare):
        at = _as(bare, "%Y%m%d%H%M%S")
    if at is None:
        at = next((found for form in _FORMATS if (found := _as(bare, form)) is not None), None)
    if at is None:
        return None
    try:
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return None


def is_amount_refused(error: DomainError) -> bool:
    """Tell whether an error is about an amount or its currency."""
    return error.code.startswith(("amount_", "currency_"))


def _iso(text: str) -> datetime | None:
    if "-" not in text:
        return None  # Python takes 20260314 for a date, and so for a time at midnight
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _as(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the shop's zone is put on by the caller
    except ValueError:
        return None
