"""What a business day added up to: lines, totals and what stands outside of them, as screens, files and Zs show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from posapp.domain.refund import UNFINISHED_REFUNDS, RefundState

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from posapp.domain.inbox import Decision
    from posapp.domain.money import Money
    from posapp.domain.status import Standing


class GroupKind(StrEnum):
    """What the day's money is told apart by, besides its currency."""

    GATEWAY = "GATEWAY"
    CASHIER = "CASHIER"  # who charged; of a refund, who asked for it
    TILL = "TILL"


class OddReason(StrEnum):
    """Why an order is not simply a sale of its day; the most pressing first."""

    PAID_TWICE = "PAID_TWICE"  # the money is there, and in the total
    CONTRADICTED = "CONTRADICTED"  # so it is here; the gateway took its word back
    PAID_AFTER_CANCEL = "PAID_AFTER_CANCEL"  # and here
    PAID_LATE = "PAID_LATE"  # and here
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    WRONG_ORDER = "WRONG_ORDER"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    CODE_UNUSABLE = "CODE_UNUSABLE"
    NOT_KNOWN = "NOT_KNOWN"  # nobody knows whether it was paid
    WAITING = "WAITING"  # it may still be paid
    LAPSED = "LAPSED"  # never found at the gateway, for as long as it was asked about
    UNPAID = "UNPAID"
    REFUSED = "REFUSED"
    NOT_SENT = "NOT_SENT"


PLAIN_REASONS: Final = frozenset({OddReason.UNPAID, OddReason.REFUSED, OddReason.NOT_SENT})
"""What ended without money and without a question."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One paid attempt.

    Attributes:
        order_id: Its order.
        merchant_order_id: The attempt.
        money: What was paid.
        provider: The gateway, like `cbtis`.
        cashier: Who charged; empty where nobody had signed in.
        till: Where.
        business_day: The day that it belongs to.
        created_at: When the order was committed, UTC.
        settled_at: When it was paid, by the gateway's clock where that told, else by ours, UTC.
        note: The cashier's words.
    """

    order_id: str
    merchant_order_id: str
    money: Money
    provider: str
    cashier: str
    till: str
    business_day: date
    created_at: datetime
    settled_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One refund that was asked for.

    Attributes:
        merchant_refund_id: Our id of it.
        order_id: The order whose money it is.
        merchant_order_id: The attempt that was paid.
        money: How much goes back.
        provider: The gateway.
        asked_by: Who asked for it; empty where nobody had signed in.
        approved_by: Who allowed it, where that is somebody else.
        till: Where the order was charged.
        reason: Words for it.
        state: Where it stands.
        business_day: The day on which it was asked for, and counts.
        order_day: The day of the order.
        created_at: When it was committed, UTC.
        settled_at: When its end was committed, UTC.
    """

    merchant_refund_id: str
    order_id: str
    merchant_order_id: str
    money: Money
    provider: str
    asked_by: str
    approved_by: str
    till: str
    reason: str
    state: RefundState
    business_day: date
    order_day: date
    created_at: datetime
    settled_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the gateway has given the money back."""
        return self.state is RefundState.SUCCEEDED

    @property
    def is_under_way(self) -> bool:
        """Whether nobody knows yet whether it will."""
        return self.state in UNFINISHED_REFUNDS


@dataclass(frozen=True, slots=True)
class Totals:
    """What came in and went out in one currency, in its minor units.

    Attributes:
        currency: ISO 4217 code.
        sales: How many paid attempts.
        gross_minor: Their sum.
        refunds: How many refunds the gateway has done.
        refunded_minor: Their sum.
        under_way: How many refunds may still be done; they are not subtracted.
        under_way_minor: Their sum.
    """

    currency: str
    sales: int = 0
    gross_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0
    under_way: int = 0
    under_way_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What came in less what went back; negative where more went back."""
        return self.gross_minor - self.refunded_minor

    @property
    def average_minor(self) -> int:
        """The average sale, rounded half up to a minor unit; 0 without sales."""
        return (2 * self.gross_minor + self.sales) // (2 * self.sales) if self.sales else 0


@dataclass(frozen=True, slots=True)
class GroupTotals:
    """The totals of one gateway, cashier or till; `name` may be empty where nobody had signed in."""

    kind: GroupKind
    name: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class HourTotal:
    """What was paid within one hour of the day.

    Attributes:
        starts_at: The hour's first instant, UTC; None for what was paid outside the day's bounds.
        currency: ISO 4217 code.
        count: How many sales.
        minor: Their sum in minor units.
    """

    starts_at: datetime | None
    currency: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many of the day's orders stand so, and what they were to bring; each order is in one of them."""

    standing: Standing
    currency: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class OddLine:
    """Why an order, or one attempt of it, is not simply a sale.

    Attributes:
        order_id: The order.
        merchant_order_id: The attempt that it is about.
        reason: Why.
        detail: Both values of a mismatch, or the gateway's code; plain text, may be empty.
        money: What was asked for.
        created_at: When the order was committed, UTC.
        is_open: Whether it may still become paid by itself.
        decision: What a person decided about it.
    """

    order_id: str
    merchant_order_id: str
    reason: OddReason
    detail: str
    money: Money
    created_at: datetime
    is_open: bool = False
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class DayReport:
    """A business day as it stood at one moment. Tuples are in the order in which they are shown.

    Attributes:
        shop: The shop's name.
        till: The till's name.
        training: Whether it is pretend money.
        day: The business day.
        zone: The shop's IANA time zone.
        starts_at: Local time at which a day begins.
        begins: The day's first instant, UTC.
        ends: The next day's first, UTC.
        made_at: When this was added up, UTC.
        as_of: The last audit row that it knows of.
        totals: By currency; empty where nothing came in or went out.
        groups: By kind, name and currency; each kind adds up to the totals.
        hours: By hour and currency, only where something was paid; they add up to the sales of the totals.
        states: Every order of the day, by standing and currency.
        refunds: Every refund of the day, whatever became of it.
        odd: What is odd, and every order of the day that is in no total, with the reason.
        crossed: Sales of the day (they are in its totals) that were paid after its end.
        late: Money of other days' orders, in no total of this day: paid within it, or learned of after their own
            day was closed.
        late_refunds: Refunds of closed days that were learned of after their close.
        late_totals: The sums of both, by currency.
        unclosed_days: Earlier days that had orders or refunds and were never closed, newest first, 31 at most.
        close_number: The number of the Z; None while the day is open.
        closed_by: Who closed it.
        sales: Every sale of the day; None where only the sums were kept, as in a Z.
    """

    shop: str
    till: str
    training: bool
    day: date
    zone: str
    starts_at: time
    begins: datetime
    ends: datetime
    made_at: datetime
    as_of: int
    totals: tuple[Totals, ...]
    groups: tuple[GroupTotals, ...]
    hours: tuple[HourTotal, ...]
    states: tuple[StateCount, ...]
    refunds: tuple[RefundLine, ...]
    odd: tuple[OddLine, ...]
    crossed: tuple[SaleLine, ...]
    late: tuple[SaleLine, ...]
    late_refunds: tuple[RefundLine, ...]
    late_totals: tuple[Totals, ...]
    unclosed_days: tuple[date, ...]
    close_number: int | None = None
    closed_by: str = ""
    sales: tuple[SaleLine, ...] | None = None

    @property
    def open_orders(self) -> tuple[OddLine, ...]:
        """What may still become paid, and is in no total yet."""
        return tuple(line for line in self.odd if line.is_open)
