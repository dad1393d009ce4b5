"""The ways to find orders newest first: along an index of the list, by a note's words, an amount, the end of an id.

No way looks at more than `LOOKED_AT` orders at a time, whether they match or not, so that no question holds the io
thread up; it then tells how far it came, and the next page goes on from there.
"""

from __future__ import annotations

import heapq
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Final

from posapp.store.listing_conditions import (
    NEWEST_FIRST,
    TAILS,
    Value,
    amount_among,
    narrowing,
    tail_range,
)
from posapp.store.note_index import TWIN_BITS, day_places, place_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterable, Iterator

    from posapp.domain.order_query import OrderFilter

Key = tuple[str, int, int]
"""Business day, microsecond, row: a place in the list."""
Row = tuple[str, int, int, str, int, str]
"""Key, order id, whether the rest of the filter fits, note."""

LOOKED_AT: Final = 1_000
_MOST_AMOUNTS: Final = 128
_ABOVE_ALL: Final[Key] = ("~", 0, 0)
_ALL_FITS: Final = 2
_FOUND: Final = "orders.business_day, orders.created_us, orders.id, orders.order_id"


@dataclass(frozen=True, slots=True)
class Looked:
    """What one way found.

    Attributes:
        found: Places and order ids, newest first.
        until: How far it looked: everything that is no older was looked at. None where it came to the end.
    """

    found: list[tuple[Key, str]]
    until: Key | None

    @property
    def depth(self) -> Key:
        """How far it came, for telling which of two ways came further."""
        return ("", 0, 0) if self.until is None else self.until


