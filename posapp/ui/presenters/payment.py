"""What the payment page does: one order before the shopper, from asking for its code to the end. No widgets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.errors import Problem
from posapp.domain.order import CodeKind
from posapp.domain.status import AttemptState
from posapp.ui.presenters.payment_state import TOO_SMALL, WITH_CODE, Doing, PaymentPhase, PaymentState, phase_of
from posapp.ui.qr_code import qr_matrix

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import AskedAnswer
    from posapp.ui.qr_code import QrMatrix


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
        self._stuck: str | None = None  # the attempt whose code could not be shown; tried again when asked for
        self._on_screen = False

    @property
    def state(self) -> PaymentState | None:
        """What the page shows; None while it shows no order."""
        return self._state

    def open(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the page; `show_code` brings a given-up code back as well."""
        if show_code:
            self._again = snapshot.leading.merchant_order_id
            self._stuck = None
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
        self._drawing = self._may_show = self._asked_show = self._again = self._stuck = None
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
        """Bring a code back on screen that was given up or could not be shown."""
        state = self._state
        if state is not None and state.may_show_again:
            self._again = state.attempt.merchant_order_id
            self._asked_show = self._stuck = None
            self._state = replace(state, phase=phase_of(state.snapshot), problem=None)
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
        if self._state is None:
            return
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
        if state is None:
            return
        attempt = state.attempt
        key, code = attempt.merchant_order_id, attempt.code
        wanted = state.phase in WITH_CODE
        wanted = wanted or (state.phase is PaymentPhase.GIVEN_UP and self._again == key)
        if not wanted or code is None or code.kind is CodeKind.HANDOFF:
            self._state = replace(state, matrix=None)
            self._set_on_screen(shown=False)
            return
        if self._stuck == key:
            self._state = replace(state, phase=PaymentPhase.NOT_SHOWN, matrix=None)
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
                # Not by itself again: a full disk would be asked with every answer of the gateway.
                self._stuck = key
                self._again = self._asked_show = self._drawing = None
                phase = phase_of(self._state.snapshot)
                self._state = replace(self._state, phase=phase, problem=problem, after_asking=False)
                self._go_on()
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
