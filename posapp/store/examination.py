"""A look at a ledger's file that changes nothing in it and comes to an end, however large or damaged it is."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from posapp.store.errors import LedgerError, ledger_error
from posapp.store.schema import refuse_strangers

if TYPE_CHECKING:
    from pathlib import Path

_BUSY_S: Final = 2.0
_OPS_BETWEEN_LOOKS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found in a ledger.

    Attributes:
        size_bytes: Of the file and its write-ahead log.
        schema_version: Number of the last migration it has seen.
        checked: Whether the whole file could be checked in the time given.
        orders: How many orders there are in each status.
        attempts: How many attempts there are in each state.
        needs_look: How many orders a person should look at.
        audit_rows: How long the audit chain is.
    """

    size_bytes: int
    schema_version: int
    checked: bool
    orders: dict[str, int] = field(default_factory=dict[str, int])
    attempts: dict[str, int] = field(default_factory=dict[str, int])
    needs_look: int = 0
    audit_rows: int = 0


def examine_ledger(path: Path, limit_s: float) -> Examination:
    """Check the file as far as the time goes, and count what is in it.

    Args:
        path: The ledger; it must exist.
        limit_s: Seconds for the check; the counting is quick.

    Raises:
        LedgerError: It is damaged, somebody else's, newer, or cannot be read.
    """
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, timeout=_BUSY_S, uri=True, isolation_level=None)) as connection:
            refuse_strangers(connection)
            checked = _checked(connection, limit_s)
            return _counted(connection, _size(path), checked=checked)
    except sqlite3.Error as error:
        known = ledger_error(error)
        if known is None:
            known = LedgerError("ledger_corrupt", "The ledger's tables are not as posapp made them.")
        raise known from error


def _size(path: Path) -> int:
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _checked(connection: sqlite3.Connection, limit_s: float) -> bool:
    """Check the file's structure; False where the time was too short to see all of it."""
    until = time.monotonic() + limit_s
    connection.set_progress_handler(lambda: time.monotonic() > until, _OPS_BETWEEN_LOOKS)
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return False
    finally:
        connection.set_progress_handler(None, 0)
    if verdict != "ok":
        raise LedgerError("ledger_corrupt", "The ledger's file is damaged.")
    return True


def _counted(connection: sqlite3.Connection, size: int, *, checked: bool) -> Examination:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not version:
        return Examination(size, 0, checked)
    (needs_look,) = connection.execute("SELECT count(*) FROM orders WHERE needs_look = 1").fetchone()
    (audit_rows,) = connection.execute("SELECT count(*) FROM audit").fetchone()
    return Examination(
        size,
        int(version),
        checked,
        dict(connection.execute("SELECT status, count(*) FROM orders GROUP BY status").fetchall()),
        dict(connection.execute("SELECT state, count(*) FROM attempts GROUP BY state").fetchall()),
        int(needs_look),
        int(audit_rows),
    )
