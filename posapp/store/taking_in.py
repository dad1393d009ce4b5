"""Writing what was saved from another ledger file: rows and the audit rows that say where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.domain.status import AttemptState
from posapp.store import audit
from posapp.store.instants import to_us
from posapp.store.recording import (
    CHANGE_ATTEMPT,
    INSERT_ATTEMPT,
    event_of,
    facts_of,
    insert_order,
    record,
    request_facts,
)
from posapp.store.rows import progress_values, request_values

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from posapp.domain.order import Attempt, Order


def take_in(connection: sqlite3.Connection, order: Order, attempt: Attempt, at: datetime, source: str) -> None:
    """Write an attempt that was saved from another ledger file, and its order where that is missing, with audit rows.

    Inside the caller's write transaction.

    Args:
        connection: The ledger that takes it in.
        order: The attempt's order.
        attempt: As it shall stand from now on.
        at: Now, UTC.
        source: Name of the file that it was saved from.

    Raises:
        sqlite3.IntegrityError: Something else bears one of its ids; nothing was written.
    """
    known = connection.execute("SELECT 1 FROM orders WHERE order_id = ?", (order.order_id,)).fetchone()
    if known is None:
        insert_order(connection, order)
    connection.execute(INSERT_ATTEMPT, (*request_values(attempt), *progress_values(attempt), ""))
    born = audit.AuditEvent(
        at_us=to_us(attempt.created_at),
        order_id=attempt.order_id,
        merchant_order_id=attempt.merchant_order_id,
        event="state",
        facts=request_facts(attempt),
        old_state=AttemptState.DRAFT,
        new_state=attempt.state,
    )
    record(connection, born)
    saved = audit.AuditEvent(to_us(at), attempt.order_id, attempt.merchant_order_id, "saved", {"from": source})
    record(connection, saved)


def take_over(connection: sqlite3.Connection, old: Attempt, new: Attempt, at: datetime, source: str) -> None:
    """Bring an attempt to what a newer ledger file says of it, with audit rows; as `take_in`."""
    values = (*progress_values(new), None, old.merchant_order_id, *progress_values(old))
    connection.execute(CHANGE_ATTEMPT, values)
    told = audit.AuditEvent(
        at_us=to_us(at),
        order_id=old.order_id,
        merchant_order_id=old.merchant_order_id,
        event=event_of(old, new),
        facts=facts_of(old, new),
        old_state=old.state,
        new_state=new.state,
    )
    record(connection, told)
    saved = audit.AuditEvent(to_us(at), old.order_id, old.merchant_order_id, "saved", {"from": source})
    record(connection, saved)
