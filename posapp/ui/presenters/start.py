"""What the start page does: one choice at a time, and those that set the ledger aside only after a second press."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Final

from posapp.domain.start import StartChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.backups import Backup, Restored
    from posapp.domain.errors import Problem
    from posapp.domain.start import StartTrouble

MOST_BACKUPS: Final = 5
HOLD_S: Final = 0.5
"""A second press sooner than this is the second half of a double click."""
_TWICE: Final = (StartChoice.RESTORE, StartChoice.FRESH)


@dataclass(frozen=True, slots=True)
class StartState:
    """What the page shows.

    Attributes:
        trouble: Why the till is not open, and what may be done.
        backup: Name of the backup that would be restored; None where there is none to choose.
        armed: The choice that was pressed once and needs a second press.
        doing: The choice that is being carried out.
        problem: Why the last choice did not work.
    """

    trouble: StartTrouble
    backup: str | None = None
    armed: StartChoice | None = None
    doing: StartChoice | None = None
    problem: Problem | None = None

    @property
    def backups(self) -> tuple[Backup, ...]:
        """The backups to choose from, newest first; none where restoring is no choice."""
        return self.trouble.backups[:MOST_BACKUPS] if StartChoice.RESTORE in self.trouble.choices else ()

    @property
    def chosen(self) -> Backup | None:
        """The backup that would be restored."""
        return next((one for one in self.backups if one.name == self.backup), None)

    def offers(self, choice: StartChoice) -> bool:
        """Tell whether something may be done."""
        return bool(self.backups) if choice is StartChoice.RESTORE else choice in self.trouble.choices


class StartPresenter:
    """Lives on the GUI thread; tells `changed` after every change, and what came of starting over."""

    def __init__(
        self,
        facade: TillFacade,
        changed: Callable[[StartState], None],
        restored: Callable[[Restored], None],
        started_empty: Callable[[StartTrouble], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._facade = facade
        self._changed = changed
        self._restored = restored
        self._started_empty = started_empty
        self._clock = clock
        self._armed_at = 0.0
        self._state: StartState | None = None

    @property
    def state(self) -> StartState | None:
        """What the page shows; None before there was any trouble."""
        return self._state

    def take_trouble(self, trouble: StartTrouble) -> None:
        """The till could not be opened, or could not be opened again; what was picked stays picked."""
        before = self._state
        picked = before.backup if before is not None else None
        names = [one.name for one in trouble.backups[:MOST_BACKUPS]]
        backup = picked if picked in names else next(iter(names), None)
        # A backup that could not be restored is followed by the same trouble: why it could not stays to be read.
        self._show(StartState(trouble, backup, problem=before.problem if before is not None else None))

    def ready(self) -> None:
        """The till is open."""
        if self._state is None:
            return
        was, self._state = self._state, None
        if was.doing is StartChoice.FRESH:
            self._started_empty(was.trouble)

    def pick(self, name: str) -> None:
        """Choose a backup; whatever was pressed once needs two presses again."""
        state = self._state
        if state is not None and state.doing is None and any(one.name == name for one in state.backups):
            self._show(replace(state, backup=name, armed=None))

    def disarm(self) -> None:
        """Forget a first press that no second one followed."""
        if self._state is not None and self._state.armed is not None:
            self._show(replace(self._state, armed=None))

    def choose(self, choice: StartChoice) -> None:
        """Do what was pressed, where it may be done and where it was pressed often enough."""
        state = self._state
        if state is None or state.doing is not None or not state.offers(choice):
            return
        if choice in _TWICE and not self._is_confirmed(state, choice):
            return
        self._show(replace(state, doing=choice, armed=None, problem=None))
        match choice:
            case StartChoice.RETRY:
                self._facade.start_again()
            case StartChoice.VIEW:
                self._facade.start_viewing()
            case StartChoice.FRESH:
                self._facade.start_fresh()
            case StartChoice.RESTORE:
                self._facade.restore(state.backup or "", self._on_restored, self._on_failed)

    def _is_confirmed(self, state: StartState, choice: StartChoice) -> bool:
        now = self._clock()
        if state.armed is not choice:
            self._armed_at = now
            self._show(replace(state, armed=choice))
            return False
        return now - self._armed_at >= HOLD_S

    def _on_restored(self, restored: Restored) -> None:
        self._restored(restored)

    def _on_failed(self, problem: Problem) -> None:
        if self._state is not None:
            self._show(replace(self._state, doing=None, problem=problem))

    def _show(self, state: StartState) -> None:
        self._state = state
        self._changed(state)
