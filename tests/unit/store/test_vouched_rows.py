"""Verification of what is no order: whatever anybody changes in any column of any table is found and named."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from posapp.domain.day_close import GENESIS, close_hash
from posapp.domain.refund import RefundState
from posapp.store import audit
from posapp.store.audit import AuditEvent
from posapp.store.refunds import RefundStore
from posapp.store.verify import verify, verify_connection
from posapp.store.vouching import TILL, VOUCHED, vouch
from tests.fakes import NOON, ref
from tests.unit.store.books import Books
from tests.unit.store.managers_day import a_day_close, a_person, a_refund, fill, give_back, refund_id, write_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posapp.store.finding import Finding

UNTOLD: Final = {
    "orders": {"id"},  # the number of a row says nothing
    "attempts": {"id", "owner"},  # the name of a process that no longer runs
    "refunds": {"id", "owner"},
    "people": set[str](),
    "shifts": set[str](),
    "day_closes": set[str](),
    "audit": set[str](),
    "noted": set[str](),
}
"""What nothing depends on, by table."""


@pytest.fixture(scope="module")
def honest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    books = Books.at(tmp_path_factory.mktemp("honest") / "ledger.db")
    books.sell(1, note="two teas")
    books.sell(2, note="one tea")
    fill(books)
    books.ledger.close()
    return books.path


@pytest.fixture
def books(honest_file: Path, tmp_path: Path) -> Iterator[Books]:
    books = Books.copied(honest_file, tmp_path)
    yield books
    books.ledger.close()


def found(books: Books) -> dict[str, Finding]:
    """Verify, and return what was found by its code, the first of each."""
    first: dict[str, Finding] = {}
    for finding in verify(books.ledger).findings:
        first.setdefault(finding.code, finding)
    return first


def test_one_of_everything_is_whole(books: Books) -> None:
    assert verify(books.ledger).findings == ()


def test_no_table_of_ours_is_left_out(books: Books) -> None:
    tables = {
        name
        for (name,) in books.connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name NOT LIKE 'note_words%'"  # words without their notes, for finding; SQLite looks after them itself
        )
    }
    assert tables == set(UNTOLD)
    assert {vouched.table for vouched in VOUCHED.values()} == set(UNTOLD) - {"orders", "attempts", "audit", "noted"}


@pytest.mark.parametrize("event", VOUCHED)
def test_every_column_of_a_vouched_table_is_vouched_for(books: Books, event: str) -> None:
    vouched = VOUCHED[event]
    columns = {row[1] for row in books.connection.execute(f"PRAGMA table_info({vouched.table})")}
    assert columns - set(vouched.columns) == UNTOLD[vouched.table]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_change_of_any_column_of_any_table_is_found(honest_file: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(honest_file, Path(folder) / "ledger.db"))
        with closing(sqlite3.connect(path, isolation_level=None)) as tool:
            triggers = tool.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                tool.execute(f"DROP TRIGGER {name}")
            tool.execute("PRAGMA synchronous = OFF")
            tool.execute("PRAGMA ignore_check_constraints = ON")
            table = data.draw(st.sampled_from(sorted(UNTOLD)))
            described = tool.execute(f"PRAGMA table_info({table})").fetchall()
            column = data.draw(st.sampled_from([row for row in described if row[1] not in UNTOLD[table]]))
            rows = tool.execute(f"SELECT rowid, {column[1]} FROM {table}").fetchall()  # noqa: S608 - our own names
            rowid, before = data.draw(st.sampled_from(rows))
            numbers = st.integers(-(2**62), 2**62)
            texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
            others = st.sampled_from([value for _, value in rows])
            lie = data.draw(others | (numbers if column[2] == "INTEGER" else texts))
            assume(lie != before)
            try:
                tool.execute(f"UPDATE {table} SET {column[1]} = ? WHERE rowid = ?", (lie, rowid))  # noqa: S608
            except sqlite3.IntegrityError:
                assume(False)  # the table itself refuses it, whoever writes
            for _, sql in triggers:
                tool.execute(sql)
            result = verify_connection(tool)
        assert not result.is_whole, (table, column[1], before, lie)


# --- one by one ------------------------------------------------------------------------------------------

KEYS: Final = {"refund": refund_id(2), "person": "p-mei", "shift": 1, "day_close": 2}


@pytest.mark.parametrize("event,column", [(event, name) for event in VOUCHED for name in VOUCHED[event].columns])
def test_a_changed_column_names_the_row_and_its_last_audit_row(books: Books, event: str, column: str) -> None:
    vouched, key = VOUCHED[event], KEYS[event]
    (before,) = books.connection.execute(
        f"SELECT {column} FROM {vouched.table} WHERE {vouched.key} = ?",  # noqa: S608 - our own names
        (key,),
    ).fetchone()
    lie = 7 if isinstance(before, int) and before != 7 else "2026-03-20"
    lie = "FAILED" if column == "state" else lie
    lie = ref(101) if column == "order_id" else lie
    with books.tampering() as tool:
        try:
            tool.execute(f"UPDATE {vouched.table} SET {column} = ? WHERE {vouched.key} = ?", (lie, key))  # noqa: S608
        except sqlite3.IntegrityError:  # a number where the first guess was a word
            tool.execute(f"UPDATE {vouched.table} SET {column} = ? WHERE {vouched.key} = ?", (7, key))  # noqa: S608
    findings = verify(books.ledger).findings
    if column == vouched.key:
        assert ("row_missing", str(key)) in [(finding.code, finding.subject) for finding in findings]
        return
    if before == lie:
        return
    last = [row.seq for row in audit.rows(books.connection) if row.event == event and f'"ref":"{key}"' in row.facts][-1]
    told = [(finding.code, finding.seq, finding.subject) for finding in findings]
    assert ("row_differs", last, str(key)) in told or "row_unreadable" in {finding.code for finding in findings}


@pytest.mark.parametrize("event", VOUCHED)
def test_a_row_that_is_gone_is_missed(books: Books, event: str) -> None:
    vouched, key = VOUCHED[event], KEYS[event]
    with books.tampering() as tool:
        tool.execute(f"DELETE FROM {vouched.table} WHERE {vouched.key} = ?", (key,))  # noqa: S608 - our own names
    missing = found(books)["row_missing"]
    assert missing.subject == str(key)
    assert missing.seq is not None


@pytest.mark.parametrize("event", VOUCHED)
def test_a_row_that_nobody_wrote_down_is_found(books: Books, event: str) -> None:
    vouched = VOUCHED[event]
    with books.tampering() as tool:
        names = [name for name in vouched.columns if name != vouched.key]
        fresh = {"request_id": "'x'", "name": "'Eve'", "business_day": "'2026-03-20'", "closed_seq": "41"}
        values = ", ".join(fresh.get(name, name) for name in names)
        forged = "'forged'" if isinstance(KEYS[event], str) else "9"
        tool.execute(
            f"INSERT INTO {vouched.table} ({vouched.key}, {', '.join(names)}{', owner' * (event == 'refund')}) "  # noqa: S608
            f"SELECT {forged}, {values}{', owner' * (event == 'refund')} FROM {vouched.table} WHERE {vouched.key} = ?",
            (KEYS[event],),
        )
    assert found(books)["unaudited"].subject == forged.strip("'")


def test_a_row_s_vouching_never_passes_for_its_payment_s(books: Books) -> None:
    # The newest audit row that names the attempt is its refund's: what it vouches for is the refund.
    with books.tampering() as tool:
        tool.execute("UPDATE attempts SET paid_raw = 'yesterday' WHERE merchant_order_id = ?", (ref(100),))
    assert found(books)["row_differs"].subject == ref(100)


# --- sums and chains -------------------------------------------------------------------------------------


def test_more_given_back_than_was_paid_is_found_even_where_every_row_is_vouched_for(books: Books) -> None:
    with books.ledger.writing() as connection:
        connection.execute("DROP TRIGGER refunds_keep_their_request")
        connection.execute("UPDATE refunds SET amount_minor = 12851 WHERE merchant_refund_id = ?", (refund_id(1),))
        event = AuditEvent(1, ref(100), ref(100), "refund", {})
        seq = vouch(connection, event, refund_id(1))
        told = (12851, seq, ref(100))
        connection.execute("UPDATE orders SET refunded_minor = ?, version = ? WHERE order_id = ?", told)
    assert found(books)["refund_too_much"].subject == ref(100)


def test_all_of_it_given_back_in_parts_is_whole(books: Books) -> None:
    give_back(books, a_refund(20, 107, 12_849), RefundState.SUCCEEDED)
    give_back(books, a_refund(21, 107, 1), RefundState.UNKNOWN)
    assert verify(books.ledger).findings == ()


def test_what_was_given_back_in_the_list_is_compared(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("UPDATE orders SET refunded_minor = 849 WHERE order_id = ?", (ref(101),))
    assert found(books)["derived_differs"].subject == ref(101)


def test_a_refund_of_another_gateway_s_payment_is_found(books: Books) -> None:
    with books.tampering() as tool:
        tool.execute("UPDATE refunds SET provider = 'airwallex' WHERE merchant_refund_id = ?", (refund_id(2),))
    assert found(books)["request_differs"].subject == refund_id(2)


def test_a_z_that_is_missing_between_two_is_found_though_no_row_is_changed(books: Books) -> None:
    (last,) = books.connection.execute("SELECT hash FROM day_closes WHERE number = 2").fetchone()
    write_row(books, "day_close", a_day_close(4, "2026-03-16", last))
    assert found(books)["day_chain_broken"].subject == "3"


@pytest.mark.parametrize("what", ["link", "hash"])
def test_a_z_that_does_not_follow_is_found_though_its_row_is_vouched_for(books: Books, what: str) -> None:
    (last,) = books.connection.execute("SELECT hash FROM day_closes WHERE number = 2").fetchone()
    forged = a_day_close(3, "2026-03-16", GENESIS if what == "link" else last)
    if what == "hash":
        forged["hash"] = close_hash(last, 3, "2026-03-16", '{"day":"another"}')
    write_row(books, "day_close", forged)
    assert found(books)["day_chain_broken"].subject == "3"


def test_a_person_who_is_changed_is_vouched_for_anew(books: Books) -> None:
    write_row(books, "person", a_person("Sam", "OWNER", failures=1))
    assert verify(books.ledger).findings == ()


def test_vouching_for_nothing_is_an_error(books: Books) -> None:
    with pytest.raises(LookupError), books.ledger.writing() as connection:
        vouch(connection, AuditEvent(1, TILL, None, "person", {}), "nobody")


def test_what_is_odd_about_a_refund_is_derived(books: Books) -> None:
    store = RefundStore(books.ledger)
    order = books.orders.snapshot(ref(103))
    assert order is not None
    assert order.needs_look
    unknown = store.refund(refund_id(5))
    assert unknown is not None
    with books.tampering() as tool:
        tool.execute("UPDATE orders SET needs_look = 0 WHERE order_id = ?", (ref(103),))
    assert found(books)["derived_differs"].subject == ref(103)


def test_the_moment_of_the_fixture_is_the_fixture_s(books: Books) -> None:
    assert NOON.isoformat() == "2026-03-14T12:00:00+00:00"
    assert a_refund(1, 100, 5).business_day == NOON.date()
    assert books.path.exists()