@dataclass(frozen=True, slots=True)
class Test:
    """What an order has to be beside what a walk is driven by: a search text, whatever it may mean.

    Attributes:
        condition: In SQL.
        values: Bound to it.
        note: What else will do: a note like this.
    """

    condition: str = "1"
    values: list[Value] = field(default_factory=list[Value])
    note: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """One question: a filter, where to begin, and how many orders fill a page.

    Attributes:
        connection: The ledger's, inside a transaction.
        wanted: The filter; its text is what the ways below are made from.
        after: The place behind which to begin.
        enough: After so many hits a way stops.
    """

    connection: sqlite3.Connection
    wanted: OrderFilter
    after: Key | None
    enough: int
    fits: tuple[str, list[Value]] = field(init=False)

    def __post_init__(self) -> None:
        where, values = narrowing(self.wanted)
        object.__setattr__(self, "fits", (" AND ".join(where) or "1", values))

    def along(self, index: str, driven: str, bound: list[Value], test: Test | None = None) -> Looked:
        """Walk along an index that is in the list's order.

        Args:
            index: Its name.
            driven: The condition that it answers; empty for none.
            bound: Values of that.
            test: What else has to hold, beside the filter.
        """
        fits, values = self.fits
        if test is not None:
            fits, values = f"iif({fits}, iif({test.condition}, 2, 1), 0)", values + test.values
        where, bounds = self._range()
        where = ([driven] if driven else []) + where
        query = (
            f"SELECT {_FOUND}, ({fits}), orders.note FROM orders INDEXED BY {index} "  # noqa: S608 - constants
            f"WHERE {' AND '.join(where) or '1'} {NEWEST_FIRST}"
        )
        with self._running(query, values + bound + bounds) as rows:
            return self._take(rows, None if test is None else test.note)

    def by_words(self, words: str) -> Looked:
        """Look the words of the notes up in their index."""
        fits, values = self.fits
        least, most = 0, (1 << 63) - 1
        if self.wanted.first_day is not None:
            least = day_places(self.wanted.first_day)[0]
        if self.wanted.last_day is not None:
            most = day_places(self.wanted.last_day)[1]
        if self.after is not None:
            most = min(most, place_of(date.fromisoformat(self.after[0]), self.after[1]) + (1 << TWIN_BITS) - 1)
        query = (
            f"SELECT {_FOUND}, ({fits}), '' FROM note_words "  # noqa: S608 - constants
            "CROSS JOIN noted ON noted.place = note_words.rowid CROSS JOIN orders ON orders.id = noted.order_row "
            "WHERE note_words MATCH ? AND note_words.rowid BETWEEN ? AND ? ORDER BY note_words.rowid DESC"
        )
        with self._running(query, [*values, words, least, most]) as rows:
            return self._take(row for row in rows if self.after is None or row[:3] < self.after)

    def by_amount(self, least: int, most: int, currencies: frozenset[str]) -> Looked:
        """Look the amounts between two up, each along its own part of their index."""
        amounts = [least] if least == most else list(islice(self._amounts(least, most), _MOST_AMOUNTS + 1))
        if len(amounts) > _MOST_AMOUNTS:
            return Looked([], self.after or _ABOVE_ALL)
        fits, values = self.fits
        among, bound = amount_among(least, most, currencies)
        where, bounds = self._range()
        query = (
            f"SELECT {_FOUND}, ({fits}) AND {among}, '' "  # noqa: S608 - constants
            f"FROM orders INDEXED BY orders_by_amount WHERE {' AND '.join(['orders.amount_minor = ?', *where])} "
            f"{NEWEST_FIRST}"
        )
        cursors = [self.connection.execute(query, (*values, *bound, amount, *bounds)) for amount in amounts]
        try:
            return self._take(heapq.merge(*cursors, key=_place, reverse=True))
        finally:
            for cursor in cursors:
                cursor.close()

    def by_tail(self, index: str, tail: str) -> Looked:
        """Look the end of an id up; what is found comes in no order, so too much of it counts as nothing."""
        fits, values = self.fits
        condition, bound = tail_range(TAILS[index], tail)
        where, bounds = self._range()
        query = (
            f"SELECT {_FOUND}, ({' AND '.join([fits, *where])}), '' FROM attempts INDEXED BY {index} "  # noqa: S608
            f"CROSS JOIN orders ON orders.order_id = attempts.order_id WHERE {condition} LIMIT {LOOKED_AT + 1}"
        )
        with self._running(query, values + bounds + bound) as rows:
            looked: list[Row] = list(rows)
        if len(looked) > LOOKED_AT:
            return Looked([], self.after or _ABOVE_ALL)
        return self._take(iter(sorted(looked, key=_place, reverse=True)))

    def _amounts(self, least: int, most: int) -> Iterator[int]:
        query = "SELECT min(amount_minor) FROM orders WHERE amount_minor BETWEEN ? AND ?"
        (amount,) = self.connection.execute(query, (least, most)).fetchone()
        while amount is not None:
            yield amount
            (amount,) = self.connection.execute(query, (amount + 1, most)).fetchone()

    def _range(self) -> tuple[list[str], list[Value]]:
        where: list[str] = []
        values: list[Value] = []
        if self.wanted.first_day is not None:
            where.append("orders.business_day >= ?")
            values.append(self.wanted.first_day.isoformat())
        if self.after is not None:
            where.append("(orders.business_day, orders.created_us, orders.id) < (?, ?, ?)")
            values.extend(self.after)
        elif self.wanted.last_day is not None:  # a key is never later, and two upper bounds cost the index
            where.append("orders.business_day <= ?")
            values.append(self.wanted.last_day.isoformat())
        return where, values

    @contextmanager
    def _running(self, query: str, values: list[Value]) -> Generator[Iterator[Row]]:
        with closing(self.connection.execute(query, values)) as cursor:
            yield cursor

    def _take(self, rows: Iterable[Row], note: Callable[[str], bool] | None = None) -> Looked:
        found: list[tuple[Key, str]] = []
        for looked, row in enumerate(rows, 1):
            place, order_id, fits, words = row[:3], row[3], row[4], row[5]
            if fits == _ALL_FITS or (fits and (note is None or note(words))):
                found.append((place, order_id))
            if len(found) >= self.enough or looked >= LOOKED_AT:
                return Looked(found, place)
        return Looked(found, None)


def _place(row: Row) -> Key:
    return row[:3]
