"""Reading many orders at once: three queries for a whole page, however many orders are on it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from posapp.domain.order import OrderSnapshot
from posapp.store.refund_rows import REFUND_COLUMNS, refund_from
from posapp.store.rows import ATTEMPT_COLUMNS, ORDER_COLUMNS, ORDER_WIDTH, attempt_from, order_from

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from posapp.domain.order import Attempt
    from posapp.domain.refund import Refund


def read_snapshots(connection: sqlite3.Connection, order_ids: Sequence[str]) -> list[OrderSnapshot]:
    """Read orders with their attempts and refunds over an open connection, in the order of the ids.

    One that the ledger does not have is left out.
    """
    named = "IN (SELECT value FROM json_each(?))"
    ids = (json.dumps(list(order_ids)),)
    attempts: defaultdict[str, list[Attempt]] = defaultdict(list)
    for row in connection.execute(
        f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE order_id {named} ORDER BY order_id, number",  # noqa: S608
        ids,
    ):
        attempt = attempt_from(row)
        attempts[attempt.order_id].append(attempt)
    refunds: defaultdict[str, list[Refund]] = defaultdict(list)
    asked = connection.execute(
        f"SELECT {REFUND_COLUMNS}, refunds.id FROM refunds WHERE order_id {named}",  # noqa: S608 - constants
        ids,
    )
    for row in sorted(asked, key=lambda row: row[-1]):
        refund = refund_from(row[:-1])
        refunds[refund.order_id].append(refund)
    found = connection.execute(
        f"SELECT {ORDER_COLUMNS}, orders.version FROM orders WHERE order_id {named}",  # noqa: S608 - constants
        ids,
    )
    snapshots: dict[str, OrderSnapshot] = {}
    for row in found:
        order = order_from(row[:ORDER_WIDTH])
        own = (tuple(attempts[order.order_id]), row[ORDER_WIDTH], tuple(refunds[order.order_id]))
        snapshots[order.order_id] = OrderSnapshot(order, *own)
    return [snapshots[order_id] for order_id in order_ids if order_id in snapshots]
