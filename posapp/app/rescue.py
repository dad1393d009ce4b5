"""Mending a damaged ledger from the window: which backups there are, restoring one, or beginning anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.app.system_clock import SystemClock
from posapp.store.backup import list_backups
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
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
            LedgerError: `ledger_is_whole` where the ledger can be opened again (somebody else has mended it meanwhile),
                `backup_missing` where no whole backup has that name, or as `restore_backup`.
        """
        self._refuse_whole()
        names = {known.name for known in self.backups()}
        if self._backups is None or backup not in names:  # a name, never a path to somewhere else
            raise LedgerError("backup_missing", "There is no whole backup of that name.")
        return restore_backup(self._backups / backup, self._ledger, self._clock.now())

    def start_fresh(self) -> None:
        """Set the ledger aside; the next start makes an empty one.

        Raises:
            LedgerError: `ledger_is_whole` as `restore`, or it could not be set aside.
        """
        self._refuse_whole()
        set_aside(self._ledger, self._clock.now())

    def _refuse_whole(self) -> None:
        """Leave a ledger alone that can be opened: the page that called us may be older than its mending."""
        try:
            open_ledger(self._ledger).close()
        except LedgerError:
            return
        raise LedgerError("ledger_is_whole", "The ledger can be opened again; it was left alone. Try again.")
