"""The people of a till without ledger or keyring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer

from posapp.bridge.signals import TillSignals
from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.staff import Crew, Person, PinAnswer, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.staff import Right

T = TypeVar("T")
PIN = "2580"
"""The right PIN of everybody."""

OWNER = Person("p-owner", "Olivia Wong", Role.OWNER)
MANAGER = Person("p-manager", "Mei Ling Chan", Role.MANAGER, refund_ceiling=Money(200000, "HKD"))
CASHIER = Person("p-cashier", "Chris Lam", Role.CASHIER)
FORMER = Person("p-former", "Ada Ho", Role.CASHIER, active=False)


class FakeStaffDesk:
    """Implements `StaffDesk` in memory.

    Attributes:
        everybody: Who there is, also those who may no longer sign in.
        calls: Every call as `(name, arguments…)`, in order.
        waits: By person, in how many seconds a PIN of theirs is looked at.
        failures: What the next call of a name fails with; taken once.
        held: Whether answers wait in `waiting` until `release`.
        overridden: What `new_code_anyway` brings.
    """

    def __init__(self, signals: TillSignals | None = None) -> None:
        self._signals = signals or TillSignals()
        self.crew = Crew()
        self.everybody: tuple[Person, ...] = ()
        self.calls: list[tuple[object, ...]] = []
        self.waits: dict[str, int] = {}
        self.failures: dict[str, Problem] = {}
        self.held = False
        self.waiting: list[Callable[[], None]] = []
        self.overridden: Callable[[str], OrderSnapshot] | None = None

    # what a test makes happen

    def set_up(self, *people: Person, signed_in: Person | None = None) -> None:
        """Have these people at the till, locked where nobody of them stands there, and tell."""
        self.everybody = people
        self._tell(signed_in)

    def release(self) -> None:
        """Give the answers that were held back."""
        waiting, self.waiting = self.waiting, []
        for answer in waiting:
            answer()

    # the protocol

    def sign_in(
        self,
        person_id: str,
        pin: str,
        done: Callable[[PinAnswer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("sign_in", person_id, pin))

        def work() -> PinAnswer:
            answer = self._look(person_id, pin)
            if answer.accepted:
                self._tell(self._of(person_id))
            return answer

        self._reply("sign_in", work, done, failed)

    def lock(self, done: Callable[[None], None], failed: Callable[[Problem], None] | None = None) -> None:
        self.calls.append(("lock",))
        self._reply("lock", lambda: self._tell(None), done, failed)

    def wait_for(
        self, person_id: str, done: Callable[[int], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        self.calls.append(("wait_for", person_id))
        self._reply("wait_for", lambda: self.waits.get(person_id, 0), done, failed)

    def approve(
        self,
        right: Right,
        person_id: str,
        pin: str,
        done: Callable[[PinAnswer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("approve", right, person_id, pin))

        def work() -> PinAnswer:
            answer = self._look(person_id, pin)
            return replace(answer, token=f"token-of-{person_id}") if answer.accepted else answer

        self._reply("approve", work, done, failed)

    def people(
        self, done: Callable[[tuple[Person, ...]], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        self.calls.append(("people",))
        self._reply("people", lambda: self.everybody, done, failed)

    def add(
        self,
        person: Person,
        pin: str,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("add", person, pin, approval))

        def work() -> Person:
            new = replace(person, person_id=f"p-{len(self.everybody)}")
            first = not self.everybody
            self.everybody = (*self.everybody, new)
            self._tell(new if first else self.crew.signed_in)
            return new

        self._reply("add", work, done, failed)

    def change(
        self,
        person: Person,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("change", person, approval))

        def work() -> Person:
            self.everybody = tuple(person if one.person_id == person.person_id else one for one in self.everybody)
            self._tell(self.crew.signed_in)
            return person

        self._reply("change", work, done, failed)

    def set_pin(
        self,
        person_id: str,
        pin: str,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("set_pin", person_id, pin, approval))
        self._reply("set_pin", lambda: self._of(person_id), done, failed)

    def new_code_anyway(
        self,
        order_id: str,
        reason: str,
        approval: str | None,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("new_code_anyway", order_id, reason, approval))

        def work() -> OrderSnapshot:
            if self.overridden is None:
                raise LookupError(order_id)
            return self.overridden(order_id)

        self._reply("new_code_anyway", work, done, failed)

    # inside

    def called(self, name: str) -> list[tuple[object, ...]]:
        """Return the arguments of every call of a name."""
        return [call[1:] for call in self.calls if call[0] == name]

    def _tell(self, signed_in: Person | None) -> None:
        people = tuple(one for one in self.everybody if one.active)
        found = next((one for one in people if signed_in and one.person_id == signed_in.person_id), None)
        self.crew = Crew(people, found, bool(people) and found is None)
        self._signals.crew_changed.emit(self.crew)

    def _look(self, person_id: str, pin: str) -> PinAnswer:
        wait = self.waits.get(person_id, 0)
        return PinAnswer(accepted=pin == PIN and not wait, wait_s=wait)

    def _of(self, person_id: str) -> Person:
        return next(one for one in self.everybody if one.person_id == person_id)

    def _reply(
        self, name: str, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Problem], None] | None
    ) -> None:
        def answer() -> None:
            problem = self.failures.pop(name, None)
            if problem is None:
                done(work())
            else:
                (failed or self._signals.problem_raised.emit)(problem)

        if self.held:
            self.waiting.append(answer)
        else:
            QTimer.singleShot(0, self._signals, answer)
