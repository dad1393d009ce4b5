"""SQLite's result codes: the environment's faults get a sentence, our own bugs do not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from posapp.store.errors import LedgerError, ledger_error


def failure(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("words that may hold a path")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code,word",
    [
        (sqlite3.SQLITE_FULL, "disk_full"),
        (sqlite3.SQLITE_READONLY, "ledger_read_only"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "ledger_read_only"),
        (sqlite3.SQLITE_CANTOPEN, "ledger_cannot_open"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "ledger_cannot_open"),
        (sqlite3.SQLITE_PERM, "ledger_cannot_open"),
        (sqlite3.SQLITE_BUSY, "ledger_busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "ledger_busy"),
        (sqlite3.SQLITE_LOCKED, "ledger_busy"),
        (sqlite3.SQLITE_PROTOCOL, "ledger_busy"),
        (sqlite3.SQLITE_IOERR, "ledger_failed"),
        (sqlite3.SQLITE_IOERR_FSYNC, "ledger_failed"),
        (sqlite3.SQLITE_CORRUPT, "ledger_corrupt"),
        (sqlite3.SQLITE_NOTADB, "ledger_corrupt"),
    ],
)
def test_the_environments_faults_are_named(code: int, word: str) -> None:
    error = ledger_error(failure(code))
    assert isinstance(error, LedgerError)
    assert error.code == word
    assert error.message == str(error)
    assert error.message.endswith(".")
    assert "path" not in error.message


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE])
def test_our_own_bugs_stay_bugs(code: int) -> None:
    assert ledger_error(failure(code)) is None


def test_a_misuse_that_sqlite_never_saw_stays_a_bug() -> None:
    assert ledger_error(sqlite3.ProgrammingError("closed")) is None


def test_text_that_is_not_utf8_means_a_damaged_file() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()
        error = ledger_error(caught.value)
    assert error is not None
    assert error.code == "ledger_corrupt"
