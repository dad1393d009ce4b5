"""Which orders the list shows: the chosen day, chip and search text, and whether an order belongs among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from posapp.domain.currency import decimals_of
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.status import OrderStatus

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot

MAX_SEARCH_CHARS: Final = 64
"""Longest search text; ids are at most 32 characters and gateways' ids not much longer."""

_GROUPED: Final = re.compile(r"(?:[A-Za-z]{3}\s*)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


class DaySpan(Enum):
    """Which days are looked at."""

    TODAY = "today"  # follows the shop's day over its cut-off
    ONE = "one"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class OrdersScope:
    """What the filter bar says; every method returns the next scope and leaves this one alone.

    Attributes:
        span: Today, one fixed day, or all of them.
        day: The fixed business day; None unless `span` is ONE.
        state: The chip.
        text: The search text as typed.
    """

    span: DaySpan = DaySpan.TODAY
    day: date | None = None
    state: StateFilter = StateFilter.ALL
    text: str = ""

    def wanted(self, today: date) -> OrderFilter:
        """Return what to ask the ledger for.

        Args:
            today: The shop's business day now.
        """
        day = self.shown_day(today)
        return OrderFilter(first_day=day, last_day=day, state=self.state, text=search_words(self.text))

    def shown_day(self, today: date) -> date | None:
        """Return the one day that is shown, or None for all days."""
        if self.span is DaySpan.ALL:
            return None
        return self.day if self.day is not None and self.span is DaySpan.ONE else today

    def on_day(self, day: date, today: date) -> OrdersScope:
        """Look at one day; today, once chosen, stays today over the cut-off, and no later day can be chosen."""
        if day >= today:
            return replace(self, span=DaySpan.TODAY, day=None)
        return replace(self, span=DaySpan.ONE, day=day)

    def step(self, days: int, today: date) -> OrdersScope:
        """Go so many days on (or back, below zero); from *all days* the step leads to today."""
        shown = self.shown_day(today)
        return self.on_day(today if shown is None else shown + timedelta(days=days), today)

    def all_days(self) -> OrdersScope:
        """Look at every day."""
        return replace(self, span=DaySpan.ALL, day=None)

    def with_state(self, state: StateFilter) -> OrdersScope:
        """Choose another chip."""
        return replace(self, state=state)

    def with_text(self, text: str) -> OrdersScope:
        """Search for something else."""
        return replace(self, text=text)

    def cleared(self) -> OrdersScope:
        """Drop chip and search, keep the day."""
        return replace(self, state=StateFilter.ALL, text="")

    @property
    def is_narrowed(self) -> bool:
        """Whether chip or search hide some of the day's orders."""
        return self.state is not StateFilter.ALL or bool(search_words(self.text))

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
    return _has_state(snapshot, wanted.state) and _has_text(snapshot, wanted.text)


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


def _has_text(snapshot: OrderSnapshot, text: str) -> bool:
    if not text:
        return True
    sought = text.casefold()
    if sought in snapshot.order.note.casefold():
        return True
    for attempt in snapshot.attempts:
        if attempt.merchant_order_id.casefold().endswith(sought):
            return True
        if attempt.gateway_id is not None and attempt.gateway_id.casefold().endswith(sought):
            return True
    return _is_amount(snapshot.order.money, text)


def _is_amount(money: Money, text: str) -> bool:
    """Tell whether a text means an amount; without a point it means every amount with that whole part."""
    try:
        least = Money.parse(text, money.currency).minor
    except DomainError:
        return False
    most = least if "." in text else least + 10 ** decimals_of(money.currency) - 1
    return least <= money.minor <= most
