"""What the log page shows: the newest entries, all of them or the errors alone. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from posapp.domain.log_entry import LogLevel

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.log_entry import LogEntry

MOST: Final = 500
"""Entries that are ever shown."""
_GRAVE: Final = (LogLevel.ERROR, LogLevel.CRASH)


@dataclass(frozen=True, slots=True)
class LogState:
    """What the page shows.

    Attributes:
        entries: Everything that was read, newest first.
        errors_only: Whether warnings and notes are left out.
        is_read: Whether the log was read at all.
        problem: Why it could not be read the last time.
    """

    entries: tuple[LogEntry, ...] = ()
    errors_only: bool = False
    is_read: bool = False
    problem: Problem | None = None

    @property
    def shown(self) -> tuple[LogEntry, ...]:
        """The entries that are in the list, newest first."""
        if not self.errors_only:
            return self.entries
        return tuple(entry for entry in self.entries if entry.level in _GRAVE)


class LogPresenter:
    """Reads the log when asked to; one question at a time. Lives on the GUI thread."""

    def __init__(self, facade: TillFacade, changed: Callable[[LogState], None]) -> None:
        self._facade = facade
        self._changed = changed
        self._state = LogState()
        self._reading = False
        self._again = False

    @property
    def state(self) -> LogState:
        """What the page shows now."""
        return self._state

    def read(self) -> None:
        """Read the log anew; asked while it is being read, it is read once more afterwards."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        self._again = False
        self._facade.log_entries(self._on_read, self._on_failed)

    def show_errors_only(self, *, errors_only: bool) -> None:
        """Leave out everything that is no error, or show all."""
        if errors_only != self._state.errors_only:
            self._show(replace(self._state, errors_only=errors_only))

    def seen(self) -> None:
        """Somebody has looked at the list."""
        if self._state.is_read:
            self._facade.log_seen()

    def _on_read(self, entries: tuple[LogEntry, ...]) -> None:
        self._reading = False
        self._show(replace(self._state, entries=entries[:MOST], is_read=True, problem=None))
        if self._again:
            self.read()

    def _on_failed(self, problem: Problem) -> None:
        self._reading = False
        self._again = False
        self._show(replace(self._state, problem=problem))

    def _show(self, state: LogState) -> None:
        self._state = state
        self._changed(state)
