"""Reading orders for lists: pages by key, and the timeline of one order. Never an OFFSET, never a count."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from posapp.domain.currency import DECIMALS
from posapp.domain.errors import DomainError
from posapp.domain.money import parse_amount
from posapp.domain.order_query import PAGE_SIZE, OrderDetails, OrderPage, PageKey, StateFilter, TimelineEntry
from posapp.store.instants import from_us, to_us
from posapp.store.recording import read_snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderFilter
    from posapp.store.ledger import Ledger

# Word for word the conditions of the partial indexes: SQLite would not recognise them in bound values.
_CHIPS: Final = {
    StateFilter.ALL: None,
    StateFilter.WAITING: "orders.status = 'OPEN'",
    StateFilter.PAID: "orders.status IN ('PAID', 'OVERPAID')",
    # Closed without a certain end (lapsed, say) is no "not paid": it stands among those that need a look.
    StateFilter.UNPAID: "orders.status = 'CLOSED' AND orders.needs_look = 0",
    StateFilter.NEEDS_LOOK: "orders.needs_look = 1",
}
_LONGEST_SEARCH: Final = 1_000
"""Nothing in a ledger is longer; SQLite refuses patterns of more than 50,000 bytes."""
_NEVER_STORED: Final = frozenset({"\0", *map(chr, range(0xD800, 0xE000))})
"""The end of a pattern to SQLite, and half characters that are no UTF-8."""
_CURRENCIES: Final = {
    decimals: " ".join(code for code, places in DECIMALS.items() if places == decimals)
    for decimals in sorted(set(DECIMALS.values()))
}
_ORDERING: Final = "ORDER BY orders.business_day DESC, orders.created_us DESC, orders.id DESC"


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
        where, values = _conditions(wanted, after)
        query = (
            "SELECT orders.id, orders.order_id, orders.business_day, orders.created_us FROM orders "  # noqa: S608
            f"WHERE {' AND '.join(where) or '1'} {_ORDERING} LIMIT ?"
        )
        with self._ledger.reading() as connection:
            found = connection.execute(query, (*values, size + 1)).fetchall()
            snapshots = [read_snapshot(connection, row[1]) for row in found[:size]]
        orders = tuple(snapshot for snapshot in snapshots if snapshot is not None)
        if len(found) <= size:
            return OrderPage(orders)
        row_id, _, _, created_us = found[size - 1]
        return OrderPage(orders, PageKey(orders[-1].order.business_day, created_us, row_id))

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
                f"AND created_us > ? {_ORDERING} LIMIT 1",
                (money.minor, money.currency, to_us(now - within)),
            ).fetchone()
            return None if row is None else read_snapshot(connection, row[0])


def _entry(
    seq: int, at_us: int, ref: str | None, event: str, old: str | None, new: str | None, facts: str
) -> TimelineEntry:
    return TimelineEntry(seq, from_us(at_us), ref, event, old, new, json.loads(facts))


def _conditions(wanted: OrderFilter, after: PageKey | None) -> tuple[list[str], list[str | int]]:
    where: list[str] = []
    values: list[str | int] = []
    if wanted.first_day is not None:
        where.append("orders.business_day >= ?")
        values.append(wanted.first_day.isoformat())
    if wanted.last_day is not None and after is None:  # a key is never later, and two upper bounds cost the index
        where.append("orders.business_day <= ?")
        values.append(wanted.last_day.isoformat())
    chip = _CHIPS[wanted.state]
    if chip is not None:
        where.append(chip)
    if after is not None:
        where.append("(orders.business_day, orders.created_us, orders.id) < (?, ?, ?)")
        values.extend((after.business_day.isoformat(), after.created_us, after.row_id))
    if wanted.text.strip():
        condition, search_values = _search(wanted.text.strip())
        where.append(condition)
        values.extend(search_values)
    return where, values


def _search(text: str) -> tuple[str, list[str | int]]:
    """Match an amount, words of the note, or the tail of one of our ids or of a gateway's."""
    if len(text) > _LONGEST_SEARCH or any(character in _NEVER_STORED for character in text):
        return "0", []
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    either = [
        "orders.note LIKE ? ESCAPE '\\'",
        "EXISTS (SELECT 1 FROM attempts WHERE attempts.order_id = orders.order_id AND "
        "(attempts.merchant_order_id LIKE ? ESCAPE '\\' OR attempts.gateway_id LIKE ? ESCAPE '\\'))",
    ]
    values: list[str | int] = [f"%{escaped}%", f"%{escaped}", f"%{escaped}"]
    for least, most, currencies in _amounts(text):
        either.append("(orders.amount_minor BETWEEN ? AND ? AND instr(?, orders.currency))")
        values += [least, most, currencies]
    return f"({' OR '.join(either)})", values


def _amounts(text: str) -> list[tuple[int, int, str]]:
    """List what the text means: least and most minor units, and the codes of the currencies that it means them in.

    Without a point it means every amount with that whole part: 180 is 180.00 to 180.99.
    """
    amounts: list[tuple[int, int, str]] = []
    for decimals, currencies in _CURRENCIES.items():
        try:
            least = parse_amount(text, decimals)
        except DomainError:
            continue  # not an amount with so many decimals
        amounts.append((least, least if "." in text else least + 10**decimals - 1, currencies))
    return amounts
