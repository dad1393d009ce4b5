"""Putting a backup in the ledger's place, with whatever newer orders can still be read in the former ledger."""

from __future__ import annotations

import logging
import sqlite3
import stat
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from posapp.domain.backups import Backup, Restored
from posapp.store.backup import examined, taken_at
from posapp.store.belongings import Belongings
from posapp.store.continuation import go_on, goes_on
from posapp.store.durable import file_error, make_empty, remove
from posapp.store.errors import LedgerError, faults_named
from posapp.store.exchange import commit_exchange, finish_held, move_aside
from posapp.store.fragments import Fragments
from posapp.store.presence import alone, note_may_be_new
from posapp.store.schema import SCHEMA_VERSION, migrate, refuse_strangers, version_of
from posapp.store.soundness import check_copy
from posapp.store.verify import verify_connection
from posapp.store.wreckage import LAYOUTS, as_it_is

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from pathlib import Path

    from posapp.store.finding import Finding

_GRAVE: Final = frozenset({"file_damaged", "schema_differs", "row_unreadable", "order_missing"})
_OF_A_BACKUP: Final = {
    "ledger_corrupt": "The backup's file is damaged.",
    "ledger_foreign": "The backup's file is no ledger of posapp.",
}

log = logging.getLogger(__name__)


def restore_backup(backup: Path, ledger: Path, now: datetime) -> Restored:
    """Make a backup the ledger; the former ledger is set aside whole.

    The backup is taken for a stranger's file until it proves to be ours. Orders of the former ledger that it does not
    have are saved into it. Killed at any moment, this leaves the former ledger or the restored one, after the next
    start has finished what was decided.

    Args:
        backup: A backup, from this till's folder or from anywhere; it is only read.
        ledger: The ledger's file, which nobody may have open; it may be damaged or missing.
        now: Now, UTC.

    Raises:
        LedgerError: `ledger_in_use`; `backup_missing`, `ledger_corrupt`, `ledger_foreign`, `ledger_newer` or
            `backup_unsound` of the backup; `disk_full` and the like. The former ledger is where it was.
    """
    with _files_named(), alone(ledger):
        finish_held(ledger)
        with _working(ledger, "restoring") as work:
            as_it_is(_plain(backup), backup, work)
            facts = _proven(work, backup)
            saved = _save_newer(work, ledger, now)
            aside = commit_exchange(work, ledger, now)
    log.info("restored %s; %d orders were saved from the former ledger", facts.name, saved)
    return Restored(facts, aside.name if aside else None, saved)


def set_aside(ledger: Path, now: datetime) -> Path | None:
    """Move a ledger away with everything that belongs to it; after that a new one may begin.

    Args:
        ledger: The ledger, which nobody may have open.
        now: Names the file that it becomes, UTC.

    Returns:
        Where it is now; None where there was none.

    Raises:
        LedgerError: `ledger_in_use`, or the folder cannot be written; nothing was moved, or a part of it was and
            calling this once more moves the rest.
    """
    with _files_named(), alone(ledger):
        finish_held(ledger)
        note_may_be_new(ledger)
        return move_aside(ledger, now)


@contextmanager
def _files_named() -> Generator[None]:
    try:
        with faults_named():
            yield
    except OSError as error:
        raise file_error(error) from error


@contextmanager
def _working(ledger: Path, word: str) -> Generator[Path]:
    """Give a working name beside the ledger; nothing stays under it, and what a killed one left is cleared away."""
    work = ledger.with_name(f"{ledger.stem}.{word}")
    make_empty(work)
    try:
        yield work
    finally:
        remove(work)


def _plain(backup: Path) -> Path:
    try:
        kind = backup.stat().st_mode
    except FileNotFoundError:
        raise LedgerError("backup_missing", "There is no such backup.") from None
    if not stat.S_ISREG(kind) or backup.stat().st_size == 0:
        raise LedgerError("backup_missing", "That is no backup, but an empty file, a folder or a device.")
    return backup


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA synchronous = OFF")  # flushed once, before it gets its name
    return connection


