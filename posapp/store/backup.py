"""Backups of the ledger: taken while it is in use, read back before they count, and thinned out as they grow old."""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from posapp.domain.backups import Backup
from posapp.store.durable import file_error, give_name, make_empty, remove
from posapp.store.errors import LedgerError, faults_named
from posapp.store.exchange import STAMP
from posapp.store.instants import from_us
from posapp.store.ownership import lock_alone
from posapp.store.presence import share
from posapp.store.schema import refuse_strangers, version_of
from posapp.store.soundness import QUICK_CHECK_BYTES, check_copy, check_pages, open_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from pathlib import Path

RESERVE_BYTES: Final = 16 * 1024 * 1024
"""A backup leaves at least that much of the disk to the sales."""
KEEP_ALL: Final = timedelta(days=2)
DAYS: Final = 14
WEEKS: Final = 10
MONTHS: Final = 12
NEVER_THINNED: Final = 3
"""The newest, whatever the clock says."""
MOST_AT_ONCE: Final = 4
"""A clock that is years ahead makes every backup look old; it is noticed before all of them are gone."""

_NAME: Final = re.compile(r"(?P<ledger>.+)-(?P<at>\d{8}T\d{6}Z)-(?P<number>\d{6,})\.db", re.ASCII)
_PAGES: Final = 1024  # copied between two looks whether to go on
_STEPS: Final = 100_000  # of SQLite's machine, likewise

log = logging.getLogger(__name__)


def take_backup(ledger: Path, folder: Path, now: datetime, *, cancelled: Callable[[], bool] = lambda: False) -> Backup:
    """Copy the ledger as it stands at one moment, read the copy back, and keep it where it is whole.

    Opens a connection of its own, so it may run on any thread, also while others write. Whatever becomes of it, the
    backups that are there stay as they are.

    Args:
        ledger: The ledger's file.
        folder: Where backups lie; made where it is missing.
        now: The moment for its name, UTC. A number in the name says which backup is newer, whatever the clock did.
        cancelled: Asked now and then, on this thread, whether to give up.

    Raises:
        LedgerError: `ledger_missing`, `ledger_corrupt`, `backup_unsound`, `backup_busy`, `disk_full`, `cancelled` and
            the like; no backup was made.
    """
    with _files_named():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _making(folder / f"{ledger.stem}.part", folder / f"{ledger.stem}.lock") as part:
            _copy(ledger, part, cancelled)
            name = f"{ledger.stem}-{now.astimezone(UTC):{STAMP}}-{_next_number(folder, ledger.stem):06}.db"
            facts = _checked(part, name, now)
            give_name(part, folder / name)
    return facts


def write_backup(ledger: Path, file: Path, now: datetime) -> Backup:
    """As `take_backup`, into a file that somebody named.

    Raises:
        LedgerError: As `take_backup`; `file_exists` where there is such a file, which is left alone.
    """
    lock = file.with_name(f"{file.name}.lock")
    with _files_named():
        with _making(file.with_name(f"{file.name}.part"), lock) as part:
            if file.exists():
                raise LedgerError("file_exists", "There is such a file already; it was left as it is.")
            _copy(ledger, part, lambda: False)
            facts = _checked(part, file.name, now)
            give_name(part, file)
        lock.unlink(missing_ok=True)  # somebody's own folder: nothing else stays there
    return facts


def list_backups(folder: Path) -> tuple[Backup, ...]:
    """Read which backups can be restored, newest first; a broken one is logged and left alone.

    A large one is only looked at briefly here; restoring it checks all of it.
    """
    found: list[Backup] = []
    for path in reversed(_ours(folder)):
        try:
            with _files_named(), faults_named(), closing(open_unchanged(path, alone=True)) as connection:
                found.append(_looked_at(connection, path))
        except (LedgerError, sqlite3.Error) as error:
            log.warning("a backup cannot be used: %s: %s", path.name, error)
    return tuple(found)


def thin_backups(folder: Path, now: datetime) -> None:
    """Delete what is too much: all of two days stay, then one a day, a week and a month, for a year.

    What is not named like a backup is never touched, and neither are those that lie in the future by this clock.

    Raises:
        LedgerError: The folder cannot be written.
    """
    by_ledger: dict[str, list[Path]] = {}
    for path in _ours(folder):
        by_ledger.setdefault(_parts(path)[0], []).append(path)
    for paths in by_ledger.values():
        surplus = _surplus(paths[:-NEVER_THINNED], now, _kept_days(paths[-NEVER_THINNED:], now))
        with _files_named():
            for path in surplus[:MOST_AT_ONCE]:
                path.unlink(missing_ok=True)
                log.info("an old backup was removed: %s", path.name)


def examined(connection: sqlite3.Connection, path: Path, name: str, taken_at: datetime) -> Backup:
    """Gather what there is to know of a backup that is open and was checked."""
    orders, newest_us = connection.execute("SELECT count(*), max(created_us) FROM orders").fetchone()
    newest = None if newest_us is None else from_us(int(newest_us))
    return Backup(name, taken_at, int(orders), newest, path.stat().st_size)


def taken_at(path: Path) -> datetime:
    """Return when a backup was taken: by its name, else by its file's date."""
    if _NAME.fullmatch(path.name):
        return _parts(path)[1]
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextmanager
def _files_named() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise file_error(error) from error


