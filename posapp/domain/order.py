"""The two nouns that carry everything: the order a cashier wants paid, and the attempts to collect it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.status import (
    NON_FINAL,
    WATCHED,
    AlarmKind,
    AttemptState,
    OrderStatus,
    ReviewReason,
    Standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from posapp.domain.inbox import Decision
    from posapp.domain.refund import Refund


class Flow(StrEnum):
    """How the shopper reaches WeChat Pay."""

    QRCODE = "qrcode"
    OFFICIAL_ACCOUNT = "official_account"
    MINI_PROGRAM = "mini_program"
    MOBILE_WEB = "mobile_web"


class CodeKind(StrEnum):
    """What the gateway handed out for the shopper."""

    SCAN = "scan"  # meant to be drawn as a QR code and scanned
    LINK = "link"  # a page to be opened inside WeChat or a phone's browser; scanning it may not pay
    HANDOFF = "handoff"  # parameters of `wx.requestPayment`, as JSON text; nothing to draw


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What is put before the shopper, exactly as the gateway gave it."""

    kind: CodeKind
    content: str


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays inside a mini program; the other flows do not know.

    Attributes:
        open_id: The shopper's id in that mini program (`open_id` at Airwallex, `sub_openid` at CBTIS).
        app_id: The mini program's own id (`sub_appid` at CBTIS).
    """

    open_id: str
    app_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One payment intent at one gateway: one `merchant_order_id`, at most one create that may have reached the wire.

    Attributes:
        merchant_order_id: Our id, at most 32 of `[A-Za-z0-9_-]`; unique for ever.
        order_id: The order it belongs to.
        number: 1 for the order's first attempt.
        provider: `cbtis` or `airwallex`.
        flow: How the shopper pays.
        money: What was asked for; never changes after CREATING.
        description: What the shopper reads in the wallet.
        request_id: UUIDv4 of the create call, minted with the attempt.
        confirm_request_id: The same for the confirm call of gateways that have one.
        cancel_request_id: The same for a cancel.
        state: Where it stands.
        created_at: When it was committed, UTC.
        payer: Only in the mini-program flow.
        gateway_id: The gateway's id of the payment, as opaque text.
        code: What is put before the shopper; kept, since a CBTIS query does not return it.
        code_dead: The gateway says that the code can no longer be paid, though the payment is not final.
        support_id: The gateway's handle of its last telling answer (`rid`, `trace_id`).
        problem_code: Why it was not sent, refused or not understood.
        problem_text: The gateway's own words for that; untrusted plain text.
        review: Why the last answer needs human eyes.
        review_detail: Both values of a mismatch, as text to show.
        alarm: What rings and stays in the inbox.
        shown_at: When "shown" was committed, before the code was painted.
        given_up_at: When the cashier gave up; changes how often we ask, never the state.
        final_at: When the gateway's end of it was committed.
        paid_at: The gateway's time of payment, where it could be read.
        paid_at_raw: The same as the gateway wrote it.
        settled: What a person decided about it where it is odd; taken back when it turns odd anew.
    """

    merchant_order_id: str
    order_id: str
    number: int
    provider: str
    flow: Flow
    money: Money
    description: str
    request_id: str
    confirm_request_id: str
    cancel_request_id: str
    state: AttemptState
    created_at: datetime
    payer: Payer | None = None
    gateway_id: str | None = None
    code: PaymentCode | None = None
    code_dead: bool = False
    support_id: str | None = None
    problem_code: str | None = None
    problem_text: str | None = None
    review: ReviewReason | None = None
    review_detail: str | None = None
    alarm: AlarmKind | None = None
    shown_at: datetime | None = None
    given_up_at: datetime | None = None
    final_at: datetime | None = None
    paid_at: datetime | None = None
    paid_at_raw: str | None = None
    settled: Decision | None = None

    @property
    def is_watched(self) -> bool:
        """Whether the gateway is asked about it on a schedule."""
        return self.state in WATCHED

    @property
    def may_still_be_paid(self) -> bool:
        """Whether a code that someone saw could still be paid."""
        return self.shown_at is not None and self.is_watched

    @property
    def needs_look(self) -> bool:
        """Whether a person has to decide something about it; while it is asked about nobody can."""
        if self.state in (AttemptState.UNKNOWN, AttemptState.ORPHAN):
            return True
        odd = self.review is not None or self.alarm is not None or self.state is AttemptState.LAPSED
        return odd and self.settled is None


