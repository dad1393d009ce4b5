"""A ledger's lock file: who uses the ledger now, and whether there ever was one here."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import BinaryIO

_MADE: Final = b"made"
"""There is a ledger: if it is gone, somebody took it."""
_MAY_BE_NEW: Final = b"new\n"
"""The ledger was set aside: a new one may begin."""
BACKUPS: Final = "backups"
"""The folder beside a ledger that holds its backups."""


def share(ledger: Path) -> BinaryIO | None:
    """Say that this process uses a ledger, beside others that do, for as long as the returned file is open.

    Renaming a ledger away under a process that has it open would lose what that process still writes, and closing it
    would delete the write-ahead log of whichever ledger then bears the name.

    Returns:
        The lock; None where the folder takes no file, in which case nobody can exchange the ledger either.

    Raises:
        LedgerError: `ledger_busy` while somebody exchanges the ledger.
    """
    try:
        file = _opened(ledger)
    except OSError:
        return None
    if not _lock_shared(file):
        file.close()
        raise LedgerError("ledger_busy", "The ledger is being exchanged right now; nothing was written.")
    return file


@contextmanager
def alone(ledger: Path) -> Generator[None]:
    """Hold a ledger that nobody has open, and that nobody can open meanwhile.

    Raises:
        LedgerError: `ledger_in_use` where a window or a command has it open, also on another thread of this process.
        OSError: The folder cannot be written.
    """
    with _opened(ledger) as file:
        if not _lock_exclusively(file):
            raise LedgerError("ledger_in_use", "The ledger is in use; close the window and end other commands first.")
        yield


def was_there(ledger: Path) -> bool:
    """Tell whether a ledger that is missing or empty must have been there: a new one may then not begin silently.

    Read from the lock file, from a write-ahead log without its ledger, and from backups.
    """
    try:
        said = _lock_path(ledger).read_bytes()
    except OSError:
        said = b""
    if said in (_MADE, _MAY_BE_NEW):
        return said == _MADE
    log = ledger.with_name(f"{ledger.name}-wal")
    backups = ledger.parent / BACKUPS
    return (log.is_file() and log.stat().st_size > 0) or any(backups.glob(f"{ledger.stem}-*.db"))


def note_made(ledger: Path) -> None:
    """Write down that there is a ledger now; costs a write only when that is new."""
    _note(ledger, _MADE)


def note_may_be_new(ledger: Path) -> None:
    """Write down that a new ledger may begin where the old one is about to be set aside.

    Raises:
        OSError: The folder cannot be written.
    """
    _note(ledger, _MAY_BE_NEW)


def _note(ledger: Path, word: bytes) -> None:
    with _opened(ledger) as file:
        if file.read(len(word)) == word:
            return
        file.seek(0)
        file.write(word)  # both are of one length: there is no moment at which neither stands
        os.fsync(file.fileno())


def _opened(ledger: Path) -> BinaryIO:
    descriptor = os.open(_lock_path(ledger), os.O_RDWR | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "r+b", buffering=0)


def _lock_path(ledger: Path) -> Path:
    return ledger.with_suffix(".lock")


if sys.platform == "win32":
    import msvcrt

    _REGION: Final = 1 << 20  # far behind the words: locks forbid reading there
    _PLACES: Final = 64

    def _lock_shared(file: BinaryIO) -> bool:
        """Take one of the places; Windows' C library knows no shared locks."""
        return any(_lock(file, place, 1) for place in range(_PLACES))

    def _lock_exclusively(file: BinaryIO) -> bool:
        return _lock(file, 0, _PLACES)

    def _lock(file: BinaryIO, place: int, count: int) -> bool:
        try:
            file.seek(_REGION + place)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock_shared(file: BinaryIO) -> bool:
        return _lock(file, fcntl.LOCK_SH)

    def _lock_exclusively(file: BinaryIO) -> bool:
        return _lock(file, fcntl.LOCK_EX)

    def _lock(file: BinaryIO, kind: int) -> bool:
        try:
            fcntl.flock(file.fileno(), kind | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
