"""Bringing a backup up to the ledger it was taken from, where that ledger's audit goes on where the backup's ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from posapp.store import audit
from posapp.store.belongings import bring
from posapp.store.note_index import index_order
from posapp.store.vouching import TILL, VOUCHED

if TYPE_CHECKING:
    import sqlite3


def goes_on(target: sqlite3.Connection, former: sqlite3.Connection) -> bool:
    """Tell whether the former ledger's audit begins with the whole of the target's.

    Raises:
        sqlite3.Error: The former ledger cannot be read there.
    """
    last = target.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    if last is None:
        return True
    return former.execute("SELECT seq, hash FROM audit WHERE seq = ?", (last[0],)).fetchone() == last


def go_on(target: sqlite3.Connection, former: sqlite3.Connection) -> None:
    """Copy the audit rows that the target does not have, and the rows of every table that they are about.

    Inside the caller's transaction, which has to be rolled back where this fails; the caller proves the result.

    Raises:
        sqlite3.Error: The former ledger cannot be read or does not fit.
        ValueError, LookupError: Its audit does not hang together.
    """
    (last,) = target.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
    before: audit.AuditRow | None = None
    orders: set[str] = set()
    others: dict[tuple[str, str], None] = {}  # in the order in which they were first written
    for row in audit.rows_after(former, last):
        if row.seq != (before.seq if before else last) + 1:
            raise ValueError("the former ledger's audit has a gap")
        audit.copy_row(target, row)
        if row.order_id != TILL:
            orders.add(row.order_id)
        elif row.event in VOUCHED:
            others[row.event, str(json.loads(row.facts)["ref"])] = None
        before = row
    for order_id in sorted(orders):
        _copy_order(target, former, order_id)
    for event, name in others:
        _copy_vouched(target, former, event, name)


def _copy_order(target: sqlite3.Connection, former: sqlite3.Connection, order_id: str) -> None:
    is_new = target.execute("SELECT 1 FROM orders WHERE order_id = ?", (order_id,)).fetchone() is None
    for table, key in (("orders", "order_id"), ("attempts", "merchant_order_id"), ("refunds", "merchant_refund_id")):
        for row in _rows(former, table, "order_id", order_id):
            bring(target, table, key, row)
    if is_new:
        index_order(target, order_id)


def _copy_vouched(target: sqlite3.Connection, former: sqlite3.Connection, event: str, name: str) -> None:
    vouched = VOUCHED[event]
    for row in _rows(former, vouched.table, vouched.key, name):
        bring(target, vouched.table, vouched.key, row)


def _rows(connection: sqlite3.Connection, table: str, column: str, value: str) -> list[dict[str, str | int | None]]:
    found = connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))  # noqa: S608 - our own names
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
