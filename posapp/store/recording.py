"""What every change of an order writes: its rows, one audit row, and what the order derives from its attempts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.order import OrderSnapshot, order_status
from posapp.store import audit
from posapp.store.note_index import index_order
from posapp.store.refund_rows import read_refunds
from posapp.store.rows import (
    ATTEMPT_COLUMNS,
    ORDER_COLUMNS,
    ORDER_WIDTH,
    PROGRESS_COLUMNS,
    REQUEST_COLUMNS,
    attempt_from,
    order_from,
    order_values,
    progress_values,
    request_values,
)

if TYPE_CHECKING:
    import sqlite3

    from posapp.domain.order import Attempt, Order

INSERT_ORDER: Final = (
    "INSERT INTO orders (order_id, amount_minor, currency, note, till, cashier, business_day, created_us, "
    "status, needs_look, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', 0, 0)"
)
INSERT_ATTEMPT: Final = (
    f"INSERT INTO attempts ({', '.join(REQUEST_COLUMNS + PROGRESS_COLUMNS)}, owner) "  # noqa: S608 - constants
    f"VALUES ({', '.join('?' * (len(REQUEST_COLUMNS + PROGRESS_COLUMNS) + 1))})"
)
CHANGE_ATTEMPT: Final = (
    f"UPDATE attempts SET {', '.join(f'{name} = ?' for name in PROGRESS_COLUMNS)}, "  # noqa: S608 - constants
    "owner = coalesce(?, owner) WHERE merchant_order_id = ? AND "
    f"({', '.join(PROGRESS_COLUMNS)}) IS ({', '.join('?' * len(PROGRESS_COLUMNS))})"
)


def insert_order(connection: sqlite3.Connection, order: Order) -> None:
    """Write a new order and the words of its note into their index."""
    connection.execute(INSERT_ORDER, order_values(order))
    if order.note:
        index_order(connection, order.order_id)


def read_snapshot(connection: sqlite3.Connection, order_id: str) -> OrderSnapshot | None:
    """Read an order with all its attempts over an open connection."""
    row = connection.execute(
        f"SELECT {ORDER_COLUMNS}, orders.version FROM orders WHERE order_id = ?",  # noqa: S608 - a constant
        (order_id,),
    ).fetchone()
    if row is None:
        return None
    found = connection.execute(
        f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE order_id = ? ORDER BY number",  # noqa: S608 - a constant
        (order_id,),
    )
    attempts = tuple(attempt_from(attempt) for attempt in found)
    refunds = read_refunds(connection, order_id)
    return OrderSnapshot(order_from(row[:ORDER_WIDTH]), attempts, row[ORDER_WIDTH], refunds)


def read_attempt(connection: sqlite3.Connection, merchant_order_id: str) -> Attempt | None:
    """Read one attempt over an open connection."""
    row = connection.execute(
        f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE merchant_order_id = ?",  # noqa: S608 - a constant
        (merchant_order_id,),
    ).fetchone()
    return None if row is None else attempt_from(row)


def request_facts(attempt: Attempt) -> dict[str, str]:
    """List what was asked of the gateway, as the audit keeps it and `posapp verify` compares it."""
    return {
        "amount_minor": str(attempt.money.minor),
        "currency": attempt.money.currency,
        "number": str(attempt.number),
        "provider": attempt.provider,
        "flow": attempt.flow.value,
        "request_id": attempt.request_id,
    }


def row_hash(snapshot: OrderSnapshot, merchant_order_id: str | None) -> str:
    """Hash an order and one of its attempts, all columns but the process that owns it and what lists derive."""
    values: list[str | int | None] = [*order_values(snapshot.order)]
    for attempt in snapshot.attempts:
        if attempt.merchant_order_id == merchant_order_id:
            *became, settled = progress_values(attempt)
            values += [*request_values(attempt), *became]
            if settled is not None:  # rows from before there were decisions keep their hash
                values.append(settled)
    return audit.hash_of(tuple(values))


def stored_hash(connection: sqlite3.Connection, merchant_order_id: str) -> str:
    """Hash an attempt and its order as `row_hash` does, from the columns themselves, whatever can be read in them."""
    *values, settled = connection.execute(
        f"SELECT {ORDER_COLUMNS}, {ATTEMPT_COLUMNS} FROM attempts "  # noqa: S608 - constants
        "JOIN orders ON orders.order_id = attempts.order_id WHERE merchant_order_id = ?",
        (merchant_order_id,),
    ).fetchone()
    return audit.hash_of((*values, settled) if settled is not None else tuple(values))


def record(connection: sqlite3.Connection, event: audit.AuditEvent) -> OrderSnapshot:
    """Append the audit row and refresh what the order derives from its attempts."""
    snapshot = read_snapshot(connection, event.order_id)
    if snapshot is None:
        raise LookupError("an audit row needs its order")
    seq = audit.append(connection, event, row_hash(snapshot, event.merchant_order_id))
    return refresh(connection, snapshot, seq)


def refresh(connection: sqlite3.Connection, snapshot: OrderSnapshot, seq: int) -> OrderSnapshot:
    """Write what an order derives from its attempts and refunds, as of the audit row `seq`."""
    derived = (order_status(snapshot.attempts), int(snapshot.needs_look), snapshot.refunded.minor, seq)
    connection.execute(
        "UPDATE orders SET status = ?, needs_look = ?, refunded_minor = ?, version = ? WHERE order_id = ?",
        (*derived, snapshot.order.order_id),
    )
    return replace(snapshot, version=seq)


def event_of(old: Attempt, new: Attempt) -> str:
    """Name a change for the audit: the transition where there is one, else the most telling of what changed."""
    named: tuple[tuple[bool, str], ...] = (
        (old.state is not new.state, "state"),
        (old.alarm is not new.alarm, "alarm" if new.alarm else "alarm_cleared"),
        (old.settled is not new.settled, "settled" if new.settled else "reopened"),
        (old.review is not new.review, "review" if new.review else "review_cleared"),
        (old.given_up_at != new.given_up_at, "given_up" if new.given_up_at else "resumed"),
        (new.code_dead and not old.code_dead, "code_dead"),
    )
    return next((name for changed, name in named if changed), "noted")


def facts_of(old: Attempt, new: Attempt) -> dict[str, str]:
    """List what changed besides the state. The payment code itself stays out: it is a way to pay."""
    watched: tuple[tuple[str, object, object], ...] = (
        ("gateway_id", old.gateway_id, new.gateway_id),
        ("support_id", old.support_id, new.support_id),
        ("problem", old.problem_code, new.problem_code),
        ("detail", old.problem_text, new.problem_text),
        ("review", old.review, new.review),
        ("review_detail", old.review_detail, new.review_detail),
        ("alarm", old.alarm, new.alarm),
        ("paid_at", old.paid_at_raw, new.paid_at_raw),
        ("settled", old.settled, new.settled),
        ("code_kind", old.code and old.code.kind, new.code and new.code.kind),
    )
    facts = {name: str(after) for name, before, after in watched if after is not None and after != before}
    if new.shown_at is not None and old.shown_at is None:
        facts["shown"] = "yes"
    if new.given_up_at is not None and old.given_up_at is None:
        facts["given_up"] = "yes"
    return facts
