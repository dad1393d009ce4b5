"""How refunds lie in their rows: one place that knows the columns and their order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from posapp.domain.money import Money
from posapp.domain.refund import Refund, RefundRequest, RefundReview, RefundState
from posapp.store.instants import from_us, to_us

if TYPE_CHECKING:
    import sqlite3

    from posapp.store.rows import Row

REFUND_REQUEST_COLUMNS: Final = (
    "merchant_refund_id",
    "request_id",
    "order_id",
    "merchant_order_id",
    "payment_gateway_id",
    "provider",
    "amount_minor",
    "currency",
    "reason",
    "business_day",
    "created_us",
    "asked_by",
    "approved_by",
)
"""What was asked of the gateway, by whom and when; triggers keep these columns as they were inserted."""

REFUND_PROGRESS_COLUMNS: Final = (
    "state",
    "gateway_refund_id",
    "support_id",
    "problem_code",
    "problem_text",
    "review",
    "review_detail",
    "final_us",
    "settled",
)
"""What became of it."""

REFUND_COLUMNS: Final = ", ".join(f"refunds.{name}" for name in REFUND_REQUEST_COLUMNS + REFUND_PROGRESS_COLUMNS)


def refund_from(row: Row) -> Refund:
    """Read a refund from `REFUND_COLUMNS`."""
    asked = dict(zip(REFUND_REQUEST_COLUMNS, row, strict=False))
    became = dict(zip(REFUND_PROGRESS_COLUMNS, row[len(REFUND_REQUEST_COLUMNS) :], strict=True))
    created_us: int = asked["created_us"]
    final_us: int | None = became["final_us"]
    request = RefundRequest(
        merchant_refund_id=asked["merchant_refund_id"],
        request_id=asked["request_id"],
        merchant_order_id=asked["merchant_order_id"],
        payment_gateway_id=asked["payment_gateway_id"],
        money=Money(asked["amount_minor"], asked["currency"]),
        reason=asked["reason"],
    )
    return Refund(
        request=request,
        order_id=asked["order_id"],
        provider=asked["provider"],
        business_day=date.fromisoformat(asked["business_day"]),
        created_at=from_us(created_us),
        asked_by=asked["asked_by"],
        approved_by=asked["approved_by"],
        state=RefundState(became["state"]),
        gateway_refund_id=became["gateway_refund_id"],
        support_id=became["support_id"],
        problem_code=became["problem_code"],
        problem_text=became["problem_text"],
        review=None if became["review"] is None else RefundReview(became["review"]),
        review_detail=became["review_detail"],
        final_at=from_us(final_us),
        settled=became["settled"],
    )


def refund_request_values(refund: Refund) -> tuple[str | int | None, ...]:
    """Lay out what was asked as `REFUND_REQUEST_COLUMNS`."""
    asked = refund.request
    return (
        asked.merchant_refund_id,
        asked.request_id,
        refund.order_id,
        asked.merchant_order_id,
        asked.payment_gateway_id,
        refund.provider,
        asked.money.minor,
        asked.money.currency,
        asked.reason,
        refund.business_day.isoformat(),
        to_us(refund.created_at),
        refund.asked_by,
        refund.approved_by,
    )


def refund_progress_values(refund: Refund) -> tuple[str | int | None, ...]:
    """Lay out what became of it as `REFUND_PROGRESS_COLUMNS`."""
    return (
        refund.state,
        refund.gateway_refund_id,
        refund.support_id,
        refund.problem_code,
        refund.problem_text,
        refund.review,
        refund.review_detail,
        to_us(refund.final_at),
        refund.settled,
    )


def read_refunds(connection: sqlite3.Connection, order_id: str) -> tuple[Refund, ...]:
    """Read an order's refunds over an open connection, oldest first."""
    query = f"SELECT {REFUND_COLUMNS} FROM refunds WHERE order_id = ? ORDER BY id"  # noqa: S608 - a constant
    return tuple(refund_from(row) for row in connection.execute(query, (order_id,)))
