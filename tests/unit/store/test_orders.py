"""Orders and attempts: compare-and-set, one audit row a change, and requests that never change."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.status import TRANSITIONS, AlarmKind, AttemptState, OrderStatus, ReviewReason
from posapp.store import audit
from posapp.store.rows import PROGRESS_COLUMNS, REQUEST_COLUMNS
from tests.fakes import NOON, Progress, an_attempt, an_order, ref
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from posapp.domain.order import Attempt

S = AttemptState
LATER = NOON + timedelta(seconds=3)
CODE = PaymentCode(CodeKind.SCAN, "weixin://wxpay/bizpayurl?pr=secret")


def rows_of(books: Books) -> list[audit.AuditRow]:
    return list(audit.rows(books.connection))


def facts_of(row: audit.AuditRow) -> dict[str, str]:
    return json.loads(row.facts)


def read(books: Books, serial: int = 1) -> Attempt:
    attempt = books.orders.attempt(ref(serial))
    assert attempt is not None
    return attempt


# --- a new attempt ---------------------------------------------------------------------------------------


def test_an_order_and_its_attempt_are_committed_with_one_audit_row(books: Books) -> None:
    order, attempt = an_order(1, note="two teas"), an_attempt(1)
    snapshot = books.orders.add(order, attempt, OWNER)
    assert snapshot.order == order
    assert snapshot.attempts == (attempt,)
    assert snapshot.status is OrderStatus.OPEN
    assert snapshot.version == 1
    assert books.orders.snapshot(order.order_id) == snapshot
    (row,) = rows_of(books)
    assert (row.event, row.old_state, row.new_state) == ("state", "DRAFT", "CREATING")
    assert row.merchant_order_id == row.order_id == ref(1)
    assert facts_of(row) == {
        "amount_minor": "12850",
        "currency": "HKD",
        "number": "1",
        "provider": "cbtis",
        "flow": "qrcode",
        "request_id": attempt.request_id,
    }


def test_what_was_added_is_on_disk_before_anything_is_sent(books: Books) -> None:
    books.sell(1)
    other = Books.at(books.path)
    assert other.orders.attempt(ref(1)) == an_attempt(1)
    other.ledger.close()


def test_a_further_attempt_joins_its_order(books: Books) -> None:
    books.sell(1, state=S.REFUSED)
    again = an_attempt(2, order_id=ref(1), number=2)
    snapshot = books.orders.add(None, again, OWNER)
    assert [attempt.number for attempt in snapshot.attempts] == [1, 2]
    assert snapshot.status is OrderStatus.OPEN
    assert snapshot.version == 3


@pytest.mark.parametrize("state", [state for state in S if state is not S.CREATING])
def test_an_attempt_begins_as_creating(books: Books, state: AttemptState) -> None:
    with pytest.raises(ValueError, match="begins as CREATING"):
        books.orders.add(an_order(1), an_attempt(1, state=state), OWNER)
    assert rows_of(books) == []


@pytest.mark.parametrize(
    "column", ["merchant_order_id", "request_id", "confirm_request_id", "cancel_request_id", "number"]
)
def test_no_id_is_ever_used_twice(books: Books, column: str) -> None:
    books.sell(1)
    first = an_attempt(1)
    second = replace(an_attempt(2, order_id=ref(1), number=2), **{column: getattr(first, column)})
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        books.orders.add(None, second, OWNER)
    assert len(rows_of(books)) == 1
    assert books.orders.snapshot(ref(1)) is not None


def test_an_attempt_needs_its_order(books: Books) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        books.orders.add(None, an_attempt(1), OWNER)
    with pytest.raises(LookupError, match="needs its order"):
        books.orders.note(an_attempt(1), "x", {}, NOON)
    assert rows_of(books) == []


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_asked_for_nothing(books: Books, minor: int) -> None:
    money = Money(minor, "HKD")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        books.orders.add(an_order(1, money), an_attempt(1, money=money), OWNER)
    assert rows_of(books) == []


def test_an_id_longer_than_the_gateways_take_is_refused(books: Books) -> None:
    long = replace(an_attempt(1), merchant_order_id="x" * 33)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        books.orders.add(an_order(1), long, OWNER)


# --- a change --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old,new", [(old, new) for old in S for new in S if old is not S.DRAFT and new is not S.DRAFT])
def test_exactly_the_transitions_of_the_table_can_be_written(
    books: Books, old: AttemptState, new: AttemptState
) -> None:
    books.sell(1)
    if old is not S.CREATING:
        books.walk(1, old)
    before = rows_of(books)
    attempt = read(books)
    assert attempt.state is old
    changed = replace(attempt, state=new, support_id="rid")
    if old is new:
        assert books.orders.change(attempt, changed, LATER) is not None  # no transition: something else was learnt
    elif new in TRANSITIONS[old]:
        snapshot = books.orders.change(attempt, changed, LATER)
        assert snapshot is not None
        assert snapshot.attempts == (changed,)
        assert (rows_of(books)[-1].old_state, rows_of(books)[-1].new_state) == (old, new)
    else:
        with pytest.raises(ValueError, match=f"{old} cannot become {new}"):
            books.orders.change(attempt, changed, LATER)
        assert rows_of(books) == before
        assert read(books) == attempt


def test_a_change_writes_one_audit_row_at_its_moment(books: Books) -> None:
    books.sell(1)
    snapshot = books.move(1, at=LATER, state=S.CREATED, gateway_id="int_1", code=CODE)
    assert snapshot.version == 2
    row = rows_of(books)[1]
    assert row.at_us - rows_of(books)[0].at_us == 3_000_000
    assert (row.event, row.old_state, row.new_state) == ("state", "CREATING", "CREATED")
    assert facts_of(row) == {"gateway_id": "int_1", "code_kind": "scan"}


def test_a_payment_code_never_enters_the_audit(books: Books) -> None:
    books.sell(1, state=S.PENDING, code=CODE, shown_at=NOON)
    assert read(books).code == CODE
    assert all("wxpay" not in line for row in rows_of(books) for line in (row.facts, row.event))


def test_who_was_slower_writes_nothing(books: Books) -> None:
    books.sell(1, state=S.PENDING, shown_at=NOON)
    stale = read(books)
    books.move(1, state=S.CANCELLED)
    before = rows_of(books)
    assert books.orders.change(stale, replace(stale, state=S.SUCCEEDED), LATER) is None
    assert rows_of(books) == before
    assert read(books).state is S.CANCELLED


CHANGES: list[Progress] = [
    {"given_up_at": LATER},
    {"shown_at": LATER},
    {"code_dead": True},
    {"support_id": "rid"},
    {"problem_code": "odd"},
    {"problem_text": "odd"},
    {"review": ReviewReason.AMOUNT_DIFFERS},
    {"review_detail": "1 / 2"},
    {"alarm": AlarmKind.PAID_LATE},
    {"gateway_id": "int_2"},
    {"code": CODE},
    {"code": PaymentCode(CodeKind.LINK, CODE.content)},
    {"final_at": LATER},
    {"paid_at": LATER},
    {"paid_at_raw": "x"},
    {"settled": Decision.KEPT},
]


@pytest.mark.parametrize("meanwhile", CHANGES, ids="-".join)
def test_a_change_in_the_same_state_is_not_overwritten_either(books: Books, meanwhile: Progress) -> None:
    # One program read the attempt and waits for the gateway; another one (or the cashier) changes it meanwhile.
    books.sell(1, state=S.PENDING)
    stale = read(books)
    books.move(1, **meanwhile)
    changed = read(books)
    assert changed != stale
    assert books.orders.change(stale, replace(stale, problem_text="late"), LATER) is None
    assert read(books) == changed


def test_a_change_of_an_attempt_nobody_knows_writes_nothing(books: Books) -> None:
    attempt = an_attempt(1)
    assert books.orders.change(attempt, replace(attempt, state=S.CREATED), LATER) is None
    assert rows_of(books) == []


@pytest.mark.parametrize(
    "before,after,event,facts",
    [
        ({}, {"support_id": "r"}, "noted", {"support_id": "r"}),
        ({}, {"alarm": AlarmKind.PAID_LATE}, "alarm", {"alarm": "PAID_LATE"}),
        ({"alarm": AlarmKind.PAID_LATE}, {"alarm": None}, "alarm_cleared", {}),
        (
            {},
            {"review": ReviewReason.AMOUNT_DIFFERS, "review_detail": "1 / 2"},
            "review",
            {"review": "AMOUNT_DIFFERS", "review_detail": "1 / 2"},
        ),
        ({"review": ReviewReason.WRONG_ORDER}, {"review": None}, "review_cleared", {}),
        ({}, {"settled": Decision.SEEN}, "settled", {"settled": "SEEN"}),
        ({"settled": Decision.SEEN}, {"settled": None}, "reopened", {}),
        (
            {"settled": Decision.SEEN},
            {"settled": None, "alarm": AlarmKind.CONTRADICTED},
            "alarm",
            {"alarm": "CONTRADICTED"},
        ),
        ({}, {"given_up_at": LATER}, "given_up", {"given_up": "yes"}),
        ({"given_up_at": LATER}, {"given_up_at": None}, "resumed", {}),
        ({}, {"code_dead": True}, "code_dead", {}),
        ({"code_dead": True}, {"code_dead": False}, "noted", {}),
        ({}, {"shown_at": LATER}, "noted", {"shown": "yes"}),
        ({}, {"problem_code": "p", "problem_text": "words"}, "noted", {"problem": "p", "detail": "words"}),
        ({"problem_code": "p"}, {"problem_code": None}, "noted", {}),
        ({}, {"paid_at_raw": "2026"}, "noted", {"paid_at": "2026"}),
        ({}, {"code": CODE, "gateway_id": "int_1"}, "noted", {"code_kind": "scan", "gateway_id": "int_1"}),
    ],
)
def test_the_audit_names_what_changed(
    books: Books, before: Progress, after: Progress, event: str, facts: dict[str, str]
) -> None:
    books.sell(1, **{**before, "state": S.PENDING})
    books.move(1, **after)
    row = rows_of(books)[-1]
    assert (row.event, facts_of(row)) == (event, facts)


def test_a_note_adds_a_row_and_changes_nothing(books: Books) -> None:
    books.sell(1, state=S.PENDING)
    before = read(books)
    snapshot = books.orders.note(before, "stale_answer", {"answer": "PENDING"}, LATER)
    assert snapshot.attempts == (before,)
    assert snapshot.version == 4
    row = rows_of(books)[-1]
    assert (row.event, row.old_state, row.new_state) == ("stale_answer", None, None)
    assert facts_of(row) == {"answer": "PENDING"}


def test_the_order_derives_its_status_in_the_same_transaction(books: Books) -> None:
    def listed() -> tuple[str, int, int]:
        return books.connection.execute("SELECT status, needs_look, version FROM orders").fetchone()

    books.sell(1)
    assert listed() == ("OPEN", 0, 1)
    books.move(1, state=S.UNKNOWN)
    assert listed() == ("OPEN", 1, 2)
    books.move(1, state=S.CANCELLED)
    assert listed() == ("CLOSED", 0, 3)
    books.move(1, state=S.SUCCEEDED, alarm=AlarmKind.PAID_AFTER_CANCEL)
    assert listed() == ("PAID", 1, 4)
    books.orders.add(None, an_attempt(2, order_id=ref(1), number=2), OWNER)
    books.walk(2, S.SUCCEEDED, alarm=AlarmKind.PAID_TWICE)
    assert listed() == ("OVERPAID", 1, 8)


def test_two_processes_cannot_both_take_their_attempt_for_the_only_paid_one(books: Books) -> None:
    books.sell(1, state=S.PENDING, shown_at=NOON)
    books.orders.add(None, an_attempt(2, order_id=ref(1), number=2), OWNER)
    books.walk(2, S.PENDING, shown_at=NOON)
    first, second = read(books, 1), read(books, 2)  # both looked before either wrote
    assert books.orders.change(first, replace(first, state=S.SUCCEEDED), LATER) is not None
    assert books.orders.change(second, replace(second, state=S.SUCCEEDED), LATER) is None
    assert read(books, 2) == second
    ringing = replace(second, state=S.SUCCEEDED, alarm=AlarmKind.PAID_TWICE)
    assert books.orders.change(second, ringing, LATER) is not None


# --- what never changes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("column", REQUEST_COLUMNS)
def test_what_was_asked_of_the_gateway_never_changes(books: Books, column: str) -> None:
    books.sell(1)
    value = 99 if column in ("amount_minor", "number", "created_us") else "JPY"
    with pytest.raises(sqlite3.IntegrityError, match="never change"), books.ledger.writing() as connection:
        connection.execute(f"UPDATE attempts SET {column} = ?", (value,))  # noqa: S608
    assert read(books) == an_attempt(1)


@pytest.mark.parametrize(
    "column", ["order_id", "amount_minor", "currency", "note", "till", "cashier", "business_day", "created_us"]
)
def test_what_was_ordered_never_changes(books: Books, column: str) -> None:
    books.sell(1)
    value = {"amount_minor": 99, "created_us": 99, "business_day": "2026-01-01"}.get(column, "JPY")
    with pytest.raises(sqlite3.IntegrityError, match="never change"), books.ledger.writing() as connection:
        connection.execute(f"UPDATE orders SET {column} = ?", (value,))  # noqa: S608


@pytest.mark.parametrize("table", ["orders", "attempts"])
def test_nothing_is_ever_deleted(books: Books, table: str) -> None:
    books.sell(1)
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"), books.ledger.writing() as connection:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608
    columns = ", ".join(row[1] for row in books.connection.execute(f"PRAGMA table_info({table})"))
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"), books.ledger.writing() as connection:
        connection.execute(f"REPLACE INTO {table} SELECT {columns} FROM {table}")  # noqa: S608
    assert books.orders.snapshot(ref(1)) is not None


def test_a_state_that_does_not_exist_cannot_be_stored(books: Books) -> None:
    books.sell(1)
    for state in ("DRAFT", "PAID", "succeeded", ""):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"), books.ledger.writing() as connection:
            connection.execute("UPDATE attempts SET state = ?", (state,))


def test_a_number_is_never_kept_as_anything_else(books: Books) -> None:
    books.sell(1)
    for column, value in (("final_us", 1.5), ("final_us", "soon"), ("problem_text", b"\xff")):
        with pytest.raises(sqlite3.IntegrityError, match="cannot store"), books.ledger.writing() as connection:
            connection.execute(f"UPDATE attempts SET {column} = ?", (value,))  # noqa: S608


# --- reading ---------------------------------------------------------------------------------------------


def test_what_is_not_there_is_none(books: Books) -> None:
    assert books.orders.attempt("nobody") is None
    assert books.orders.snapshot("nobody") is None
    assert books.orders.non_final() == []
    assert books.orders.creating_owners() == {}


def test_unfinished_attempts_newest_first(books: Books) -> None:
    for serial, state in enumerate(TRANSITIONS, 1):
        if state is not S.DRAFT:
            books.sell(serial, state=state)
    found = books.orders.non_final()
    assert {attempt.state for attempt in found} == {S.CREATING, S.CREATED, S.PENDING, S.UNKNOWN, S.ORPHAN}
    ids = [attempt.merchant_order_id for attempt in found]
    assert ids == sorted(ids, reverse=True)


def test_cancelled_attempts_are_asked_about_only_if_shown_and_recent(books: Books) -> None:
    books.sell(1, state=S.CANCELLED, shown_at=NOON, final_at=NOON - timedelta(days=8))
    books.sell(2, state=S.CANCELLED, shown_at=NOON, final_at=NOON - timedelta(days=6))
    books.sell(3, state=S.CANCELLED, final_at=NOON)
    books.sell(4, state=S.SUCCEEDED, shown_at=NOON, final_at=NOON)
    books.sell(5, state=S.CANCELLED, shown_at=NOON, final_at=NOON)
    found = books.orders.soft_final(NOON - timedelta(days=7))
    assert [attempt.merchant_order_id for attempt in found] == [ref(5), ref(2)]


def test_who_is_creating_what(books: Books) -> None:
    books.orders.add(an_order(1), an_attempt(1), "100-a")
    books.orders.add(an_order(2), an_attempt(2), "200-b")
    books.sell(3, state=S.CREATED)
    assert books.orders.creating_owners() == {ref(1): "100-a", ref(2): "200-b"}


def test_who_sends_it_again_owns_it(books: Books) -> None:
    books.orders.add(an_order(1), an_attempt(1), "100-a")
    unsent = books.move(1, state=S.NOT_SENT).attempts[0]
    again = replace(unsent, state=S.CREATING)
    assert books.orders.change(unsent, again, LATER, "200-b") is not None
    assert books.orders.creating_owners() == {ref(1): "200-b"}
    assert books.orders.change(unsent, again, LATER, "300-c") is None
    assert books.orders.creating_owners() == {ref(1): "200-b"}


def test_every_progress_column_is_compared(books: Books) -> None:
    """The list above must name each column, or a new one could be overwritten unseen."""
    books.sell(1, state=S.PENDING)
    touched: set[str] = set()
    for change in CHANGES:
        before = books.connection.execute(f"SELECT {', '.join(PROGRESS_COLUMNS)} FROM attempts").fetchone()  # noqa: S608
        books.move(1, **change)
        after = books.connection.execute(f"SELECT {', '.join(PROGRESS_COLUMNS)} FROM attempts").fetchone()  # noqa: S608
        touched |= {name for name, old, new in zip(PROGRESS_COLUMNS, before, after, strict=True) if old != new}
    assert touched == set(PROGRESS_COLUMNS) - {"state"}
