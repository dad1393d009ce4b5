"""Shifts: what the till took between two moments of its audit, against what somebody counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posapp.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MAX_NOTE = 120
"""Characters of a note about a difference."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift.

    Attributes:
        number: Counts up from 1.
        opened_at: When it began, UTC.
        opened_by: Name of who began it; empty where nobody had signed in.
        opened_seq: The last audit row before it.
        closed_at: When it ended, UTC; None while it runs.
        closed_by: Name of who counted.
        closed_seq: The last audit row that still belongs to it.
        expected: What came in less what went back within it, by currency; None while it runs.
        counted: What was counted, by currency.
        note: Words about the difference.
    """

    number: int
    opened_at: datetime
    opened_by: str
    opened_seq: int
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_seq: int | None = None
    expected: tuple[Money, ...] | None = None
    counted: tuple[Money, ...] | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""
        return self.closed_seq is None

    @property
    def difference(self) -> tuple[Money, ...]:
        """What was counted less what was expected, by currency; empty while it runs."""
        if self.expected is None or self.counted is None:
            return ()
        return added_up((*self.counted, *(Money(-money.minor, money.currency) for money in self.expected)))


@dataclass(frozen=True, slots=True)
class ShiftBoard:
    """The shifts as a screen shows them.

    Attributes:
        running: The shift that runs; None where none does.
        expected: What it took so far, by currency; None where that is not told before the count.
        past: The last ones that ended, newest first.
    """

    running: Shift | None = None
    expected: tuple[Money, ...] | None = None
    past: tuple[Shift, ...] = ()


def added_up(moneys: Iterable[Money]) -> tuple[Money, ...]:
    """Add money up by currency, in the order of the currencies' codes."""
    sums: dict[str, int] = {}
    for money in moneys:
        sums[money.currency] = sums.get(money.currency, 0) + money.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
