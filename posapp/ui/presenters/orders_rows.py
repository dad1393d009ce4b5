"""The rows of the order list: pages from the ledger and live changes in one order; only rows near the view are held."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Final

from posapp.domain.order_query import PAGE_SIZE, OrderFilter, PageKey
from posapp.ui.presenters.orders_filter import belongs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderPage

Age = tuple[float, int]
"""A place in the list as the ledger orders it: newest first is ascending."""

_END: Final[Age] = (float("inf"), 0)
_START: Final[Age] = (float("-inf"), 0)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
AROUND: Final = 3 * PAGE_SIZE
"""So many rows above and below the view stay held."""
_AHEAD: Final = PAGE_SIZE // 2
_REMEMBERED: Final = 1_000


class RowEffect(Enum):
    """What happens to rows."""

    INSERT = "insert"
    UPDATE = "update"
    REMOVE = "remove"


if TYPE_CHECKING:
    Announce = Callable[[RowEffect, int, int], AbstractContextManager[None]]
    """Says what happens, to how many rows from which on; it happens inside."""


@dataclass(slots=True, eq=False)
class Stretch:
    """Consecutive rows that were read, and can be read again, with one question.

    Attributes:
        after: The key to ask with.
        until: The place where it ends.
        rows: The orders; None while they are let go.
        count: How many rows it has.
        start: The row of its first.
    """

    after: PageKey | None
    until: Age
    rows: list[OrderSnapshot] | None
    count: int
    start: int = 0


def _quietly(_effect: RowEffect, _first: int, _count: int) -> AbstractContextManager[None]:
    return nullcontext()


class OrderRows:
    """Rows newest first, fed by pages and by live changes; an older version never replaces a newer one.

    Rows far from the view are let go: they keep their place and are read again when they are looked at.
    """

    def __init__(self, wanted: OrderFilter | None = None, announce: Announce = _quietly) -> None:
        self.wanted = wanted or OrderFilter()
        self.announce = announce
        self._stretches: list[Stretch] = []
        self._held: dict[str, Stretch] = {}
        self._full: set[Stretch] = set()
        self._news: OrderedDict[str, OrderSnapshot] = OrderedDict()  # the newest of what changed lately
        self._length = 0
        self._next_key: PageKey | None = None
        self._loaded = False
        self.reading = 0  # pages on their way; what changes meanwhile must not be forgotten before they are here

    def __len__(self) -> int:
        return self._length

    @property
    def next_key(self) -> PageKey | None:
        """What to ask for the next page with."""
        return self._next_key

    @property
    def is_complete(self) -> bool:
        """Whether the ledger has no further page."""
        return self._loaded and self._next_key is None

    @property
    def held(self) -> int:
        """How many orders are in memory as rows."""
        return len(self._held)

    def at(self, row: int) -> OrderSnapshot | None:
        """Return the order in a row; None while it is let go."""
        stretch = self._stretches[bisect_left(self._stretches, row + 1, key=_behind)]
        return None if stretch.rows is None else stretch.rows[row - stretch.start]

    def row_of(self, order_id: str) -> int | None:
        """Return the row of an order, or None where it is not among those that are held."""
        stretch = self._held.get(order_id)
        if stretch is None or stretch.rows is None:
            return None
        return stretch.start + next(n for n, one in enumerate(stretch.rows) if one.order.order_id == order_id)

    def append(self, page: OrderPage) -> None:
        """Put the next page behind the last."""
        begins = self._stretches[-1].until if self._stretches else _START
        until = _END if page.next_key is None else _key_age(page.next_key)
        after, self._next_key, self._loaded = self._next_key, page.next_key, True
        rows = self._merged(page.orders, begins, until)
        if not rows and self._stretches:
            self._stretches[-1].until = until
            return
        stretch = Stretch(after, until, rows, len(rows), self._length)
        with self.announce(RowEffect.INSERT, self._length, len(rows)) if rows else nullcontext():
            self._stretches.append(stretch)
            self._hold(stretch)
            self._length += len(rows)

    def look_at(self, first: int, last: int) -> Stretch | None:
        """Let go what is far from these rows, and return what has to be read for them, if anything."""
        for stretch in list(self._full):
            far = stretch.start + stretch.count < first - AROUND or stretch.start > last + AROUND
            if far and stretch.count:  # one without a row would never be looked at again
                self._let_go(stretch)
        place = bisect_left(self._stretches, max(0, first - _AHEAD) + 1, key=_behind)
        for stretch in islice(self._stretches, place, None):
            if stretch.start > last + _AHEAD:
                return None
            if stretch.rows is None and stretch.count:
                return stretch
        return None

    def fill(self, stretch: Stretch, page: OrderPage) -> None:
        """Put rows that were read again where they were; there may be more or fewer of them by now."""
        if stretch.rows is not None:
            return
        reached = _END if page.next_key is None else _key_age(page.next_key)
        if page.next_key is not None and reached < stretch.until:
            self._split_unread(stretch, page.next_key, len(page.orders))
        place = self._stretches.index(stretch)
        begins = self._stretches[place - 1].until if place else _START
        rows = self._merged((one for one in page.orders if age_of(one) <= stretch.until), begins, stretch.until)
        more = len(rows) - stretch.count
        if more:
            effect = RowEffect.INSERT if more > 0 else RowEffect.REMOVE
            with self.announce(effect, stretch.start + min(len(rows), stretch.count), abs(more)):
                stretch.count = len(rows)
                self._number()
        if rows:
            with self.announce(RowEffect.UPDATE, stretch.start, len(rows)):
                self._set(stretch, rows)
        self._set(stretch, rows)

    def take(self, snapshot: OrderSnapshot) -> None:
        """Put a changed order where it belongs now."""
        order_id = snapshot.order.order_id
        row = self.row_of(order_id)
        known = self._news.get(order_id) if row is None else self.at(row)
        if known is not None and known.version > snapshot.version:
            return
        self._remember(snapshot)
        fits = belongs(snapshot, self.wanted)
        if row is not None:
            stretch = self._held[order_id]
            self._change(stretch, stretch.rows or [], row, snapshot if fits else None)
        elif fits and self._loaded:
            self._place(snapshot)

    def _change(self, stretch: Stretch, rows: list[OrderSnapshot], row: int, snapshot: OrderSnapshot | None) -> None:
        if snapshot is not None:
            with self.announce(RowEffect.UPDATE, row, 1):
                rows[row - stretch.start] = snapshot
            return
        with self.announce(RowEffect.REMOVE, row, 1):
            gone = rows.pop(row - stretch.start)
            del self._held[gone.order.order_id]
            stretch.count -= 1
            self._number()

    def _place(self, snapshot: OrderSnapshot) -> None:
        """Insert an order into the part that is held; anything older comes with its own page."""
        age = age_of(snapshot)
        place = bisect_left(self._stretches, age, key=lambda one: one.until)
        if place == len(self._stretches):
            return
        stretch = self._stretches[place]
        if stretch.rows is None:
            return
        at = bisect_left(stretch.rows, age, key=age_of)
        with self.announce(RowEffect.INSERT, stretch.start + at, 1):
            stretch.rows.insert(at, snapshot)
            stretch.count += 1
            self._held[snapshot.order.order_id] = stretch
            self._number()
        if stretch.count > 2 * PAGE_SIZE:
            self._halve(place, stretch.rows)

    def _merged(self, orders: Iterable[OrderSnapshot], begins: Age, until: Age) -> list[OrderSnapshot]:
        """Bring a page up to what is known by now: it was read at one moment and arrives at a later one."""
        rows: dict[str, OrderSnapshot] = {}
        for one in orders:
            order_id = one.order.order_id
            newer = self._news.get(order_id)
            newest = one if newer is None or newer.version <= one.version else newer
            if order_id not in self._held and (newest is one or belongs(newest, self.wanted)):
                rows[order_id] = newest
        late = [
            one
            for order_id, one in self._news.items()
            if order_id not in rows and order_id not in self._held and begins < age_of(one) <= until
            and belongs(one, self.wanted)
        ]  # fmt: skip
        return sorted((*reversed(late), *rows.values()), key=age_of)

    def _halve(self, place: int, rows: list[OrderSnapshot]) -> None:
        """Make two stretches of one that live changes have made long."""
        stretch = self._stretches[place]
        for at in range(PAGE_SIZE, len(rows)):
            last = rows[at - 1]
            if age_of(last) != age_of(rows[at]):  # a key cannot tell twins apart without their row numbers
                key = PageKey(last.order.business_day, _micros(last), 0)
                behind = Stretch(key, stretch.until, rows[at:], len(rows) - at)
                stretch.until, stretch.rows, stretch.count = age_of(last), rows[:at], at
                self._stretches.insert(place + 1, behind)
                self._hold(behind)
                self._number()
                return

    def _split_unread(self, stretch: Stretch, key: PageKey, count: int) -> None:
        """Leave what one question did not reach to another."""
        rest = max(1, stretch.count - count)  # one at least: what has no row is never looked at
        behind = Stretch(key, stretch.until, None, rest)
        stretch.until, stretch.count = _key_age(key), max(0, stretch.count - rest)
        self._stretches.insert(self._stretches.index(stretch) + 1, behind)
        self._number()

    def _set(self, stretch: Stretch, rows: list[OrderSnapshot]) -> None:
        stretch.rows, stretch.count = rows, len(rows)
        self._hold(stretch)
        self._number()

    def _hold(self, stretch: Stretch) -> None:
        self._full.add(stretch)
        for one in stretch.rows or ():
            self._held[one.order.order_id] = stretch

    def _let_go(self, stretch: Stretch) -> None:
        for one in stretch.rows or ():
            del self._held[one.order.order_id]
        self._full.discard(stretch)
        stretch.rows = None

    def _number(self) -> None:
        start = 0
        for stretch in self._stretches:
            stretch.start = start
            start += stretch.count
        self._length = start

    def _remember(self, snapshot: OrderSnapshot) -> None:
        self._news[snapshot.order.order_id] = snapshot
        self._news.move_to_end(snapshot.order.order_id)
        while len(self._news) > _REMEMBERED and not self.reading:
            self._news.popitem(last=False)


def age_of(snapshot: OrderSnapshot) -> Age:
    """Return an order's place in the list."""
    return -snapshot.order.business_day.toordinal(), -_micros(snapshot)


def _micros(snapshot: OrderSnapshot) -> int:
    return (snapshot.order.created_at - _EPOCH) // _MICROSECOND


def _key_age(key: PageKey) -> Age:
    return -key.business_day.toordinal(), -key.created_us


def _behind(stretch: Stretch) -> int:
    return stretch.start + stretch.count
