"""The ledger's file: opened with full durability, written one transaction at a time."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posapp.store.connection import BUSY_TIMEOUT_S, connect, inspect, refuse_lost_log
from posapp.store.errors import LedgerError, faults_named, ledger_error
from posapp.store.exchange import finish_exchange
from posapp.store.presence import BACKUPS, note_made, share, was_there
from posapp.store.schema import SCHEMA_VERSION, version_of
from posapp.store.soundness import QUICK_CHECK_BYTES, open_unchanged
from posapp.store.volume import VolumeKind, kind_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from tempfile import TemporaryDirectory
    from typing import BinaryIO

_UNTRUSTED: Final = frozenset({"ledger_failed", "ledger_corrupt"})
_VERSIONS: Final = 1 << 32
_NOTHING: Final = "There is no ledger to view."

log = logging.getLogger(__name__)


class Ledger:
    """One open ledger. Lives on the thread that opened it; SQLite refuses any other.

    WAL with `synchronous=FULL`: a commit that returned survives a power cut. Measured on simulated power cuts, NORMAL
    lost acknowledged writes in 329 of 752 states and FULL in none.

    After the disk reported an error nobody knows what of the last writes is on it, and a second fsync that succeeds
    says nothing about what the first one lost. So nothing is written any more until `mend` found the file whole.

    Attributes:
        path: The file.
        connection: The connection; `mend` exchanges it.
        view_only: Whether every write is refused.
        on_network: Whether it lies on another computer, where a journal takes the write-ahead log's place.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        lock: BinaryIO | None = None,
        *,
        view_only: bool = False,
        copy: TemporaryDirectory[str] | None = None,
    ) -> None:
        """Wrap an open, migrated connection; use `open_ledger` or `open_ledger_to_view`."""
        self.path = path
        self.connection = connection
        self.view_only = view_only
        self.on_network = kind_of(path.parent) is VolumeKind.NETWORK
        self._lock = lock
        self._copy = copy
        self._opened = 0
        self._broken: LedgerError | None = None
        self._told: str | None = None  # of what is logged: each try to mend would log it anew

    @property
    def backups(self) -> Path:
        """The folder that its backups go to."""
        return self.path.parent / BACKUPS

    @property
    def is_broken(self) -> bool:
        """Whether nothing is written any more until `mend` succeeds."""
        return self._broken is not None

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Hold the write lock for one transaction: all of it is committed, or none.

        Raises:
            LedgerError: Where the environment prevents it (full, read-only, busy, failing); nothing was written.
        """
        if self.view_only:
            raise LedgerError("ledger_view_only", "The ledger is open for viewing only; nothing was written.")
        if self._broken is not None:
            raise _anew(self._broken)
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        except sqlite3.Error as error:
            known = ledger_error(error)
            if known is None:
                raise
            if known.code in _UNTRUSTED:
                self.distrust(known)
            raise known from error

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Read everything as it stood at one moment, whatever other processes write meanwhile.

        Raises:
            LedgerError: As `writing`.
        """
        with faults_named():
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                self._roll_back()

    def distrust(self, error: LedgerError) -> None:
        """Write nothing more, for this reason, until `mend` succeeds."""
        if error.code != self._told:
            log.error("the ledger is not written any more: %s", error.message)
        self._broken, self._told = error, error.code

    def mend(self) -> None:
        """Prove with a write that the ledger works; one that was distrusted is opened anew and checked before.

        Raises:
            LedgerError: It still does not; reading goes on as before.
        """
        if self._broken is not None and not self.view_only:
            if self._broken.code == "ledger_corrupt" and self.path.stat().st_size > QUICK_CHECK_BYTES:
                raise _anew(self._broken)  # looking once more would take this thread too long, and would find the same
            with faults_named():
                fresh = connect(self.path)
                self.connection.close()
                self.connection = fresh
            self._opened += 1
            self._broken = None
        with self.writing() as connection:
            connection.execute(f"PRAGMA user_version = {version_of(connection)}")  # changes nothing, and is a commit
        self._told = None

    def data_version(self) -> int:
        """Return a number that changes when another process has written, or this one opened the file anew."""
        with self.reading() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
        return int(version) + self._opened * _VERSIONS

    def close(self) -> None:
        """Close the file; the last one to close it folds the write-ahead log back in."""
        self.connection.close()
        if self._lock is not None:
            self._lock.close()
        if self._copy is not None:
            self._copy.cleanup()

    def _roll_back(self) -> None:
        if self.connection.in_transaction:
            with suppress(sqlite3.OperationalError):  # a failing disk fails here, too; what matters is told already
                self.connection.execute("ROLLBACK")


