"""Money on its way back: a refund is a row of its own with its own life, never a status of the payment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

    from posapp.domain.money import Money

MAX_REASON: Final = 128
"""Characters of a reason (docs.globalcbtis.com, refunds page)."""

TAIL_LENGTH: Final = 4
"""How many characters of an order's id are typed as the second check."""


class RefundState(StrEnum):
    """Where a refund stands, as far as this till knows."""

    REQUESTED = "REQUESTED"  # committed; it may be on its way
    NOT_SENT = "NOT_SENT"  # no byte left
    PROCESSING = "PROCESSING"  # the gateway has it
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"  # the gateway says so
    UNKNOWN = "UNKNOWN"  # asked about, never sent again


class RefundReview(StrEnum):
    """Why an answer about a refund needs human eyes before it is believed."""

    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    WRONG_REFUND = "WRONG_REFUND"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    CONTRADICTED = "CONTRADICTED"  # the gateway takes back its own end of it


_S = RefundState

REFUND_TRANSITIONS: Final[dict[RefundState, frozenset[RefundState]]] = {
    _S.REQUESTED: frozenset({_S.NOT_SENT, _S.PROCESSING, _S.SUCCEEDED, _S.FAILED, _S.UNKNOWN}),
    _S.NOT_SENT: frozenset(),
    _S.PROCESSING: frozenset({_S.SUCCEEDED, _S.FAILED}),
    _S.UNKNOWN: frozenset({_S.PROCESSING, _S.SUCCEEDED, _S.FAILED}),
    _S.SUCCEEDED: frozenset(),
    _S.FAILED: frozenset(),
}
"""Every transition that may happen; the ledger refuses all others."""

UNFINISHED_REFUNDS: Final = frozenset({_S.REQUESTED, _S.PROCESSING, _S.UNKNOWN})
"""States in which the gateway is asked."""

RESERVING: Final = UNFINISHED_REFUNDS | {_S.SUCCEEDED}
"""States whose money cannot be given back a second time; `Refund.reserves` knows of one case more."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What is asked of the gateway; committed before it is sent, and never changed.

    Attributes:
        merchant_refund_id: Our id, at most 32 of `[A-Za-z0-9_-]`.
        request_id: UUIDv4 of the refund call.
        merchant_order_id: The paid attempt.
        payment_gateway_id: The gateway's id of that payment.
        money: How much goes back.
        reason: Words for the gateway; may be empty.
    """

    merchant_refund_id: str
    request_id: str
    merchant_order_id: str
    payment_gateway_id: str | None
    money: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund and what became of it.

    Attributes:
        request: What was asked of the gateway.
        order_id: The order whose money it is.
        provider: The gateway, like `cbtis`.
        business_day: The trading day on which it was asked for, and counts.
        created_at: When it was committed, UTC.
        asked_by: Name of who asked for it; empty where nobody has signed in.
        approved_by: Name of who allowed it, where that is somebody else.
        state: Where it stands.
        gateway_refund_id: The gateway's id of the refund, once known.
        support_id: The gateway's handle of its last telling answer.
        problem_code: Why it was not sent, failed or is not known.
        problem_text: The gateway's own words for that; untrusted plain text.
        review: Why its last answer needs human eyes.
        review_detail: Both values of a mismatch.
        final_at: When its end was committed, UTC.
        settled: What a person decided about it where it is odd.
    """

    request: RefundRequest
    order_id: str
    provider: str
    business_day: date
    created_at: datetime
    asked_by: str = ""
    approved_by: str = ""
    state: RefundState = RefundState.REQUESTED
    gateway_refund_id: str | None = None
    support_id: str | None = None
    problem_code: str | None = None
    problem_text: str | None = None
    review: RefundReview | None = None
    review_detail: str | None = None
    final_at: datetime | None = None
    settled: str | None = None

    @property
    def merchant_refund_id(self) -> str:
        """Our id."""
        return self.request.merchant_refund_id

    @property
    def money(self) -> Money:
        """How much goes back."""
        return self.request.money

    @property
    def authoriser(self) -> str:
        """Whose ceiling it counts against: who allowed it, else who asked for it."""
        return self.approved_by or self.asked_by

    @property
    def reserves(self) -> bool:
        """Whether its money cannot be given back a second time: it is back, may be on its way, or is said to be both.

        One that failed and that the gateway later calls done stays failed, and its money stays where it may be.
        """
        return self.state in RESERVING or self.review is RefundReview.CONTRADICTED

    @property
    def needs_look(self) -> bool:
        """Whether a person has to decide something about it."""
        if self.settled is not None:
            return False
        return self.review is not None or self.state in (RefundState.UNKNOWN, RefundState.FAILED)


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What somebody wants given back; committed as a refund before anything is sent.

    Attributes:
        wish_id: UUIDv4 of this one press, made where the amount was entered and committed as the refund's
            `request_id`: the same press that arrives twice counts once.
        merchant_order_id: The paid attempt.
        money: How much.
        seen_minor: Minor units of the attempt that had gone back or were on their way when the amount was entered.
            Where that has changed meanwhile (another window, another person) nothing is done.
        reason: One line for the gateway and the audit; may be empty.
        order_tail: The last characters of the `merchant_order_id` as somebody read them off the order, the second check
            against giving back another customer's money; None where the whole id was typed.
        approval: Token of somebody's word, where who stands at the till may not do it alone.
    """

    wish_id: str
    merchant_order_id: str
    money: Money
    seen_minor: int
    reason: str = ""
    order_tail: str | None = None
    approval: str | None = None


def tail_of(merchant_order_id: str) -> str:
    """Return the characters of an order's id that are typed as the second check."""
    return merchant_order_id[-TAIL_LENGTH:]


def is_tail(typed: str, merchant_order_id: str) -> bool:
    """Tell whether somebody typed the end of that id; letters count the same in either size."""
    return typed.strip().upper() == tail_of(merchant_order_id).upper()


def is_reason(text: str) -> bool:
    """Tell whether a text may go to the gateway as the reason: one printable line, not too long."""
    return len(text) <= MAX_REASON and (not text or text.isprintable())


def may_refund_change(old: RefundState, new: RefundState) -> bool:
    """Tell whether the life of a refund allows this transition."""
    return new in REFUND_TRANSITIONS[old]
