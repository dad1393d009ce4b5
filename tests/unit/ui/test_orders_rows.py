"""The rows of the list, without a window."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posapp.domain.order_query import OrderFilter, OrderPage, PageKey, StateFilter
from posapp.domain.status import AttemptState
from posapp.ui.presenters import orders_rows
from posapp.ui.presenters.orders_filter import belongs
from posapp.ui.presenters.orders_rows import OrderRows
from tests.unit.ui.order_samples import a_snapshot, again

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot

WAITING = OrderFilter(state=StateFilter.WAITING)
PAGE = 3


def listed(rows: OrderRows) -> list[str | None]:
    orders = (rows.at(place) for place in range(len(rows)))
    return [None if one is None else one.order.order_id for one in orders]


def names(*numbers: int) -> list[str]:
    return [a_snapshot(number).order.order_id for number in numbers]


def key_of(number: int) -> PageKey:
    order = a_snapshot(number).order
    return PageKey(order.business_day, round(order.created_at.timestamp() * 1_000_000), number)


def page(*numbers: int, last: bool = True) -> OrderPage:
    return OrderPage(tuple(a_snapshot(number) for number in numbers), None if last else key_of(numbers[-1]))


def filled(*numbers: int, wanted: OrderFilter | None = None, complete: bool = True) -> OrderRows:
    rows = OrderRows(wanted)
    rows.append(page(*numbers, last=complete))
    return rows


def test_a_new_order_goes_on_top() -> None:
    rows = filled(3, 2, 1)
    rows.take(a_snapshot(9))
    assert listed(rows) == names(9, 3, 2, 1)


def test_a_changed_order_keeps_its_row() -> None:
    rows = filled(3, 2, 1)
    rows.take(again(a_snapshot(2), state=AttemptState.SUCCEEDED))
    changed = rows.at(1)
    assert changed is not None
    assert changed.leading.state is AttemptState.SUCCEEDED
    assert listed(rows) == names(3, 2, 1)


def test_an_older_version_is_ignored() -> None:
    rows = filled(3, 2, 1)
    paid = replace(again(a_snapshot(2), state=AttemptState.SUCCEEDED), version=7)
    rows.take(paid)
    rows.take(replace(a_snapshot(2), version=6))
    assert rows.at(1) == paid


def test_an_older_version_brings_nothing_back() -> None:
    rows = filled(3, 2, 1, wanted=WAITING)
    rows.take(replace(again(a_snapshot(2), state=AttemptState.SUCCEEDED), version=7))
    rows.take(replace(a_snapshot(2), version=6))
    assert listed(rows) == names(3, 1)


def test_what_ceases_to_belong_leaves() -> None:
    rows = filled(3, 2, 1, wanted=WAITING)
    rows.take(again(a_snapshot(2), state=AttemptState.SUCCEEDED))
    assert listed(rows) == names(3, 1)
    assert rows.row_of(a_snapshot(2).order.order_id) is None


def test_an_old_order_waits_for_its_page() -> None:
    rows = filled(9, 8, complete=False)
    rows.take(a_snapshot(1))
    assert listed(rows) == names(9, 8)
    rows.append(page(2, 1))
    assert listed(rows) == names(9, 8, 2, 1)


def test_a_page_does_not_undo_newer_news() -> None:
    rows = filled(9, 8, wanted=WAITING, complete=False)
    rows.take(again(a_snapshot(2), state=AttemptState.SUCCEEDED))
    rows.append(page(3, 2))
    assert listed(rows) == names(9, 8, 3)


def test_a_page_repeats_nothing_that_is_shown() -> None:
    rows = filled(9, 8, complete=False)
    rows.append(page(8, 7))
    assert listed(rows) == names(9, 8, 7)


def test_news_before_the_first_page_come_with_it() -> None:
    rows = OrderRows()
    rows.take(a_snapshot(5))
    assert listed(rows) == []
    rows.append(page(4))
    assert listed(rows) == names(5, 4)


def test_two_orders_of_one_instant_are_told_apart() -> None:
    first = a_snapshot(5)
    twin = replace(first, order=replace(first.order, order_id="T1-TWIN"))
    rows = filled(6, 5, 4)
    rows.take(twin)
    places = {order_id: rows.row_of(order_id or "") for order_id in listed(rows)}
    assert places == {order_id: place for place, order_id in enumerate(listed(rows))}


def test_an_empty_page_moves_the_end_on() -> None:
    rows = filled(9, 8, complete=False)
    rows.append(OrderPage((), key_of(5)))
    rows.take(a_snapshot(6))
    assert listed(rows) == names(9, 8, 6), "everything down to 5 was looked at"
    rows.take(a_snapshot(4))
    assert listed(rows) == names(9, 8, 6)
    assert rows.next_key == key_of(5)


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rows go as soon as they are a few rows away."""
    monkeypatch.setattr(orders_rows, "AROUND", 1)
    monkeypatch.setattr(orders_rows, "_AHEAD", 0)
    monkeypatch.setattr(orders_rows, "PAGE_SIZE", PAGE)