def open_ledger(path: Path, *, anew: bool = False) -> Ledger:
    """Open the ledger, making or migrating it where needed.

    Args:
        path: The file; its folder must exist.
        anew: Whether a ledger that went missing may simply be made anew, as in training.

    Raises:
        LedgerError: As `LedgerError` lists for the start; the file is left as it was.
    """
    finish_exchange(path)
    with ExitStack() as undo, faults_named():
        lock = share(path)
        if lock is not None:
            undo.enter_context(lock)
        if not anew and _is_gone(path):
            raise LedgerError("ledger_missing", "The ledger is gone: its file is missing or empty.")
        if _may_only_be_read(path):
            raise LedgerError("ledger_read_only", "The ledger cannot be written: file or disk is read-only.")
        connection = connect(path)
        undo.pop_all()
    with suppress(OSError):  # a note for a day on which the file is gone; without it there are still the backups
        note_made(path)
    return Ledger(path, connection, lock)


def open_ledger_to_view(path: Path) -> Ledger:
    """Open the ledger for reading alone: nothing is made, migrated or written, also where nothing can be.

    On a read-only disk SQLite may not be able to read a ledger whose write-ahead log is still there; it is then read
    from a private copy.

    Raises:
        LedgerError: As `open_ledger`, and `ledger_older` where it has to be migrated first.
    """
    try:
        with ExitStack() as undo, faults_named():
            lock = share(path)
            if lock is not None:
                undo.enter_context(lock)
            _refuse_nothing(path)
            refuse_lost_log(path)
            copy = None
            try:
                connection = _viewed(path)
            except sqlite3.OperationalError:
                from tempfile import TemporaryDirectory  # hardly ever wanted

                copy = TemporaryDirectory(prefix="posapp-view-")
                undo.enter_context(copy)
                connection = _viewed(_copied(path, Path(copy.name)))
            undo.pop_all()
    except OSError as error:
        raise LedgerError("ledger_cannot_open", "The ledger's file cannot be read.") from error
    return Ledger(path, connection, lock, view_only=True, copy=copy)


def open_ledger_to_read(path: Path) -> Ledger:
    """Open the ledger for a command that only reads: as `open_ledger`, and as `open_ledger_to_view` where it must be.

    Raises:
        LedgerError: As those.
    """
    try:
        return open_ledger(path)
    except LedgerError as error:
        if error.code != "ledger_read_only":
            raise
        return open_ledger_to_view(path)


def _anew(error: LedgerError) -> LedgerError:
    """Copy an error: one exception raised again and again would grow with every traceback."""
    return LedgerError(error.code, error.message)


def _is_gone(path: Path) -> bool:
    return (not path.exists() or (path.is_file() and path.stat().st_size == 0)) and was_there(path)


def _refuse_nothing(path: Path) -> None:
    if not path.is_file() or path.stat().st_size == 0:
        raise LedgerError("ledger_missing", _NOTHING)


def _may_only_be_read(path: Path) -> bool:
    """Tell whether a ledger is there that we may read and cannot write, or not beside."""
    if not path.is_file() or not _may(path, os.R_OK):
        return False
    return not (_may(path, os.W_OK) and _may(path.parent, os.W_OK))


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _viewed(path: Path) -> sqlite3.Connection:
    sealed = _is_on_sealed_disk(path) and not path.with_name(f"{path.name}-wal").exists()
    with ExitStack() as undo:
        connection = open_unchanged(path, alone=sealed, timeout_s=BUSY_TIMEOUT_S)
        undo.enter_context(closing(connection))
        inspect(connection, path)
        version = version_of(connection)
        if version == 0:
            raise LedgerError("ledger_missing", _NOTHING)
        if version < SCHEMA_VERSION:
            raise LedgerError("ledger_older", "The ledger must be migrated before it can be viewed.")
        undo.pop_all()
    return connection


def _is_on_sealed_disk(path: Path) -> bool:
    """Tell whether nobody can write there: only then may SQLite read without locks."""
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _copied(path: Path, folder: Path) -> Path:
    for suffix in ("", "-wal"):
        source = path.with_name(f"{path.name}{suffix}")
        if source.exists():
            shutil.copyfile(source, folder / source.name)
    return folder / path.name
