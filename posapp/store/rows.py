"""How orders and attempts lie in their rows: one place that knows the columns and their order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.order import Attempt, CodeKind, Flow, Order, Payer, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.store.instants import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    Row = Sequence[Any]  # SQLite's own types: int, str or None

ORDER_COLUMNS: Final = (
    "orders.order_id, orders.amount_minor, orders.currency, orders.note, orders.till, orders.cashier, "
    "orders.business_day, orders.created_us"
)
ORDER_WIDTH: Final = 8

REQUEST_COLUMNS: Final = (
    "merchant_order_id",
    "order_id",
    "number",
    "provider",
    "flow",
    "amount_minor",
    "currency",
    "description",
    "request_id",
    "confirm_request_id",
    "cancel_request_id",
    "payer_open_id",
    "payer_app_id",
    "created_us",
)
"""What was asked of the gateway; triggers keep these columns as they were inserted."""

PROGRESS_COLUMNS: Final = (
    "state",
    "gateway_id",
    "code_kind",
    "code_content",
    "code_dead",
    "support_id",
    "problem_code",
    "problem_text",
    "review",
    "review_detail",
    "alarm",
    "shown_us",
    "given_up_us",
    "final_us",
    "paid_us",
    "paid_raw",
    "settled",
)
"""What became of it."""

ATTEMPT_COLUMNS: Final = ", ".join(f"attempts.{name}" for name in REQUEST_COLUMNS + PROGRESS_COLUMNS)


def order_from(row: Row) -> Order:
    """Read an order from `ORDER_COLUMNS`."""
    order_id, minor, currency, note, till, cashier, day, created = row
    created_us: int = created
    return Order(
        order_id=order_id,
        money=Money(minor, currency),
        note=note,
        till=till,
        cashier=cashier,
        business_day=date.fromisoformat(day),
        created_at=from_us(created_us),
    )


def order_values(order: Order) -> tuple[str | int, ...]:
    """Lay an order out as `ORDER_COLUMNS`."""
    return (
        order.order_id,
        order.money.minor,
        order.money.currency,
        order.note,
        order.till,
        order.cashier,
        order.business_day.isoformat(),
        to_us(order.created_at),
    )


def attempt_from(row: Row) -> Attempt:
    """Read an attempt from `ATTEMPT_COLUMNS`."""
    asked = dict(zip(REQUEST_COLUMNS, row, strict=False))
    became = dict(zip(PROGRESS_COLUMNS, row[len(REQUEST_COLUMNS) :], strict=True))
    open_id = asked["payer_open_id"]
    kind = became["code_kind"]
    created_us: int = asked["created_us"]
    return Attempt(
        merchant_order_id=asked["merchant_order_id"],
        order_id=asked["order_id"],
        number=asked["number"],
        provider=asked["provider"],
        flow=Flow(asked["flow"]),
        money=Money(asked["amount_minor"], asked["currency"]),
        description=asked["description"],
        request_id=asked["request_id"],
        confirm_request_id=asked["confirm_request_id"],
        cancel_request_id=asked["cancel_request_id"],
        state=AttemptState(became["state"]),
        created_at=from_us(created_us),
        payer=None if open_id is None else Payer(open_id, asked["payer_app_id"]),
        gateway_id=became["gateway_id"],
        code=None if kind is None else PaymentCode(CodeKind(kind), became["code_content"]),
        code_dead=bool(became["code_dead"]),
        support_id=became["support_id"],
        problem_code=became["problem_code"],
        problem_text=became["problem_text"],
        review=None if became["review"] is None else ReviewReason(became["review"]),
        review_detail=became["review_detail"],
        alarm=None if became["alarm"] is None else AlarmKind(became["alarm"]),
        shown_at=_moment(became["shown_us"]),
        given_up_at=_moment(became["given_up_us"]),
        final_at=_moment(became["final_us"]),
        paid_at=_moment(became["paid_us"]),
        paid_at_raw=became["paid_raw"],
        settled=None if became["settled"] is None else Decision(became["settled"]),
    )


def _moment(microseconds: int | None) -> datetime | None:
    return from_us(microseconds)


def request_values(attempt: Attempt) -> tuple[str | int | None, ...]:
    """Lay out what was asked as `REQUEST_COLUMNS`."""
    return (
        attempt.merchant_order_id,
        attempt.order_id,
        attempt.number,
        attempt.provider,
        attempt.flow,
        attempt.money.minor,
        attempt.money.currency,
        attempt.description,
        attempt.request_id,
        attempt.confirm_request_id,
        attempt.cancel_request_id,
        attempt.payer.open_id if attempt.payer else None,
        attempt.payer.app_id if attempt.payer else None,
        to_us(attempt.created_at),
    )


def progress_values(attempt: Attempt) -> tuple[str | int | None, ...]:
    """Lay out what became of it as `PROGRESS_COLUMNS`."""
    return (
        attempt.state,
        attempt.gateway_id,
        attempt.code.kind if attempt.code else None,
        attempt.code.content if attempt.code else None,
        int(attempt.code_dead),
        attempt.support_id,
        attempt.problem_code,
        attempt.problem_text,
        attempt.review,
        attempt.review_detail,
        attempt.alarm,
        to_us(attempt.shown_at),
        to_us(attempt.given_up_at),
        to_us(attempt.final_at),
        to_us(attempt.paid_at),
        attempt.paid_at_raw,
        attempt.settled,
    )
