"""Reading any number of orders for a file, oldest first: one query, a row at a time, over a connection of its own."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

from posapp.domain.export import OrderRow
from posapp.store.errors import faults_named
from posapp.store.listing_conditions import conditions
from posapp.store.soundness import open_unchanged

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from posapp.domain.order_query import OrderFilter

_BATCH: Final = 100
"""So few that a processor's cache holds their values until they are written; 500 take a fifth longer."""
_OF_ORDER: Final = "FROM attempts AS each WHERE each.order_id = orders.order_id"

# The attempt that speaks for the order, as `leading_attempt` has it: the first paid one, else the last one that can
# still be paid with a code somebody saw, else the last.
_LEADING: Final = (
    f"(SELECT each.id {_OF_ORDER} "
    "ORDER BY CASE WHEN each.state = 'SUCCEEDED' THEN 3000000 - each.number "
    "WHEN each.shown_us IS NOT NULL AND each.state IN ('CREATED', 'PENDING', 'UNKNOWN', 'ORPHAN') "
    "THEN 1000000 + each.number ELSE each.number END DESC LIMIT 1)"
)
# As `order_standing` has it, first for the many orders with one attempt, then for all.
_STANDING: Final = f"""CASE
    WHEN latest.number = 1 AND attempts.state = 'SUCCEEDED' AND attempts.review IS NULL THEN 'PAID'
    WHEN orders.status = 'OVERPAID' OR EXISTS (SELECT 1 {_OF_ORDER} AND each.review IS NOT NULL) THEN 'REVIEW'
    WHEN orders.status = 'PAID' THEN 'PAID'
    WHEN EXISTS (SELECT 1 {_OF_ORDER} AND each.state IN ('UNKNOWN', 'ORPHAN', 'LAPSED')) THEN 'NOT_KNOWN'
    WHEN orders.status = 'OPEN' THEN 'WAITING'
    WHEN NOT EXISTS (SELECT 1 {_OF_ORDER} AND each.state NOT IN ('REFUSED', 'NOT_SENT')) THEN 'REFUSED'
    ELSE 'UNPAID' END"""

COLUMNS: Final[Mapping[str, str]] = {
    "business_day": "orders.business_day",
    "created_us": "orders.created_us",
    "order_id": "orders.order_id",
    "merchant_order_id": "attempts.merchant_order_id",
    "status": "orders.status",
    "standing": _STANDING,
    "state": "attempts.state",
    "amount_minor": "orders.amount_minor",
    "paid_minor": (
        "CASE orders.status WHEN 'PAID' THEN attempts.amount_minor WHEN 'OVERPAID' THEN "
        f"(SELECT sum(each.amount_minor) {_OF_ORDER} AND each.state = 'SUCCEEDED') ELSE 0 END"
    ),
    "refunded_minor": "orders.refunded_minor",
    "currency": "orders.currency",
    "till": "orders.till",
    "cashier": "orders.cashier",
    "note": "orders.note",
    "provider": "attempts.provider",
    "paid_us": "attempts.paid_us",
    "gateway_id": "attempts.gateway_id",
    "attempts": "latest.number",
    "needs_look": "orders.needs_look",
}
"""The SQL of every field of `OrderRow`, in its order."""
_FIELDS: Final = ", ".join(COLUMNS[name] for name in OrderRow._fields)

# Attempts are numbered from 1 and never deleted, so the latest one's number is how many there are.
_FROM: Final = (
    "FROM orders "
    f"CROSS JOIN attempts AS latest ON latest.id = (SELECT each.id {_OF_ORDER} ORDER BY each.number DESC LIMIT 1) "
    f"CROSS JOIN attempts ON attempts.id = CASE latest.number WHEN 1 THEN latest.id ELSE {_LEADING} END WHERE "
)
_ORDERING: Final = "ORDER BY orders.business_day, orders.created_us, orders.id"


class OrderStream:
    """The orders of a ledger as they stood when it was opened. Lives on the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read over a connection that nobody else uses; see `open_stream`."""
        self._connection = connection

    def count(self, wanted: OrderFilter) -> int:
        """Count the orders that a filter lets through."""
        where, values = _where(wanted, None)
        with faults_named():
            (count,) = self._connection.execute(f"SELECT count(*) FROM orders WHERE {where}", values).fetchone()  # noqa: S608
        return int(count)

    def rows(self, wanted: OrderFilter, word: str | None = None) -> Iterator[OrderRow]:
        """Read order after order.

        Args:
            wanted: The filter.
            word: A status, standing or state that the orders must have besides; None for any.
        """
        for batch in self.batches(wanted, word):
            for row in batch:
                yield OrderRow._make(row)

    def batches(self, wanted: OrderFilter, word: str | None = None) -> Iterator[list[tuple[Any, ...]]]:
        """Read some hundred orders at a time, as bare fields of `OrderRow`: what is quick, for the many.

        Args:
            wanted: The filter.
            word: As for `rows`.
        """
        where, values = _where(wanted, word)
        with faults_named():
            found = self._connection.execute(f"SELECT {_FIELDS} {_FROM}{where} {_ORDERING}", values)
            while batch := found.fetchmany(_BATCH):
                yield batch


@contextmanager
def open_stream(path: Path) -> Generator[OrderStream]:
    """Open a ledger's orders as they stand at this moment, on any thread.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    with faults_named(), closing(open_unchanged(path)) as connection:
        connection.execute("BEGIN")
        yield OrderStream(connection)


def _where(wanted: OrderFilter, word: str | None) -> tuple[str, tuple[str | int, ...]]:
    where, values = conditions(wanted)
    if word is not None:
        where = [*where, f"? IN (orders.status, attempts.state, {_STANDING})"]
        values = [*values, word.upper()]
    return " AND ".join(where) or "1", tuple(values)
