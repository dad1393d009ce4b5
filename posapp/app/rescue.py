"""Mending a damaged ledger from the window: which backups there are, restoring one, or beginning anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.app.system_clock import SystemClock
from posapp.store.backup import list_backups
from posapp.store.errors import LedgerError
from posapp.store.restore import restore_backup, set_aside

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.domain.backups import Backup, Restored


class LedgerRescue:
    """Implements `posapp.bridge.recourse.Rescue`. The window that uses it holds the window's lock itself."""

    def __init__(self, ledger: Path, backups: Path | None) -> None:
        """Mend this ledger out of that folder; of training's there are no backups."""
        self._ledger = ledger
        self._backups = backups
        self._clock = SystemClock()

    def backups(self) -> tuple[Backup, ...]:
        """Return the whole backups of this ledger, newest first."""
        return () if self._backups is None else list_backups(self._backups)

    def restore(self, backup: str) -> Restored:
        """Put the backup of that name in the ledger's place.

        Raises:
            LedgerError: `backup_missing` where no whole backup has that name, or as `restore_backup`.
        """
        names = {known.name for known in self.backups()}
        if self._backups is None or backup not in names:  # a name, never a path to somewhere else
            raise LedgerError("backup_missing", "There is no whole backup of that name.")
        return restore_backup(self._backups / backup, self._ledger, self._clock.now())

    def start_fresh(self) -> None:
        """Set the ledger aside; the next start makes an empty one.

        Raises:
            LedgerError: It could not be set aside.
        """
        set_aside(self._ledger, self._clock.now())
