"""Orders and attempts as JSON for programs: amounts as text in major units, instants as UTC."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.domain.till import TillFacts

Json = str | int | bool | list["Json"] | dict[str, "Json"] | None


def write_line(value: Mapping[str, Json]) -> None:
    """Print one object on one line, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def stop_printing() -> None:
    """Send what is still to be printed nowhere: whoever read it has gone, and a second failure would say no more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def attempt_facts(attempt: Attempt, facts: TillFacts | None) -> dict[str, Json]:
    """List what a program wants to know of an attempt; empty facts are left out."""
    decimals = facts.decimals(attempt.money.currency) if facts else None
    listed: dict[str, Json] = {
        "merchant_order_id": attempt.merchant_order_id,
        "order_id": attempt.order_id,
        "amount": attempt.money.plain(decimals),
        "currency": attempt.money.currency,
        "gateway_id": attempt.gateway_id,
        "paid_at": instant(attempt.paid_at),
        "review": attempt.review.value if attempt.review else None,
        "review_detail": attempt.review_detail,
        "alarm": attempt.alarm.value if attempt.alarm else None,
        "problem": attempt.problem_code,
        "message": attempt.problem_text,
        "support_id": attempt.support_id,
    }
    return {name: value for name, value in listed.items() if value is not None}


def refund_facts(refund: Refund, facts: TillFacts | None) -> dict[str, Json]:
    """List what a program wants to know of a refund; empty facts are left out."""
    decimals = facts.decimals(refund.money.currency) if facts else None
    listed: dict[str, Json] = {
        "merchant_refund_id": refund.merchant_refund_id,
        "merchant_order_id": refund.request.merchant_order_id,
        "order_id": refund.order_id,
        "amount": refund.money.plain(decimals),
        "currency": refund.money.currency,
        "business_day": refund.business_day.isoformat(),
        "asked_by": refund.asked_by or None,
        "approved_by": refund.approved_by or None,
        "gateway_refund_id": refund.gateway_refund_id,
        "review": refund.review.value if refund.review else None,
        "review_detail": refund.review_detail,
        "problem": refund.problem_code,
        "message": refund.problem_text,
        "support_id": refund.support_id,
        "state": refund.state.value,
    }
    return {name: value for name, value in listed.items() if value is not None}


def order_facts(snapshot: OrderSnapshot, facts: TillFacts | None = None) -> dict[str, Json]:
    """List an order with its attempts."""
    order, leading = snapshot.order, snapshot.leading
    decimals = facts.decimals(order.money.currency) if facts else None
    return {
        "order_id": order.order_id,
        "merchant_order_id": leading.merchant_order_id,
        "state": leading.state.value,
        "status": snapshot.status.value,
        "standing": snapshot.standing.value,
        "needs_look": snapshot.needs_look,
        "amount": order.money.plain(decimals),
        "currency": order.money.currency,
        "note": order.note,
        "till": order.till,
        "business_day": order.business_day.isoformat(),
        "created_at": instant(order.created_at),
        "paid_at": instant(leading.paid_at),
        "gateway_id": leading.gateway_id,
        "attempts": [_listed(attempt, facts) for attempt in snapshot.attempts],
        "refunded": snapshot.refunded.plain(decimals),
        "refunds": [
            {
                **refund_facts(refund, facts),
                "reason": refund.request.reason,
                "created_at": instant(refund.created_at),
                "final_at": instant(refund.final_at),
            }
            for refund in snapshot.refunds
        ],
    }


def _listed(attempt: Attempt, facts: TillFacts | None) -> dict[str, Json]:
    return {
        **attempt_facts(attempt, facts),
        "number": attempt.number,
        "provider": attempt.provider,
        "flow": attempt.flow.value,
        "state": attempt.state.value,
        "created_at": instant(attempt.created_at),
        "shown_at": instant(attempt.shown_at),
        "given_up_at": instant(attempt.given_up_at),
    }


def instant(at: datetime | None) -> str | None:
    """Write an instant as RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
