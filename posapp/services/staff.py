"""Who stands at the till, and in whose name something may be done."""

from __future__ import annotations

import getpass
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.staff import Approval, Authority, Crew, PinAnswer
from posapp.services.events import CrewChanged
from posapp.services.pin_guard import PinGuard

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.domain.staff import Person, Right
    from posapp.services.events import Publish
    from posapp.services.pins import PinKeeper
    from posapp.store.people import PeopleStore

APPROVAL_S: Final = 120.0
"""For how long somebody's word for one action is good."""


@dataclass(frozen=True, slots=True)
class _Given:
    approval: Approval
    until: float


class Staff:
    """The till's people. Lives on the io thread.

    A till without people keeps nobody from anything. With people, and with a window (`attend`), it is locked until
    somebody signs in. Without a window it serves whoever may run programs on this ledger, in the name of that user
    of the computer.
    """

    def __init__(self, store: PeopleStore, clock: Clock, publish: Publish, pins: PinKeeper) -> None:
        """Read who there is; nobody stands before the till yet."""
        self._store = store
        self._clock = clock
        self._publish = publish
        self._guard = PinGuard(store, clock, pins)
        self._given: dict[str, _Given] = {}
        self._attended = False
        self._crew = Crew(self._active())

    @property
    def crew(self) -> Crew:
        """Who there is and who stands at the till."""
        return self._crew

    @property
    def cashier(self) -> str:
        """Name of who stands at the till; empty where nobody was set up."""
        return self._crew.signed_in.name if self._crew.signed_in is not None else ""

    @property
    def is_attended(self) -> bool:
        """Whether there is a window, before which somebody stands."""
        return self._attended

    def attend(self) -> None:
        """Serve a window from now on: it is locked where there are people, and hears who there is."""
        self._attended = True
        if not self._set(self._crew):
            self._publish(CrewChanged(self._crew))

    def reload(self, signed_in: Person | None = None) -> None:
        """Take over what became of the people, here or in another process; who may no longer sign in is signed out."""
        self._set(Crew(self._active(), signed_in or self._crew.signed_in))

    async def sign_in(self, person_id: str, pin: str) -> PinAnswer:
        """Let somebody stand at the till, also in place of who stands there.

        Raises:
            DomainError: `person_unknown`.
            SecretError: The keyring does not let PINs be compared.
            LedgerError: Nothing could be written.
        """
        answer = await self._guard.check(person_id, pin, "sign_in", {"instead_of": self.cashier})
        if answer.accepted:
            self._given.clear()
            self.reload(next((one for one in self._active() if one.person_id == person_id), None))
        return answer

    def lock(self) -> None:
        """Let nobody do anything until somebody signs in.

        Raises:
            LedgerError: It is locked, but that could not be written down.
        """
        gone = self._crew.signed_in
        if gone is None:
            return
        self._given.clear()
        self._set(replace(self._crew, signed_in=None))
        with self._store.writing(self._clock.now()) as writing:
            writing.tell("lock", {"name": gone.name})

    def wait_for(self, person_id: str) -> int:
        """Return in how many seconds a PIN of theirs is looked at; 0 for now.

        Raises:
            DomainError: `person_unknown`.
        """
        return self._guard.wait_for(person_id)

    async def approve(self, right: Right, person_id: str, pin: str) -> PinAnswer:
        """Take somebody's word for one action; the answer carries the token that `authorise` takes.

        Raises:
            DomainError: `person_unknown`, `right_missing` where they may not do it themselves, `signed_out`.
            SecretError, LedgerError: As `sign_in`.
        """
        self.reload()
        self.insist_on_somebody()
        person = next((one for one in self._crew.people if one.person_id == person_id), None)
        if person is not None and not person.may(right):
            raise DomainError("right_missing", "They may not do that themselves.")
        facts = {"right": right.value, "asked_by": self.cashier}
        answer = await self._guard.check(person_id, pin, "approval", facts)
        if not answer.accepted or person is None:
            return answer
        token = secrets.token_urlsafe(16)
        self._given[token] = _Given(Approval(token, right, person.name), self._clock.monotonic() + APPROVAL_S)
        return replace(answer, token=token)

    def authorise(self, right: Right, approval: str | None = None) -> Authority:
        """Say in whose name something is done that needs a right, and write that down; an approval is used up.

        Args:
            right: What it needs.
            approval: Token of somebody's word for it, where who stands at the till may not do it alone.

        Raises:
            DomainError: `right_missing`, `approval_used` or `signed_out`.
            LedgerError: It could not be written down, so it is not allowed.
        """
        self.reload()
        if not self._crew.people:
            return Authority()
        authority = self._authority(right, approval)
        facts = {"right": right.value, "asked_by": authority.asked_by, "approved_by": authority.approved_by}
        with self._store.writing(self._clock.now()) as writing:
            writing.tell("right_used", facts)
        return authority

    def insist_on_somebody(self) -> None:
        """Refuse what nobody may do before a till that is locked.

        Raises:
            DomainError: `signed_out`.
        """
        if self._attended and self._crew.locked:
            raise DomainError("signed_out", "The till is locked; somebody has to sign in first.")

    def _authority(self, right: Right, approval: str | None) -> Authority:
        if not self._attended:
            return Authority(getpass.getuser())
        self.insist_on_somebody()
        if approval is not None:
            return Authority(self.cashier, self._use(approval, right).by)
        if not self._crew.may(right):
            raise DomainError("right_missing", "Who stands at the till may not do that alone.")
        return Authority(self.cashier)

    def _use(self, token: str, right: Right) -> Approval:
        given = self._given.pop(token, None)
        if given is None or given.approval.right is not right or given.until < self._clock.monotonic():
            raise DomainError("approval_used", "That approval was used already, is too old, or was for something else.")
        if not any(one.name == given.approval.by and one.may(right) for one in self._crew.people):
            raise DomainError("right_missing", "Who allowed it may not do that any more.")
        return given.approval

    def _active(self) -> tuple[Person, ...]:
        return tuple(kept.person for kept in self._store.everybody() if kept.person.active)

    def _set(self, crew: Crew) -> bool:
        """Take over a crew, with the till locked where nobody of it stands there; returns whether that is news."""
        wanted = crew.signed_in
        found = next((one for one in crew.people if wanted is not None and one.person_id == wanted.person_id), None)
        locked = self._attended and bool(crew.people) and found is None
        before, self._crew = self._crew, Crew(crew.people, found, locked)
        if self._crew == before:
            return False
        self._publish(CrewChanged(self._crew))
        return True
