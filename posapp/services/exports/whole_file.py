"""A file that is there as a whole or not at all: written under another name beside its target, then renamed."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from posapp.store.durable import give_name, make_empty
from posapp.store.errors import LedgerError, StoreError

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator
    from pathlib import Path

_PART: Final = ".part"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_DENIED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ETXTBSY})
_GONE: Final = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ESTALE, errno.ENOTDIR})


class TargetError(StoreError):
    """A file that was asked for could not be written: `target_full`, `target_denied`, `target_gone` or `target_failed`.

    Nothing of it is there; what was there before is as it was.
    """


class WholeFile:
    """One file on its way. Its steps may be taken on different threads, one after the other."""

    def __init__(self, target: Path) -> None:
        """Prepare; nothing is touched."""
        self.target = target
        self.part = target.with_name(f".{target.name}{_PART}")

    def begin(self) -> None:
        """Make the file under its other name, in place of what a run that was killed may have left there.

        Raises:
            TargetError: It cannot be made.
        """
        with named():
            if self.target.is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a folder")
            make_empty(self.part)

    def finish(self) -> None:
        """Flush it to the disk and give it its name in one step.

        Raises:
            TargetError: It could not be done; the old file is there as before.
        """
        try:
            with named():
                give_name(self.part, self.target)
        except BaseException:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Remove what there is of it; a second time does no harm."""
        with suppress(OSError):  # on a stick that was pulled there is nothing to be removed
            self.part.unlink(missing_ok=True)


@contextmanager
def named() -> Generator[None]:
    """Name what the operating system does to a file that somebody wants.

    Raises:
        TargetError: For every `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise _named(error) from error


def _named(error: OSError) -> TargetError:
    if error.errno in _FULL:
        return TargetError("target_full", "There is no room left for the file; nothing was written.")
    if error.errno in _DENIED:
        return TargetError("target_denied", "No file may be written there; nothing was written.")
    if error.errno in _GONE:
        return TargetError("target_gone", "The folder is not there any more; nothing was written.")
    reason = os.strerror(error.errno) if error.errno else "no reason given"
    return TargetError("target_failed", f"The file could not be written: {reason}.")


def refuse_if(stop: threading.Event) -> None:
    """End a file that nobody wants any more.

    Raises:
        LedgerError: `cancelled`, where the event is set.
    """
    if stop.is_set():
        raise LedgerError("cancelled", "It was ended before it was done; nothing was written.")
