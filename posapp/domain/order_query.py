"""What the order list asks for and gets: filters, pages by key, the timeline of one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from posapp.domain.order import OrderSnapshot

PAGE_SIZE = 100


class StateFilter(StrEnum):
    """The chips above the order list."""

    ALL = "all"
    WAITING = "waiting"
    PAID = "paid"
    UNPAID = "unpaid"
    NEEDS_LOOK = "needs_look"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list.

    Attributes:
        first_day: First business day, or None for no lower bound.
        last_day: Last business day, inclusive, or None for no upper bound.
        state: The chip.
        text: Search text: an amount ("128.50"), the tail of an id, words of the note, a gateway id; empty for none.
        cashier: Who charged, exactly; empty for orders of nobody, None for everybody's.
        till: The till's name, exactly; None for every till's.
    """

    first_day: date | None = None
    last_day: date | None = None
    state: StateFilter = StateFilter.ALL
    text: str = ""
    cashier: str | None = None
    till: str | None = None

    @property
    def is_one_day(self) -> bool:
        """Whether one day is looked at, with what was charged for a next one after its close."""
        return self.first_day is not None and self.last_day in (None, self.first_day)


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where the next page begins: after this row. Opaque to the asker."""

    business_day: date
    created_us: int
    row_id: int


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the ledger's orders come from, for choosing among them; each in alphabetical order.

    Attributes:
        cashiers: Names of who charged; the empty one among them where somebody was not signed in.
        tills: Names of the tills.
    """

    cashiers: tuple[str, ...] = ()
    tills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of the list, newest first.

    A page may be short, even empty, and not be the last: reading looks at so many orders at a time, whether they match
    or not.

    Attributes:
        orders: At most `PAGE_SIZE` orders.
        next_key: What to pass for the next page; None where this was the last.
        origins: Who and where the ledger's orders come from; told with the first page of a list.
    """

    orders: tuple[OrderSnapshot, ...]
    next_key: PageKey | None = None
    origins: Origins | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One audit row, as the details of an order show it.

    Attributes:
        seq: Its place in the audit chain.
        at: When it was written, UTC.
        merchant_order_id: The attempt it is about; None for the order itself.
        event: Code of what happened, like `state`, `review`, `alarm`, `given_up`, `code_dead`, `answer`.
        old_state: State before, for `state`.
        new_state: State after, for `state`.
        facts: Further facts as text: `problem`, `support_id`, `amount`, `paid_at`, `detail`, …
    """

    seq: int
    at: datetime
    merchant_order_id: str | None
    event: str
    old_state: str | None = None
    new_state: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """One order with its timeline, oldest row first."""

    snapshot: OrderSnapshot
    timeline: tuple[TimelineEntry, ...]
