"""Bringing a ledger file to this program's schema, one numbered migration and one transaction at a time."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION_ID: Final = 0x706F7361  # "posa": tells a ledger from any other SQLite file
MIGRATIONS: Final = ("0001_initial.sql", "0002_managers_day.sql")
SCHEMA_VERSION: Final = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, goal: int | None = None) -> None:
    """Bring the file to a version, the newest unless another is named; a failure leaves it at the last whole one."""
    for number in range(version_of(connection), SCHEMA_VERSION if goal is None else goal):
        script = files("posapp.store.migrations").joinpath(MIGRATIONS[number]).read_text(encoding="utf-8")
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been faster between our look and our lock.
            if version_of(connection) == number:
                for statement in statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def statements(script: str) -> Iterator[str]:
    """Split an SQL script into whole statements; a trigger's body stays with its trigger."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered.strip()
            gathered = ""
    if any(line.strip() and not line.strip().startswith("--") for line in gathered.splitlines()):
        raise ValueError("the migration ends inside a statement")


def refuse_strangers(connection: sqlite3.Connection) -> None:
    """Look whose file this is, without writing to it.

    Raises:
        LedgerError: `ledger_newer` for a file of a later program, `ledger_foreign` for somebody else's.
    """
    version = version_of(connection)
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (tables or version or application_id) and application_id != APPLICATION_ID:
        raise LedgerError("ledger_foreign", "The ledger's file belongs to another program; it was left untouched.")
    if version > SCHEMA_VERSION:
        raise LedgerError(
            "ledger_newer", "The ledger was written by a newer posapp; this one leaves it untouched. Update posapp."
        )


def altered(connection: sqlite3.Connection) -> set[str]:
    """Name the tables, indexes and triggers that are missing, added, or (triggers) not as the migrations made them.

    Compared with what the migrations make up to the file's own version.
    """
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(fresh, version_of(connection))
        return {name for name, _ in _objects(fresh) ^ _objects(connection)}
    finally:
        fresh.close()


def _objects(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    # A table's own text is left out: SQLite rewrites it when a column is added, and not always in the same words.
    query = "SELECT name, iif(type = 'trigger', sql, type) FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_'"
    return set(connection.execute(query).fetchall())


def version_of(connection: sqlite3.Connection) -> int:
    """Read the schema's version; 0 where nothing was made yet."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
