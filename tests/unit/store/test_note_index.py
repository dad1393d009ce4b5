"""The index of notes: in the lists' order, whole after every way an order may come in, and filled for old ledgers."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from posapp.domain.order_query import OrderFilter
from posapp.domain.search_text import note_matches, phrases_of, words_of
from posapp.domain.status import AttemptState
from posapp.store.continuation import go_on
from posapp.store.listing_conditions import matching
from posapp.store.note_index import day_places, place_of
from posapp.store.schema import migrate
from posapp.store.taking_in import take_in
from tests.fakes import NOON, an_attempt, an_order, ref
from tests.unit.store.books import Books

GOLDEN = Path(__file__).parents[2] / "golden" / "ledger"
_DAYS = st.dates(date(1970, 1, 3), date(2050, 1, 1))
_SHIFTS = st.timedeltas(timedelta(days=-1), timedelta(days=3))


def _us(day: date, shift: timedelta) -> int:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + shift
    return round(moment.timestamp() * 1_000_000)


@given(_DAYS, _SHIFTS, _DAYS, _SHIFTS)
def test_places_are_in_the_lists_order(one: date, early: timedelta, other: date, late: timedelta) -> None:
    keys = sorted([(one, _us(one, early)), (other, _us(other, late))])
    places = [place_of(*key) for key in keys]
    assert places == sorted(places)
    assert (places[0] == places[1]) == (keys[0] == keys[1])
    for key, place in zip(keys, places, strict=True):
        first, last = day_places(key[0])
        assert first <= place <= last < 1 << 63


def found(books: Books, text: str) -> list[str]:
    return [one.order.order_id for one in books.list.page(OrderFilter(text=text), None).orders]


def indexed(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    return connection.execute("SELECT order_row, place FROM noted ORDER BY order_row").fetchall()


def test_twins_of_one_microsecond_are_all_found_newest_first(books: Books) -> None:
    for serial in range(1, 8):
        books.sell(serial, note="oolong")
    assert found(books, "oolong") == [ref(serial) for serial in range(7, 0, -1)]


def test_an_order_without_a_note_costs_no_row(books: Books) -> None:
    books.sell(1)
    assert indexed(books.connection) == []


def test_what_a_restore_takes_in_is_found(books: Books, tmp_path: Path, empty_ledger: Path) -> None:
    books.sell(1, note="milk tea")
    (tmp_path / "other").mkdir()
    other = Books.copied(empty_ledger, tmp_path / "other")
    with other.ledger.writing() as connection:
        go_on(connection, books.connection)
        order = an_order(2, note="凍檸茶")
        take_in(connection, order, an_attempt(2, state=AttemptState.UNKNOWN), NOON, "set-aside.db")
    assert found(other, "milk") == [ref(1)]
    assert found(other, "檸茶") == [ref(2)]
    other.ledger.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.sampled_from("aB9 é_-奶茶🍵'\"%"), max_size=12), min_size=1, max_size=5))
def test_an_old_ledger_is_indexed_as_a_new_one(notes: list[str]) -> None:
    """The migration does in SQL what the program does: the same orders are found by the same words."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as old:
        migrate(old, 1)
        for number, note in enumerate(notes, 1):
            values = (ref(number), note, "2026-03-14", 1_773_489_600_000_000 + number // 2)
            old.execute(
                "INSERT INTO orders (order_id, amount_minor, currency, note, till, cashier, business_day, created_us, "
                "status, needs_look, version) VALUES (?, 1, 'HKD', ?, 'T1', '', ?, ?, 'OPEN', 0, 0)",
                values,
            )
        migrate(old)
        assert indexed(old) == expected(notes)
        for text in ("奶茶", "茶", "a", "aB", "9", "é", "e", "a-b", "奶 a", "b9茶"):
            words = matching(text)
            assert words is not None
            found = old.execute("SELECT rowid FROM note_words WHERE note_words MATCH ?", (words,)).fetchall()
            meant = {place for row, place in indexed(old) if note_matches(notes[row - 1], phrases_of(text))}
            assert {place for (place,) in found} == meant, text


def expected(notes: list[str]) -> list[tuple[int, int]]:
    """Place every note as the program would."""
    places: list[tuple[int, int]] = []
    for number, note in enumerate(notes, 1):
        at = 1_773_489_600_000_000 + number // 2
        same = (earlier for earlier in range(1, number) if earlier // 2 == number // 2)
        twins = sum(notes[earlier - 1] != "" for earlier in same)
        if note:
            places.append((number, place_of(date(2026, 3, 14), at) + twins))
    return places


def test_a_ledger_of_before_finds_its_notes(tmp_path: Path) -> None:
    books = Books.at(Path(shutil.copy(GOLDEN / "ledger_v1.db", tmp_path / "ledger.db")))
    noted = [one for one in books.list.page(OrderFilter(), None).orders if one.order.note]
    assert noted
    for one in noted:
        assert one.order.order_id in found(books, words_of(one.order.note)[0])
    books.ledger.close()
