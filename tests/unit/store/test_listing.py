"""Lists: each row once, newest first, found by what a person knows, and read through an index."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.order_query import PAGE_SIZE, OrderFilter, Origins, PageKey, StateFilter
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.store.listing_conditions import NEWEST_FIRST, conditions
from tests.fakes import NOON, an_attempt, ref
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime
    from pathlib import Path

S = AttemptState
DAY = NOON.date()


def pages(books: Books, wanted: OrderFilter, size: int) -> Generator[list[str]]:
    """Turn the pages of a list, as ids."""
    key: PageKey | None = None
    while True:
        page = books.list.page(wanted, key, size)
        yield [snapshot.order.order_id for snapshot in page.orders]
        if page.next_key is None:
            return
        key = page.next_key


def found(books: Books, text: str) -> list[str]:
    return next(pages(books, OrderFilter(text=text), 100))


# --- pages -----------------------------------------------------------------------------------------------


def test_an_empty_ledger_is_one_empty_page(books: Books) -> None:
    assert list(pages(books, OrderFilter(), 10)) == [[]]


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_pages_hold_each_order_once_newest_first(books: Books, size: int) -> None:
    # Three of the same microsecond, and two days: the key has to tell them all apart.
    moments = [NOON, NOON, NOON, NOON + timedelta(days=1), NOON - timedelta(hours=1), NOON, NOON - timedelta(days=1)]
    for serial, at in enumerate(moments, 1):
        books.sell(serial, at=at)
    turned = list(pages(books, OrderFilter(), size))
    listed = [order_id for page in turned for order_id in page]
    assert listed == [ref(serial) for serial in (4, 6, 3, 2, 1, 5, 7)]
    assert all(len(page) == size for page in turned[:-1])
    assert 1 <= len(turned[-1]) <= size


def test_a_page_is_a_hundred_orders(books: Books) -> None:
    for serial in range(1, PAGE_SIZE + 2):
        books.sell(serial, at=NOON + timedelta(seconds=serial))
    first = books.list.page(OrderFilter(), None)
    assert len(first.orders) == PAGE_SIZE == 100
    last = books.list.page(OrderFilter(), first.next_key)
    assert [snapshot.order.order_id for snapshot in last.orders] == [ref(1)]
    assert last.next_key is None


@given(
    moments=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    arriving=st.lists(st.integers(0, 8), max_size=6),
    size=st.integers(1, 5),
)
@settings(max_examples=40)
def test_paging_covers_every_order_once_while_new_ones_arrive(
    tmp_path_factory: pytest.TempPathFactory, empty_ledger: Path, moments: list[int], arriving: list[int], size: int
) -> None:
    books = Books.copied(empty_ledger, tmp_path_factory.mktemp("paging"))
    for serial, hours in enumerate(moments, 1):
        books.sell(serial, at=NOON + timedelta(hours=8 * hours))
    listed: list[str] = []
    for serial, page in enumerate(pages(books, OrderFilter(), size), 100):
        listed += page
        if arriving:
            books.sell(serial, at=NOON + timedelta(hours=8 * arriving.pop()))
    books.ledger.close()
    assert len(listed) == len(set(listed))
    assert {ref(serial) for serial in range(1, len(moments) + 1)} <= set(listed)


# --- filters ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def varied_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders 1 to 9, one of each kind, on three days."""
    books = Books.at(tmp_path_factory.mktemp("varied") / "ledger.db")
    books.sell(1, state=S.SUCCEEDED)
    books.sell(2, state=S.PENDING, shown_at=NOON)
    books.sell(3, state=S.CANCELLED)
    books.sell(4, state=S.REFUSED)
    books.sell(5, state=S.UNKNOWN, at=NOON - timedelta(days=1))
    books.sell(6, state=S.SUCCEEDED, alarm=AlarmKind.PAID_LATE, at=NOON - timedelta(days=1))
    books.sell(7, state=S.PENDING, review=ReviewReason.AMOUNT_DIFFERS, at=NOON - timedelta(days=2))
    books.sell(8, at=NOON - timedelta(days=2))
    books.sell(9, state=S.SUCCEEDED, at=NOON - timedelta(days=2))
    books.orders.add(None, an_attempt(90, order_id=ref(9), number=2), OWNER)
    books.walk(90, S.SUCCEEDED, alarm=AlarmKind.PAID_TWICE)  # paid twice
    books.ledger.close()
    return books.path