def _proven(work: Path, backup: Path) -> Backup:
    """Check the copy of a backup, bring it to this program's schema, and leave it closed and without a log."""
    with _said_of_a_backup(), closing(_open(work)) as connection:
        check_copy(connection)
        migrate(connection)
        connection.execute("PRAGMA journal_mode = DELETE")
        findings = verify_connection(connection).findings
        if any(finding.code in _GRAVE for finding in findings):
            raise LedgerError("backup_unsound", f"The backup does not hold together: {findings[0].message}.")
        for finding in findings:
            log.warning("the restored backup is not what was written: %s", finding.message)
        return examined(connection, backup, backup.name, taken_at(backup))


@contextmanager
def _said_of_a_backup() -> Generator[None]:
    """Say of a backup what would else be said of the ledger."""
    try:
        with faults_named():
            yield
    except LedgerError as error:
        told = _OF_A_BACKUP.get(error.code)
        if told is None:
            raise
        raise LedgerError("backup_unsound", told) from error


def _save_newer(work: Path, ledger: Path, now: datetime) -> int:
    """Save what the former ledger has beyond the backup, out of a copy of it; returns how many orders that were."""
    if not _is_something(ledger):
        return 0
    with _working(ledger, "salvage") as copy, closing(_open(work)) as target:
        before = _count(target)
        for lay_out in LAYOUTS:
            try:
                lay_out(ledger, work, copy)
            except OSError as error:
                if file_error(error).code == "disk_full":
                    raise
                continue  # not there, or the disk does not give it out
            if _saved(target, copy, ledger.name, now):
                return _count(target) - before
        log.warning("nothing could be saved from the former ledger")
        return 0


def _is_something(ledger: Path) -> bool:
    files = (ledger, ledger.with_name(f"{ledger.name}-wal"))
    return any(file.is_file() and file.stat().st_size > 0 for file in files)


def _saved(target: sqlite3.Connection, copy: Path, source: str, now: datetime) -> bool:
    try:
        with closing(_open(copy)) as former:
            refuse_strangers(former)
            if 0 < version_of(former) < SCHEMA_VERSION:
                migrate(former)
            if version_of(former) != SCHEMA_VERSION:
                return False
            return _continued(target, former) or _pieced(target, former, source, now)
    except (sqlite3.DatabaseError, LedgerError) as error:
        log.info("the former ledger cannot be read: %s", error)
        return False


def _continued(target: sqlite3.Connection, former: sqlite3.Connection) -> bool:
    """Take all that the former ledger wrote after the backup, as it was written; False where that is not whole."""
    before = _findings(target)
    target.execute("BEGIN IMMEDIATE")
    try:
        if goes_on(target, former):
            go_on(target, former)
            if _findings(target) <= before:
                target.execute("COMMIT")
                return True
    except (sqlite3.DatabaseError, ValueError, LookupError, OverflowError, TypeError) as error:
        log.info("the former ledger cannot simply be continued: %s", error)
    target.execute("ROLLBACK")
    return False


def _pieced(target: sqlite3.Connection, former: sqlite3.Connection, source: str, now: datetime) -> bool:
    """Take in order by order what can be read; False where the result would not be whole, and nothing was taken."""
    before = _findings(target)
    target.execute("BEGIN IMMEDIATE")
    belongings = Belongings(target, former, now, source)
    Fragments(target, former, now, source).save()
    belongings.save()
    whole = _findings(target) <= before
    target.execute("COMMIT" if whole else "ROLLBACK")
    return whole


def _findings(connection: sqlite3.Connection) -> set[Finding]:
    return set(verify_connection(connection).findings)


def _count(connection: sqlite3.Connection) -> int:
    (orders,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    return int(orders)
