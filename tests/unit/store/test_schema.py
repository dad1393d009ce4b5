"""Migrations: whole or not at all, from every released schema, and each with a real file kept from its time."""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.domain.inbox import Decision, items_of
from posapp.domain.order_query import OrderFilter
from posapp.store import audit, schema
from posapp.store.ledger import open_ledger
from posapp.store.verify import verify
from tests.fakes import ref
from tests.unit.store.books import Books, content_of

if TYPE_CHECKING:
    from collections.abc import Generator

GOLDEN = Path(__file__).parents[2] / "golden" / "ledger"
VERSIONS = range(1, schema.SCHEMA_VERSION + 1)


@pytest.fixture
def memory() -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def later_migration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the program one more migration for a while; returns the file to write it into."""
    script = tmp_path / f"{schema.SCHEMA_VERSION + 1:04}_later.sql"
    scripts = {name: files("posapp.store.migrations").joinpath(name).read_text() for name in schema.MIGRATIONS}
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)

    def folder(package: str) -> Path:
        assert package == "posapp.store.migrations"
        return tmp_path

    monkeypatch.setattr(schema, "files", folder)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, script.name))
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    return script


def dump(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return content_of(connection)


# --- every released schema -------------------------------------------------------------------------------


def test_the_migrations_are_the_numbered_files() -> None:
    names = sorted(entry.name for entry in files("posapp.store.migrations").iterdir() if entry.name.endswith(".sql"))
    assert tuple(names) == schema.MIGRATIONS
    assert [int(name[:4]) for name in names] == list(VERSIONS)
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.sql", name) for name in names)


def test_each_schema_has_a_file_of_its_time() -> None:
    assert {path.name for path in GOLDEN.glob("*.db")} == {f"ledger_v{number}.db" for number in VERSIONS}


@pytest.mark.parametrize("number", VERSIONS)
def test_a_file_of_every_schema_opens_whole(number: int, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / f"ledger_v{number}.db", path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (number,)
    books = Books.at(path)
    result = verify(books.ledger)
    page = books.list.page(OrderFilter(), None)
    books.ledger.close()
    assert result.findings == ()
    assert result.orders == len(page.orders) > 0
    assert result.attempts == sum(len(snapshot.attempts) for snapshot in page.orders)
    # A chip each, so that every kind of row was carried over.
    assert {snapshot.standing for snapshot in page.orders} >= {"PAID", "WAITING", "UNPAID", "NOT_KNOWN", "REFUSED"}


def test_what_was_written_before_there_were_refunds_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / "ledger_v1.db", path)
    with closing(sqlite3.connect(path)) as connection:
        before = list(audit.rows(connection))
    books = Books.at(path)
    assert list(audit.rows(books.connection)) == before, "not one audit row is written anew"
    page = books.list.page(OrderFilter(), None)
    books.ledger.close()
    assert {attempt.settled for snapshot in page.orders for attempt in snapshot.attempts} == {None}
    assert {snapshot.refunds for snapshot in page.orders} == {()}
    assert {snapshot.refunded.minor for snapshot in page.orders} == {0}
    odd = [snapshot for snapshot in page.orders if snapshot.needs_look]
    assert {item.kind for snapshot in odd for item in items_of(snapshot)} >= {"PAID_TWICE", "PAID_LATE", "MISMATCH"}


def test_a_decision_about_an_old_payment_changes_its_hash_from_there_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / "ledger_v1.db", path)
    books = Books.at(path)
    books.move(13, settled=Decision.KEPT)
    assert verify(books.ledger).findings == ()
    with books.tampering() as tool:
        tool.execute("UPDATE attempts SET settled = 'SEEN' WHERE merchant_order_id = ?", (ref(13),))
        tool.execute("UPDATE attempts SET settled = 'SEEN' WHERE merchant_order_id = ?", (ref(7),))
    found = [(finding.code, finding.subject) for finding in verify(books.ledger).findings]
    books.ledger.close()
    assert ("row_differs", ref(13)) in found
    assert ("row_differs", ref(7)) in found


# --- atomic ----------------------------------------------------------------------------------------------


def test_a_new_migration_is_applied_once_to_an_old_file(later_migration: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / "ledger_v1.db", path)
    later_migration.write_text("CREATE TABLE later (x INTEGER) STRICT;\nINSERT INTO later VALUES (1);\n")
    for _ in range(2):
        open_ledger(path).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(VERSIONS) + 1,)
        assert connection.execute("SELECT x FROM later").fetchall() == [(1,)]


@pytest.mark.parametrize("last", ["INSERT INTO nowhere VALUES (1);", "SELECT (", "INSERT INTO later VALUES ('text');"])
def test_a_migration_that_fails_half_way_leaves_the_old_schema(
    later_migration: Path, tmp_path: Path, last: str
) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / "ledger_v1.db", path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema.migrate(connection, len(VERSIONS))
    before = dump(path)
    later_migration.write_text(f"CREATE TABLE later (x INTEGER) STRICT;\nDROP TABLE audit;\n{last}\n")
    with pytest.raises((sqlite3.Error, ValueError)):
        open_ledger(path)
    assert dump(path) == before


def test_a_first_migration_that_fails_leaves_an_empty_file(memory: sqlite3.Connection) -> None:
    memory.execute("CREATE TABLE audit (x)")  # in the way of ours
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        schema.migrate(memory)
    assert memory.execute("SELECT name FROM sqlite_schema").fetchall() == [("audit",)]
    assert memory.execute("PRAGMA user_version").fetchone() == (0,)
    assert not memory.in_transaction


def test_a_migration_that_ends_its_transaction_is_not_rolled_back_twice(later_migration: Path, tmp_path: Path) -> None:
    later_migration.write_text("ROLLBACK;\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        open_ledger(tmp_path / "ledger.db")


def test_two_programs_migrate_one_old_file(later_migration: Path, tmp_path: Path) -> None:
    # Both see version 1; whoever gets the lock second finds the work done.
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / "ledger_v1.db", path)
    later_migration.write_text("CREATE TABLE later (x INTEGER) STRICT;\nINSERT INTO later VALUES (1);\n")
    together = threading.Barrier(2)

    def wait_for_the_other(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            together.wait()

    def migrate(_: int) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.set_trace_callback(wait_for_the_other)
            schema.migrate(connection)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, range(2)))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT x FROM later").fetchall() == [(1,)]


# --- reading a script ------------------------------------------------------------------------------------


def test_a_triggers_body_stays_with_its_trigger() -> None:
    script = """-- a comment; with a semicolon