@pytest.fixture
def varied(varied_file: Path, tmp_path: Path) -> Generator[Books]:
    books = Books.copied(varied_file, tmp_path)
    yield books
    books.ledger.close()


@pytest.mark.parametrize(
    "state,serials",
    [
        (StateFilter.ALL, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
        (StateFilter.WAITING, {2, 5, 7, 8}),
        (StateFilter.PAID, {1, 6, 9}),
        (StateFilter.UNPAID, {3, 4}),
        (StateFilter.NEEDS_LOOK, {5, 6, 7, 9}),  # 9 is paid twice
    ],
)
@pytest.mark.parametrize("size", [1, 2, 50])
def test_the_chips(varied: Books, state: StateFilter, serials: set[int], size: int) -> None:
    listed = [order_id for page in pages(varied, OrderFilter(state=state), size) for order_id in page]
    assert sorted(listed) == sorted(ref(serial) for serial in serials)


@pytest.mark.parametrize(
    "first,last,serials",
    [
        (DAY, DAY, {1, 2, 3, 4}),
        (None, DAY - timedelta(days=1), {5, 6, 7, 8, 9}),
        (DAY - timedelta(days=1), None, {1, 2, 3, 4, 5, 6}),
        (DAY - timedelta(days=1), DAY - timedelta(days=1), {5, 6}),
        (DAY + timedelta(days=1), None, set[int]()),
        (DAY, DAY - timedelta(days=1), set[int]()),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 50])
def test_the_days(varied: Books, first: date | None, last: date | None, serials: set[int], size: int) -> None:
    wanted = OrderFilter(first_day=first, last_day=last)
    listed = [order_id for page in pages(varied, wanted, size) for order_id in page]
    assert sorted(listed) == sorted(ref(serial) for serial in serials)


def test_filters_add_up(varied: Books) -> None:
    wanted = OrderFilter(first_day=DAY - timedelta(days=1), state=StateFilter.PAID, text="128.50")
    assert [order_id for page in pages(varied, wanted, 1) for order_id in page] == [ref(1), ref(6)]


# --- search ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def noted_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    books = Books.at(tmp_path_factory.mktemp("noted") / "ledger.db")
    books.sell(1, note="Two milk TEAS, table 5", state=S.CREATED, gateway_id="int_hkdm1")
    books.sell(2, note="100% cocoa_powder \\ bag", money=Money(500, "HKD"))
    books.sell(3, note="奶茶", money=Money(128, "JPY"))
    books.sell(4, note="", money=Money(128, "HKD"))
    books.sell(5, note="", money=Money(12800, "HKD"))
    books.sell(6, note="", money=Money(128000, "KWD"))
    books.sell(7, note="", money=Money(1280000, "CLF"))
    books.ledger.close()
    return books.path


@pytest.fixture
def noted(noted_file: Path, tmp_path: Path) -> Generator[Books]:
    books = Books.copied(noted_file, tmp_path)
    yield books
    books.ledger.close()


@pytest.mark.parametrize(
    "text,serials",
    [
        ("milk", [1]),
        ("milk teas", [1]),
        ("  TABLE 5  ", [1]),
        ("奶", [3]),
        ("hkdm1", [1]),
        ("int_hkdm1", [1]),
        ("int-hkdm1", []),  # _ is a letter here, no wild card
        ("100%", [2]),
        ("0%c", []),
        ("cocoa_powder", [2]),
        ("cocoaxpowder", []),
        ("\\", []),  # no word, no number
        ("tea", [1]),  # the beginning of a word
        ("eas", []),  # not its middle
        ("5 milk", [1]),  # words apart, in any order
        ("milk & two", [1]),
        ("茶", [3]),
        ("奶茶", [3]),
        ("茶奶", []),
        ("'; DROP TABLE orders; --", []),
        ("nothing of the kind", []),
        ("", [7, 6, 5, 4, 3, 2, 1]),
        ("   ", [7, 6, 5, 4, 3, 2, 1]),
    ],
)
def test_words_and_ids(noted: Books, text: str, serials: list[int]) -> None:
    assert found(noted, text) == [ref(serial) for serial in serials]


@pytest.mark.parametrize(
    "text,serials",
    [
        ("128.50", [1]),
        ("128.5", [1]),
        ("5", [2, 1]),  # HKD 5.00 and "table 5"; three characters at least for the end of an id
        ("5.00", [2]),
        ("1.28", [4]),
        ("128", [7, 6, 5, 3, 1]),  # any cents, in each currency's own units: HKD 128.50, never HKD 1.28
        ("128.000", [7, 6]),
        ("128.0000", [7]),
        ("99999999999999999999", []),
    ],
)
def test_amounts(noted: Books, text: str, serials: list[int]) -> None:
    assert found(noted, text) == [ref(serial) for serial in serials]


def test_the_tail_of_an_id_as_read_from_a_receipt(noted: Books) -> None:
    assert found(noted, ref(3)[-6:]) == [ref(3)]
    assert found(noted, ref(3).lower()) == [ref(3)]
    assert found(noted, ref(3)[:-1]) == []


def test_the_id_of_any_attempt_finds_its_order(noted: Books) -> None:
    noted.orders.add(None, an_attempt(40, order_id=ref(4), number=2), OWNER)
    assert found(noted, ref(40)) == [ref(4)]


@pytest.mark.parametrize("text", ["x" * 60_000, "%" * 60_000, "\0", "milk\0", "\ud83c", "8" * 999])
def test_a_monstrous_search_finds_nothing(noted: Books, text: str) -> None:
    assert found(noted, text) == []


# --- details ---------------------------------------------------------------------------------------------


def test_details_tell_the_story_in_order(books: Books) -> None:
    books.sell(1, state=S.SUCCEEDED, paid_at_raw="2026-03-14T12:00:05Z")
    books.sell(2)
    details = books.list.details(ref(1))
    assert details.snapshot == books.orders.snapshot(ref(1))
    assert [(entry.seq, entry.old_state, entry.new_state) for entry in details.timeline] == [
        (1, "DRAFT", "CREATING"),
        (2, "CREATING", "CREATED"),
        (3, "CREATED", "PENDING"),
        (4, "PENDING", "SUCCEEDED"),
    ]
    assert details.timeline[0].at == NOON
    assert details.timeline[0].facts["currency"] == "HKD"
    assert details.timeline[3].facts == {"paid_at": "2026-03-14T12:00:05Z"}
    assert all(entry.merchant_order_id == ref(1) and entry.event == "state" for entry in details.timeline)


def test_an_unknown_order_has_no_details(books: Books) -> None:
    with pytest.raises(DomainError) as caught:
        books.list.details("nobody")
    assert caught.value.code == "order_unknown"


# --- the same amount a moment ago ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state,money,age,seen",
    [
        (S.PENDING, Money(12850, "HKD"), timedelta(minutes=1), True),
        (S.CREATING, Money(12850, "HKD"), timedelta(minutes=1), True),
        (S.UNKNOWN, Money(12850, "HKD"), timedelta(minutes=1), True),
        (S.SUCCEEDED, Money(12850, "HKD"), timedelta(minutes=1), False),
        (S.CANCELLED, Money(12850, "HKD"), timedelta(minutes=1), False),
        (S.PENDING, Money(12851, "HKD"), timedelta(minutes=1), False),
        (S.PENDING, Money(12850, "CNY"), timedelta(minutes=1), False),
        (S.PENDING, Money(12850, "HKD"), timedelta(minutes=5), False),
    ],
)
def test_an_open_order_of_the_same_amount(books: Books, state: S, money: Money, age: timedelta, seen: bool) -> None:
    books.sell(1, state=state, money=money, at=NOON - age)
    again = books.list.newest_open(Money(12850, "HKD"), NOON, timedelta(minutes=5))
    assert again == (books.orders.snapshot(ref(1)) if seen else None)


