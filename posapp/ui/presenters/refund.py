"""What the refund sheet does: amount, second check, exactly one refund a press, then its life. No widgets."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.amount_entry import AmountEntry
from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.refund import TAIL_LENGTH, RefundState, RefundWish, is_reason, is_tail
from posapp.domain.staff import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.ui.approvals import Approvals


class RefundPhase(StrEnum):
    """What the sheet is busy with."""

    ENTRY = "entry"
    COMMITTING = "committing"  # pressed; not written down yet
    SENT = "sent"  # written down; its life is shown


@dataclass(frozen=True, slots=True)
class RefundSheetState:
    """What the sheet shows.

    Attributes:
        snapshot: The order.
        merchant_order_id: The payment whose money is given back.
        entry: The amount.
        partial: Whether less than the whole may be given back.
        tail: What was typed of the order's id.
        reason: What was typed as the reason.
        phase: What is going on.
        wish_id: The id of this press; the refund's `request_id` once it is written down.
        asking: Whether the gateway is being asked about it.
        problem: Why the last press or question brought nothing.
    """

    snapshot: OrderSnapshot
    merchant_order_id: str
    entry: AmountEntry
    partial: bool
    tail: str = ""
    reason: str = ""
    phase: RefundPhase = RefundPhase.ENTRY
    wish_id: str = ""
    asking: bool = False
    problem: Problem | None = None

    @property
    def attempt(self) -> Attempt:
        """The payment."""
        return next(one for one in self.snapshot.attempts if one.merchant_order_id == self.merchant_order_id)

    @property
    def left(self) -> Money:
        """What can still be given back."""
        return self.snapshot.refundable(self.merchant_order_id)

    @property
    def taken(self) -> Money:
        """What went back already or may be on its way."""
        return self.attempt.money - self.left

    @property
    def refund(self) -> Refund | None:
        """What this press became."""
        return next((one for one in self.snapshot.refunds if one.request.request_id == self.wish_id), None)

    @property
    def is_too_much(self) -> bool:
        """Whether more was typed than can be given back."""
        return self.entry.money.minor > self.left.minor

    @property
    def may_send(self) -> bool:
        """Whether the button can be pressed."""
        typed = not self.entry.is_zero and not self.is_too_much and len(self.tail.strip()) == TAIL_LENGTH
        return self.phase is RefundPhase.ENTRY and typed and is_reason(self.reason)

    @property
    def may_ask(self) -> bool:
        """Whether asking the gateway can bring news."""
        return self.refund is not None and self.refund.state in (RefundState.PROCESSING, RefundState.UNKNOWN)

    @property
    def may_try_again(self) -> bool:
        """Whether nothing went back and another refund is safe."""
        return self.refund is not None and not self.refund.reserves

    @property
    def is_sending(self) -> bool:
        """Whether its outcome is still to come; nobody is to be sent away meanwhile."""
        sent = self.refund is not None and self.refund.state is RefundState.REQUESTED
        return self.phase is RefundPhase.COMMITTING or sent


class RefundPresenter:
    """Lives on the GUI thread; tells `changed` after every change, with None once the sheet is put away."""

    def __init__(
        self, facade: TillFacade, approvals: Approvals, changed: Callable[[RefundSheetState | None], None]
    ) -> None:
        self._facade = facade
        self._approvals = approvals
        self._changed = changed
        self._state: RefundSheetState | None = None
        self._stay = 0  # counts the openings, so that a late answer is known as such

    @property
    def state(self) -> RefundSheetState | None:
        """What the sheet shows; None while it is put away."""
        return self._state

    def open(self, snapshot: OrderSnapshot, merchant_order_id: str) -> None:
        """Begin a refund of a payment."""
        facts = self._facade.facts
        currency = snapshot.order.money.currency
        self._stay += 1
        state = RefundSheetState(
            snapshot=snapshot,
            merchant_order_id=merchant_order_id,
            entry=AmountEntry(currency, facts.decimals(currency)),
            partial=facts.partial_refund,
            wish_id=str(uuid.uuid4()),
        )
        self._show(state if state.partial else replace(state, entry=_whole(state)))

    def close(self) -> None:
        """Put the sheet away; a refund that was written down goes on."""
        if self._state is not None:
            self._stay += 1
            self._state = None
            self._changed(None)

    def take(self, snapshot: OrderSnapshot) -> None:
        """Take news of the order; while an amount is entered, what changed it asks for a new look at it."""
        state = self._state
        if state is None or state.snapshot.order.order_id != snapshot.order.order_id:
            return
        if snapshot.version < state.snapshot.version:
            return
        new = replace(state, snapshot=snapshot)
        if state.phase is RefundPhase.ENTRY and new.taken != state.taken:
            problem = Problem("refund_changed", "something else was given back meanwhile")
            new = replace(new, entry=state.entry.clear() if state.partial else _whole(new), problem=problem)
        self._show(new)

    def type(self, revise: Callable[[AmountEntry], AmountEntry]) -> None:
        """Let a key change the amount."""
        state = self._state
        if state is not None and state.phase is RefundPhase.ENTRY and state.partial:
            self._show(replace(state, entry=revise(state.entry), problem=None))

    def take_all(self) -> None:
        """Enter everything that can still be given back."""
        state = self._state
        if state is not None and state.phase is RefundPhase.ENTRY:
            self._show(replace(state, entry=_whole(state), problem=None))

    def type_tail(self, tail: str) -> None:
        """Take what was typed of the order's id."""
        state = self._state
        if state is not None and state.phase is RefundPhase.ENTRY and tail != state.tail:
            self._show(replace(state, tail=tail, problem=None))

    def type_reason(self, reason: str) -> None:
        """Take the reason."""
        state = self._state
        if state is not None and state.phase is RefundPhase.ENTRY and reason != state.reason:
            self._show(replace(state, reason=reason))

    def send(self, what: str, above: str) -> None:
        """Give the money back, once.

        Args:
            what: Says it to who has to allow it.
            above: Says it to who has to allow it because it is more than who stands at the till may give back.
        """
        state = self._state
        if state is None or not state.may_send:
            return
        if not is_tail(state.tail, state.merchant_order_id):
            problem = Problem("refund_wrong_order", "those are not the last characters of this payment's id")
            self._show(replace(state, problem=problem))
            return
        stay = self._stay

        def allowed(approval: str | None) -> None:
            now = self._state
            if stay == self._stay and now is not None and now.may_send and now.entry == state.entry:
                self._commit(now, approval, above)

        self._approvals.ask(Right.REFUND, what, allowed)

    def ask_now(self) -> None:
        """Ask the gateway about the refund."""
        state, stay = self._state, self._stay
        if state is None or not state.may_ask or state.asking or state.refund is None:
            return
        self._show(replace(state, asking=True, problem=None))

        def done(snapshot: OrderSnapshot) -> None:
            if stay == self._stay and self._state is not None:
                self._show(replace(self._state, asking=False))
                self.take(snapshot)

        def failed(problem: Problem) -> None:
            if stay == self._stay and self._state is not None:
                self._show(replace(self._state, asking=False, problem=problem))

        self._facade.refunds.ask_now(state.refund.merchant_refund_id, done, failed)

    def try_again(self) -> None:
        """Begin a new refund with the same words after one of which nothing went back."""
        state = self._state
        if state is not None and state.may_try_again:
            self._show(replace(state, phase=RefundPhase.ENTRY, wish_id=str(uuid.uuid4()), problem=None))

    def _commit(self, state: RefundSheetState, approval: str | None, above: str) -> None:
        stay = self._stay
        wish = RefundWish(
            wish_id=state.wish_id,
            merchant_order_id=state.merchant_order_id,
            money=state.entry.money,
            seen_minor=state.taken.minor,
            reason=state.reason.strip(),
            order_tail=state.tail,
            approval=approval,
        )
        self._show(replace(state, phase=RefundPhase.COMMITTING, problem=None))

        def done(snapshot: OrderSnapshot) -> None:
            if stay == self._stay and self._state is not None:
                newest = max(snapshot, self._state.snapshot, key=lambda one: one.version)
                self._show(replace(self._state, snapshot=newest, phase=RefundPhase.SENT))

        def failed(problem: Problem) -> None:
            # Nothing was committed. The wish keeps its id, so that pressing again can never make two of it.
            if stay == self._stay and self._state is not None:
                self._show(replace(self._state, phase=RefundPhase.ENTRY, problem=problem))
                # Only in the name of who stands here: whom somebody's word was not enough for is not asked in a circle.
                if problem.code == "refund_over_ceiling" and approval is None:
                    self._ask_another(self._state, above)

        self._facade.refunds.begin(wish, done, failed)

    def _ask_another(self, state: RefundSheetState, above: str) -> None:
        """Let somebody with a higher ceiling allow it on the spot; without anybody the notice says what to do."""
        stay = self._stay

        def allowed(approval: str | None) -> None:
            now = self._state
            unchanged = now is not None and (now.wish_id, now.entry) == (state.wish_id, state.entry)
            if stay == self._stay and now is not None and now.may_send and unchanged:
                self._commit(now, approval, above)

        if self._approvals.others(Right.REFUND):
            self._approvals.ask(Right.REFUND, above, allowed, of_another=True)

    def _show(self, state: RefundSheetState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)


def refundable_payment(snapshot: OrderSnapshot) -> str | None:
    """Choose whose money is given back: an odd payment before the others, the later before the earlier."""
    payments = [one for one in snapshot.attempts if snapshot.refundable(one.merchant_order_id).minor > 0]
    chosen = max(payments, key=lambda one: (one.alarm is not None and one.settled is None, one.number), default=None)
    return None if chosen is None else chosen.merchant_order_id


def _whole(state: RefundSheetState) -> AmountEntry:
    left = Money(state.left.minor, state.left.currency)
    return state.entry.clear().text(left.plain(state.entry.decimals))
