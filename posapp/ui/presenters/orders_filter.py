"""Which orders the list shows: the chosen day, chip and search text, and whether an order belongs among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.search_text import text_matches
from posapp.domain.status import OrderStatus

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot

MAX_SEARCH_CHARS: Final = 64
"""Longest search text; ids are at most 32 characters and gateways' ids not much longer."""

_GROUPED: Final = re.compile(r"(?:[A-Za-z]{3}\s*)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


class DaySpan(Enum):
    """Which days are looked at; all but fixed ones follow the shop's day over its cut-off."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"  # today and the six days before
    MONTH = "month"  # from the first of the month to today
    ONE = "one"  # a fixed day
    RANGE = "range"  # fixed days
    ALL = "all"


@dataclass(frozen=True, slots=True)
class OrdersScope:
    """What the filter bar says; every method returns the next scope and leaves this one alone.

    Attributes:
        span: Which days.
        day: The fixed business day, or the first of a fixed range; None otherwise.
        last: The last day of a fixed range.
        state: The chip.
        text: The search text as typed.
        cashier: Whose orders; None for everybody's.
        till: Which till's; None for every till's.
    """

    span: DaySpan = DaySpan.TODAY
    day: date | None = None
    last: date | None = None
    state: StateFilter = StateFilter.ALL
    text: str = ""
    cashier: str | None = None
    till: str | None = None

    def wanted(self, today: date) -> OrderFilter:
        """Return what to ask the ledger for.

        Args:
            today: The shop's business day now.
        """
        first, last = self.days(today)
        # What is charged after today's close belongs to the next day, and is looked for here.
        if self.span is DaySpan.TODAY:
            last = None
        elif self.span in (DaySpan.WEEK, DaySpan.MONTH):
            last = today + timedelta(days=1)
        return OrderFilter(first, last, self.state, search_words(self.text), self.cashier, self.till)

    def days(self, today: date) -> tuple[date | None, date | None]:
        """Return the first and the last day that are looked at; None for no bound."""
        yesterday = today - timedelta(days=1)
        return {
            DaySpan.TODAY: (today, today),
            DaySpan.YESTERDAY: (yesterday, yesterday),
            DaySpan.WEEK: (today - timedelta(days=6), today),
            DaySpan.MONTH: (today.replace(day=1), today),
            DaySpan.ONE: (self.day, self.day),
            DaySpan.RANGE: (self.day, self.last),
            DaySpan.ALL: (None, None),
        }[self.span]

    def shown_day(self, today: date) -> date | None:
        """Return the one day that is shown, or None for several."""
        first, last = self.days(today)
        return first if first == last else None

    def on_day(self, day: date, today: date) -> OrdersScope:
        """Look at one day; today, once chosen, stays today over the cut-off, and no later day can be chosen."""
        if day >= today:
            return replace(self, span=DaySpan.TODAY, day=None, last=None)
        return replace(self, span=DaySpan.ONE, day=day, last=None)

    def between(self, first: date, last: date, today: date) -> OrdersScope:
        """Look at the days from one to another, whichever of them was named first, up to today."""
        first, last = min(first, last), min(max(first, last), today)
        if first >= last:
            return self.on_day(last, today)
        return replace(self, span=DaySpan.RANGE, day=first, last=last)

    def over(self, span: DaySpan) -> OrdersScope:
        """Look at days that follow today, or at all of them."""
        return replace(self, span=span, day=None, last=None)

    def step(self, days: int, today: date) -> OrdersScope:
        """Go so many days on (or back, below zero); from several days the step leads to today."""
        shown = self.shown_day(today)
        return self.on_day(today if shown is None else shown + timedelta(days=days), today)

    def all_days(self) -> OrdersScope:
        """Look at every day."""
        return self.over(DaySpan.ALL)

    def with_state(self, state: StateFilter) -> OrdersScope:
        """Choose another chip."""
        return replace(self, state=state)

    def with_text(self, text: str) -> OrdersScope:
        """Search for something else."""
        return replace(self, text=text)

    def of_cashier(self, cashier: str | None) -> OrdersScope:
        """Look at one cashier's orders, or at everybody's."""
        return replace(self, cashier=cashier)

    def of_till(self, till: str | None) -> OrdersScope:
        """Look at one till's orders, or at every till's."""
        return replace(self, till=till)

    def cleared(self) -> OrdersScope:
        """Drop chip, search, cashier and till, keep the days."""
        return replace(self, state=StateFilter.ALL, text="", cashier=None, till=None)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the days hides some of the orders."""
        chosen = self.state is not StateFilter.ALL or self.cashier is not None or self.till is not None
        return chosen or bool(search_words(self.text))

    def can_step_on(self, today: date) -> bool:
        """Whether there is a later day to go to."""
        shown = self.shown_day(today)
        return shown is None or shown < today


def search_words(typed: str) -> str:
    """Turn what a person types or pastes into what the ledger looks for.

    A printed amount ("HKD 1,280.50") becomes the plain one ("1280.50"); the dots in front of a printed id tail go.
    """
    text = typed.strip().lstrip("….").strip()[:MAX_SEARCH_CHARS]
    amount = _GROUPED.fullmatch(text)
    if amount is None:
        return text
    return amount[1].replace(",", "") + (amount[2] or "")


def belongs(snapshot: OrderSnapshot, wanted: OrderFilter) -> bool:
    """Tell whether an order that has just changed belongs into a list, as the ledger would."""
    day = snapshot.order.business_day
    if wanted.first_day is not None and day < wanted.first_day:
        return False
    if wanted.last_day is not None and day > wanted.last_day:
        return False
    if wanted.cashier is not None and snapshot.order.cashier != wanted.cashier:
        return False
    if wanted.till is not None and snapshot.order.till != wanted.till:
        return False
    text = wanted.text.strip()
    return _has_state(snapshot, wanted.state) and (not text or text_matches(snapshot, text))


def _has_state(snapshot: OrderSnapshot, state: StateFilter) -> bool:
    match state:
        case StateFilter.ALL:
            return True
        case StateFilter.WAITING:
            return snapshot.status is OrderStatus.OPEN
        case StateFilter.PAID:
            return snapshot.status in (OrderStatus.PAID, OrderStatus.OVERPAID)
        case StateFilter.UNPAID:
            return snapshot.status is OrderStatus.CLOSED and not snapshot.needs_look
        case StateFilter.NEEDS_LOOK:
            return snapshot.needs_look
        case StateFilter.REFUNDED:
            return snapshot.refunded.minor > 0
