"""Shifts: begun, counted and closed, with what was expected told when the shop's rule allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.shift import MAX_NOTE, ShiftBoard
from posapp.domain.staff import Right
from posapp.store.shifts import Shifts

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.domain.money import Money
    from posapp.domain.shift import Shift
    from posapp.domain.till import TillFacts
    from posapp.services.staff import Staff
    from posapp.store.ledger import Ledger

SHOWN: Final = 20
"""How many past shifts are listed."""


class ShiftKeeper:
    """The till's shifts. Lives on the io thread; methods raise `LedgerError` where nothing could be read or written."""

    def __init__(self, ledger: Ledger, facts: TillFacts, clock: Clock, staff: Staff) -> None:
        """Keep the shifts of this ledger."""
        self._shifts = Shifts(ledger)
        self._blind = facts.blind_close
        self._clock = clock
        self._staff = staff

    def board(self) -> ShiftBoard:
        """Return the running shift and the last ones; what is expected only where it may be told before the count."""
        running = self._shifts.running()
        past = self._shifts.past(SHOWN)
        if running is None:
            return ShiftBoard(past=past)
        shift, expected = running
        return ShiftBoard(shift, expected if self._may_tell() else None, past)

    def open(self, approval: str | None = None) -> Shift:
        """Begin a shift.

        Raises:
            DomainError: `shift_open`, or as `Staff.authorise`.
        """
        authority = self._staff.authorise(Right.SHIFT, approval)
        return self._shifts.open(authority, self._clock.now())

    def close(self, counted: tuple[Money, ...], note: str = "", approval: str | None = None) -> Shift:
        """End the running shift with what was counted.

        Raises:
            DomainError: `shift_not_open`, `count_unusable`, `note_unusable`, or as `Staff.authorise`.
        """
        currencies = [money.currency for money in counted]
        if any(money.minor < 0 for money in counted) or len(set(currencies)) != len(currencies):
            raise DomainError("count_unusable", "A count is one amount of each currency, not below zero.")
        if len(note) > MAX_NOTE or not note.isprintable():
            raise DomainError("note_unusable", f"A note is one line of at most {MAX_NOTE} characters.")
        authority = self._staff.authorise(Right.SHIFT, approval)
        return self._shifts.close(counted, note, authority, self._clock.now())

    def _may_tell(self) -> bool:
        """Tell whether who stands at the till may know before counting; without people nobody can be told apart."""
        crew = self._staff.crew
        return not self._blind or (bool(crew.people) and crew.may(Right.REPORTS))
