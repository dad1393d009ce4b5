"""What CBTIS can do, as data: importing this loads no HTTP library."""

from __future__ import annotations

from typing import Final

from posapp.domain.order import Flow
from posapp.gateways.base import Capabilities

CAPABILITIES: Final = Capabilities(
    provider="cbtis",
    name="CBTIS",
    flows=frozenset({Flow.QRCODE, Flow.OFFICIAL_ACCOUNT, Flow.MINI_PROGRAM}),
    # No idempotency key is documented, and whether a repeated merchant_order_id is refused is not either.
    idempotent_create=False,
    can_cancel=False,
    can_refund=True,
    # `amount` is a required field of a refund (docs.globalcbtis.com, refunds page).
    partial_refund=True,
    can_find=True,
    # Not documented. The examples in TWD are whole, and neighbours of this platform take no decimals there.
    decimals={"TWD": 0},
    currencies=None,
)
