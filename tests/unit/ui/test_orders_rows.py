"""The rows of the list, without a window."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from posapp.domain.order import OrderSnapshot
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.status import AttemptState
from posapp.ui.presenters.orders_filter import belongs
from posapp.ui.presenters.orders_rows import OrderRows, RowEffect
from tests.unit.ui.order_samples import a_snapshot, again

WAITING = OrderFilter(state=StateFilter.WAITING)
PAGE = 3


def listed(rows: OrderRows) -> list[str]:
    return [rows[place].order.order_id for place in range(len(rows))]


def filled(*numbers: int, wanted: OrderFilter | None = None, complete: bool = True) -> OrderRows:
    rows = OrderRows()
    rows.reset(wanted or OrderFilter())
    rows.append(rows.page_rows([a_snapshot(number) for number in numbers]), complete=complete)
    return rows


def take(rows: OrderRows, snapshot: OrderSnapshot) -> RowEffect:
    change = rows.plan(snapshot)
    rows.apply(change)
    return change.effect


def test_a_new_order_goes_on_top() -> None:
    rows = filled(3, 2, 1)
    assert take(rows, a_snapshot(9)) is RowEffect.INSERT
    assert listed(rows)[0] == a_snapshot(9).order.order_id


def test_a_changed_order_keeps_its_row() -> None:
    rows = filled(3, 2, 1)
    change = rows.plan(again(a_snapshot(2), state=AttemptState.SUCCEEDED))
    assert (change.effect, change.row) == (RowEffect.UPDATE, 1)
    rows.apply(change)
    assert rows[1].leading.state is AttemptState.SUCCEEDED


def test_an_older_version_is_ignored() -> None:
    rows = filled(3, 2, 1)
    paid = replace(again(a_snapshot(2), state=AttemptState.SUCCEEDED), version=7)
    assert take(rows, paid) is RowEffect.UPDATE
    assert take(rows, replace(a_snapshot(2), version=6)) is RowEffect.NONE
    assert rows[1] == paid


def test_what_ceases_to_belong_leaves() -> None:
    rows = filled(3, 2, 1, wanted=WAITING)
    assert take(rows, again(a_snapshot(2), state=AttemptState.SUCCEEDED)) is RowEffect.REMOVE
    assert len(rows) == 2
    assert rows.row_of(a_snapshot(2).order.order_id) is None


def test_an_old_order_waits_for_its_page() -> None:
    rows = filled(9, 8, complete=False)
    assert take(rows, a_snapshot(1)) is RowEffect.NONE
    rows.append(rows.page_rows([a_snapshot(2), a_snapshot(1)]), complete=True)
    assert listed(rows) == [a_snapshot(number).order.order_id for number in (9, 8, 2, 1)]


def test_a_page_does_not_undo_newer_news() -> None:
    rows = filled(9, 8, wanted=WAITING, complete=False)
    take(rows, again(a_snapshot(2), state=AttemptState.SUCCEEDED))
    assert rows.page_rows([a_snapshot(3), a_snapshot(2)]) == [a_snapshot(3)]


def test_a_page_repeats_nothing_that_is_shown() -> None:
    rows = filled(9, 8, complete=False)
    assert rows.page_rows([a_snapshot(8), a_snapshot(7)]) == [a_snapshot(7)]


def test_news_before_the_first_page_come_with_it() -> None:
    rows = OrderRows()
    rows.reset(OrderFilter())
    assert take(rows, a_snapshot(5)) is RowEffect.NONE
    rows.append(rows.page_rows([a_snapshot(4)]), complete=True)
    assert rows.late_comers() == [a_snapshot(5)]


def test_two_orders_of_one_instant_are_told_apart() -> None:
    first = a_snapshot(5)
    twin = replace(first, order=replace(first.order, order_id="T1-TWIN"))
    rows = filled(6, 5, 4)
    take(rows, twin)
    places = {order_id: rows.row_of(order_id) for order_id in listed(rows)}
    assert places == {order_id: place for place, order_id in enumerate(listed(rows))}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_the_order_of_pages_and_news_the_list_is_the_ledger(data: st.DataObject) -> None:
    """Pages are read at one moment and arrive at a later one; between them orders are charged and change."""
    states = st.sampled_from([AttemptState.PENDING, AttemptState.SUCCEEDED, AttemptState.CANCELLED])
    count = data.draw(st.integers(0, 8), "orders at first")
    ledger = {number: a_snapshot(number, data.draw(states)) for number in range(count)}
    rows = OrderRows()
    rows.reset(WAITING)
    after: int | None = None
    page: list[OrderSnapshot] | None = None
    following: int | None = None
    complete = last = False
    for step in data.draw(st.lists(st.sampled_from("rdnc"), max_size=20), "steps"):
        if step == "r" and page is None and not complete:
            left = sorted((n for n, one in ledger.items() if belongs(one, WAITING)), reverse=True)
            left = [number for number in left if after is None or number < after]
            page = [ledger[number] for number in left[:PAGE]]
            last = len(left) <= PAGE
            following = left[PAGE - 1] if not last else None
        elif step == "d" and page is not None:
            complete, after, arrived, page = last, following, page, None
            rows.append(rows.page_rows(arrived), complete=complete)
            for late in rows.late_comers():
                take(rows, late)
        elif step == "n":
            number = len(ledger)
            ledger[number] = a_snapshot(number, data.draw(states))
            take(rows, ledger[number])
        elif step == "c" and ledger:
            number = data.draw(st.sampled_from(sorted(ledger)))
            ledger[number] = again(ledger[number], state=data.draw(states))
            take(rows, ledger[number])
    if complete:
        truth = [ledger[number] for number in sorted(ledger, reverse=True) if belongs(ledger[number], WAITING)]
        assert [rows[place] for place in range(len(rows))] == truth
    assert [rows.row_of(order_id) for order_id in listed(rows)] == list(range(len(rows)))