def test_the_newest_of_several(books: Books) -> None:
    for serial in (1, 2, 3):
        books.sell(serial, at=NOON - timedelta(seconds=10 - serial))
    again = books.list.newest_open(Money(12850, "HKD"), NOON, timedelta(minutes=5))
    assert again is not None
    assert again.order.order_id == ref(3)


# --- every query has its index ---------------------------------------------------------------------------


KEY = PageKey(DAY, 1_773_489_600_000_000, 50)


@pytest.fixture(scope="module", params=["no statistics", "statistics"])
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty_ledger: Path
) -> Generator[Books]:
    """A ledger of some size, with and without what ANALYZE tells the planner about it."""
    books = Books.copied(empty_ledger, tmp_path_factory.mktemp("large"))
    fill(books, 150)
    if request.param == "statistics":
        books.connection.execute("ANALYZE")
    yield books
    books.ledger.close()


def fill(books: Books, count: int) -> None:
    states = [S.SUCCEEDED] * 7 + [S.CANCELLED, S.REFUSED, S.PENDING, S.UNKNOWN, S.CREATING]
    for serial in range(1, count + 1):
        at: datetime = NOON - timedelta(hours=serial)
        state = states[serial % len(states)]
        gateway_id = None if state in (S.CREATING, S.UNKNOWN, S.REFUSED) else f"PI{serial}-hk"
        note = "oolong" if serial % 2 else ""
        books.sell(serial, note=note, state=state, shown_at=at, final_at=at, at=at, gateway_id=gateway_id)


