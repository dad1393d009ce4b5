"""Reading orders for lists: pages by key, and the timeline of one order. Never an OFFSET, never a count."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from posapp.domain.errors import DomainError
from posapp.domain.order_query import PAGE_SIZE, OrderDetails, OrderPage, Origins, PageKey, TimelineEntry
from posapp.store.instants import from_us, to_us
from posapp.store.listing_conditions import NEWEST_FIRST
from posapp.store.order_search import found_after
from posapp.store.recording import read_snapshot
from posapp.store.snapshots import read_snapshots

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderFilter
    from posapp.store.ledger import Ledger


class OrderList:
    """What the screens and the command line read. Lives on the thread of its ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Read from an open ledger."""
        self._ledger = ledger

    def page(self, wanted: OrderFilter, after: PageKey | None, size: int = PAGE_SIZE) -> OrderPage:
        """Read one page, newest first.

        Args:
            wanted: The filter.
            after: The key that the page before ended with, or None for the first.
            size: Orders on a page.

        Raises:
            LedgerError: Where the ledger cannot be read.
        """
        start = None if after is None else (after.business_day.isoformat(), after.created_us, after.row_id)
        with self._ledger.reading() as connection:
            found, until = found_after(connection, wanted, start, size)
            orders = tuple(read_snapshots(connection, [order_id for _, order_id in found]))
            origins = _origins(connection) if after is None else None
        next_key = None if until is None else PageKey(date.fromisoformat(until[0]), *until[1:])
        return OrderPage(orders, next_key, origins)

    def details(self, order_id: str) -> OrderDetails:
        """Read an order with its timeline, oldest row first.

        Raises:
            DomainError: `order_unknown`.
            LedgerError: Where the ledger cannot be read.
        """
        with self._ledger.reading() as connection:
            snapshot = read_snapshot(connection, order_id)
            if snapshot is None:
                raise DomainError("order_unknown", "The ledger has no such order.")
            found = connection.execute(
                "SELECT seq, at_us, merchant_order_id, event, old_state, new_state, facts FROM audit "
                "WHERE order_id = ? ORDER BY seq",
                (order_id,),
            )
            timeline = tuple(_entry(*row) for row in found)
        return OrderDetails(snapshot, timeline)

    def newest_open(self, money: Money, now: datetime, within: timedelta) -> OrderSnapshot | None:
        """Find the newest open order of the same amount from the last minutes."""
        with self._ledger.reading() as connection:
            row = connection.execute(
                "SELECT order_id FROM orders WHERE amount_minor = ? AND currency = ? AND status = 'OPEN' "  # noqa: S608
                f"AND created_us > ? {NEWEST_FIRST} LIMIT 1",
                (money.minor, money.currency, to_us(now - within)),
            ).fetchone()
            return None if row is None else read_snapshot(connection, row[0])


def _entry(
    seq: int, at_us: int, ref: str | None, event: str, old: str | None, new: str | None, facts: str
) -> TimelineEntry:
    return TimelineEntry(seq, from_us(at_us), ref, event, old, new, json.loads(facts))


def _origins(connection: sqlite3.Connection) -> Origins:
    """Read which cashiers and tills there are, name by name from one to the next in their indexes."""
    return Origins(tuple(_names(connection, "cashier")), tuple(_names(connection, "till")))


def _names(connection: sqlite3.Connection, column: str) -> Iterator[str]:
    query = f"SELECT min({column}) FROM orders WHERE {column} > ?"  # noqa: S608 - one of two constants
    (name,) = connection.execute(query.replace(" > ?", " >= ?"), ("",)).fetchone()
    while name is not None:
        yield name
        (name,) = connection.execute(query, (name,)).fetchone()
