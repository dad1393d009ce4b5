"""The truth as JSON, for an auditor: orders, everything that was ever asked to be created, and counters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from posapp.sandbox.exchange import JsonObject, JsonValue
from posapp.sandbox.orders import NANOSECONDS, REFUND_WORDS, STATUS_WORDS, Order, Provider, Refund, Refusal, Seen
from posapp.sandbox.truth import Truth

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(at_ns: int | None) -> str | None:
    """Return an instant in UTC with microseconds, or None."""
    if at_ns is None:
        return None
    return (_EPOCH + timedelta(microseconds=at_ns // 1_000)).isoformat()


def _refund(order: Order, refund: Refund) -> JsonObject:
    return {
        "refund_id": refund.refund_id,
        "merchant_refund_id": refund.merchant_key if order.provider is Provider.CBTIS else None,
        "request_id": refund.merchant_key if order.provider is Provider.AIRWALLEX else None,
        "amount": format(refund.amount, "f"),
        "currency": order.currency,
        "status": REFUND_WORDS[order.provider][refund.state],
        "reason": refund.reason,
        "created_at": iso(refund.created_at),
    }


def order_json(truth: Truth, order: Order) -> JsonObject:
    """Return one order with all that is true of it; times are UTC, amounts are strings."""
    with truth.lock:
        seen = truth.traffic.seen.get((order.provider, order.merchant_order_id))
        words = STATUS_WORDS[order.provider]
        attempts: list[JsonValue] = [
            {
                "attempt_id": attempt.attempt_id,
                "flow": attempt.flow,
                "state": attempt.state,
                "content": attempt.content,
                "wallet_url": truth.wallet_url(attempt),
                "created_at": iso(attempt.created_at),
            }
            for attempt in order.attempts
        ]
        return {
            "provider": order.provider,
            "merchant_order_id": order.merchant_order_id,
            "order_id": order.order_id,
            "amount": order.amount_text,
            "currency": order.currency,
            "description": order.description,
            "status": words[order.state],
            "state": order.state,
            "created_at": iso(order.created_at),
            "updated_at": iso(order.updated_at),
            "paid_at": iso(order.paid_at),
            "cancelled_at": iso(order.cancelled_at),
            "qr_urls": [a.content for a in order.attempts if a.content is not None],
            "wallet_urls": [truth.wallet_url(a) for a in order.attempts],
            "attempts": attempts,
            "create_posts": seen.create_posts if seen else 0,
            "request_ids": list(seen.request_ids) if seen else [],
            "queries": seen.queries if seen else 0,
            "refunded": format(order.refunded, "f"),
            "refunds": [_refund(order, refund) for refund in order.refunds],
        }


def _seen(seen: Seen) -> JsonObject:
    return {
        "provider": seen.provider,
        "merchant_order_id": seen.merchant_order_id,
        "create_posts": seen.create_posts,
        "request_ids": list(seen.request_ids),
        "queries": seen.queries,
        "created": seen.created,
    }


def _refused(refusal: Refusal) -> JsonObject:
    return {
        "provider": refusal.provider,
        "operation": refusal.operation,
        "merchant_order_id": refusal.merchant_order_id,
        "code": refusal.code,
        "message": refusal.message,
        "at": iso(refusal.at),
    }


def truth_json(truth: Truth, *, merchant_order_id: str | None = None) -> JsonObject:
    """Return the whole book, or what it holds about one merchant_order_id.

    `orders` are those that exist at the gateway; `seen` is every id a create POST ever named, also
    those no order came of. `refused` holds the newest thousand refusals.
    """
    with truth.lock:
        orders = [o for o in truth.all_orders() if merchant_order_id in (None, o.merchant_order_id)]
        seen = [s for s in truth.traffic.seen.values() if merchant_order_id in (None, s.merchant_order_id)]
        refused = [r for r in truth.traffic.refused if merchant_order_id in (None, r.merchant_order_id)]
        requests: dict[str, JsonObject] = {provider.value: {} for provider in Provider}
        for (provider, operation), count in sorted(truth.traffic.requests.items()):
            requests[provider][operation] = count
        return {
            "now": iso(truth.now() // NANOSECONDS * NANOSECONDS),
            "orders": [order_json(truth, order) for order in orders],
            "seen": [_seen(each) for each in seen],
            "requests": {name: counts for name, counts in requests.items()},
            "requests_total": sum(truth.traffic.requests.values()),
            "refused": [_refused(each) for each in refused],
            "refused_total": truth.traffic.refused_total,
        }
