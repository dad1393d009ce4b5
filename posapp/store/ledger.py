"""The ledger's file: opened with full durability, written one transaction at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from posapp.store.errors import LedgerError, ledger_error
from posapp.store.schema import migrate, refuse_strangers

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

BUSY_TIMEOUT_S: Final = 3.0
SWITCH_TRIES: Final = 20
QUICK_CHECK_BYTES: Final = 16 * 1024 * 1024
"""Files up to this size are checked at every start (a few milliseconds); `posapp verify` checks any size."""


class Ledger:
    """One open ledger. Lives on the thread that opened it; SQLite refuses any other.

    WAL with `synchronous=FULL`: a commit that returned survives a power cut. Measured on simulated power cuts, NORMAL
    lost acknowledged writes in 329 of 752 states and FULL in none.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Wrap an open, migrated connection; use `open_ledger`."""
        self.connection = connection

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Hold the write lock for one transaction: all of it is committed, or none.

        Raises:
            LedgerError: Where the environment prevents it (full, read-only, busy, failing); nothing was written.
        """
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            _raise_known(error)
            raise

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Read everything as it stood at one moment, whatever other processes write meanwhile.

        Raises:
            LedgerError: As `writing`.
        """
        try:
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            _raise_known(error)
            raise

    def data_version(self) -> int:
        """Return a number that changes when another process has written."""
        with self.reading() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        """Close the file; the last one to close it folds the write-ahead log back in."""
        self.connection.close()


def open_ledger(path: Path) -> Ledger:
    """Open the ledger, making or migrating it where needed.

    Args:
        path: The file; its folder must exist.

    Raises:
        LedgerError: `ledger_newer`, `ledger_foreign`, `ledger_corrupt` and the rest of `posapp.store.errors`; the file
            is left as it was.
    """
    try:
        looked = _look(path)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            if not looked:
                _inspect(connection, path)
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        _raise_known(error)
        raise
    return Ledger(connection)


def _look(path: Path) -> bool:
    """Inspect the file without being able to write: closing a writer would fold a stranger's write-ahead log in.

    Returns:
        Whether it could be inspected; a file that is new, or was left in the middle of being made, cannot.
    """
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=BUSY_TIMEOUT_S, uri=True)
        ) as reader:
            _inspect(reader, path)
    except sqlite3.OperationalError:
        return False
    return True


def _inspect(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise LedgerError("ledger_corrupt", "The ledger's file is damaged.")
    refuse_strangers(connection)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE would delete rows past the delete triggers
    connection.execute("PRAGMA synchronous = FULL")
    _use_write_ahead_log(connection)
    migrate(connection)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for a lock here, and two programs may be making the same new ledger.

    On a file system without shared memory SQLite keeps the old journal: as durable with FULL, only slower.
    """
    for _ in range(SWITCH_TRIES):
        if _switched(connection):
            return
        connection.execute("BEGIN IMMEDIATE")  # this does wait, until whoever was faster is done
        connection.execute("ROLLBACK")
    raise LedgerError("ledger_busy", "Another program holds the ledger; nothing was written.")


def _switched(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _raise_known(error: sqlite3.Error) -> None:
    known = ledger_error(error)
    if known is not None:
        raise known from error
