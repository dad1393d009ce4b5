"""The lock that one window at a time holds on a till's folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from posapp.store.ownership import lock_alone

if TYPE_CHECKING:
    from typing import BinaryIO

    from posapp.app.paths import DataFolder


class WindowLock:
    """Held from its making on; where the folder may only be read, so may the ledger, and nobody needs the lock.

    Attributes:
        is_held_elsewhere: Whether another window has it.
    """

    def __init__(self, folder: DataFolder) -> None:
        """Take it.

        Raises:
            OSError: The folder cannot be written, and there is no ledger to be read either.
        """
        self._folder = folder
        self._file: BinaryIO | None = None
        self.is_held_elsewhere = False
        try:
            self._take()
        except OSError:
            if not os.access(folder.ledger, os.R_OK):
                raise

    def insist(self) -> None:
        """Take it now where that was not possible at first; nothing may be written without it.

        Raises:
            OSError: The folder still cannot be written.
            LedgerError: Another window was faster.
        """
        if self._file is None:
            self._take()
        if self.is_held_elsewhere:
            from posapp.store.errors import LedgerError  # loads SQLite, which no start waits for

            raise LedgerError("ledger_busy", "Another window has the ledger open.")

    def __enter__(self) -> None:
        """Hold it, as before."""

    def __exit__(self, *_of_what: object) -> None:
        """Give it back."""
        if self._file is not None:
            self._file.close()

    def _take(self) -> None:
        self._file = lock_alone(self._folder.window_lock)
        self.is_held_elsewhere = self._file is None