def plans(books: Books, ask: Callable[[Books], object]) -> list[str]:
    """Run something and return the plan of each query that SQLite ran for it, with its values put in."""
    queries: list[str] = []
    books.connection.set_trace_callback(queries.append)
    ask(books)
    books.connection.set_trace_callback(None)
    lists = [query for query in queries if query.startswith("SELECT") and "note_words_" not in query]  # nor its inside
    assert lists
    return ["; ".join(row[3] for row in books.connection.execute(f"EXPLAIN QUERY PLAN {query}")) for query in lists]


DAYS = [(None, None), (DAY, DAY), (DAY - timedelta(days=3), DAY), (None, DAY), (DAY - timedelta(days=3), None)]
WAYS = (
    "orders_by_day", "orders_open", "orders_paid", "orders_closed", "orders_to_look_at", "orders_refunded",
    "orders_by_cashier", "orders_by_till", "orders_by_amount", "attempts_by_tail", "attempts_by_gateway_tail",
)  # fmt: skip
"""Every index that a list may be read along."""


@pytest.mark.parametrize("state", StateFilter)
@pytest.mark.parametrize("first,last", DAYS)
@pytest.mark.parametrize("after", [None, KEY])
@pytest.mark.parametrize("cashier,till", [(None, None), ("", None), (None, "T1"), ("Ada", "T1")])
def test_whatever_is_asked_comes_straight_out_of_an_index(
    large: Books,
    state: StateFilter,
    first: date | None,
    last: date | None,
    after: PageKey | None,
    cashier: str | None,
    till: str | None,
) -> None:
    for text in ("", "128.50", "128", "tea", "奶茶", "milk tea", "7K3M9Q"):
        wanted = OrderFilter(first, last, state, text, cashier, till)
        for plan in plans(large, lambda books, wanted=wanted: books.list.page(wanted, after)):
            assert "TEMP B-TREE" not in plan, (text, plan)
            for step in plan.split("; "):
                fed = step.startswith(("SCAN json_each", "SCAN note_words VIRTUAL TABLE INDEX", "LIST SUBQUERY"))
                walked = not any((first, last, after)) and any(step == f"SCAN orders USING INDEX {way}" for way in WAYS)
                sought = step.startswith("SEARCH") or step.startswith("CORRELATED SCALAR SUBQUERY")
                assert fed or walked or sought, (text, step, plan)


