"""Sorting a day's orders: what of them is a sale, where each stands, and what is odd and why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from posapp.domain.day_report import OddLine, OddReason, SaleLine, StateCount
from posapp.domain.money import Money
from posapp.domain.order import standing_of
from posapp.domain.status import NON_FINAL, AlarmKind, AttemptState, ReviewReason, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from posapp.domain.inbox import Decision


class DayAttempt(NamedTuple):
    """What a day needs to know of an attempt; made by the thousand, so a tuple.

    Attributes:
        settled_at: When it was paid by the gateway's clock, else when its end was committed, UTC.
        decision: What a person decided about it.
    """

    merchant_order_id: str
    provider: str
    money: Money
    state: AttemptState
    review: ReviewReason | None = None
    alarm: AlarmKind | None = None
    detail: str = ""
    settled_at: datetime | None = None
    decision: Decision | None = None


class DayOrder(NamedTuple):
    """What a day needs to know of an order; `attempts` oldest first, never empty."""

    order_id: str
    money: Money
    cashier: str
    till: str
    note: str
    business_day: date
    created_at: datetime
    attempts: tuple[DayAttempt, ...]


class Sorted(NamedTuple):
    """The orders of a day, sorted out.

    Attributes:
        sales: Every paid attempt, in the order of the orders.
        states: Every order, counted by standing and currency.
        odd: What is odd or in no total, the most pressing first.
    """

    sales: tuple[SaleLine, ...]
    states: tuple[StateCount, ...]
    odd: tuple[OddLine, ...]


_ALARMS: Final = {
    AlarmKind.PAID_TWICE: OddReason.PAID_TWICE,
    AlarmKind.CONTRADICTED: OddReason.CONTRADICTED,
    AlarmKind.PAID_AFTER_CANCEL: OddReason.PAID_AFTER_CANCEL,
    AlarmKind.PAID_LATE: OddReason.PAID_LATE,
}
_STATES: Final = {
    AttemptState.CREATING: OddReason.WAITING,
    AttemptState.CREATED: OddReason.WAITING,
    AttemptState.PENDING: OddReason.WAITING,
    AttemptState.UNKNOWN: OddReason.NOT_KNOWN,
    AttemptState.ORPHAN: OddReason.NOT_KNOWN,
    AttemptState.LAPSED: OddReason.LAPSED,
    AttemptState.CANCELLED: OddReason.UNPAID,
    AttemptState.REFUSED: OddReason.REFUSED,
    AttemptState.NOT_SENT: OddReason.NOT_SENT,
}
_PLACES: Final = {reason: place for place, reason in enumerate(OddReason)}
_STANDINGS: Final = {standing: place for place, standing in enumerate(Standing)}
_PLAIN: Final = frozenset({OddReason.UNPAID, OddReason.REFUSED, OddReason.NOT_SENT})


def sort_out(orders: Iterable[DayOrder]) -> Sorted:
    """Sort a day's orders out; every order is counted in exactly one state."""
    sales: list[SaleLine] = []
    odd: list[OddLine] = []
    counted: dict[tuple[Standing, str], tuple[int, int]] = {}
    for order in orders:
        if len(order.attempts) == 1 and _is_plain_sale(order.attempts[0]):  # nearly all of them
            sales.append(sale_of(order, order.attempts[0]))
            key = Standing.PAID, order.money.currency
            count, minor = counted.get(key, (0, 0))
            counted[key] = count + 1, minor + order.money.minor
            continue
        states = [attempt.state for attempt in order.attempts]
        standing = standing_of(states, reviewed=any(attempt.review is not None for attempt in order.attempts))
        key = standing, order.money.currency
        count, minor = counted.get(key, (0, 0))
        counted[key] = count + 1, minor + order.money.minor
        paid = [attempt for attempt in order.attempts if attempt.state is AttemptState.SUCCEEDED]
        sales += (sale_of(order, attempt) for attempt in paid)
        odd += _odd_of(order, paid)
    found = sorted(counted.items(), key=lambda item: (_STANDINGS[item[0][0]], item[0][1]))
    return Sorted(
        tuple(sales),
        tuple(StateCount(standing, currency, *sums) for (standing, currency), sums in found),
        tuple(sorted(odd, key=lambda line: _PLACES[line.reason])),
    )


def _is_plain_sale(attempt: DayAttempt) -> bool:
    return attempt.state is AttemptState.SUCCEEDED and attempt.review is None and attempt.alarm is None


def sale_of(order: DayOrder, attempt: DayAttempt) -> SaleLine:
    """Write the line of a paid attempt."""
    return SaleLine(
        order_id=order.order_id,
        merchant_order_id=attempt.merchant_order_id,
        money=attempt.money,
        provider=attempt.provider,
        cashier=order.cashier,
        till=order.till,
        business_day=order.business_day,
        created_at=order.created_at,
        settled_at=attempt.settled_at or order.created_at,
        note=order.note,
    )


def _odd_of(order: DayOrder, paid: list[DayAttempt]) -> list[OddLine]:
    """Write the lines of an order that is not simply one payment; one that brought nothing has exactly one."""
    if not paid:
        attempt = min(order.attempts, key=lambda attempt: _PLACES[_unpaid_reason(attempt)])
        may_come = any(attempt.state in NON_FINAL for attempt in order.attempts)
        return [_line(order, attempt, _unpaid_reason(attempt), is_open=may_come)]
    lines: list[OddLine] = []
    for attempt in order.attempts:
        reason = _paid_reason(attempt, paid[0]) if attempt in paid else _unpaid_reason(attempt)
        if reason is not None and reason not in _PLAIN:
            lines.append(_line(order, attempt, reason, is_open=attempt.state in NON_FINAL))
    return lines


def _paid_reason(attempt: DayAttempt, first: DayAttempt) -> OddReason | None:
    if attempt.alarm is not None:
        return _ALARMS[attempt.alarm]
    if attempt.review is not None:
        return OddReason(attempt.review)
    return None if attempt is first else OddReason.PAID_TWICE


def _unpaid_reason(attempt: DayAttempt) -> OddReason:
    return _STATES[attempt.state] if attempt.review is None else OddReason(attempt.review)


def _line(order: DayOrder, attempt: DayAttempt, reason: OddReason, *, is_open: bool) -> OddLine:
    return OddLine(
        order_id=order.order_id,
        merchant_order_id=attempt.merchant_order_id,
        reason=reason,
        detail=attempt.detail,
        money=attempt.money,
        created_at=order.created_at,
        is_open=is_open,
        decision=attempt.decision,
    )
