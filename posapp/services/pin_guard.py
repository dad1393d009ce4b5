"""Looking at a PIN that somebody typed: counted before it is compared, and slower with every wrong one.

The wait is measured on the clock that never steps back, from the later of this process's start and the moment at which
it saw the count become what it is. So neither a restart, nor a turned clock, nor a second process shortens it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posapp.domain.errors import DomainError
from posapp.domain.staff import PinAnswer, pin_delay_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posapp.domain.clock import Clock
    from posapp.services.pins import PinKeeper
    from posapp.store.people import Kept, PeopleStore


class PinGuard:
    """Lives on the io thread."""

    def __init__(self, store: PeopleStore, clock: Clock, pins: PinKeeper) -> None:
        """Begin to wait for everybody who has to wait."""
        self._store = store
        self._clock = clock
        self._pins = pins
        now = clock.monotonic()
        self._seen = {kept.person.person_id: (kept.failures, now) for kept in store.everybody()}

    def wait_for(self, person_id: str) -> int:
        """Return in how many seconds a PIN of theirs is looked at; 0 for now.

        Raises:
            DomainError: `person_unknown`.
        """
        return self._wait(self._kept(person_id))

    async def check(self, person_id: str, pin: str, event: str, facts: Mapping[str, str]) -> PinAnswer:
        """Count a try, compare, and write down what came of it.

        Args:
            person_id: Whose PIN it should be.
            pin: What was typed.
            event: Name of the audit row about a right one; a wrong one is `pin_wrong`.
            facts: What either row tells.

        Raises:
            DomainError: `person_unknown`, also of somebody who may no longer sign in.
            SecretError: The keyring does not let us compare; nothing was counted.
            LedgerError: The try could not be counted, so nothing was compared.
        """
        await self._pins.ready(self._kept(person_id).pin_hash)
        kept = self._kept(person_id)  # as it is now: the keyring may have taken its time
        wait = self._wait(kept)
        if wait > 0 or not self._counted(kept):
            return PinAnswer(accepted=False, wait_s=wait)
        tried = kept.failures + 1
        self._seen[person_id] = (tried, self._clock.monotonic())
        right = await self._pins.matches(kept.pin_hash, pin)
        with self._store.writing(self._clock.now()) as writing:
            if right:
                writing.count_failures(person_id, 0, tried, {"change": "pin_right", "name": kept.person.name})
            writing.tell(event if right else "pin_wrong", {**facts, "name": kept.person.name})
        if not right:
            self._seen[person_id] = (tried, self._clock.monotonic())
        return PinAnswer(accepted=right, wait_s=0 if right else self.wait_for(person_id))

    def _counted(self, kept: Kept) -> bool:
        """Commit one more wrong PIN before it is compared; False where another process was faster."""
        with self._store.writing(self._clock.now()) as writing:
            facts = {"change": "pin_tried", "name": kept.person.name}
            return writing.count_failures(kept.person.person_id, kept.failures + 1, kept.failures, facts)

    def _wait(self, kept: Kept) -> int:
        now = self._clock.monotonic()
        known = self._seen.get(kept.person.person_id)
        if known is None or known[0] != kept.failures:
            known = self._seen[kept.person.person_id] = (kept.failures, now)  # another process: it waits from here on
        return max(0, math.ceil(known[1] + pin_delay_s(kept.failures) - now))

    def _kept(self, person_id: str) -> Kept:
        for kept in self._store.everybody():
            if kept.person.person_id == person_id and kept.person.active:
                return kept
        raise DomainError("person_unknown", "Nobody of that name may sign in at this till.")
