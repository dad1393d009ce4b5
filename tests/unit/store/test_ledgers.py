"""The pretend ledgers are real ones: whole, with every kind of order, and the same for the same seed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.store.verify import verify
from tests.ledgers.shop import Shop
from tests.ledgers.writing import write_ledger
from tests.unit.store.books import Books

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from posapp.domain.order import OrderSnapshot

LAST = date(2026, 10, 31)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Generator[Books]:
    path: Path = tmp_path_factory.mktemp("ledgers") / "ledger.db"
    write_ledger(path, Shop(3_000, LAST, 200))
    books = Books.at(path)
    yield books
    books.ledger.close()


def test_it_is_whole(books: Books) -> None:
    checked = verify(books.ledger)
    assert checked.findings == ()
    assert checked.orders == 3_000
    assert checked.attempts > checked.orders


def test_it_has_every_kind_of_order(books: Books) -> None:
    for state in StateFilter:
        assert books.list.page(OrderFilter(state=state), None).orders, state
    assert len(list(_of(books, OrderFilter(LAST, LAST)))) == 200


def test_its_notes_are_indexed_where_the_program_would(books: Books) -> None:
    for text in ("table", "奶茶", "wong"):
        by_words = [one.order.order_id for one in _of(books, OrderFilter(text=text))]
        assert len(by_words) > 3
        newest = sorted(_of(books, OrderFilter(text=text)), key=lambda one: one.order.created_at, reverse=True)
        assert by_words == [one.order.order_id for one in newest]


def test_the_same_seed_is_the_same_shop() -> None:
    assert list(Shop(50, LAST, seed=7).sales()) == list(Shop(50, LAST, seed=7).sales())
    assert list(Shop(50, LAST, seed=7).sales()) != list(Shop(50, LAST, seed=8).sales())


def _of(books: Books, wanted: OrderFilter) -> Generator[OrderSnapshot]:
    key = None
    while True:
        page = books.list.page(wanted, key)
        yield from page.orders
        key = page.next_key
        if key is None:
            return
