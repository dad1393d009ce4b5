"""What the payment page shows and allows, worked out from one order. Pure values, no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.order import CodeKind
from posapp.domain.status import AttemptState, OrderStatus, Standing

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.errors import Problem
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.ui.qr_code import QrMatrix


class PaymentPhase(StrEnum):
    """What the page is about."""

    CREATING = "creating"  # the gateway is asked for a code
    DRAWING = "drawing"  # there is a code; it is not before the shopper yet
    WAITING = "waiting"  # the code is on screen
    NOT_SHOWN = "not_shown"  # there is a code, and bringing it on screen failed
    HANDED_OFF = "handed_off"  # nothing to draw: the shopper pays inside a mini program
    CODE_DEAD = "code_dead"  # the code can no longer be paid, and the payment is not closed yet
    GIVEN_UP = "given_up"  # the cashier gave up; still watched
    NOT_KNOWN = "not_known"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    REVIEW = "review"
    UNPAID = "unpaid"
    PAID = "paid"


class Doing(StrEnum):
    """What the cashier asked for and has no answer to yet."""

    NOTHING = "nothing"
    ASKING = "asking"
    GIVING_UP = "giving_up"
    NEW_CODE = "new_code"


@dataclass(frozen=True, slots=True)
class PaymentState:
    """What the page shows.

    Attributes:
        snapshot: The order.
        phase: What the page is about.
        matrix: The code to paint now; None for none.
        doing: What the cashier waits for.
        answer: Whether the last *Ask now* or *Give up* was just answered with this snapshot.
        problem: Why the last thing asked for failed.
        after_asking: Whether that thing was asking the gateway about this order, rather than something of ours.
        can_cancel: Whether the gateway can close a payment on our word.
        asked_at: When the gateway last answered about this order.
        unanswered: Code of why it did not answer the last time; None where it did.
    """

    snapshot: OrderSnapshot
    phase: PaymentPhase
    matrix: QrMatrix | None = None
    doing: Doing = Doing.NOTHING
    answer: bool = False
    problem: Problem | None = None
    after_asking: bool = False
    can_cancel: bool = False
    asked_at: datetime | None = None
    unanswered: str | None = None

    @property
    def attempt(self) -> Attempt:
        """The attempt that speaks for the order."""
        return self.snapshot.leading

    @property
    def may_ask(self) -> bool:
        """Whether asking the gateway can bring news."""
        return self.doing is Doing.NOTHING and self.attempt.state not in (
            AttemptState.CREATING,
            AttemptState.NOT_SENT,
            AttemptState.REFUSED,
        )

    @property
    def may_give_up(self) -> bool:
        """Whether there is a payment to give up."""
        return (
            self.doing is Doing.NOTHING
            and self.snapshot.status is OrderStatus.OPEN
            and self.attempt.state is not AttemptState.CREATING
            and self.attempt.given_up_at is None
        )

    @property
    def may_new_code(self) -> bool:
        """Whether a further attempt is safe: nothing is paid, and no code that someone saw can still be."""
        if self.doing is not Doing.NOTHING or self.snapshot.status in (
            OrderStatus.PAID,
            OrderStatus.OVERPAID,
        ):
            return False
        attempts = self.snapshot.attempts
        if any(attempt.state is AttemptState.CREATING for attempt in attempts):
            return False
        return self.can_cancel or not any(attempt.may_still_be_paid for attempt in attempts)

    @property
    def may_show_again(self) -> bool:
        """Whether a code that was given up, or that could not be shown, can come back."""
        code = self.attempt.code
        if self.phase not in _BROUGHT_BACK or self.doing is not Doing.NOTHING or self.attempt.code_dead:
            return False
        return code is not None and code.kind is not CodeKind.HANDOFF


_BY_STATE = {
    AttemptState.DRAFT: PaymentPhase.CREATING,
    AttemptState.CREATING: PaymentPhase.CREATING,
    AttemptState.NOT_SENT: PaymentPhase.NOT_SENT,
    AttemptState.REFUSED: PaymentPhase.REFUSED,
    AttemptState.CREATED: PaymentPhase.DRAWING,
    AttemptState.PENDING: PaymentPhase.WAITING,
    AttemptState.UNKNOWN: PaymentPhase.NOT_KNOWN,
    AttemptState.ORPHAN: PaymentPhase.NOT_KNOWN,
    AttemptState.LAPSED: PaymentPhase.NOT_KNOWN,
    AttemptState.SUCCEEDED: PaymentPhase.PAID,
    AttemptState.CANCELLED: PaymentPhase.UNPAID,
}


_BROUGHT_BACK = (PaymentPhase.GIVEN_UP, PaymentPhase.NOT_SHOWN)
FAILED = (PaymentPhase.NOT_SENT, PaymentPhase.REFUSED)
"""The phases in which there is no payment and never was one."""
TOO_SMALL = "window_too_small"
"""Code of the problem that there is no room to draw a code so that it can be scanned."""
WITH_CODE = (PaymentPhase.DRAWING, PaymentPhase.WAITING)
"""The phases in which a code may be before the shopper."""


def phase_of(snapshot: OrderSnapshot) -> PaymentPhase:
    """Tell what the page is about, from the order alone."""
    attempt = snapshot.leading
    if snapshot.standing is Standing.REVIEW:
        return PaymentPhase.REVIEW
    if snapshot.standing is Standing.NOT_KNOWN and not attempt.may_still_be_paid:
        return PaymentPhase.NOT_KNOWN
    phase = _BY_STATE[attempt.state]
    return _phase_with_code(attempt, phase) if phase in WITH_CODE else phase


def _phase_with_code(attempt: Attempt, phase: PaymentPhase) -> PaymentPhase:
    if attempt.given_up_at is not None:
        return PaymentPhase.GIVEN_UP
    if attempt.code_dead:
        return PaymentPhase.CODE_DEAD
    if attempt.code is not None and attempt.code.kind is CodeKind.HANDOFF:
        return PaymentPhase.HANDED_OFF
    return phase