CREATE TABLE a (x TEXT DEFAULT 'a;b');

CREATE TRIGGER t BEFORE DELETE ON a
BEGIN
    SELECT RAISE(ABORT, 'never');
END;
-- the end
"""
    first, second = schema.statements(script)
    assert first.endswith("DEFAULT 'a;b');")
    assert second.startswith("CREATE TRIGGER")
    assert second.endswith("END;")


@pytest.mark.parametrize("script", ["", "-- nothing\n", "\n\n"])
def test_a_script_may_hold_nothing(script: str) -> None:
    assert list(schema.statements(script)) == []


def test_a_script_that_breaks_off_is_an_error() -> None:
    with pytest.raises(ValueError, match="inside a statement"):
        list(schema.statements("CREATE TABLE a (x);\nCREATE TABLE b ("))


# --- what the schema itself refuses ----------------------------------------------------------------------


def test_an_untouched_schema_has_no_alteration(books: Books) -> None:
    assert schema.altered(books.connection) == set()
    books.connection.execute("ANALYZE")  # SQLite's own tables are nobody's alteration
    assert schema.altered(books.connection) == set()


@pytest.mark.parametrize(
    "statement,name",
    [
        ("DROP TRIGGER audit_is_append_only_update", "audit_is_append_only_update"),
        ("DROP INDEX orders_by_day", "orders_by_day"),
        ("CREATE TABLE extra (x)", "extra"),
        ("CREATE TRIGGER sly AFTER INSERT ON orders BEGIN SELECT 1; END", "sly"),
        (
            "DROP TRIGGER attempts_are_never_deleted;"
            "CREATE TRIGGER attempts_are_never_deleted BEFORE DELETE ON attempts BEGIN SELECT 1; END",
            "attempts_are_never_deleted",
        ),
    ],
)
def test_an_altered_schema_is_seen(books: Books, statement: str, name: str) -> None:
    books.connection.executescript(statement)
    assert schema.altered(books.connection) == {name}
