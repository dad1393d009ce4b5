"""What the tests of a start in trouble stand in with: a rescue that remembers, a view of the bench's ledger, a log."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from posapp.app.system_clock import SystemClock
from posapp.domain.backups import Backup, Restored
from posapp.domain.log_entry import LogEntry, LogLevel
from posapp.services.viewing import TillView
from posapp.store.ledger import open_ledger_to_view
from tests.scripted_gateway import WITHOUT_KEY
from tests.unit.services.bench import facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.domain.errors import Problem

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
BACKUPS = (
    Backup("ledger-2.db", NOON, 7, NOON, 90_112),
    Backup("ledger-1.db", NOON, 3, None, 90_112),
)


class FakeRescue:
    """A rescue that does nothing but note what it was asked for, and where."""

    def __init__(self, backups: tuple[Backup, ...] = BACKUPS) -> None:
        self._backups = backups
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.fails_with: Exception | None = None
        self.then: Callable[[], None] = lambda: None

    def backups(self) -> tuple[Backup, ...]:
        """Return the backups."""
        self.threads.add(threading.get_ident())
        return self._backups

    def restore(self, backup: str) -> Restored:
        """Pretend to restore."""
        self._do(f"restore {backup}")
        return Restored(self._backups[0], "ledger.set-aside.db", 2)

    def start_fresh(self) -> None:
        """Pretend to set aside."""
        self._do("fresh")

    def _do(self, what: str) -> None:
        self.asked.append(what)
        self.threads.add(threading.get_ident())
        if self.fails_with is not None:
            raise self.fails_with
        self.then()


class FakeLog:
    """A log of one error, which is unread."""

    def __init__(self, crash: Problem | None = None) -> None:
        self._crash = crash
        self._unread = 1
        self.listener: Callable[[], None] | None = None
        self.closed = False

    def open(self) -> Problem | None:
        """Return what a crash left."""
        return self._crash

    def listen(self, listener: Callable[[], None] | None) -> None:
        """Take the listener."""
        self.listener = listener

    def unread(self) -> int:
        """Return how many are unread."""
        return self._unread

    def entries(self) -> tuple[LogEntry, ...]:
        """Return the one."""
        return (LogEntry(NOON, LogLevel.ERROR, "posapp.test", "odd", unread=self._unread > 0),)

    def mark_seen(self) -> None:
        """Read everything."""
        self._unread = 0

    def close(self) -> None:
        """End."""
        self.closed = True

    def error(self) -> None:
        """Have one more error."""
        self._unread += 1
        assert self.listener is not None
        self.listener()


def viewer(ledger: Path) -> Callable[[Problem], TillView]:
    """Return what opens a ledger for viewing."""
    return lambda reason: TillView(open_ledger_to_view(ledger), SystemClock(), reason, facts(WITHOUT_KEY))
