"""Files that are there as a whole or not at all: flushed to the disk before they get their name."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

SIDE_FILES: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_FORBIDDEN: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def make_empty(path: Path) -> None:
    """Make a file that only its owner can read, in place of whatever an earlier try left there.

    Raises:
        OSError: It cannot be made.
    """
    remove(path)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def remove(path: Path) -> None:
    """Remove a database with what SQLite keeps beside it, where they are there."""
    for suffix in (*SIDE_FILES, ""):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def give_name(whole: Path, name: Path) -> None:
    """Flush a file to the disk and give it its name, in one step that a power cut cannot halve.

    Raises:
        OSError: It could not be done; `name` is as it was.
    """
    with whole.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(whole, name)
    sync_folder(name.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut; Windows does that by itself."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_error(error: OSError) -> LedgerError:
    """Name what the operating system did to a file of ours beside the ledger."""
    if error.errno in _FULL:
        return LedgerError("disk_full", "The disk is full; nothing was changed.")
    if error.errno in _FORBIDDEN:
        return LedgerError("folder_read_only", "The folder cannot be written: it or its disk is read-only.")
    return LedgerError(
        "file_failed", f"The operating system refused: {error.strerror or 'no reason given'}{_where(error)}."
    )


def _where(error: OSError) -> str:
    return f" ({error.filename})" if isinstance(error.filename, str) else ""
