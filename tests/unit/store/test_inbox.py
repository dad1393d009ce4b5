"""Reading what waits: the most pressing first, bounded, and never by looking at every order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from posapp.domain.inbox import COUNTED_UP_TO, Decision, InboxKind
from posapp.domain.status import AlarmKind, AttemptState
from posapp.store import inbox as inbox_room
from posapp.store.inbox import WaitingList
from tests.fakes import NOON, ref

if TYPE_CHECKING:
    import pytest

    from tests.unit.store.books import Books

S = AttemptState
K = InboxKind


def test_nothing_waits_in_an_empty_ledger(books: Books) -> None:
    read = WaitingList(books.ledger).items()
    assert (read.items, read.to_look_at, read.more) == ((), 0, False)


def test_the_most_pressing_first_and_the_oldest_of_a_kind_before_the_younger(books: Books) -> None:
    books.sell(1, state=S.PENDING, shown_at=NOON)
    books.sell(2, state=S.UNKNOWN)
    for serial, hours in ((3, 1), (4, 2)):
        books.sell(serial, state=S.SUCCEEDED, at=NOON - timedelta(hours=hours))
        books.move(serial, alarm=AlarmKind.PAID_LATE)
    books.sell(5, state=S.SUCCEEDED)
    books.sell(6, state=S.SUCCEEDED)
    books.move(6, alarm=AlarmKind.PAID_LATE)
    books.move(6, settled=Decision.KEPT)
    waiting = WaitingList(books.ledger)
    read = waiting.items()
    told = [(item.kind, item.merchant_order_id) for item in read.items]
    assert told == [(K.PAID_LATE, ref(4)), (K.PAID_LATE, ref(3)), (K.UNKNOWN, ref(2)), (K.WAITING, ref(1))]
    assert read.to_look_at == waiting.count() == 3


def test_it_is_bounded_and_says_so(books: Books) -> None:
    for serial in range(1, 8):
        books.sell(serial, state=S.UNKNOWN, at=NOON + timedelta(minutes=serial))
    read = WaitingList(books.ledger).items(limit=5)
    assert [item.merchant_order_id for item in read.items] == [ref(serial) for serial in range(3, 8)]
    assert read.more
    assert not WaitingList(books.ledger).items(limit=7).more
    assert read.to_look_at == 7


def test_counting_ends_where_it_says_nothing_new(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_room, "COUNTED_UP_TO", 3)
    for serial in range(1, 6):
        books.sell(serial, state=S.LAPSED)
    assert WaitingList(books.ledger).count() == 3
    assert COUNTED_UP_TO == 100


def test_no_order_is_looked_at_that_does_not_wait(books: Books) -> None:
    asked: list[str] = []
    books.connection.set_trace_callback(asked.append)
    WaitingList(books.ledger).items()
    books.connection.set_trace_callback(None)
    queries = [query for query in asked if query.startswith("SELECT") and "FROM orders" in query]
    assert len(queries) == 3
    for query in queries:
        plan = "; ".join(row[3] for row in books.connection.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert "orders_to_look_at" in plan or "orders_open" in plan, plan
        assert "TEMP B-TREE" not in plan, plan
