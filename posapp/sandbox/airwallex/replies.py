"""The bodies of Airwallex's good replies: intents, attempts, refunds, and how numbers and times look."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from posapp.sandbox import currencies
from posapp.sandbox.exchange import JsonObject, JsonValue
from posapp.sandbox.orders import (
    NANOSECONDS,
    REFUND_WORDS,
    STATUS_WORDS,
    AttemptState,
    Order,
    OrderState,
    OrderView,
    Provider,
    Refund,
)

_ATTEMPT_WORDS: dict[AttemptState, str] = {
    AttemptState.WAITING: "AUTHENTICATION_REDIRECTED",
    AttemptState.PAID: "CAPTURE_REQUESTED",
    AttemptState.CANCELLED: "CANCELLED",
    AttemptState.EXPIRED: "EXPIRED",
    AttemptState.FAILED: "FAILED",
}


def instant(at_ns: int) -> str:
    """Return an instant to the second, with the offset as +0000 (no colon)."""
    return f"{datetime.fromtimestamp(at_ns // NANOSECONDS, UTC):%Y-%m-%dT%H:%M:%S}+0000"


def number(amount: Decimal, *, pointed: bool) -> int | float:
    """Return a JSON number in major units; a whole one is 100.0 when `pointed`, else 100.

    Amounts have at most 15 digits (see `intents.LARGEST`), so the float is exact in print.
    """
    if amount == amount.to_integral_value() and not pointed:
        return int(amount)
    return float(amount)


def _pointed(order: Order) -> bool:
    return order.number % 2 == 0


def intent(order: Order, *, stale: bool = False, next_action: JsonObject | None = None) -> JsonObject:
    """Return a payment intent, flat, as create, confirm, retrieve and cancel answer it.

    `next_action` is in the confirm reply alone: no document shows a retrieve with one.
    """
    view = order.seen_as(stale=stale)
    paid = view.state is OrderState.PAID
    data: JsonObject = {
        "id": order.order_id,
        "request_id": order.request_id,
        "amount": number(order.amount, pointed=_pointed(order)),
        "currency": order.currency,
        "merchant_order_id": order.merchant_order_id,
        "status": STATUS_WORDS[Provider.AIRWALLEX][view.state],
        "captured_amount": number(order.amount, pointed=_pointed(order)) if paid else 0,
        "created_at": instant(order.created_at),
        "updated_at": instant(view.updated_at),
        "client_secret": order.client_secret,
        "available_payment_method_types": _methods(order),
    }
    data |= {k: v for k, v in (("return_url", order.return_url), ("descriptor", order.descriptor)) if v}
    if view.attempt_state is not None and view.attempt_updated_at is not None:
        data["latest_payment_attempt"] = _attempt(order, view, view.attempt_state, view.attempt_updated_at)
    if view.cancelled_at is not None:
        data["cancelled_at"] = instant(view.cancelled_at)
        if view.cancellation_reason is not None:
            data["cancellation_reason"] = view.cancellation_reason
    if next_action is not None:
        data["next_action"] = next_action
    return data


def _methods(order: Order) -> list[JsonValue]:
    return ["card", "wechatpay"] if order.currency in currencies.WECHAT_HONG_KONG else ["card"]


def _attempt(order: Order, view: OrderView, state: AttemptState, updated_at: int) -> JsonObject:
    """Return latest_payment_attempt; what was refunded stands here and not on the intent."""
    latest = order.attempts[-1]
    pointed = _pointed(order)
    paid = state is AttemptState.PAID
    data: JsonObject = {
        "id": latest.attempt_id,
        "payment_intent_id": order.order_id,
        "merchant_order_id": order.merchant_order_id,
        "amount": number(order.amount, pointed=pointed),
        "currency": order.currency,
        "captured_amount": number(order.amount, pointed=pointed) if paid else 0,
        "refunded_amount": number(view.refunded, pointed=False),
        "payment_method": {"type": "wechatpay", "wechatpay": {"flow": latest.flow}},
        "status": _ATTEMPT_WORDS[state],
        "created_at": instant(latest.created_at),
        "updated_at": instant(updated_at),
    }
    if paid:
        data["provider_transaction_id"] = f"4200{latest.updated_at:024d}"[:28]
    if state is AttemptState.FAILED:
        data["failure_code"] = "provider_declined"
    return data


def refund(order: Order, found: Refund, *, stale: bool = False) -> JsonObject:
    """Return a refund as create and retrieve answer it."""
    state = found.previous if stale and found.previous is not None else found.state
    data: JsonObject = {
        "id": found.refund_id,
        "request_id": found.merchant_key,
        "payment_intent_id": order.order_id,
        "payment_attempt_id": found.attempt_id,
        "amount": number(found.amount, pointed=_pointed(order)),
        "currency": order.currency,
        "status": REFUND_WORDS[Provider.AIRWALLEX][state],
        "created_at": instant(found.created_at),
        "updated_at": instant(found.updated_at),
    }
    if found.reason is not None:
        data["reason"] = found.reason
    return data