@pytest.mark.usefixtures("near")
def test_a_page_that_has_grown_is_read_in_two() -> None:
    rows = filled(30, 20, 10, complete=False)
    rows.append(page(9, 8, 7))
    assert rows.look_at(5, 5) is None
    assert listed(rows) == [None, None, None, *names(9, 8, 7)]
    missing = rows.look_at(0, 2)
    assert missing is not None
    rows.fill(missing, page(30, 25, 20, last=False))
    rest = rows.look_at(0, 4)
    assert rest is not None
    assert rest.after == key_of(20)
    rows.fill(rest, page(15, 10, 9))
    rows.look_at(0, 9)
    assert listed(rows)[:5] == names(30, 25, 20, 15, 10)


@pytest.mark.usefixtures("near")
def test_what_grows_at_the_top_can_be_let_go() -> None:
    rows = filled(1)
    for number in range(2, 20):
        rows.take(a_snapshot(number))
        rows.look_at(0, 1)
    assert len(rows) == 19
    assert rows.held <= 4 * PAGE
    assert listed(rows)[:2] == names(19, 18)


def test_one_row_of_a_long_list_is_updated_at_once() -> None:
    """Ten thousand stretches are what a list of a million has once somebody has been to its end."""
    rows = OrderRows()
    made = [a_snapshot(number) for number in range(10_000, 0, -1)]
    for one in made:
        rows.append(OrderPage((one,), key_of(int(one.order.order_id[-9:]))))
        if len(rows) % 500 == 0:
            rows.look_at(len(rows) - 12, len(rows))
    rows.look_at(len(rows) - 12, len(rows))
    assert rows.held < 2_000
    began = time.perf_counter()
    for one in made[-20:]:
        rows.take(again(one, state=AttemptState.SUCCEEDED))
        rows.take(again(made[50], state=AttemptState.SUCCEEDED))
    assert (time.perf_counter() - began) / 40 < 0.005
    changed = rows.at(len(rows) - 1)
    assert changed is not None
    assert changed.leading.state is AttemptState.SUCCEEDED


class Book:
    """A ledger of numbered orders whose reader looks at a few orders at a time."""

    def __init__(self) -> None:
        self.orders: dict[int, OrderSnapshot] = {}

    def read(self, after: PageKey | None, looking_at: int) -> OrderPage:
        behind = sorted((n for n in self.orders if after is None or n < after.row_id), reverse=True)
        looked = behind[:looking_at]
        fit = [number for number in looked if belongs(self.orders[number], WAITING)][:PAGE]
        end = fit[-1] if len(fit) == PAGE else looked[-1] if looked else 0
        found = tuple(self.orders[number] for number in fit)
        return OrderPage(found, None if not behind or end == behind[-1] else key_of(end))

    def happen(self, rows: OrderRows, number: int, state: AttemptState) -> None:
        there = self.orders.get(number)
        self.orders[number] = a_snapshot(number, state) if there is None else again(there, state=state)
        rows.take(self.orders[number])

    def listed(self) -> list[OrderSnapshot]:
        return [self.orders[n] for n in sorted(self.orders, reverse=True) if belongs(self.orders[n], WAITING)]


News = list[tuple[int, AttemptState]]
Turn = tuple[News, News, int, int]
"""What happens before a page is asked for and before it arrives; the row looked at; how far the reader looks."""
_STATES = st.sampled_from([AttemptState.PENDING, AttemptState.SUCCEEDED])
_NEWS = st.lists(st.tuples(st.integers(0, 15), _STATES), max_size=3)
_TURNS = st.lists(st.tuples(_NEWS, _NEWS, st.integers(0, 12), st.integers(1, 5)), max_size=10)


@pytest.mark.usefixtures("near")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STATES, max_size=10), _TURNS)
def test_whatever_the_order_of_pages_and_news_the_list_is_the_ledger(
    first: list[AttemptState], turns: list[Turn]
) -> None:
    """Pages are read at one moment and arrive at a later one; between them orders are charged and change, and rows are
    let go and read again. What is there in the end, once every row was looked at, is the ledger.
    """
    book, rows = Book(), OrderRows(WAITING)
    for number, state in enumerate(first):
        book.happen(rows, number, state)
    for before, meanwhile, top, looking_at in turns:
        for number, state in before:
            book.happen(rows, min(number, len(book.orders)), state)
        missing = rows.look_at(top, top + 1) if len(rows) else None
        if missing is None and rows.is_complete:
            continue
        rows.reading += 1
        answer = book.read(rows.next_key if missing is None else missing.after, looking_at)
        for number, state in meanwhile:
            book.happen(rows, min(number, len(book.orders)), state)
        if missing is None:
            rows.append(answer)
        else:
            rows.fill(missing, answer)
        rows.reading -= 1
    while not rows.is_complete:
        rows.append(book.read(rows.next_key, 4))
    for _ in range(100):
        missing = rows.look_at(0, len(rows))
        if missing is None:
            break
        rows.fill(missing, book.read(missing.after, 4))
    seen = [rows.at(place) for place in range(len(rows))]
    assert seen == book.listed()
    assert [rows.row_of(one.order.order_id) for one in seen if one is not None] == list(range(len(rows)))
