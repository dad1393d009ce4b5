"""Bringing a backup up to the ledger it was taken from, where that ledger's audit goes on where the backup's ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.store import audit
from posapp.store.rows import PROGRESS_COLUMNS

if TYPE_CHECKING:
    import sqlite3

_ORDER_MARKS = ("status", "needs_look", "version")


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
    """Copy the audit rows that the target does not have, and the orders and attempts that they are about.

    Inside the caller's transaction, which has to be rolled back where this fails; the caller proves the result.

    Raises:
        sqlite3.Error: The former ledger cannot be read or does not fit.
        ValueError: Its audit does not hang together.
    """
    (last,) = target.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
    before: audit.AuditRow | None = None
    orders: set[str] = set()
    for row in audit.rows_after(former, last):
        if row.seq != (before.seq if before else last) + 1:
            raise ValueError("the former ledger's audit has a gap")
        audit.copy_row(target, row)
        orders.add(row.order_id)
        before = row
    for order_id in sorted(orders):
        _copy_order(target, former, order_id)


def _copy_order(target: sqlite3.Connection, former: sqlite3.Connection, order_id: str) -> None:
    for row in _rows(former, "orders", order_id):
        if _is_there(target, "orders", "order_id", order_id):
            marks = ", ".join(f"{name} = ?" for name in _ORDER_MARKS)
            values = [row[name] for name in _ORDER_MARKS]
            target.execute(f"UPDATE orders SET {marks} WHERE order_id = ?", (*values, order_id))  # noqa: S608
        else:
            _insert(target, "orders", row)
    for row in _rows(former, "attempts", order_id):
        ref = row["merchant_order_id"]
        if _is_there(target, "attempts", "merchant_order_id", str(ref)):
            became = {name: value for name, value in row.items() if name == "owner" or name in PROGRESS_COLUMNS}
            marks = ", ".join(f"{name} = ?" for name in became)
            target.execute(
                f"UPDATE attempts SET {marks} WHERE merchant_order_id = ?",  # noqa: S608 - names of our own columns
                (*became.values(), ref),
            )
        else:
            _insert(target, "attempts", row)


def _rows(connection: sqlite3.Connection, table: str, order_id: str) -> list[dict[str, str | int | None]]:
    found = connection.execute(f"SELECT * FROM {table} WHERE order_id = ?", (order_id,))  # noqa: S608 - our own names
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _insert(target: sqlite3.Connection, table: str, row: dict[str, str | int | None]) -> None:
    names, places = ", ".join(row), ", ".join("?" * len(row))
    target.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608 - as above


def _is_there(target: sqlite3.Connection, table: str, column: str, value: str) -> bool:
    query = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608 - as above
    return target.execute(query, (value,)).fetchone() is not None
