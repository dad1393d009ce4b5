"""What the drawer of the order list shows and does: one order, its timeline, and the questions asked about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posapp.domain.refund import RefundState
from posapp.domain.status import OrderStatus, ReviewReason, Standing
from posapp.ui.presenters.payment_state import Doing, PaymentPhase, PaymentState, phase_of
from posapp.ui.presenters.refund import refundable_payment

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails, TimelineEntry

    Heard = Callable[[OrderSnapshot], None]
    Failed = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class DrawerState:
    """What the drawer shows.

    Attributes:
        snapshot: The order.
        timeline: Its audit rows, oldest first; None until they are read.
        timeline_problem: Why they could not be read.
        doing: What was asked for and is not answered yet.
        answered: Whether this snapshot is the answer to the last question.
        problem: Why the last question was not answered.
        can_cancel: Whether the gateway can close a payment on our word.
        view_only: Whether nothing can be written, so that nothing may be asked or changed.
        can_refund: Whether the gateway gives money back on a till's word.
        provider: The gateway that is set up.
    """

    snapshot: OrderSnapshot
    timeline: tuple[TimelineEntry, ...] | None = None
    timeline_problem: Problem | None = None
    doing: Doing = Doing.NOTHING
    answered: bool = False
    problem: Problem | None = None
    can_cancel: bool = False
    view_only: bool = False
    can_refund: bool = False
    provider: str = ""

    @property
    def may_show_code(self) -> bool:
        """Whether there is a code that a shopper could pay now; one that was given up can come back."""
        if self._as_payment().may_show_again:
            return True
        leading = self.snapshot.leading
        return leading.code is not None and phase_of(self.snapshot) in (PaymentPhase.DRAWING, PaymentPhase.WAITING)

    @property
    def may_ask(self) -> bool:
        """Whether asking the gateway can bring news."""
        return self._as_payment().may_ask or bool(self.open_refunds)

    @property
    def open_refunds(self) -> tuple[str, ...]:
        """The refunds that the gateway can be asked about."""
        asked = (RefundState.PROCESSING, RefundState.UNKNOWN)
        return tuple(one.merchant_refund_id for one in self.snapshot.refunds if one.state in asked)

    @property
    def may_refund(self) -> bool:
        """Whether money of this order can be given back here."""
        here = all(attempt.provider == self.provider for attempt in self.snapshot.attempts)
        return self.can_refund and here and refundable_payment(self.snapshot) is not None

    @property
    def may_give_up(self) -> bool:
        """Whether there is a payment to give up."""
        return self._as_payment().may_give_up

    @property
    def may_new_code(self) -> bool:
        """Whether a further attempt is safe; never while an answer does not add up, unless its code was unusable."""
        reasons = {attempt.review for attempt in self.snapshot.attempts} - {None, ReviewReason.CODE_UNUSABLE}
        return not reasons and self._as_payment().may_new_code

    @property
    def is_unsettled(self) -> bool:
        """Whether the next answer of the gateway may still change it."""
        return self.snapshot.status is OrderStatus.OPEN or self.snapshot.standing is Standing.NOT_KNOWN

    def _as_payment(self) -> PaymentState:
        return PaymentState(self.snapshot, phase_of(self.snapshot), doing=self.doing, can_cancel=self.can_cancel)


class DrawerPresenter:
    """Keeps one order in the drawer. Lives on the GUI thread; answers about an order that has left it are dropped."""

    def __init__(
        self,
        facade: TillFacade,
        changed: Callable[[DrawerState | None], None],
        new_code_started: Callable[[str], None],
    ) -> None:
        self._facade = facade
        self._changed = changed
        self._new_code_started = new_code_started
        self._state: DrawerState | None = None
        self._reading = False
        self._read_version = -1
        self._view_only = False
        self._stay = 0  # counts the orders opened, so that a late answer is known as such

    @property
    def state(self) -> DrawerState | None:
        """What the drawer shows; None while it is closed."""
        return self._state

    @property
    def order_id(self) -> str | None:
        """The order in the drawer."""
        return None if self._state is None else self._state.snapshot.order.order_id

    def open(self, snapshot: OrderSnapshot) -> None:
        """Show an order; reads its timeline."""
        if self.order_id == snapshot.order.order_id:
            self.take(snapshot)
            return
        self._stay += 1
        self._reading = False
        self._read_version = -1
        facts = self._facade.facts
        self._state = DrawerState(
            snapshot,
            can_cancel=facts.can_cancel,
            view_only=self._view_only,
            can_refund=facts.can_refund,
            provider=facts.provider,
        )
        self._changed(self._state)
        self._read()

    def close(self) -> None:
        """Show nothing."""
        if self._state is not None:
            self._stay += 1
            self._state = None
            self._changed(None)

    def take(self, snapshot: OrderSnapshot) -> None:
        """Take news of the shown order; an older version is ignored."""
        state = self._state
        if state is None or self.order_id != snapshot.order.order_id or snapshot.version < state.snapshot.version:
            return
        settled = snapshot.leading.state is not state.snapshot.leading.state
        answered = state.answered and not settled
        problem = None if settled else state.problem
        self._show(replace(state, snapshot=snapshot, answered=answered, problem=problem))
        if snapshot.version > self._read_version:
            self._read()

    def set_view_only(self, *, view_only: bool) -> None:
        """Ask and change nothing, or do so again."""
        self._view_only = view_only
        if self._state is not None:
            self._show(replace(self._state, view_only=view_only))

    def read_again(self) -> None:
        """Read the timeline again after it could not be read."""
        self._read()

    def ask_now(self) -> None:
        """Ask the gateway about the order, and about its refunds that have not ended."""
        state = self._state
        if state is None or not state.may_ask or state.view_only:
            return
        refunds = state.open_refunds
        for ref in refunds[:-1]:
            self._facade.refunds.ask_now(ref, self.take)

        def about_refund(_order_id: str, done: Heard, failed: Failed) -> None:
            self._facade.refunds.ask_now(refunds[-1], done, failed)

        self._do(Doing.ASKING, about_refund if refunds else self._facade.ask_now)

    def give_up(self) -> None:
        """Give the order up; the gateway is asked once more first."""
        if self._state is not None and self._state.may_give_up:
            self._do(Doing.GIVING_UP, self._facade.give_up)

    def new_code(self) -> None:
        """Start a further attempt."""
        if self._state is not None and self._state.may_new_code:
            self._do(Doing.NEW_CODE, self._facade.new_code)

    def _do(
        self,
        doing: Doing,
        ask: Callable[[str, Heard, Failed], None],
    ) -> None:
        state = self._state
        if state is None or state.view_only:
            return
        order_id, stay = state.snapshot.order.order_id, self._stay
        self._show(replace(state, doing=doing, answered=False, problem=None))

        def done(snapshot: OrderSnapshot) -> None:
            if stay != self._stay or self._state is None:
                return
            self.take(snapshot)
            self._show(replace(self._state, doing=Doing.NOTHING, answered=doing is not Doing.NEW_CODE, problem=None))
            if doing is Doing.NEW_CODE:
                self._new_code_started(order_id)

        def failed(problem: Problem) -> None:
            if stay == self._stay and self._state is not None:
                self._show(replace(self._state, doing=Doing.NOTHING, problem=problem))

        ask(order_id, done, failed)

    def _read(self) -> None:
        state = self._state
        if state is None or self._reading:
            return
        self._reading = True
        stay = self._stay

        def done(details: OrderDetails) -> None:
            if stay != self._stay or self._state is None:
                return
            self._reading = False
            self._read_version = details.snapshot.version
            newest = max(details.snapshot, self._state.snapshot, key=lambda snapshot: snapshot.version)
            self._show(replace(self._state, snapshot=newest, timeline=details.timeline, timeline_problem=None))
            if newest.version > self._read_version:
                self._read()

        def failed(problem: Problem) -> None:
            if stay == self._stay and self._state is not None:
                self._reading = False
                self._show(replace(self._state, timeline_problem=problem))

        self._facade.details(state.snapshot.order.order_id, done, failed)

    def _show(self, state: DrawerState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)
