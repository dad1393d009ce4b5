"""One connection to the ledger's file: looked at before anything is written, then made as durable as promised."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from posapp.store.errors import LedgerError
from posapp.store.schema import migrate, refuse_strangers
from posapp.store.soundness import QUICK_CHECK_BYTES, check_pages, open_unchanged
from posapp.store.volume import VolumeKind, kind_of

if TYPE_CHECKING:
    from pathlib import Path

BUSY_TIMEOUT_S: Final = 3.0
SWITCH_TRIES: Final = 20


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, making or migrating it where needed.

    Raises:
        LedgerError: It is damaged, a stranger's or a later program's; it was left as it was.
        sqlite3.Error: What else its surroundings do not allow.
    """
    looked = _look(path)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        if not looked:
            inspect(connection, path)
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _look(path: Path) -> bool:
    """Inspect the file without being able to write: closing a writer would fold a stranger's write-ahead log in.

    Returns:
        Whether it could be inspected; a file that is new, or was left in the middle of being made, cannot.
    """
    if not path.is_file() or path.stat().st_size == 0:
        return False
    refuse_lost_log(path)
    try:
        with closing(open_unchanged(path, timeout_s=BUSY_TIMEOUT_S)) as reader:
            inspect(reader, path)
    except sqlite3.OperationalError:
        return False
    return True


def inspect(connection: sqlite3.Connection, path: Path) -> None:
    """Look whether it is our ledger, and a small one whether its pages hang together, without writing.

    Raises:
        LedgerError: `ledger_corrupt`, `ledger_foreign` or `ledger_newer`.
        sqlite3.Error: It cannot be read.
    """
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        check_pages(connection)
    refuse_strangers(connection)


def refuse_lost_log(path: Path) -> None:
    """Refuse a ledger whose write-ahead log was taken away: SQLite would open it without its last commits.

    SQLite makes the log before its index and removes it after, so an index alone is the trace of a log that is gone.
    Looked at twice, since a neighbour may be closing the ledger between two looks.

    Raises:
        LedgerError: `ledger_corrupt`.
    """
    index, write_ahead = (path.with_name(f"{path.name}{suffix}") for suffix in ("-shm", "-wal"))
    if all(index.exists() and not write_ahead.exists() for _ in range(2)):
        raise LedgerError("ledger_corrupt", "The ledger's write-ahead log is gone, and its last changes with it.")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE would delete rows past the delete triggers
    connection.execute("PRAGMA synchronous = FULL")
    if kind_of(path.parent) is VolumeKind.NETWORK:
        _use_journal(connection, "DELETE")
        connection.execute("PRAGMA synchronous = EXTRA")  # the journal's removal is the commit: it has to be durable
    else:
        _use_journal(connection, "WAL")
    migrate(connection)


def _use_journal(connection: sqlite3.Connection, mode: str) -> None:
    """Switch the journal. SQLite does not wait for a lock here, and two programs may be making the same new ledger.

    The write-ahead log needs memory that processes share, which no network gives. On other file systems without it
    SQLite keeps the old journal by itself: as durable with FULL, only slower.
    """
    for _ in range(SWITCH_TRIES):
        if _switched(connection, mode):
            return
        connection.execute("BEGIN IMMEDIATE")  # this does wait, until whoever was faster is done
        connection.execute("ROLLBACK")
    raise LedgerError("ledger_busy", "Another program holds the ledger; nothing was written.")


def _switched(connection: sqlite3.Connection, mode: str) -> bool:
    try:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
