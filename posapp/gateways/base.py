"""The protocol that every acquirer's adapter speaks, and the answers it gives: no wire word crosses this line."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from posapp.domain.order import Attempt, Flow, PaymentCode
    from posapp.domain.refund import RefundRequest


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do, as data.

    Attributes:
        provider: Key in the configuration, like `cbtis`.
        name: Name for people, like `CBTIS`.
        flows: WeChat flows of its documents.
        idempotent_create: Whether a create may be repeated with the same key and counts once.
        can_cancel: Whether it documents a way to close a payment.
        can_refund: Whether it documents refunds.
        partial_refund: Whether a refund may be less than the payment.
        can_find: Whether a payment can be found by our own `merchant_order_id`.
        decimals: Currencies in which it takes another number of decimals than ISO 4217 gives.
        currencies: Codes that it takes for WeChat, or None where its documents give no list.
    """

    provider: str
    name: str
    flows: frozenset[Flow]
    idempotent_create: bool
    can_cancel: bool
    can_refund: bool
    partial_refund: bool
    can_find: bool
    decimals: Mapping[str, int] = field(default_factory=dict[str, int])
    currencies: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AttemptRef:
    """Names a payment at its gateway.

    Attributes:
        merchant_order_id: Our id; always there.
        gateway_id: The gateway's id, once known.
        cancel_request_id: Idempotency key of a cancel.
        confirmed: Whether a code was ever handed out (tells Airwallex's "dead code" from "new").
    """

    merchant_order_id: str
    gateway_id: str | None = None
    cancel_request_id: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Created:
    """What a successful create answered, unjudged: the caller compares ids and amount with what was asked.

    Attributes:
        gateway_id: The gateway's id of the payment.
        merchant_order_id: Our id as the gateway repeats it; None where its reply has none.
        amount: Amount as the gateway repeats it, in major units.
        currency: Currency as the gateway repeats it.
        code: What to put before the shopper; None where the reply held none that can be shown.
        support_id: `rid` or `trace_id`.
    """

    gateway_id: str
    merchant_order_id: str | None
    amount: Decimal | None
    currency: str | None
    code: PaymentCode | None
    support_id: str | None = None


class ReportedStatus(StrEnum):
    """What the gateway says of a payment, in our words; anything but an exact documented word is UNRECOGNISED."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    CANCELLED = "CANCELLED"
    NOT_FOUND = "NOT_FOUND"
    UNRECOGNISED = "UNRECOGNISED"


@dataclass(frozen=True, slots=True)
class GatewayState:
    """What a query (or a cancel) answered, unjudged.

    Attributes:
        status: In our words.
        merchant_order_id: Our id as the gateway repeats it.
        gateway_id: Its own id.
        amount: In major units.
        currency: ISO 4217 code as written by the gateway.
        paid_at: Time of payment, UTC; None where there is none or it cannot be read.
        paid_at_raw: The same as the gateway wrote it.
        raw_status: The gateway's own word; untrusted text.
        code_dead: The code handed out can no longer be paid, though the payment is not final.
        refunded: Total refunded so far in major units, where the gateway says.
        support_id: `rid` or `trace_id`.
    """

    status: ReportedStatus
    merchant_order_id: str | None = None
    gateway_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    paid_at: datetime | None = None
    paid_at_raw: str | None = None
    raw_status: str | None = None
    code_dead: bool = False
    refunded: Decimal | None = None
    support_id: str | None = None


class ReportedRefund(StrEnum):
    """What the gateway says of a refund, in our words."""

    PROCESSING = "PROCESSING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    NOT_FOUND = "NOT_FOUND"
    UNRECOGNISED = "UNRECOGNISED"


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """What a refund's create or query answered, unjudged; ids and amounts None where the reply has none."""

    status: ReportedRefund
    merchant_refund_id: str | None = None
    gateway_refund_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    raw_status: str | None = None
    support_id: str | None = None


@dataclass(frozen=True, slots=True)
class RefundRef:
    """Names a refund at its gateway.

    Attributes:
        merchant_refund_id: Our id; always there.
        gateway_refund_id: The gateway's id, once known.
        payment_gateway_id: The gateway's id of the payment.
        request_id: Idempotency key of the refund call; finds a refund whose answer was lost where the gateway keeps no
            `merchant_refund_id` (Airwallex).
    """

    merchant_refund_id: str
    gateway_refund_id: str | None = None
    payment_gateway_id: str | None = None
    request_id: str | None = None


class PaymentGateway(Protocol):
    """One acquirer. Lives on the io thread. Every method raises only `posapp.gateways.errors`.

    Deadlines are the adapter's: 20 s in all for a create, 8 s for everything else.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this gateway can do."""
        ...

    @property
    def clock_ahead_s(self) -> float | None:
        """By how many seconds this computer's clock is ahead of the gateway's; None while no answer told."""
        ...

    async def create(self, attempt: Attempt) -> Created:
        """Start a payment. Where the gateway has no idempotency key this is at most one POST, whatever happens."""
        ...

    async def query(self, ref: AttemptRef) -> GatewayState:
        """Ask how a payment stands; safe to repeat. "Not found" is an answer, not an error."""
        ...

    async def cancel(self, ref: AttemptRef) -> GatewayState:
        """Close a payment, then say how it stands, which may be paid. Raises `Refused` where there is no such call."""
        ...

    async def refund(self, refund: RefundRequest) -> RefundAnswer:
        """Give money back; an acknowledgement, not the end of it."""
        ...

    async def query_refund(self, ref: RefundRef) -> RefundAnswer:
        """Ask how a refund stands; safe to repeat."""
        ...

    async def check(self) -> None:
        """Prove that address, TLS and credentials work, without touching any payment."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
