"""Closed days: numbered, chained by their hashes, and never changed again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from posapp.domain.day_report import DayReport, Totals

GENESIS: Final = "0" * 64
"""In place of the hash before the first Z."""


@dataclass(frozen=True, slots=True)
class DayClose:
    """One Z without its text.

    Attributes:
        number: Counts up from 1, without gaps.
        day: The business day that it closed.
        closed_at: When, UTC.
        closed_by: Name of who did; empty where nobody had signed in.
        hash: Its place in the chain: SHA-256 over the hash before, its number, its day and its text.
    """

    number: int
    day: date
    closed_at: datetime
    closed_by: str
    hash: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day as the screens show it.

    Attributes:
        report: What it adds up to; of a closed day, what its Z says.
        close: The Z, where it is closed.
        trading: Whether new orders belong to this day now.
        today: The day that new orders belong to now.
        clock_day: The day that it is by the clock; before `today` where that was closed before its end.
        after_close: What came in and went out after the Z by the day's own orders and refunds, by currency.
    """

    report: DayReport
    close: DayClose | None
    trading: bool
    today: date
    clock_day: date
    after_close: tuple[Totals, ...] = ()


@dataclass(frozen=True, slots=True)
class Reprint:
    """A Z once more: its text is the same bytes as ever, only the count of the copy is new.

    Attributes:
        close: Which Z.
        copy: Which copy, from 1.
        text: The canonical JSON that was written; `posapp.domain.day_text.report_from` reads it.
    """

    close: DayClose
    copy: int
    text: str


@dataclass(frozen=True, slots=True)
class CloseRow:
    """A Z as it lies in the ledger."""

    number: int
    day: str
    closed_us: int
    closed_by: str
    report: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first Z that is not what was written, and what is wrong with it: `number`, `link` or `hash`."""

    number: int
    code: str


def close_hash(prev_hash: str, number: int, day: str, report: str) -> str:
    """Hash a Z onto the one before."""
    return hashlib.sha256(f"{prev_hash}\n{number}\n{day}\n{report}".encode()).hexdigest()


def check_chain(rows: Iterable[CloseRow]) -> ChainFault | None:
    """Look whether Zs, in the order of their numbers, are a chain without a gap; None where they are."""
    expected, before = 1, GENESIS
    for row in rows:
        if row.number != expected:
            return ChainFault(expected, "number")
        if row.prev_hash != before:
            return ChainFault(row.number, "link")
        if row.hash != close_hash(before, row.number, row.day, row.report):
            return ChainFault(row.number, "hash")
        expected, before = row.number + 1, row.hash
    return None
