"""Attempts, refunds and documented bodies for the gateways' tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from posapp.domain.money import Money
from posapp.domain.order import Attempt, Flow, Payer
from posapp.domain.refund import RefundRequest
from posapp.domain.status import AttemptState
from posapp.gateways.settings import GatewaySettings

GOLDEN = Path(__file__).parents[2] / "golden" / "wire"
SECRET = "canary-5ecret-7f3a"
MERCHANT_ID = "P9297895081903"


def attempt(
    provider: str = "cbtis",
    flow: Flow = Flow.QRCODE,
    amount: str = "50",
    currency: str = "HKD",
    payer: Payer | None = None,
    merchant_order_id: str = MERCHANT_ID,
) -> Attempt:
    return Attempt(
        merchant_order_id=merchant_order_id,
        order_id=merchant_order_id,
        number=1,
        provider=provider,
        flow=flow,
        money=Money.parse(amount, currency),
        description="Tea",
        request_id="0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c01",
        confirm_request_id="0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c02",
        cancel_request_id="0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c03",
        state=AttemptState.CREATING,
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        payer=payer,
    )


def refund(
    amount: str = "50", currency: str = "HKD", gateway_id: str | None = "C991289984923795789123", reason: str = ""
) -> RefundRequest:
    return RefundRequest(
        merchant_refund_id="R9297895081903",
        request_id="0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c04",
        merchant_order_id=MERCHANT_ID,
        payment_gateway_id=gateway_id,
        money=Money.parse(amount, currency),
        reason=reason,
    )


def golden_bytes(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def golden(name: str, **data: object) -> dict[str, object]:
    """Return a documented body; `data` replaces fields of its `data`, or of itself where it has none."""
    body = cast("dict[str, object]", json.loads(golden_bytes(name)))
    inner = body.get("data")
    place = cast("dict[str, object]", inner) if isinstance(inner, dict) else body
    place.update(data)
    return body


def settings(provider: str, base_url: str, flow: Flow = Flow.QRCODE, return_url: str | None = None) -> GatewaySettings:
    return GatewaySettings(
        provider=provider,
        base_url=base_url,
        flow=flow,
        secret=SECRET,
        uid="39172931",
        client_id="client-1",
        return_url=return_url,
    )
