"""Reading what waits for a person: through the small indexes of odd and of open orders, whatever the ledger's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.inbox import COUNTED_UP_TO, InboxKind, InboxList, items_of
from posapp.store.recording import read_snapshot

if TYPE_CHECKING:
    import sqlite3

    from posapp.domain.inbox import InboxItem
    from posapp.domain.order import OrderSnapshot
    from posapp.store.ledger import Ledger

LIMIT: Final = 100
"""Orders read of either kind: more than anybody works off before looking again."""

_ORDERING: Final = "ORDER BY orders.business_day DESC, orders.created_us DESC, orders.id DESC"
_TO_LOOK_AT: Final = f"SELECT order_id FROM orders WHERE orders.needs_look = 1 {_ORDERING} LIMIT ?"  # noqa: S608
_OPEN: Final = f"SELECT order_id FROM orders WHERE orders.status = 'OPEN' {_ORDERING} LIMIT ?"  # noqa: S608
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 FROM orders WHERE orders.needs_look = 1 LIMIT ?)"
_RANK: Final = {kind: rank for rank, kind in enumerate(InboxKind)}


class WaitingList:
    """What waits for a person. Lives on the thread of its ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Read from an open ledger."""
        self._ledger = ledger

    def items(self, limit: int = LIMIT) -> InboxList:
        """Read the newest orders that need a look and the newest that wait.

        Args:
            limit: Orders read of either kind.

        Raises:
            LedgerError: Where the ledger cannot be read.
        """
        with self._ledger.reading() as connection:
            (count,) = connection.execute(_COUNT, (COUNTED_UP_TO,)).fetchone()
            odd, more_odd = _read(connection, _TO_LOOK_AT, limit)
            waiting, more_open = _read(connection, _OPEN, limit)
        snapshots = {snapshot.order.order_id: snapshot for snapshot in (*odd, *waiting)}
        found = [item for snapshot in snapshots.values() for item in items_of(snapshot)]
        return InboxList(tuple(sorted(found, key=_place)), count, more=more_odd or more_open)

    def count(self) -> int:
        """Count the orders that need a look, up to `COUNTED_UP_TO`.

        Raises:
            LedgerError: Where the ledger cannot be read.
        """
        with self._ledger.reading() as connection:
            (count,) = connection.execute(_COUNT, (COUNTED_UP_TO,)).fetchone()
        return int(count)


def _read(connection: sqlite3.Connection, query: str, limit: int) -> tuple[list[OrderSnapshot], bool]:
    ids = [order_id for (order_id,) in connection.execute(query, (limit + 1,))]
    read = [read_snapshot(connection, order_id) for order_id in ids[:limit]]
    return [snapshot for snapshot in read if snapshot is not None], len(ids) > limit


def _place(item: InboxItem) -> tuple[int, float, str]:
    """Order items by what presses most, then by who has waited longest."""
    return _RANK[item.kind], item.snapshot.order.created_at.timestamp(), item.merchant_order_id
