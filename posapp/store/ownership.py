"""Which processes are alive on one ledger: a lock file each, freed by the operating system when it dies."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


_TRIES: Final = 5
_OWNER: Final = re.compile(r"\d+-[0-9a-f]{12}\.lock", re.ASCII)


class Owner:
    """This process, as other processes on the same ledger can see it.

    A CREATING attempt whose owner is gone has an unknown outcome; one whose owner lives is simply being created. A
    process id would not do: it is reused after a crash, and a restart would take a stranger for the owner.
    """

    def __init__(self, folder: Path) -> None:
        """Take a lock of our own in the folder, which is made where it is missing; clear away what the dead left."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        for _ in range(_TRIES):
            self.name = f"{os.getpid()}-{os.urandom(6).hex()}"
            self._path = folder / f"{self.name}.lock"
            self._file = self._path.open("wb")
            # Between the two steps a neighbour may have taken our file for a dead one's and removed it.
            if _try_lock(self._file) and _is_at(self._file, self._path):
                break
            self._file.close()
        else:
            raise OSError("a lock file that was just made is held by somebody else")
        for path in folder.glob("*-*.lock"):
            if path != self._path and _OWNER.fullmatch(path.name):
                _clear_away(path)

    def is_alive(self, name: str) -> bool:
        """Tell whether the process of that name still runs; clears away what a dead one left.

        A lock file that we may not open is another user's. That he lives is the safe guess: his own next start knows.
        """
        if name == self.name:
            return True
        return not _clear_away(self._folder / f"{name}.lock")

    def close(self) -> None:
        """Give the lock back."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _clear_away(path: Path) -> bool:
    """Tell whether the owner of a lock file is gone, and remove the file while holding its lock."""
    try:
        with path.open("r+b") as file:
            if not _try_lock(file):
                return False
            if os.name == "posix" and _is_at(file, path):
                with suppress(PermissionError):
                    path.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    if os.name != "posix":  # where an open file cannot be removed
        with suppress(PermissionError):
            path.unlink(missing_ok=True)
    return True


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Tell whether an open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


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