@contextmanager
def _making(part: Path, lock_file: Path) -> Generator[Path]:
    """Give a working name to one backup at a time, and clear away what a killed one left under it."""
    lock = lock_alone(lock_file)
    if lock is None:
        raise LedgerError("backup_busy", "A backup is being made right now.")
    with lock:
        make_empty(part)
        try:
            yield part
        finally:
            remove(part)


def _copy(ledger: Path, part: Path, cancelled: Callable[[], bool]) -> None:
    """Copy page by page, out of one read transaction: whoever writes meanwhile neither waits nor lets it begin anew."""
    if not ledger.is_file() or ledger.stat().st_size == 0:
        raise LedgerError("ledger_missing", "There is no ledger to back up.")
    size = sum(path.stat().st_size for path in (ledger, ledger.with_name(f"{ledger.name}-wal")) if path.exists())
    if shutil.disk_usage(part.parent).free < size + RESERVE_BYTES:
        raise LedgerError("disk_full", "There is not enough room on the disk for a backup.")

    def look(_status: int, _remaining: int, _total: int) -> None:
        if cancelled():
            raise LedgerError("cancelled", "The backup was given up.")

    lock = share(ledger)
    try:
        with faults_named(), closing(open_unchanged(ledger)) as source, closing(sqlite3.connect(part)) as target:
            refuse_strangers(source)
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on it stands still
            target.execute("PRAGMA synchronous = OFF")  # flushed once, when it is whole
            source.backup(target, pages=_PAGES, progress=look)
            target.execute("PRAGMA journal_mode = DELETE")  # so that reading it leaves no file beside it
            target.set_progress_handler(cancelled, _STEPS)
            _check(target)
    finally:
        if lock is not None:
            lock.close()


def _check(connection: sqlite3.Connection) -> None:
    try:
        check_copy(connection)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise LedgerError("cancelled", "The backup was given up.") from error
        raise


def _checked(part: Path, name: str, now: datetime) -> Backup:
    with faults_named(), closing(open_unchanged(part, alone=True)) as connection:
        return examined(connection, part, name, now.astimezone(UTC).replace(microsecond=0))


def _looked_at(connection: sqlite3.Connection, path: Path) -> Backup:
    refuse_strangers(connection)
    if version_of(connection) == 0:
        raise LedgerError("ledger_foreign", "The file is no ledger.")
    size = path.stat().st_size
    if size <= QUICK_CHECK_BYTES:
        check_pages(connection)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if pages * page_bytes != size:
        raise LedgerError("ledger_corrupt", "The file is not as long as it says.")
    return examined(connection, path, path.name, taken_at(path))


def _ours(folder: Path) -> list[Path]:
    """List the files that are named like backups, oldest first."""
    if not folder.is_dir():
        return []
    named = (path for path in folder.iterdir() if _is_ours(path))
    return sorted(named, key=lambda path: _parts(path)[2])


def _is_ours(path: Path) -> bool:
    if not _NAME.fullmatch(path.name) or not path.is_file() or path.is_symlink():
        return False
    try:
        _parts(path)
    except ValueError:  # digits that are no date
        return False
    return True


def _parts(path: Path) -> tuple[str, datetime, int]:
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise ValueError(f"{path.name} is not named like a backup")
    at = datetime.strptime(found["at"], STAMP).replace(tzinfo=UTC)
    return found["ledger"], at, int(found["number"])


def _next_number(folder: Path, ledger: str) -> int:
    numbers = (number for name, _, number in map(_parts, _ours(folder)) if name == ledger)
    return max(numbers, default=0) + 1


def _surplus(paths: list[Path], now: datetime, kept: set[str]) -> list[Path]:
    """Pick those that share their day, week or month with a newer one that stays; oldest first."""
    surplus: list[Path] = []
    for path in reversed(paths):
        slots = _slots(_parts(path)[1], now)
        if slots is None:
            continue
        fresh = [slot for slot in slots if slot not in kept]
        kept.update(slots if fresh else ())
        if not fresh:
            surplus.append(path)
    return surplus[::-1]


def _kept_days(paths: Iterable[Path], now: datetime) -> set[str]:
    return {slot for path in paths for slot in _slots(_parts(path)[1], now) or ()}


def _slots(at: datetime, now: datetime) -> list[str] | None:
    """Name the day, week and month that a backup may stand for by its age; None where it stays in any case."""
    age = now - at
    if age <= KEEP_ALL:
        return None
    slots: list[str] = []
    if age <= KEEP_ALL + timedelta(days=DAYS):
        slots.append(f"{at:day %Y-%m-%d}")
    if age <= KEEP_ALL + timedelta(days=DAYS, weeks=WEEKS):
        slots.append(f"{at:week %G-%V}")
    if age <= KEEP_ALL + timedelta(days=DAYS + 31 * MONTHS, weeks=WEEKS):
        slots.append(f"{at:month %Y-%m}")
    return slots


def backup_named(folder: Path, name: str) -> Path:
    """Return the file of a backup by its name, or by `latest`.

    Raises:
        LedgerError: `backup_missing`.
    """
    whole = [backup.name for backup in list_backups(folder)]
    if name == "latest" and whole:
        return folder / whole[0]
    if name in whole:
        return folder / name
    raise LedgerError("backup_missing", "There is no whole backup of that name.")
