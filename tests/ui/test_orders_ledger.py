"""The list's own idea of what belongs into it is the ledger's: shown on a real ledger, filter by filter."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from posapp.domain.money import Money
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.ui.presenters.orders_filter import belongs
from posapp.ui.presenters.orders_rows import OrderRows
from tests.fakes import NOON, Progress
from tests.unit.store.books import Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posapp.domain.order import OrderSnapshot

_S = AttemptState
STATES = (
    _S.CREATING,
    _S.NOT_SENT,
    _S.REFUSED,
    _S.CREATED,
    _S.PENDING,
    _S.UNKNOWN,
    _S.ORPHAN,
    _S.SUCCEEDED,
    _S.CANCELLED,
)
TEXTS = (
    "", "1280", "128", "1280.50", "1280.5", "1281", "tea", "TEA", "te", "ea", "50%", "a_b", "a", "pi-3", "-3", "zzz",
    "milk te", "奶茶", "茶", "5 off", "é",
)  # fmt: skip


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Books, list[OrderSnapshot]]]:
    folder: Path = tmp_path_factory.mktemp("orders")
    books = Books.at(folder / "ledger.db")
    made: list[OrderSnapshot] = []
    notes = ("", "milk tea", "50% off", "a_b", "凍奶茶 \u00e9t\u00e9")
    for serial, state in enumerate((*STATES, _S.LAPSED, _S.PENDING, _S.SUCCEEDED)):
        extra: Progress = {"state": state, "money": Money(128050 + serial % 2, "HKD")}
        if state is not _S.CREATING:
            extra["gateway_id"] = f"PI-{serial}"
        if serial == len(STATES) + 1:
            extra["review"] = ReviewReason.AMOUNT_DIFFERS
        if serial == len(STATES) + 2:
            extra["alarm"] = AlarmKind.PAID_LATE
        at = NOON - timedelta(hours=7 * serial)
        made.append(books.sell(serial, at=at, note=notes[serial % 5], **extra))
    yield books, made
    books.ledger.close()


@pytest.mark.parametrize("state,text", list(product(StateFilter, TEXTS)))
def test_what_belongs_is_what_the_ledger_lists(
    sold: tuple[Books, list[OrderSnapshot]], state: StateFilter, text: str
) -> None:
    books, made = sold
    days = sorted({one.order.business_day for one in made})
    for first, last in ((None, None), (days[0], days[0]), (days[1], None), (None, days[-2])):
        wanted = OrderFilter(first, last, state, text)
        listed = {one.order.order_id for one in books.list.page(wanted, None).orders}
        assert listed == {one.order.order_id for one in made if belongs(one, wanted)}


def test_rows_keep_the_ledgers_order_over_its_pages(sold: tuple[Books, list[OrderSnapshot]]) -> None:
    books, made = sold
    rows = OrderRows()
    while not rows.is_complete:
        rows.append(books.list.page(OrderFilter(), rows.next_key, size=5))
    assert [rows.at(place) for place in range(len(rows))] == list(books.list.page(OrderFilter(), None).orders)
    assert [rows.row_of(one.order.order_id) for one in made] == list(range(len(made)))
