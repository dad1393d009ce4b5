"""One page of orders: what a filter and its search text mean, each looked for in its own way, newest first together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from posapp.domain.order_query import StateFilter
from posapp.domain.search_text import amounts_of, is_searchable, note_matches, phrases_of, tail_of
from posapp.store.listing_conditions import CHIPS, TAILS, amount_among, ends_in, matching
from posapp.store.order_ways import Looked, Test, Ways

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from posapp.domain.order_query import OrderFilter
    from posapp.store.order_ways import Key

_CHIP_INDEXES: Final = {
    StateFilter.WAITING: "orders_open",
    StateFilter.PAID: "orders_paid",
    StateFilter.UNPAID: "orders_closed",
    StateFilter.NEEDS_LOOK: "orders_to_look_at",
    StateFilter.REFUNDED: "orders_refunded",
}

_FEW: Final = frozenset({StateFilter.WAITING, StateFilter.NEEDS_LOOK})
"""Chips that are looked through rather than searched."""


def meaning_of(text: str) -> Test:
    """Return the test for all that a search text may mean."""
    phrases, tail = phrases_of(text), tail_of(text)
    parts = [amount_among(*amounts) for amounts in amounts_of(text)]
    for column in TAILS.values() if tail is not None else ():
        condition, values = ends_in(column, str(tail))
        exists = f"EXISTS (SELECT 1 FROM attempts WHERE attempts.order_id = orders.order_id AND {condition})"  # noqa: S608
        parts.append((exists, values))
    return Test(
        " OR ".join(condition for condition, _ in parts) or "0",
        [value for _, values in parts for value in values],
        lambda note: note_matches(note, phrases),
    )


def walks(ways: Ways, test: Test | None = None) -> list[Callable[[], Looked]]:
    """List the ways along the indexes that the filter's own parts have; the plain list where it has none."""
    wanted = ways.wanted
    found: list[Callable[[], Looked]] = []
    for index, column, name in (
        ("orders_by_cashier", "cashier", wanted.cashier),
        ("orders_by_till", "till", wanted.till),
    ):
        if name is not None:
            driven = f"orders.{column} = ?"
            found.append(lambda index=index, driven=driven, name=name: ways.along(index, driven, [name], test))
    chip = CHIPS[wanted.state]
    if chip is not None:
        index = _CHIP_INDEXES[wanted.state]
        found.insert(0, lambda: ways.along(index, chip, [], test))
    return found or [lambda: ways.along("orders_by_day", "", [], test)]


def best_of(ways: Iterable[Callable[[], Looked]], enough: int) -> Looked:
    """Take the first way that fills the page or comes to the end, else the one that came furthest."""
    best: Looked | None = None
    for way in ways:
        looked = way()
        if best is None or looked.depth < best.depth:
            best = looked
        if looked.until is None or len(looked.found) >= enough:
            return looked
    if best is None:
        raise ValueError("there is no way")
    return best


def found_after(
    connection: sqlite3.Connection, wanted: OrderFilter, after: Key | None, size: int
) -> tuple[list[tuple[Key, str]], Key | None]:
    """Find the orders of one page, newest first.

    Returns:
        Places and ids of at most `size` orders, and the place behind which the next page begins; None after the last.
    """
    ways = Ways(connection, wanted, after, size + 1)
    text = wanted.text.strip()
    looked = _sought(ways, text) if text else [best_of(walks(ways), ways.enough)]
    horizon = max((one.until for one in looked if one.until is not None), default=None)
    together = {hit for one in looked for hit in one.found if horizon is None or hit[0] >= horizon}
    found = sorted(together, reverse=True)
    if len(found) > size:
        return found[:size], found[size - 1][0]
    return found, horizon


def _sought(ways: Ways, text: str) -> list[Looked]:
    """Look for each thing that the text may mean by its own index, or for all of them along those of the filter.

    Where the filter leaves few orders, looking through all of them is quickest; so it is where a meaning is so common
    that its own index leads past too many orders that the filter does not want.
    """
    if not is_searchable(text):
        return []
    along: Looked | None = None
    if ways.wanted.state in _FEW:
        along = best_of(walks(ways, meaning_of(text)), ways.enough)
        if along.until is None or len(along.found) >= ways.enough:
            return [along]
    own = [way() for way in _own(ways, text)]
    if all(one.until is None or len(one.found) >= ways.enough for one in own):
        return own
    along = along or best_of(walks(ways, meaning_of(text)), ways.enough)
    return own if max(one.depth for one in own) < along.depth else [along]


def _own(ways: Ways, text: str) -> list[Callable[[], Looked]]:
    words, tail = matching(text), tail_of(text)
    found: list[Callable[[], Looked]] = []
    if words is not None:
        found.append(partial(ways.by_words, words))
    found += [partial(ways.by_amount, *amounts) for amounts in amounts_of(text)]
    if tail is not None:
        found += [partial(ways.by_tail, index, tail) for index in TAILS]
    return found
