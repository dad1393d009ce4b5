"""What Airwallex can do, as data: importing this loads no HTTP library."""

from __future__ import annotations

from typing import Final

from posapp.domain.order import Flow
from posapp.gateways.base import Capabilities

CAPABILITIES: Final = Capabilities(
    provider="airwallex",
    name="Airwallex",
    flows=frozenset({Flow.QRCODE, Flow.OFFICIAL_ACCOUNT, Flow.MINI_PROGRAM, Flow.MOBILE_WEB}),
    # Every POST carries a request_id and is processed once (airwallex.com/docs, using the PaymentIntent API).
    idempotent_create=True,
    can_cancel=True,
    can_refund=True,
    partial_refund=True,
    can_find=True,
    # Airwallex's own Magento library, CURRENCY_TO_DECIMAL: these four differ from ISO 4217.
    decimals={"HUF": 0, "IDR": 0, "MGA": 0, "TWD": 0},
    # The same library, RedirectMethod: the union over Airwallex's entities, of which Hong Kong takes most.
    currencies=frozenset("AUD CAD CHF CNY EUR GBP HKD JPY NZD SGD USD".split()),
)
