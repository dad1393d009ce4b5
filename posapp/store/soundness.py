"""Whether a database file is a ledger that can be relied on: looked at without trusting it and without changing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from posapp.store import audit
from posapp.store.errors import LedgerError, faults_named
from posapp.store.schema import altered, refuse_strangers, version_of

if TYPE_CHECKING:
    from pathlib import Path

QUICK_CHECK_BYTES: Final = 16 * 1024 * 1024
"""Files up to this size are checked whenever they are opened (a few milliseconds)."""
_TAIL: Final = 500
_DAMAGED: Final = "The ledger's file is damaged."


def open_unchanged(path: Path, *, alone: bool = False, timeout_s: float = 3.0) -> sqlite3.Connection:
    """Open a file for reading alone; nothing in it is run.

    Args:
        path: The file.
        alone: Nobody writes to it (a backup, a read-only disk), so SQLite needs no lock and leaves no file beside it.
        timeout_s: How long to wait for who holds it.

    Raises:
        sqlite3.Error: It cannot be opened.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    connection = sqlite3.connect(uri, timeout=timeout_s, uri=True, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA query_only = ON")
    return connection


def check_pages(connection: sqlite3.Connection) -> None:
    """Let SQLite look whether the file's pages hang together and its indexes say what its tables do not contradict.

    Raises:
        LedgerError: `ledger_corrupt`.
        sqlite3.Error: It cannot even be read.
    """
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise LedgerError("ledger_corrupt", _DAMAGED)


def check_pages_of(path: Path) -> None:
    """As `check_pages`, over a connection of its own, so on any thread; for files too large to be checked at the start.

    Raises:
        LedgerError: `ledger_corrupt`, or it cannot be read now.
    """
    with faults_named(), closing(open_unchanged(path)) as connection:
        check_pages(connection)


def check_copy(connection: sqlite3.Connection) -> None:
    """Check a copy as thoroughly as SQLite can, that it is a ledger of ours with nothing added, and the audit's end.

    Raises:
        LedgerError: `ledger_corrupt`, `ledger_foreign`, `ledger_newer` or `backup_unsound`.
        sqlite3.Error: It cannot even be read.
    """
    refuse_strangers(connection)
    if version_of(connection) == 0:
        raise LedgerError("ledger_foreign", "The file is no ledger.")
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise LedgerError("ledger_corrupt", _DAMAGED)
    strange = altered(connection)
    if strange:
        raise LedgerError("backup_unsound", "The ledger's tables are not as posapp made them.")
    _check_tail(connection)


def _check_tail(connection: sqlite3.Connection) -> None:
    """Check that the audit's last rows follow from each other and are all there; `verify` checks the whole chain."""
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
    (unknown,) = connection.execute("SELECT count(*) FROM orders WHERE version > ?", (last,)).fetchone()
    if unknown:
        raise LedgerError("backup_unsound", "Rows of the ledger's audit are missing.")
    before: audit.AuditRow | None = None
    for row in audit.rows_after(connection, max(0, last - _TAIL)):
        follows = before is None or (row.prev_hash == before.hash and row.seq == before.seq + 1)
        if row.hash != row.expected_hash() or not follows:
            raise LedgerError("backup_unsound", f"Row {row.seq} of the ledger's audit is not what was written.")
        before = row