@dataclass(frozen=True, slots=True)
class Order:
    """What the cashier wants paid.

    Attributes:
        order_id: The first attempt's `merchant_order_id`.
        money: What is to be paid.
        note: The cashier's own words; may be empty.
        till: The till's name.
        cashier: Who charged; empty where nobody has signed in.
        business_day: The one trading day it belongs to.
        created_at: When it was committed, UTC.
    """

    order_id: str
    money: Money
    note: str
    till: str
    cashier: str
    business_day: date
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OrderSnapshot:
    """An order with all its attempts at one moment; what crosses between the threads.

    Attributes:
        order: The order.
        attempts: Its attempts, oldest first; never empty.
        version: Sequence number of the last audit row about it; a greater one is newer.
        refunds: What went back of it, or is on its way, oldest first.
    """

    order: Order
    attempts: tuple[Attempt, ...]
    version: int = 0
    refunds: tuple[Refund, ...] = ()

    @property
    def status(self) -> OrderStatus:
        """What the attempts add up to."""
        return order_status(self.attempts)

    @property
    def standing(self) -> Standing:
        """What a person is told."""
        return order_standing(self.attempts)

    @property
    def leading(self) -> Attempt:
        """The attempt that speaks for the order: the paid one, else the latest."""
        return leading_attempt(self.attempts)

    @property
    def needs_look(self) -> bool:
        """Whether the order belongs into the *Needs a look* inbox."""
        return (
            _is_overpaid_unseen(self.attempts)
            or any(attempt.needs_look for attempt in self.attempts)
            or any(refund.needs_look for refund in self.refunds)
        )

    @property
    def refunded(self) -> Money:
        """How much the gateway has given back."""
        return self._sum_of(refund for refund in self.refunds if refund.state is RefundState.SUCCEEDED)

    @property
    def reserved(self) -> Money:
        """How much was given back or may be on its way."""
        return self._sum_of(refund for refund in self.refunds if refund.reserves)

    def refundable(self, merchant_order_id: str) -> Money:
        """Return how much of a paid attempt can still be given back; nothing of one that is not paid."""
        for attempt in self.attempts:
            if attempt.merchant_order_id == merchant_order_id and attempt.state is AttemptState.SUCCEEDED:
                taken = sum(
                    refund.money.minor
                    for refund in self.refunds
                    if refund.request.merchant_order_id == merchant_order_id and refund.reserves
                )
                return Money(max(0, attempt.money.minor - taken), attempt.money.currency)
        return Money(0, self.order.money.currency)

    def _sum_of(self, refunds: Iterable[Refund]) -> Money:
        return Money(sum(refund.money.minor for refund in refunds), self.order.money.currency)


def order_status(attempts: tuple[Attempt, ...]) -> OrderStatus:
    """Derive the order's status: PAID with one succeeded attempt, OVERPAID with more, OPEN while any can change."""
    return status_of([attempt.state for attempt in attempts])


def status_of(states: Sequence[AttemptState]) -> OrderStatus:
    """Derive an order's status from the states of its attempts."""
    paid = states.count(AttemptState.SUCCEEDED)
    if paid:
        return OrderStatus.PAID if paid == 1 else OrderStatus.OVERPAID
    if any(state in NON_FINAL for state in states):
        return OrderStatus.OPEN
    return OrderStatus.CLOSED


def leading_attempt(attempts: tuple[Attempt, ...]) -> Attempt:
    """Return the attempt that speaks for the order: the first paid one, else one still payable, else the last.

    A last one that nobody has seen yet goes before one still payable: a manager let it take that one's place.
    """
    for attempt in attempts:
        if attempt.state is AttemptState.SUCCEEDED:
            return attempt
    if attempts[-1].state in (AttemptState.CREATING, AttemptState.CREATED):
        return attempts[-1]
    still_open = [attempt for attempt in attempts if attempt.may_still_be_paid]
    return (still_open or list(attempts))[-1]


def order_standing(attempts: tuple[Attempt, ...]) -> Standing:
    """Derive the one word that a person is told.

    Green comes only from a succeeded attempt. An answer that contradicts itself is a review, whatever else is known;
    an outcome nobody knows is said as such, never as "not paid".
    """
    reviewed = any(attempt.review is not None for attempt in attempts)
    return standing_of([attempt.state for attempt in attempts], reviewed=reviewed)


def standing_of(states: Sequence[AttemptState], *, reviewed: bool) -> Standing:
    """Derive the word from the states of the attempts, and whether an answer about any of them is in doubt."""
    status = status_of(states)
    if status is OrderStatus.OVERPAID or reviewed:
        return Standing.REVIEW
    if status is OrderStatus.PAID:
        return Standing.PAID
    known = set(states)
    if known & {AttemptState.UNKNOWN, AttemptState.ORPHAN, AttemptState.LAPSED}:
        return Standing.NOT_KNOWN
    if status is OrderStatus.OPEN:
        return Standing.WAITING
    if known <= {AttemptState.REFUSED, AttemptState.NOT_SENT}:
        return Standing.REFUSED
    return Standing.UNPAID


def _is_overpaid_unseen(attempts: tuple[Attempt, ...]) -> bool:
    """Tell whether more than one attempt was paid and nobody has decided what becomes of the money."""
    paid = [attempt for attempt in attempts if attempt.state is AttemptState.SUCCEEDED]
    return len(paid) > 1 and all(attempt.settled is None for attempt in paid)
