"""What the payment page does: one order before the shopper, from asking for its code to the end. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.errors import Problem
from posapp.domain.order import CodeKind
from posapp.domain.status import AttemptState, OrderStatus, Standing
from posapp.ui.qr_code import qr_matrix

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.till import AskedAnswer
    from posapp.ui.qr_code import QrMatrix


TOO_SMALL = "window_too_small"


class PaymentPhase(StrEnum):
    """What the page is about."""

    CREATING = "creating"  # the gateway is asked for a code
    DRAWING = "drawing"  # there is a code; it is not before the shopper yet
    WAITING = "waiting"  # the code is on screen
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
        """Whether a code that was given up can come back."""
        code = self.attempt.code
        if self.phase is not PaymentPhase.GIVEN_UP or self.doing is not Doing.NOTHING or self.attempt.code_dead:
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


def phase_of(snapshot: OrderSnapshot) -> PaymentPhase:
    """Tell what the page is about, from the order alone."""
    attempt = snapshot.leading
    if snapshot.standing is Standing.REVIEW:
        return PaymentPhase.REVIEW
    if snapshot.standing is Standing.NOT_KNOWN and not attempt.may_still_be_paid:
        return PaymentPhase.NOT_KNOWN
    phase = _BY_STATE[attempt.state]
    if phase not in (PaymentPhase.DRAWING, PaymentPhase.WAITING):
        return phase
    if attempt.given_up_at is not None:
        return PaymentPhase.GIVEN_UP
    if attempt.code_dead:
        return PaymentPhase.CODE_DEAD
    if attempt.code is not None and attempt.code.kind is CodeKind.HANDOFF:
        return PaymentPhase.HANDED_OFF
    return phase


class PaymentPresenter:
    """Keeps one order before the shopper. Lives on the GUI thread.

    A code is painted only when its matrix is ready, the ledger has noted that it is about to be seen, the attempt is
    PENDING, and its order is still the one on the page.
    """

    def __init__(self, facade: TillFacade, changed: Callable[[PaymentState], None]) -> None:
        self._facade = facade
        self._changed = changed
        self._state: PaymentState | None = None
        self._matrices: dict[str, QrMatrix] = {}
        self._drawing: str | None = None
        self._may_show: str | None = None  # the attempt whose "shown" is committed for this stay on the page
        self._asked_show: str | None = None
        self._again: str | None = None  # the given-up attempt whose code the cashier wants back
        self._on_screen = False

    @property
    def state(self) -> PaymentState | None:
        """What the page shows; None while it shows no order."""
        return self._state

    def open(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the page; `show_code` brings a given-up code back as well."""
        if show_code:
            self._again = snapshot.leading.merchant_order_id
        if self._is_current(snapshot.order.order_id):
            self.on_order_changed(snapshot)
            return
        again = self._again
        self.leave()
        self._again = again
        self._state = PaymentState(snapshot, phase_of(snapshot), can_cancel=self._facade.facts.can_cancel)
        self._go_on()
        self._tell()

    def leave(self) -> None:
        """Take the order off the page; it stays watched."""
        self._state = None
        self._drawing = self._may_show = self._asked_show = self._again = None
        self._matrices.clear()
        self._set_on_screen(shown=False)

    def on_order_changed(self, snapshot: OrderSnapshot) -> None:
        """Take news of an order; older news than what is shown is ignored."""
        state = self._state
        if state is None or not self._is_current(snapshot.order.order_id):
            return
        if snapshot.version < state.snapshot.version:
            return
        self._take(snapshot)

    def on_asked(self, answer: AskedAnswer) -> None:
        """Note when the gateway last answered about this order."""
        state = self._state
        if state is None or all(a.merchant_order_id != answer.merchant_order_id for a in state.snapshot.attempts):
            return
        asked_at = answer.asked_at if answer.answered else state.asked_at
        self._state = replace(state, asked_at=asked_at, unanswered=None if answer.answered else answer.problem_code)
        self._tell()

    def ask_now(self) -> None:
        """Ask the gateway about this order at once."""
        self._do(Doing.ASKING, self._facade.ask_now, allowed=self._state is not None and self._state.may_ask)

    def give_up(self) -> None:
        """Give this order up; the gateway is asked once more first."""
        self._do(Doing.GIVING_UP, self._facade.give_up, allowed=self._state is not None and self._state.may_give_up)

    def new_code(self) -> None:
        """Start a further attempt."""
        self._do(
            Doing.NEW_CODE,
            self._facade.new_code,
            allowed=self._state is not None and self._state.may_new_code,
        )

    def show_again(self) -> None:
        """Bring a given-up code back on screen."""
        state = self._state
        if state is not None and state.may_show_again:
            self._again = state.attempt.merchant_order_id
            self._asked_show = None
            self._go_on()
            self._tell()

    def painted(self) -> None:
        """Say that the code is before the shopper."""
        problem = self._state.problem if self._state is not None else None
        if self._state is not None and problem is not None and problem.code == TOO_SMALL:
            self._state = replace(self._state, problem=None)
            self._tell()
        self._set_on_screen(shown=True)

    def not_painted(self) -> None:
        """Say that there is no room for the code."""
        if self._state is not None:
            self._state = replace(self._state, problem=Problem(TOO_SMALL, "the code does not fit"), after_asking=False)
            self._set_on_screen(shown=False)
            self._tell()

    def _do(
        self,
        doing: Doing,
        ask: Callable[[str, Callable[[OrderSnapshot], None], Callable[[Problem], None]], None],
        *,
        allowed: bool,
    ) -> None:
        state = self._state
        if state is None or not allowed:
            return
        order_id = state.snapshot.order.order_id
        self._state = replace(state, doing=doing, answer=False, problem=None)
        self._tell()

        def done(snapshot: OrderSnapshot) -> None:
            if self._state is not None and self._is_current(order_id):
                self._state = replace(self._state, doing=Doing.NOTHING, answer=doing is not Doing.NEW_CODE)
                newest = snapshot if snapshot.version >= self._state.snapshot.version else self._state.snapshot
                self._take(newest)

        def failed(problem: Problem) -> None:
            if self._state is not None and self._is_current(order_id):
                asked = doing is not Doing.NEW_CODE
                self._state = replace(self._state, doing=Doing.NOTHING, problem=problem, after_asking=asked)
                self._tell()

        ask(order_id, done, failed)

    def _take(self, snapshot: OrderSnapshot) -> None:
        assert self._state is not None
        before, after = self._state.attempt, snapshot.leading
        shown = (before.state, after.state) == (AttemptState.CREATED, AttemptState.PENDING)
        changed = before.state is not after.state and not shown
        self._state = replace(
            self._state,
            snapshot=snapshot,
            phase=phase_of(snapshot),
            problem=None if changed else self._state.problem,
            answer=self._state.answer and not changed,
        )
        self._go_on()
        self._tell()

    def _go_on(self) -> None:
        """Take the next step towards the code on screen, or take it off."""
        state = self._state
        assert state is not None
        attempt = state.attempt
        key, code = attempt.merchant_order_id, attempt.code
        wanted = state.phase in (PaymentPhase.DRAWING, PaymentPhase.WAITING)
        wanted = wanted or (state.phase is PaymentPhase.GIVEN_UP and self._again == key)
        if not wanted or code is None or code.kind is CodeKind.HANDOFF:
            self._state = replace(state, matrix=None)
            self._set_on_screen(shown=False)
            return
        if key not in self._matrices and self._drawing != key:
            self._drawing = key
            self._facade.compute(qr_matrix, code.content, self._on_matrix(key), self._on_problem(key))
        # Only a code that can be drawn is noted as seen: one that was is not to be replaced freely.
        if key in self._matrices and self._asked_show != key:
            self._asked_show = key
            self._facade.show_code(key, self._on_may_show(key), self._on_problem(key))
        ready = self._may_show == key and attempt.state is AttemptState.PENDING and key in self._matrices
        if ready:
            self._state = replace(state, phase=PaymentPhase.WAITING, matrix=self._matrices[key])
        else:
            self._state = replace(state, phase=PaymentPhase.DRAWING, matrix=None)

    def _on_matrix(self, key: str) -> Callable[[QrMatrix], None]:
        def done(matrix: QrMatrix) -> None:
            if self._drawing == key and self._state is not None:
                self._matrices[key] = matrix
                self._take(self._state.snapshot)

        return done

    def _on_may_show(self, key: str) -> Callable[[OrderSnapshot], None]:
        def done(snapshot: OrderSnapshot) -> None:
            if self._asked_show != key or self._state is None:
                return
            self._may_show = key
            self._again = None
            newest = snapshot if snapshot.version >= self._state.snapshot.version else self._state.snapshot
            self._take(newest)

        return done

    def _on_problem(self, key: str) -> Callable[[Problem], None]:
        def failed(problem: Problem) -> None:
            if self._state is not None and self._state.attempt.merchant_order_id == key:
                self._again = None
                self._state = replace(self._state, problem=problem, after_asking=False)
                self._tell()

        return failed

    def _is_current(self, order_id: str) -> bool:
        return self._state is not None and self._state.snapshot.order.order_id == order_id

    def _set_on_screen(self, *, shown: bool) -> None:
        if shown and self._state is not None and self._state.matrix is not None:
            self._on_screen = True
            self._facade.set_on_screen(self._state.snapshot.order.order_id)
        elif self._on_screen:
            self._on_screen = False
            self._facade.set_on_screen(None)

    def _tell(self) -> None:
        if self._state is not None:
            self._changed(self._state)
