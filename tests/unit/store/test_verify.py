"""Verification: a clean ledger is whole, and whatever anybody changes in it is found and named."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.store import audit
from posapp.store.audit import COLUMNS
from posapp.store.errors import LedgerError
from posapp.store.finding import Finding
from posapp.store.verify import verify
from tests.fakes import NOON, an_attempt, ref
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S = AttemptState
VICTIM = 2
"""Serial of the order that is tampered with; its audit rows are 5 to 8."""


@pytest.fixture(scope="module")
def honest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    books = Books.at(tmp_path_factory.mktemp("honest") / "ledger.db")
    books.sell(1, state=S.SUCCEEDED)
    books.sell(
        VICTIM,
        note="two teas",
        state=S.SUCCEEDED,
        gateway_id="int_2",
        code=PaymentCode(CodeKind.SCAN, "weixin://a"),
        support_id="rid",
        shown_at=NOON,
        final_at=NOON,
        paid_at=NOON,
        paid_at_raw="2026-03-14T12:00:00Z",
    )
    books.sell(3, state=S.UNKNOWN, at=NOON + timedelta(hours=1))
    books.ledger.close()
    return books.path


@pytest.fixture
def books(honest_file: Path, tmp_path: Path) -> Iterator[Books]:
    books = Books.copied(honest_file, tmp_path)
    yield books
    books.ledger.close()


def findings(books: Books) -> dict[str, Finding]:
    """Verify, and return what was found by its code, the first of each."""
    found: dict[str, Finding] = {}
    for finding in verify(books.ledger).findings:
        found.setdefault(finding.code, finding)
    return found


# --- a clean ledger --------------------------------------------------------------------------------------


def test_an_empty_ledger_is_whole(tmp_path: Path) -> None:
    books = Books.at(tmp_path / "empty.db")
    result = verify(books.ledger)
    books.ledger.close()
    assert result.is_whole
    assert (result.orders, result.attempts, result.audit_rows) == (0, 0, 0)


def test_a_ledger_that_only_posapp_wrote_is_whole(books: Books) -> None:
    books.sell(4, money=Money(128, "JPY"), state=S.PENDING, shown_at=NOON, code_dead=True)
    books.move(4, review=ReviewReason.AMOUNT_DIFFERS, review_detail="JPY 128 / JPY 1")
    books.move(4, review=None, given_up_at=NOON)
    books.sell(5, state=S.CANCELLED)
    books.move(5, state=S.SUCCEEDED, alarm=AlarmKind.PAID_AFTER_CANCEL)
    books.sell(6, state=S.NOT_SENT)
    again = books.orders.attempt(ref(6))
    assert again is not None
    books.move(6, state=S.CREATING)
    books.orders.add(
        None, an_attempt(7, order_id=ref(5), number=2, flow=Flow.MINI_PROGRAM, payer=Payer("o", "wx")), OWNER
    )
    books.orders.note(again, "stale_answer", {"answer": "PENDING"}, NOON)
    result = verify(books.ledger)
    assert result.findings == ()
    assert result.is_whole
    assert (result.orders, result.attempts) == (6, 7)
    assert result.audit_rows == len(list(audit.rows(books.connection)))


def test_verifying_writes_nothing(books: Books) -> None:
    before = books.content()
    verify(books.ledger)
    assert books.content() == before
    assert not books.connection.in_transaction


def test_sales_that_go_on_meanwhile_raise_no_false_alarm(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Books.at(books.path)
    real = audit.rows

    def rows_while_selling(connection: object) -> Iterator[audit.AuditRow]:
        yield from real(books.connection)
        other.sell(50, state=S.SUCCEEDED)  # another process commits between our reading of audit and orders

    monkeypatch.setattr(audit, "rows", rows_while_selling)
    assert verify(books.ledger).findings == ()
    other.ledger.close()


# --- the audit -------------------------------------------------------------------------------------------

AUDIT_LIES: dict[str, object] = {
    "seq": 99,
    "at_us": 1,
    "order_id": ref(1),
    "merchant_order_id": ref(1),
    "event": "noted",
    "old_state": "UNKNOWN",
    "new_state": "CANCELLED",
    "facts": '{"gateway_id":"int_3"}',
    "row_hash": "0" * 64,
    "prev_hash": "0" * 64,
    "hash": "0" * 64,
}


def test_every_audit_column_is_tried() -> None:
    assert list(AUDIT_LIES) == COLUMNS.split(", ")


@pytest.mark.parametrize("column", AUDIT_LIES)
def test_a_changed_audit_row_is_the_first_bad_row(books: Books, column: str) -> None:
    with books.tampering() as tool:
        tool.execute(f"UPDATE audit SET {column} = ? WHERE seq = 6", (AUDIT_LIES[column],))  # noqa: S608
    found = findings(books)
    broken = found.get("chain_broken") or found["chain_gap"]
    assert broken.seq == 6
    assert "audit row 6" in broken.message
    assert [finding.code for finding in verify(books.ledger).findings].count(broken.code) == 1


def test_a_row_forged_with_a_fitting_hash_breaks_the_next(books: Books) -> None:
    row = list(audit.rows(books.connection))[5]
    forged = replace(row, event="noted")
    with books.tampering() as tool:
        tool.execute("UPDATE audit SET event = ?, hash = ? WHERE seq = 6", (forged.event, forged.expected_hash()))
    assert findings(books)["chain_broken"].seq == 7


@pytest.mark.parametrize("facts", ["", "not json", "[]", "null", "{", "[" * 100_000])
def test_facts_that_are_no_facts_are_a_finding_not_a_crash(books: Books, facts: str) -> None:
    with books.tampering() as tool:
        tool.execute("UPDATE audit SET facts = ? WHERE seq = 5", (facts,))
    found = findings(books)
    assert found["chain_broken"].seq == 5
    assert found["request_differs"].subject == ref(VICTIM)


@pytest.mark.parametrize("seq", [1, 6, 10])
def test_a_deleted_audit_row_is_named(books: Books, seq: int) -> None:
    with books.tampering() as tool:
        tool.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    found = findings(books)
    if seq == 10:  # the last one: nothing follows it, but its order knows that there was one
        assert found["version_differs"].subject == ref(3)
        assert found["state_differs"].subject == ref(3)
    else:
        assert found["chain_gap"].seq == seq
        assert found["chain_gap"].message == f"audit row {seq} is missing"


def test_a_deleted_last_note_is_found(books: Books) -> None:
    attempt = books.orders.attempt(ref(1))
    assert attempt is not None
    books.orders.note(attempt, "stale_answer", {}, NOON)
    assert verify(books.ledger).is_whole
    with books.tampering() as tool:
        tool.execute("DELETE FROM audit WHERE seq = 11")
    found = findings(books)
    assert found.keys() == {"version_differs"}
    assert found["version_differs"].subject == ref(1)


def test_all_audit_rows_deleted_is_found(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("DELETE FROM audit")
    found = findings(books)
    assert found["unaudited"].subject == ref(1)
    assert found["version_differs"].subject == ref(1)


def test_an_added_audit_row_is_found(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute(
            "INSERT INTO audit VALUES (11, 1, ?, ?, 'state', 'UNKNOWN', 'SUCCEEDED', '{}', 'r', 'p', 'h')",
            (ref(3), ref(3)),
        )
    assert findings(books)["chain_broken"].seq == 11


def test_a_row_about_the_order_alone_is_part_of_the_chain(books: Books) -> None:
    with books.ledger.writing() as connection:
        seq = audit.append(connection, audit.AuditEvent(1, ref(1), None, "opened", {}), "r")
        connection.execute("UPDATE orders SET version = ? WHERE order_id = ?", (seq, ref(1)))
    assert verify(books.ledger).is_whole


# --- the tables ------------------------------------------------------------------------------------------

ATTEMPT_LIES: dict[str, tuple[object, str]] = {
    "merchant_order_id": ("T1-forged", "unaudited"),
    "order_id": (ref(1), "request_differs"),
    "number": (7, "request_differs"),
    "provider": ("airwallex", "request_differs"),
    "flow": ("mobile_web", "request_differs"),
    "amount_minor": (1, "request_differs"),
    "currency": ("CNY", "request_differs"),
    "description": ("something else", "row_differs"),
    "request_id": ("forged", "request_differs"),
    "confirm_request_id": ("forged", "row_differs"),
    "cancel_request_id": ("forged", "row_differs"),
    "payer_open_id": ("o-forged", "row_differs"),
    "payer_app_id": ("wx-forged", "row_differs"),
    "created_us": (1, "row_differs"),
    "state": ("CANCELLED", "state_differs"),
    "gateway_id": ("int_forged", "row_differs"),
    "code_kind": ("link", "row_differs"),
    "code_content": ("weixin://forged", "row_differs"),
    "code_dead": (1, "row_differs"),
    "support_id": (None, "row_differs"),
    "problem_code": ("forged", "row_differs"),
    "problem_text": ("forged", "row_differs"),
    "review": ("AMOUNT_DIFFERS", "row_differs"),
    "review_detail": ("forged", "row_differs"),
    "alarm": ("PAID_TWICE", "row_differs"),
    "shown_us": (None, "row_differs"),
    "given_up_us": (1, "row_differs"),
    "final_us": (1, "row_differs"),
    "paid_us": (1, "row_differs"),
    "paid_raw": ("2026-03-13T12:00:00Z", "row_differs"),
    "settled": ("KEPT", "row_differs"),
}
ORDER_LIES: dict[str, tuple[object, str]] = {
    "order_id": ("T1-forged", "order_missing"),
    "amount_minor": (1, "row_differs"),
    "currency": ("CNY", "row_differs"),
    "note": ("one tea", "row_differs"),
    "till": ("T2", "row_differs"),
    "cashier": ("somebody", "row_differs"),
    "business_day": ("2026-03-13", "row_differs"),
    "created_us": (1, "row_differs"),
    "status": ("CLOSED", "derived_differs"),
    "needs_look": (1, "derived_differs"),
    "refunded_minor": (1, "derived_differs"),
    "version": (5, "version_differs"),
}


def test_every_column_but_row_numbers_and_the_owner_is_tried(books: Books) -> None:
    # A row's number says nothing, and the owner is the name of a process that no longer runs.
    for table, lies, left_out in (("attempts", ATTEMPT_LIES, {"id", "owner"}), ("orders", ORDER_LIES, {"id"})):
        columns = {row[1] for row in books.connection.execute(f"PRAGMA table_info({table})")}
        assert columns - left_out == set(lies)


@pytest.mark.parametrize("column", ATTEMPT_LIES)
def test_a_changed_column_of_an_attempt_is_found(books: Books, column: str) -> None:
    lie, code = ATTEMPT_LIES[column]
    with books.tampering() as tool:
        if column == "payer_app_id":
            tool.execute("UPDATE attempts SET payer_open_id = 'o' WHERE merchant_order_id = ?", (ref(VICTIM),))
        if column == "order_id":
            tool.execute("UPDATE attempts SET number = 2 WHERE merchant_order_id = ?", (ref(VICTIM),))
        tool.execute(f"UPDATE attempts SET {column} = ? WHERE merchant_order_id = ?", (lie, ref(VICTIM)))  # noqa: S608
    found = findings(books)
    assert code in found
    assert found[code].subject == ("T1-forged" if column == "merchant_order_id" else ref(VICTIM))
    assert "chain_broken" not in found
    if code in ("row_differs", "state_differs"):
        assert found[code].seq == 8
    if column == "merchant_order_id":
        assert found["order_missing"].subject == ref(VICTIM)


@pytest.mark.parametrize("column", ORDER_LIES)
def test_a_changed_column_of_an_order_is_found(books: Books, column: str) -> None:
    lie, code = ORDER_LIES[column]
    with books.tampering() as tool:
        tool.execute(f"UPDATE orders SET {column} = ? WHERE order_id = ?", (lie, ref(VICTIM)))  # noqa: S608
    found = findings(books)
    assert code in found
    assert found[code].subject == ("T1-forged" if column == "order_id" else ref(VICTIM))
    assert "chain_broken" not in found


@pytest.mark.parametrize(
    "table,column,lie",
    [
        ("attempts", "flow", "carrier pigeon"),
        ("attempts", "currency", "ZZZ"),
        ("attempts", "state", "PAID"),
        ("attempts", "code_kind", "smoke"),
        ("attempts", "review", "WHATEVER"),
        ("attempts", "alarm", "FIRE"),
        ("attempts", "paid_us", 2**62),
        ("attempts", "created_us", -(2**62)),
        ("orders", "business_day", "2026-99-99"),
        ("orders", "currency", "XAU"),
        ("orders", "created_us", 2**62),
    ],
)
def test_what_cannot_even_be_read_is_a_finding_not_a_crash(books: Books, table: str, column: str, lie: object) -> None:
    with books.tampering() as tool:
        tool.execute(f"UPDATE {table} SET {column} = ? WHERE order_id = ?", (lie, ref(VICTIM)))  # noqa: S608
    found = findings(books)
    assert found["row_unreadable"].subject == ref(VICTIM)
    assert found["row_unreadable"].seq == 8
    assert "order_missing" not in found


def test_a_deleted_attempt_is_found(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("DELETE FROM attempts WHERE merchant_order_id = ?", (ref(VICTIM),))
    found = findings(books)
    assert found["order_missing"].subject == ref(VICTIM)
    assert found["order_missing"].seq == 8


def test_a_deleted_order_is_found(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("PRAGMA foreign_keys = OFF")
        tool.execute("DELETE FROM attempts WHERE order_id = ?", (ref(VICTIM),))
        tool.execute("DELETE FROM orders WHERE order_id = ?", (ref(VICTIM),))
    found = findings(books)
    assert found["order_missing"].subject == ref(VICTIM)
    assert found["order_missing"].message == f"the audit knows {ref(VICTIM)}, the tables do not"


def test_an_attempt_without_its_order_is_found(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("DELETE FROM orders WHERE order_id = ?", (ref(VICTIM),))
    assert "points to nothing" in findings(books)["file_damaged"].message


def test_a_forged_sale_is_found(books: Books) -> None:
    with books.tampering() as tool:
        columns = [row[1] for row in tool.execute("PRAGMA table_info(orders)") if row[1] not in ("id", "order_id")]
        tool.execute(
            f"INSERT INTO orders (order_id, {', '.join(columns)}) SELECT 'T1-forged', {', '.join(columns)} "  # noqa: S608
            "FROM orders WHERE order_id = ?",
            (ref(VICTIM),),
        )
    found = findings(books)
    assert found["order_missing"].subject == "T1-forged"
    assert found["order_missing"].seq is None


def test_an_audit_row_that_began_nothing_is_not_enough(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("UPDATE audit SET old_state = NULL WHERE seq = 5")
    found = findings(books)
    assert found["chain_broken"].seq == 5
    assert found["unaudited"].subject == ref(VICTIM)


# --- schema and file -------------------------------------------------------------------------------------


def test_a_trigger_taken_away_is_found(books: Books) -> None:
    books.connection.execute("DROP TRIGGER audit_is_append_only_delete")
    found = findings(books)
    assert found.keys() == {"schema_differs"}
    assert found["schema_differs"].subject == "audit_is_append_only_delete"


@pytest.mark.parametrize("table", ["orders", "attempts", "audit"])
def test_a_table_taken_away_is_found(books: Books, table: str) -> None:
    books.connection.execute(f"ALTER TABLE {table} RENAME TO hidden")
    result = verify(books.ledger)
    assert table in {finding.subject for finding in result.findings}
    assert not result.is_whole


def test_damage_to_an_index_is_found(books: Books) -> None:
    (page,) = books.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'orders_by_day'").fetchone()
    books.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(books.path.open("r+b")) as file:
        file.seek((page - 1) * 4096 + 3)
        file.write(b"\0\0")  # an index of no entries
    books.ledger.close()
    with pytest.raises(LedgerError) as caught:
        Books.at(books.path)
    assert caught.value.code == "ledger_corrupt"


def test_text_that_is_not_utf8_means_damage(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("UPDATE orders SET note = CAST(x'ff' AS TEXT) WHERE order_id = ?", (ref(VICTIM),))
    with pytest.raises(LedgerError) as caught:
        verify(books.ledger)
    assert caught.value.code == "ledger_corrupt"


def test_a_file_damaged_while_open_is_found(books: Books) -> None:
    for serial in range(10, 60):
        books.sell(serial)
    (page,) = books.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'orders_by_day'").fetchone()
    books.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other = Books.at(books.path)
    content = bytearray(books.path.read_bytes())
    chance = random.Random(3)  # noqa: S311 - always the same damage
    start = (page - 1) * 4096
    content[start + 3 : start + 5] = b"\0\1"  # says that it holds one entry
    content[start + 200 : start + 210] = chance.randbytes(10)
    books.path.write_bytes(content)
    other.connection.execute("PRAGMA cache_size = 0")
    assert "SQLite says of the file" in findings(other)["file_damaged"].message
    other.ledger.close()
