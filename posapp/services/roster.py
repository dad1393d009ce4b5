"""Who works at the till: adding people, changing what they may do, giving them PINs."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.errors import DomainError
from posapp.domain.staff import Authority, Right, Role, check_crew, check_name, check_pin

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.domain.staff import Person
    from posapp.services.pins import PinKeeper
    from posapp.services.staff import Staff
    from posapp.store.people import Kept, PeopleStore

_ID_BYTES = 8


class Roster:
    """The list of people. Lives on the io thread.

    Every change needs `Right.PEOPLE` and is in the audit with the name of who made it. Only an owner may make or change
    managers and owners. Every method that changes something raises `DomainError` where the rules do not allow it
    (`right_missing`, `approval_used`, `signed_out`, `owner_needed`, `owner_missing`, `name_taken`, `person_unknown`)
    and `LedgerError` where it could not be written.
    """

    def __init__(self, store: PeopleStore, clock: Clock, staff: Staff, pins: PinKeeper) -> None:
        """Change the people of this ledger; `staff` hears of it at once."""
        self._store = store
        self._clock = clock
        self._staff = staff
        self._pins = pins

    def everybody(self) -> tuple[Person, ...]:
        """Read everybody, also those who may no longer sign in, by name."""
        return tuple(kept.person for kept in self._store.everybody())

    async def add(self, person: Person, pin: str, approval: str | None = None) -> Person:
        """Add somebody; the first one, an owner, may be added by anybody, and then stands at the till.

        Raises:
            DomainError: `name_unusable`, `pin_unusable`, `pin_lazy` besides what any change raises.
            SecretError: The keyring cannot keep what PINs need.
        """
        check_name(person.name)
        check_pin(pin)
        before = self._store.everybody()
        new = replace(person, person_id=os.urandom(_ID_BYTES).hex(), active=True)
        check_crew((*(kept.person for kept in before), new))
        pin_hash = await self._pins.make(pin, _beside(before))
        authority = self._staff.authorise(Right.PEOPLE, approval)
        with self._store.writing(self._clock.now()) as writing:
            there = tuple(kept.person for kept in writing.everybody())
            check_crew((*there, new))
            self._insist_on_owner(authority, there, new.role)
            writing.add(new, pin_hash, _facts("added", new, authority))
        self._staff.reload(new if not before and self._staff.is_attended else None)
        return new

    def change(self, person: Person, approval: str | None = None) -> Person:
        """Change role, ceiling, or whether somebody may sign in; the name stays what it is on old orders."""
        authority = self._staff.authorise(Right.PEOPLE, approval)
        with self._store.writing(self._clock.now()) as writing:
            there = tuple(kept.person for kept in writing.everybody())
            old = _find(there, person.person_id)
            new = replace(person, name=old.name)
            check_crew(tuple(new if one is old else one for one in there))
            self._insist_on_owner(authority, there, old.role, new.role)
            if new != old:
                writing.change(new, _facts(_change(old, new), new, authority))
        self._staff.reload()
        return new

    async def set_pin(self, person_id: str, pin: str, approval: str | None = None) -> Person:
        """Give somebody another PIN; nobody has to wait for wrong ones from before.

        Raises:
            DomainError: `pin_unusable`, `pin_lazy` besides what any change raises.
            SecretError: As `add`.
        """
        check_pin(pin)
        before = self._store.everybody()
        _find(tuple(kept.person for kept in before), person_id)
        pin_hash = await self._pins.make(pin, _beside(before))
        authority = self._staff.authorise(Right.PEOPLE, approval)
        with self._store.writing(self._clock.now()) as writing:
            there = tuple(kept.person for kept in writing.everybody())
            person = _find(there, person_id)
            if authority.name != person.name:
                self._insist_on_owner(authority, there, person.role)
            writing.set_pin(person_id, pin_hash, _facts("pin", person, authority))
        self._staff.reload()
        return person

    def _insist_on_owner(self, authority: Authority, people: tuple[Person, ...], *roles: Role) -> None:
        """Refuse to let anybody but an owner make or change those who may do more than charge."""
        if not people or not self._staff.is_attended or all(role is Role.CASHIER for role in roles):
            return
        if not any(one.active and one.role is Role.OWNER and one.name == authority.name for one in people):
            raise DomainError("owner_needed", "Only an owner may make or change managers and owners.")


def _beside(people: tuple[Kept, ...]) -> str | None:
    return people[-1].pin_hash if people else None


def _find(people: tuple[Person, ...], person_id: str) -> Person:
    for person in people:
        if person.person_id == person_id:
            return person
    raise DomainError("person_unknown", "Nobody of that name is at this till.")


def _change(old: Person, new: Person) -> str:
    if old.active is not new.active:
        return "activated" if new.active else "deactivated"
    return "role" if old.role is not new.role else "ceiling"


def _facts(change: str, person: Person, authority: Authority) -> dict[str, str]:
    ceiling = person.refund_ceiling
    return {
        "change": change,
        "name": person.name,
        "role": person.role.value,
        "ceiling": "" if ceiling is None else str(ceiling),
        "by": authority.asked_by,
        "approved_by": authority.approved_by,
    }
