"""Orders made up for the tests of the order list: short to ask for, real in every field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Unpack

from posapp.domain.business_day import BusinessDay
from posapp.domain.money import Money
from posapp.domain.order import Attempt, CodeKind, Flow, Order, OrderSnapshot, PaymentCode
from posapp.domain.refund import Refund, RefundRequest, RefundState
from posapp.domain.status import AttemptState
from posapp.domain.till import TillFacts

if TYPE_CHECKING:
    from tests.fakes import Progress

DAY: Final = BusinessDay("Asia/Hong_Kong", time(4))
NOON: Final = datetime(2025, 11, 22, 4, 0, tzinfo=UTC)
"""12:00 in Hong Kong on 22 November 2025."""

FACTS: Final = TillFacts(
    shop="Harbour Tea",
    till="T1",
    currency="HKD",
    provider="cbtis",
    gateway_name="CBTIS",
    flow=Flow.QRCODE,
    day=DAY,
    training=False,
    can_cancel=False,
)

_SHOWN: Final = frozenset({AttemptState.PENDING, AttemptState.SUCCEEDED, AttemptState.CANCELLED})
_WITH_CODE: Final = _SHOWN | {AttemptState.CREATED}


def an_attempt(seconds: int, goal: AttemptState = AttemptState.PENDING, /, **changes: Unpack[Progress]) -> Attempt:
    """An attempt created so many seconds after noon, with what its state implies."""
    created = NOON + timedelta(seconds=seconds)
    ref = f"T1-{seconds:023d}"
    base = Attempt(
        merchant_order_id=ref,
        order_id=ref,
        number=1,
        provider="cbtis",
        flow=Flow.QRCODE,
        money=Money(12850, "HKD"),
        description="Harbour Tea",
        request_id=f"r-{seconds}",
        confirm_request_id=f"c-{seconds}",
        cancel_request_id=f"x-{seconds}",
        state=goal,
        created_at=created,
        gateway_id=f"int_{seconds:06d}",
        code=PaymentCode(CodeKind.SCAN, f"https://pay.example.test/{seconds}") if goal in _WITH_CODE else None,
        shown_at=created + timedelta(seconds=1) if goal in _SHOWN else None,
        paid_at=created + timedelta(seconds=20) if goal is AttemptState.SUCCEEDED else None,
    )
    return replace(base, **changes)


def a_snapshot(
    number: int,
    goal: AttemptState = AttemptState.PENDING,
    /,
    *,
    minor: int = 12850,
    note: str = "",
    version: int = 1,
    day: date | None = None,
    **changes: Unpack[Progress],
) -> OrderSnapshot:
    """An order of one attempt."""
    money = Money(minor, "HKD")
    one = replace(an_attempt(number, goal, **changes), money=money)
    order = Order(
        order_id=one.order_id,
        money=money,
        note=note,
        till="T1",
        cashier="",
        business_day=day or DAY.of(one.created_at),
        created_at=one.created_at,
    )
    return OrderSnapshot(order, (one,), version)


def again(snapshot: OrderSnapshot, **changes: Unpack[Progress]) -> OrderSnapshot:
    """The same order one version later, its last attempt changed."""
    last = replace(snapshot.attempts[-1], **changes)
    return OrderSnapshot(snapshot.order, (*snapshot.attempts[:-1], last), snapshot.version + 1)


def with_second(snapshot: OrderSnapshot, state: AttemptState, /, **changes: Unpack[Progress]) -> OrderSnapshot:
    """The same order with a further attempt."""
    first = snapshot.attempts[0]
    second = replace(an_attempt(900_000, state, **changes), order_id=first.order_id, number=2, money=first.money)
    return OrderSnapshot(snapshot.order, (*snapshot.attempts, second), snapshot.version + 1)


def with_refund(snapshot: OrderSnapshot, minor: int, state: RefundState = RefundState.SUCCEEDED) -> OrderSnapshot:
    """The same order with a refund."""
    money = Money(minor, snapshot.order.money.currency)
    paid = snapshot.leading
    ref = f"R-{paid.merchant_order_id}-{len(snapshot.refunds)}"
    asked = RefundRequest(ref[:32], f"q-{ref}", paid.merchant_order_id, paid.gateway_id, money)
    refund = Refund(asked, snapshot.order.order_id, "cbtis", snapshot.order.business_day, NOON, state=state)
    return replace(snapshot, refunds=(*snapshot.refunds, refund))
