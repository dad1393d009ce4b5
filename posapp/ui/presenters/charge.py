"""What the charge page does: typing an amount, guarding against doubles, starting exactly one order. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.amount_entry import AmountEntry
from posapp.domain.errors import Problem
from posapp.domain.status import OrderStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot


class ChargePhase(StrEnum):
    """What the page is busy with."""

    TYPING = "typing"
    CHECKING = "checking"  # whether the same amount is open already
    GUARD = "guard"  # it is; the cashier decides
    CHARGING = "charging"  # the order is being committed


@dataclass(frozen=True, slots=True)
class ChargeState:
    """What the page shows.

    Attributes:
        entry: The amount.
        phase: What is going on.
        earlier: The open order of the same amount, while the cashier decides.
        problem: Why the last charge was not started.
        locked: Why none can be started at all; None where one can.
    """

    entry: AmountEntry
    phase: ChargePhase = ChargePhase.TYPING
    earlier: OrderSnapshot | None = None
    problem: Problem | None = None
    locked: Problem | None = None

    @property
    def may_charge(self) -> bool:
        """Whether *Charge* can be pressed."""
        return self.locked is None and self.phase is ChargePhase.TYPING and not self.entry.is_zero


class ChargePresenter:
    """Lives on the GUI thread; tells `changed` after every change, and `charged` once for each order it started."""

    def __init__(
        self,
        facade: TillFacade,
        changed: Callable[[ChargeState], None],
        charged: Callable[[OrderSnapshot], None],
    ) -> None:
        facts = facade.facts
        self._facade = facade
        self._changed = changed
        self._charged = charged
        self._empty = AmountEntry(facts.currency, facts.decimals(facts.currency))
        self._state = ChargeState(self._empty)
        self._note = ""
        self._locked: Problem | None = None

    @property
    def state(self) -> ChargeState:
        """What the page shows now."""
        return self._state

    def digit(self, digit: int) -> None:
        """Take a digit key."""
        self._type(self._state.entry.digit(digit))

    def double_zero(self) -> None:
        """Take the 00 key."""
        self._type(self._state.entry.double_zero())

    def point(self) -> None:
        """Take a point or a comma: nothing happens, and nothing is multiplied."""
        self._type(self._state.entry.point())

    def backspace(self) -> None:
        """Take the backspace key."""
        self._type(self._state.entry.backspace())

    def clear(self) -> None:
        """Start over."""
        self._type(self._state.entry.clear())

    def plus(self) -> None:
        """Take the + key."""
        self._type(self._state.entry.plus())

    def refuse_letter(self) -> None:
        """Say that what was typed is no key of an amount; the amount stays."""
        if self._locked is None and self._state.phase in (ChargePhase.TYPING, ChargePhase.GUARD):
            problem = Problem("amount_digits_only", "an amount has digits only")
            self._show(replace(self._state, entry=replace(self._state.entry, problem=problem)))

    def paste(self, text: str) -> None:
        """Take a text from the clipboard where it is exactly an amount."""
        self._type(self._state.entry.text(text))

    def charge(self, note: str) -> None:
        """Start an order, unless one of the same amount is still open; then ask first."""
        if not self._state.may_charge:
            return
        self._note = note
        money = self._state.entry.money
        self._show(ChargeState(self._state.entry, ChargePhase.CHECKING))
        self._facade.recent_unpaid(money, self._on_checked, self._on_not_checked)

    def charge_again(self) -> None:
        """Start the order although an earlier one of the same amount is open."""
        if self._state.phase is ChargePhase.GUARD:
            self._start()

    def dismiss(self) -> None:
        """Put the guard away and go on typing."""
        if self._state.phase is ChargePhase.GUARD:
            self._show(ChargeState(self._state.entry))

    def lock(self, problem: Problem | None) -> None:
        """Take no amount and start nothing while there is a reason; None opens the page again."""
        if problem == self._locked:
            return
        self._locked = problem
        busy = self._state.phase in (ChargePhase.CHECKING, ChargePhase.CHARGING)
        self._show(self._state if busy else ChargeState(self._empty if problem is not None else self._state.entry))

    def on_order_changed(self, snapshot: OrderSnapshot) -> None:
        """Keep the guarded order's state live; one that is settled needs no guard."""
        earlier = self._state.earlier
        if earlier is None or snapshot.order.order_id != earlier.order.order_id:
            return
        if snapshot.version >= earlier.version:
            self._show(ChargeState(self._state.entry, ChargePhase.GUARD, snapshot))

    def _type(self, entry: AmountEntry) -> None:
        if self._locked is None and self._state.phase in (ChargePhase.TYPING, ChargePhase.GUARD):
            self._show(ChargeState(entry))

    def _on_checked(self, earlier: OrderSnapshot | None) -> None:
        if self._state.phase is not ChargePhase.CHECKING:
            return
        if earlier is None or earlier.status is not OrderStatus.OPEN:
            self._start()
        else:
            self._show(ChargeState(self._state.entry, ChargePhase.GUARD, earlier))

    def _on_not_checked(self, problem: Problem) -> None:
        if self._state.phase is ChargePhase.CHECKING:
            self._show(ChargeState(self._state.entry, problem=problem))

    def _start(self) -> None:
        if self._locked is not None:  # it came while the earlier order was looked for
            self._show(ChargeState(self._empty))
            return
        self._show(ChargeState(self._state.entry, ChargePhase.CHARGING))
        money: Money = self._state.entry.money
        self._facade.charge(money, self._note, self._on_started, self._on_not_started)

    def _on_started(self, snapshot: OrderSnapshot) -> None:
        self._note = ""
        self._show(ChargeState(self._empty))
        self._charged(snapshot)

    def _on_not_started(self, problem: Problem) -> None:
        self._show(ChargeState(self._state.entry, problem=problem))

    def _show(self, state: ChargeState) -> None:
        self._state = replace(state, locked=self._locked)
        self._changed(self._state)
