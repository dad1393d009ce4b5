"""A ledger that may be broken: written no more until it was opened anew and checked; and one that is only looked at."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from posapp.store import connection as connection_room
from posapp.store import ledger as ledger_room
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger, open_ledger_to_read, open_ledger_to_view
from posapp.store.schema import SCHEMA_VERSION
from posapp.store.volume import VolumeKind
from tests.fakes import ref
from tests.unit.store.books import Books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ExpectedWarnings

BROKEN = LedgerError("ledger_failed", "The disk reports an error, so the ledger cannot be trusted with more.")


def code_of_selling(books: Books, serial: int = 1) -> str:
    with pytest.raises(LedgerError) as caught:
        books.sell(serial)
    return caught.value.code


# --- trust lost and won back -----------------------------------------------------------------------------


def test_what_is_broken_is_read_and_not_written(books: Books, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("not written any more")
    books.sell(1)
    books.ledger.distrust(BROKEN)
    assert code_of_selling(books, 2) == "ledger_failed"
    assert books.orders.snapshot(ref(1)) is not None
    assert books.orders.snapshot(ref(2)) is None


def test_it_is_opened_anew_checked_and_written_before_it_is_trusted(
    books: Books, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("not written any more")
    books.sell(1)
    before, version = books.ledger.connection, books.ledger.data_version()
    books.ledger.distrust(BROKEN)
    books.ledger.mend()
    assert books.ledger.connection is not before
    assert books.ledger.data_version() != version, "others may have written meanwhile"
    assert books.ledger.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    books.sell(2)
    with pytest.raises(sqlite3.ProgrammingError):
        before.execute("SELECT 1")


def test_one_that_is_really_damaged_stays_distrusted_and_readable(
    books: Books, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("not written any more")
    for serial in range(1, 60):
        books.sell(serial)
    books.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = books.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit_by_order'").fetchone()
    content = bytearray(books.path.read_bytes())
    content[(page - 1) * 4096 + 3 : page * 4096] = random.Random(1).randbytes(4093)  # noqa: S311 - always the same
    with books.path.open("r+b") as file:
        file.write(content)
    books.ledger.distrust(BROKEN)
    with pytest.raises(LedgerError) as caught:
        books.ledger.mend()
    assert caught.value.code == "ledger_corrupt"
    assert books.ledger.is_broken
    assert books.orders.snapshot(ref(1)) is not None


def test_a_ledger_that_is_merely_full_proves_itself_with_a_write(books: Books) -> None:
    books.sell(1)
    connection = books.ledger.connection
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerError):
        books.ledger.mend()
    connection.execute("PRAGMA query_only = OFF")
    books.ledger.mend()
    assert books.ledger.connection is connection
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_an_error_of_the_disk_at_a_commit_ends_the_trust(
    books: Books, expected_warnings: ExpectedWarnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_warnings.expect("not written any more")

    class Failing:
        """A connection whose commits meet a bad disk."""

        def __init__(self, real: sqlite3.Connection) -> None:
            self.real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

        def execute(self, sql: str, values: tuple[str | int | None, ...] = ()) -> sqlite3.Cursor:
            if sql in ("COMMIT", "ROLLBACK"):
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                if sql == "ROLLBACK":
                    self.real.execute("ROLLBACK")
                raise error
            return self.real.execute(sql, values)

    with monkeypatch.context() as patch:
        patch.setattr(books.ledger, "connection", Failing(books.connection))
        assert code_of_selling(books) == "ledger_failed"
    assert books.ledger.is_broken
    assert code_of_selling(books) == "ledger_failed", "a second try that works would say nothing about the first"
    books.ledger.mend()
    books.sell(1)


# --- gone, or without its log ----------------------------------------------------------------------------


@pytest.mark.parametrize("empty", [False, True])
def test_a_ledger_that_is_gone_is_not_silently_begun_anew(tmp_path: Path, empty: bool) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(path).close()
    path.unlink()
    if empty:
        path.touch()
    for opening in (open_ledger, open_ledger_to_read, open_ledger_to_view):
        with pytest.raises(LedgerError) as caught:
            opening(path)
        assert caught.value.code == "ledger_missing"
    assert path.exists() is empty
    open_ledger(path, anew=True).close()  # as in training


def test_a_log_that_was_taken_away_is_missed(tmp_path: Path) -> None:
    crashed = crash(tmp_path)
    crashed.with_name("ledger.db-wal").unlink()
    content = crashed.read_bytes()
    for opening in (open_ledger, open_ledger_to_view):
        with pytest.raises(LedgerError) as caught:
            opening(crashed)
        assert caught.value.code == "ledger_corrupt"
    assert crashed.read_bytes() == content


def crash(folder: Path) -> Path:
    """Leave a ledger with its side files, as a process that was killed does."""
    books = Books.at(folder / "ledger.db")
    books.sell(1)
    target = folder / "crashed"
    target.mkdir()
    for suffix in ("", "-wal", "-shm"):
        (target / f"ledger.db{suffix}").write_bytes((folder / f"ledger.db{suffix}").read_bytes())
    books.ledger.close()
    return target / "ledger.db"


# --- viewing ---------------------------------------------------------------------------------------------


def test_viewing_changes_nothing_and_refuses_every_write(tmp_path: Path) -> None:
    books = Books.at(tmp_path / "ledger.db")
    books.sell(1)
    books.ledger.close()
    content = books.path.read_bytes()
    books = Books.viewed(books.path)
    assert books.orders.snapshot(ref(1)) is not None
    assert code_of_selling(books, 2) == "ledger_view_only"
    with pytest.raises(LedgerError):
        books.ledger.mend()
    with pytest.raises(sqlite3.OperationalError):
        books.connection.execute("DELETE FROM audit")
    books.ledger.close()
    assert books.path.read_bytes() == content


def test_a_log_on_a_sealed_disk_is_read_from_a_private_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashed = crash(tmp_path)
    crashed.with_name("ledger.db-shm").unlink()
    real, tried = ledger_room.open_unchanged, 0

    def fails_in_place(path: Path, *, alone: bool = False, timeout_s: float = 3.0) -> sqlite3.Connection:
        nonlocal tried
        tried += 1
        if path == crashed:
            raise sqlite3.OperationalError("unable to open database file")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        return real(path, alone=alone, timeout_s=timeout_s)

    monkeypatch.setattr(ledger_room, "open_unchanged", fails_in_place)
    books = Books.viewed(crashed)
    assert books.orders.snapshot(ref(1)) is not None
    file = books.connection.execute("PRAGMA database_list").fetchone()[2]
    books.ledger.close()
    assert tried == 2
    assert not os.path.exists(os.path.dirname(file)), "the copy goes with the view"


def test_an_older_ledger_is_not_viewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(path).close()
    monkeypatch.setattr(ledger_room, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with pytest.raises(LedgerError) as caught:
        open_ledger_to_view(path)
    assert caught.value.code == "ledger_older"


def test_a_file_in_which_nothing_was_made_yet_is_not_viewed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with pytest.raises(LedgerError) as caught:
        open_ledger_to_view(path)
    assert caught.value.code == "ledger_missing"


# --- on another computer ---------------------------------------------------------------------------------


def on_network(_path: Path) -> VolumeKind:
    return VolumeKind.NETWORK


def test_on_a_network_a_journal_takes_the_log_s_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(path).close()  # was local once, with a log
    for room in (connection_room, ledger_room):
        monkeypatch.setattr(room, "kind_of", on_network)
    books = Books.at(path)
    assert books.ledger.on_network
    assert books.connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert books.connection.execute("PRAGMA synchronous").fetchone() == (3,)
    books.sell(1)
    assert not path.with_name("ledger.db-wal").exists()
    books.ledger.close()
    monkeypatch.undo()
    books = Books.at(path)
    assert books.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert books.orders.snapshot(ref(1)) is not None
    books.ledger.close()
