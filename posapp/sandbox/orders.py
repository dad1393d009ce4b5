"""What a pretend gateway remembers: orders, their attempts, their refunds, and the words for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

NANOSECONDS = 1_000_000_000
"""Nanoseconds in a second; every instant in the sandbox is an integer of them since 1970, UTC."""


class Provider(StrEnum):
    """Whose wire format an order came in by."""

    CBTIS = "cbtis"
    AIRWALLEX = "airwallex"


class OrderState(StrEnum):
    """Where an order stands, in words of neither provider."""

    NEW = "new"
    WAITING = "waiting"
    PAID = "paid"
    CANCELLED = "cancelled"


class AttemptState(StrEnum):
    """Where one code (one confirm) stands."""

    WAITING = "waiting"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


class RefundState(StrEnum):
    """Where a refund stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"


STATUS_WORDS: dict[Provider, dict[OrderState, str]] = {
    # docs.globalcbtis.com, WeChat official account page: three words and no more.
    Provider.CBTIS: {
        OrderState.NEW: "PENDING",
        OrderState.WAITING: "PENDING",
        OrderState.PAID: "SUCCEEDED",
        OrderState.CANCELLED: "CANCELLED",
    },
    # airwallex.com, payment statuses; the rest of its seven words belong to cards.
    Provider.AIRWALLEX: {
        OrderState.NEW: "REQUIRES_PAYMENT_METHOD",
        OrderState.WAITING: "REQUIRES_CUSTOMER_ACTION",
        OrderState.PAID: "SUCCEEDED",
        OrderState.CANCELLED: "CANCELLED",
    },
}

REFUND_WORDS: dict[Provider, dict[RefundState, str]] = {
    # CBTIS documents SUCCEEDED alone; the other three are this sandbox's assumption.
    Provider.CBTIS: {
        RefundState.RECEIVED: "PENDING",
        RefundState.ACCEPTED: "PENDING",
        RefundState.DONE: "SUCCEEDED",
        RefundState.FAILED: "FAILED",
    },
    Provider.AIRWALLEX: {
        RefundState.RECEIVED: "RECEIVED",
        RefundState.ACCEPTED: "ACCEPTED",
        RefundState.DONE: "SETTLED",
        RefundState.FAILED: "FAILED",
    },
}


@dataclass(slots=True)
class Attempt:
    """One code or link handed to a shopper; `token` is the last part of its wallet address."""

    attempt_id: str
    token: str
    flow: str
    created_at: int
    updated_at: int
    state: AttemptState = AttemptState.WAITING
    content: str | None = None
    success_url: str | None = None
    cancel_url: str | None = None


@dataclass(slots=True)
class Refund:
    """Money going back; `merchant_key` is merchant_refund_id (CBTIS) or request_id (Airwallex)."""

    refund_id: str
    merchant_key: str
    amount: Decimal
    reason: str | None
    created_at: int
    updated_at: int
    state: RefundState
    previous: RefundState | None = None
    attempt_id: str | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order's changeable part at one moment, kept so that a stale read can be answered."""

    state: OrderState
    updated_at: int
    paid_at: int | None
    cancelled_at: int | None
    cancellation_reason: str | None
    refunded: Decimal
    attempt_state: AttemptState | None
    attempt_updated_at: int | None


@dataclass(slots=True)
class Order:
    """One payment order (CBTIS) or payment intent (Airwallex)."""

    provider: Provider
    order_id: str
    merchant_order_id: str
    amount: Decimal
    amount_text: str
    currency: str
    description: str
    created_at: int
    number: int
    request_id: str | None = None
    client_secret: str | None = None
    return_url: str | None = None
    descriptor: str | None = None
    state: OrderState = OrderState.NEW
    updated_at: int = 0
    paid_at: int | None = None
    cancelled_at: int | None = None
    cancellation_reason: str | None = None
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    refunds: list[Refund] = field(default_factory=list[Refund])
    previous: OrderView | None = None
    queries: int = 0

    @property
    def latest(self) -> Attempt | None:
        """Return the newest attempt, if there is one."""
        return self.attempts[-1] if self.attempts else None

    @property
    def refunded(self) -> Decimal:
        """Return what was refunded or is on its way; failed refunds count for nothing."""
        return sum((r.amount for r in self.refunds if r.state is not RefundState.FAILED), Decimal(0))

    def view(self) -> OrderView:
        """Return the changeable part as it stands now."""
        latest = self.latest
        return OrderView(
            state=self.state,
            updated_at=self.updated_at,
            paid_at=self.paid_at,
            cancelled_at=self.cancelled_at,
            cancellation_reason=self.cancellation_reason,
            refunded=self.refunded,
            attempt_state=latest.state if latest else None,
            attempt_updated_at=latest.updated_at if latest else None,
        )

    def seen_as(self, *, stale: bool) -> OrderView:
        """Return the view to answer with: the one before the last change when `stale`."""
        return self.previous if stale and self.previous is not None else self.view()


@dataclass(slots=True)
class Seen:
    """What reached the server about one merchant_order_id, whether or not an order came of it."""

    provider: Provider
    merchant_order_id: str
    create_posts: int = 0
    request_ids: list[str] = field(default_factory=list[str])
    created: bool = False
    queries: int = 0


@dataclass(slots=True)
class Settings:
    """What a test may set while the sandbox runs; every value is in seconds."""

    order_life_seconds: float = 7_200.0
    cbtis_token_seconds: float = 3_600.0
    airwallex_token_seconds: float = 1_800.0
    refund_accepted_after_seconds: float = 1.0
    refund_settled_after_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One request that was answered with an error by the rules (not by mischief)."""

    provider: Provider
    operation: str
    merchant_order_id: str | None
    code: int | str
    message: str
    at: int
