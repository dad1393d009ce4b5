"""A look at a ledger's file: it counts, names what is wrong, comes to an end and changes nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from posapp.store.errors import LedgerError
from posapp.store.examination import examine_ledger
from posapp.store.ledger import open_ledger
from posapp.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a new ledger that is closed."""
    path = tmp_path / "ledger.db"
    open_ledger(path).close()
    return path


def test_a_new_ledger_is_whole_and_empty(file: Path) -> None:
    before = file.read_bytes()
    found = examine_ledger(file, 5)
    assert (found.schema_version, found.checked, found.orders, found.audit_rows) == (SCHEMA_VERSION, True, {}, 0)
    assert found.size_bytes == len(before)
    assert file.read_bytes() == before


def test_an_open_ledger_can_be_looked_at(file: Path) -> None:
    ledger = open_ledger(file)
    try:
        with ledger.writing():
            assert examine_ledger(file, 5).checked
    finally:
        ledger.close()


def test_a_check_that_takes_too_long_is_given_up_and_said(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE much (a)")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
            "INSERT INTO much SELECT hex(randomblob(20)) FROM n"
        )
        connection.commit()
    assert not examine_ledger(file, 0.0).checked
    assert examine_ledger(file, 30).checked


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 : 3 * 4096] = b"\xa5" * (2 * 4096)
    file.write_bytes(content)


def strange(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE other (a)")


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def bare(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE audit")


BROKEN = {damage: "ledger_corrupt", strange: "ledger_foreign", newer: "ledger_newer", bare: "ledger_corrupt"}


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda each: each.__name__)
def test_what_is_wrong_is_named(file: Path, break_it: object) -> None:
    assert callable(break_it)
    break_it(file)
    with pytest.raises(LedgerError) as caught:
        examine_ledger(file, 5)
    assert caught.value.code == next(code for each, code in BROKEN.items() if each is break_it)
