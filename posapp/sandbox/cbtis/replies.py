"""The bodies of CBTIS's good replies: orders, refunds and their times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from posapp.sandbox.exchange import JsonObject
from posapp.sandbox.orders import (
    NANOSECONDS,
    REFUND_WORDS,
    STATUS_WORDS,
    Order,
    OrderState,
    Provider,
    Refund,
    RefundState,
)

_ZONE = timezone(timedelta(hours=8))
_FRACTION_DIGITS = (9, 9, 6, 8, 0, 3, 7)


def go_time(at_ns: int, digits: int) -> str:
    """Return an instant as Go's RFC3339Nano writes it: +08:00, no trailing zeros in the fraction.

    `digits` is how fine the clock is taken to be, 0 to 9; the documents show nine digits.
    """
    seconds, fraction = divmod(at_ns, NANOSECONDS)
    text = f"{fraction:09d}"[:digits].rstrip("0")
    local = datetime.fromtimestamp(seconds, UTC).astimezone(_ZONE)
    return f"{local:%Y-%m-%dT%H:%M:%S}{'.' + text if text else ''}+08:00"


def _digits(order: Order) -> int:
    return _FRACTION_DIGITS[order.number % len(_FRACTION_DIGITS)]


def created(order: Order, next_action: JsonObject) -> JsonObject:
    """Return the `data` of a create reply (docs.globalcbtis.com, WeChat QR page)."""
    return {
        "order_id": order.order_id,
        "merchant_order_id": order.merchant_order_id,
        "amount": order.amount_text,
        "currency": order.currency,
        "create_time": go_time(order.created_at, _digits(order)),
        "next_action": next_action,
        "status": STATUS_WORDS[Provider.CBTIS][order.state],
    }


def queried(order: Order, *, stale: bool) -> JsonObject:
    """Return the `data` of a query reply: no next_action ever, pay_time only once paid."""
    view = order.seen_as(stale=stale)
    data: JsonObject = {
        "order_id": order.order_id,
        "merchant_order_id": order.merchant_order_id,
        "amount": order.amount_text,
        "currency": order.currency,
        "status": STATUS_WORDS[Provider.CBTIS][view.state],
        "create_time": go_time(order.created_at, _digits(order)),
    }
    if view.state is OrderState.PAID and view.paid_at is not None:
        data["pay_time"] = go_time(view.paid_at, _digits(order))
    return data


def refund_created(order: Order, refund: Refund) -> JsonObject:
    """Return the `data` of a refund create reply: no refund_id, amount or currency, as documented."""
    return {
        "payment_order_id": order.order_id,
        "merchant_payment_order_id": order.merchant_order_id,
        "merchant_refund_id": refund.merchant_key,
        "create_time": go_time(refund.created_at, _digits(order)),
        "status": REFUND_WORDS[Provider.CBTIS][refund.state],
    }


def refund_queried(order: Order, refund: Refund, *, stale: bool) -> JsonObject:
    """Return the `data` of a refund query reply.

    The documents' copy of this reply is cut; beyond the create reply's fields it is an assumption.
    """
    state = refund.previous if stale and refund.previous is not None else refund.state
    data: JsonObject = {
        "refund_id": refund.refund_id,
        "payment_order_id": order.order_id,
        "merchant_payment_order_id": order.merchant_order_id,
        "merchant_refund_id": refund.merchant_key,
        "amount": format(refund.amount, "f"),
        "currency": order.currency,
        "create_time": go_time(refund.created_at, _digits(order)),
        "status": REFUND_WORDS[Provider.CBTIS][state],
    }
    if state is RefundState.DONE:
        data["refund_time"] = go_time(refund.updated_at, _digits(order))
    return data
