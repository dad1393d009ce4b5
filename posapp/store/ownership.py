"""Which processes are alive on one ledger: a lock file each, freed by the operating system when it dies."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


class Owner:
    """This process, as other processes on the same ledger can see it.

    A CREATING attempt whose owner is gone has an unknown outcome; one whose owner lives is simply being created. A
    process id would not do: it is reused after a crash, and a restart would take a stranger for the owner.
    """

    def __init__(self, folder: Path) -> None:
        """Take a lock of our own in the folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = f"{os.getpid()}-{os.urandom(6).hex()}"
        self._path = folder / f"{self.name}.lock"
        self._file = self._path.open("wb")
        if not _try_lock(self._file):
            self._file.close()
            raise OSError("a lock file that was just made is held by somebody else")

    def is_alive(self, name: str) -> bool:
        """Tell whether the process of that name still runs; clears away what a dead one left."""
        if name == self.name:
            return True
        path = self._folder / f"{name}.lock"
        try:
            with path.open("r+b") as file:
                if not _try_lock(file):
                    return True
        except FileNotFoundError:
            return False
        path.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        """Give the lock back."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def lock_alone(path: Path) -> BinaryIO | None:
    """Take a lock that only one process can have, like that of the window; None where another one has it.

    Keep the returned file open for as long as the lock is wanted.
    """
    file = path.open("ab")
    if _try_lock(file):
        return file
    file.close()
    return None


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