def test_a_page_begins_at_its_key_and_not_before_it(large: Books) -> None:
    for state in StateFilter:
        listing, *_ = plans(large, lambda books, state=state: books.list.page(OrderFilter(state=state), KEY))
        assert "(business_day,created_us)<(?,?)" in listing.replace(",id", "")


def test_no_question_looks_at_more_than_so_many_orders(large: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posapp.store.order_ways.LOOKED_AT", 7)
    for wanted in (
        OrderFilter(text="nothing"),
        OrderFilter(text="128.50", cashier="nobody"),
        OrderFilter(state=StateFilter.WAITING, till="T1"),
        OrderFilter(state=StateFilter.PAID, cashier=""),
        OrderFilter(text="-hk"),
        OrderFilter(text="oolong"),
        OrderFilter(text="oolong", state=StateFilter.UNPAID),
    ):
        every = [one for page in pages(large, OrderFilter(), 100) for one in page]
        listed = [one for page in pages(large, wanted, 5) for one in page]
        where, values = conditions(wanted)
        found = large.connection.execute(f"SELECT order_id FROM orders WHERE {' AND '.join(where)}", values)  # noqa: S608
        assert set(listed) == {order_id for (order_id,) in found}
        assert listed == [one for one in every if one in set(listed)]
        assert len(listed) == len(set(listed))


def test_who_and_where_are_read_name_by_name(large: Books) -> None:
    first, later = (large.list.page(OrderFilter(), key, 1) for key in (None, KEY))
    assert first.origins == Origins(("",), ("T1",))
    assert later.origins is None
    asked = [plan for plan in plans(large, lambda books: books.list.page(OrderFilter(), None)) if "COVERING" in plan]
    assert asked[-4:] == [
        f"SEARCH orders USING COVERING INDEX orders_by_{column} ({column}>?)"
        for column in ("cashier", "cashier", "till", "till")
    ]


@pytest.mark.parametrize("text", ["128.50", "128", "tea", "奶茶", "7K3M9Q"])
def test_whoever_streams_the_same_orders_needs_no_scan_for_the_text(large: Books, text: str) -> None:
    where, values = conditions(OrderFilter(DAY, DAY, text=text))
    query = f"EXPLAIN QUERY PLAN SELECT order_id FROM orders WHERE {' AND '.join(where)} {NEWEST_FIRST}"  # noqa: S608
    plan = "; ".join(row[3] for row in large.connection.execute(query, values))
    assert "SCAN attempts" not in plan
    assert "SCAN orders" not in plan


OTHER_QUERIES: dict[str, tuple[Callable[[Books], object], str]] = {
    "non_final": (lambda books: books.orders.non_final(), "attempts_non_final"),
    "soft_final": (lambda books: books.orders.soft_final(NOON - timedelta(days=7)), "attempts_soft_final"),
    "creating": (lambda books: books.orders.creating_owners(), "attempts_non_final"),
    "attempt": (lambda books: books.orders.attempt(ref(1)), "sqlite_autoindex_attempts_1"),
    "again": (
        lambda books: books.list.newest_open(Money(12850, "HKD"), NOON, timedelta(days=1)),
        "orders_open_by_amount",
    ),
    "details": (lambda books: books.list.details(ref(1)), "sqlite_autoindex_orders_1"),
}


@pytest.mark.parametrize("query", OTHER_QUERIES)
def test_every_other_query_uses_its_index(large: Books, query: str) -> None:
    ask, index = OTHER_QUERIES[query]
    first, *others = plans(large, ask)
    assert f"INDEX {index}" in first
    for plan in (first, *others):
        assert "INDEX" in plan
        assert "TEMP B-TREE" not in plan


def test_the_timeline_uses_its_index(large: Books) -> None:
    *_, timeline = plans(large, lambda books: books.list.details(ref(1)))
    assert "SEARCH audit USING INDEX audit_by_order" in timeline
