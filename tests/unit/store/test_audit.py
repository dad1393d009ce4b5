"""The audit chain: each row vouches for itself and for all before it, and SQLite lets none be changed."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.store import audit
from posapp.store.audit import AuditEvent, AuditRow

if TYPE_CHECKING:
    from tests.unit.store.books import Books

EVENT = AuditEvent(1, "O1", "A1", "state", {"b": "2", "a": "茶"}, "DRAFT", "CREATING")
ROW = AuditRow(1, 2, "O1", "A1", "state", "DRAFT", "CREATING", '{"a":"1"}', "r" * 64, audit.GENESIS, "h" * 64)
CHANGED: dict[str, Any] = {
    "seq": 9,
    "at_us": 9,
    "order_id": "X",
    "merchant_order_id": None,
    "event": "X",
    "old_state": None,
    "new_state": None,
    "facts": "{}",
    "row_hash": "x",
    "prev_hash": "x",
}


def append(books: Books, event: AuditEvent, row_hash: str = "r") -> int:
    with books.ledger.writing() as connection:
        return audit.append(connection, event, row_hash)


def test_rows_are_numbered_and_chained(books: Books) -> None:
    assert [append(books, replace(EVENT, at_us=n)) for n in range(5)] == [1, 2, 3, 4, 5]
    rows = list(audit.rows(books.connection))
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].prev_hash == audit.GENESIS == "0" * 64
    assert [row.prev_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert all(row.hash == row.expected_hash() for row in rows)


def test_what_is_written_is_what_was_said(books: Books) -> None:
    append(books, EVENT, "vouched")
    (row,) = audit.rows(books.connection)
    assert row.facts == '{"a":"\\u8336","b":"2"}'
    assert (row.at_us, row.order_id, row.merchant_order_id, row.event) == (1, "O1", "A1", "state")
    assert (row.old_state, row.new_state, row.row_hash) == ("DRAFT", "CREATING", "vouched")


def test_the_hash_can_be_computed_by_anybody() -> None:
    content = '[1,2,"O1","A1","state","DRAFT","CREATING","{\\"a\\":\\"1\\"}","' + "r" * 64 + '","' + "0" * 64 + '"]'
    assert ROW.expected_hash() == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize("column", list(CHANGED))
def test_every_column_is_in_the_hash(column: str) -> None:
    values = {name: getattr(ROW, name) for name in AuditRow.__slots__} | {column: CHANGED[column]}
    assert AuditRow(**values).expected_hash() != ROW.expected_hash()


@given(st.lists(st.none() | st.integers() | st.text(), min_size=1, max_size=4), st.integers(0, 3))
def test_no_two_rows_read_the_same(values: list[str | int | None], place: int) -> None:
    moved = [*values]
    moved.insert(place, "")
    assert audit.hash_of(tuple(moved)) != audit.hash_of(tuple(values))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET event = 'x'",
        "UPDATE audit SET facts = facts",
        "UPDATE audit SET hash = 'x' WHERE seq = 1",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit SET seq = 9 WHERE seq = 2",
    ],
)
def test_no_row_is_ever_changed_or_deleted(books: Books, statement: str) -> None:
    append(books, EVENT)
    append(books, EVENT)
    before = list(audit.rows(books.connection))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), books.ledger.writing() as connection:
        connection.execute(statement)
    assert list(audit.rows(books.connection)) == before


def test_replacing_a_row_is_refused_too(books: Books) -> None:
    append(books, EVENT)
    before = list(audit.rows(books.connection))
    forged = (1, 2, "O", None, "state", None, None, "{}", "r", audit.GENESIS, "h")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), books.ledger.writing() as connection:
        connection.execute("REPLACE INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", forged)
    assert list(audit.rows(books.connection)) == before
