"""Writing orders and attempts: one compare-and-set and one audit row a change, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.order import OrderSnapshot, order_status
from posapp.domain.status import AttemptState, may_change
from posapp.store import audit
from posapp.store.instants import to_us
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
    from datetime import datetime

    from posapp.domain.order import Attempt, Order
    from posapp.store.ledger import Ledger

_INSERT_ORDER: Final = (
    "INSERT INTO orders (order_id, amount_minor, currency, note, till, cashier, business_day, created_us, "
    "status, needs_look, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', 0, 0)"
)
_INSERT_ATTEMPT: Final = (
    f"INSERT INTO attempts ({', '.join(REQUEST_COLUMNS + PROGRESS_COLUMNS)}, owner) "  # noqa: S608 - constants
    f"VALUES ({', '.join('?' * (len(REQUEST_COLUMNS + PROGRESS_COLUMNS) + 1))})"
)
_CHANGE_ATTEMPT: Final = (
    f"UPDATE attempts SET {', '.join(f'{name} = ?' for name in PROGRESS_COLUMNS)}, "  # noqa: S608 - constants
    "owner = coalesce(?, owner) WHERE merchant_order_id = ? AND "
    f"({', '.join(PROGRESS_COLUMNS)}) IS ({', '.join('?' * len(PROGRESS_COLUMNS))})"
)
_NON_FINAL: Final = "state IN ('CREATING', 'CREATED', 'PENDING', 'UNKNOWN', 'ORPHAN')"


class OrderStore:
    """The till's orders. Lives on the thread of its ledger.

    Every method raises `LedgerError` where the environment prevents it; nothing is half written.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Write into an open ledger."""
        self._ledger = ledger

    def add(self, order: Order | None, attempt: Attempt, owner: str) -> OrderSnapshot:
        """Commit an attempt, and its order where it is the first one.

        Args:
            order: The new order, or None for a further attempt of one that is there.
            attempt: In state CREATING: nothing may be sent before this returned.
            owner: Name of the running process, so that another one can tell whether it still lives.

        Raises:
            ValueError: For an attempt in any other state.
        """
        if attempt.state is not AttemptState.CREATING:
            raise ValueError(f"an attempt begins as CREATING, not as {attempt.state}")
        with self._ledger.writing() as connection:
            if order is not None:
                connection.execute(_INSERT_ORDER, order_values(order))
            values = (*request_values(attempt), *progress_values(attempt), owner)
            connection.execute(_INSERT_ATTEMPT, values)
            event = audit.AuditEvent(
                at_us=to_us(attempt.created_at),
                order_id=attempt.order_id,
                merchant_order_id=attempt.merchant_order_id,
                event="state",
                facts=request_facts(attempt),
                old_state=AttemptState.DRAFT,
                new_state=attempt.state,
            )
            return _record(connection, event)

    def change(self, old: Attempt, new: Attempt, at: datetime, owner: str | None = None) -> OrderSnapshot | None:
        """Replace an attempt's progress where all of it is still as it was read.

        Args:
            old: The attempt as it was read.
            new: The same with what became of it.
            at: The moment for the audit row, UTC.
            owner: The process that sends it now, where that changes.

        Returns:
            The order as it now stands, or None where somebody else had changed it meanwhile and nothing
            was written.

        Raises:
            ValueError: For a transition that the life of an order does not have.
        """
        if old.state is not new.state and not may_change(old.state, new.state):
            raise ValueError(f"{old.state} cannot become {new.state}")
        event = audit.AuditEvent(
            at_us=to_us(at),
            order_id=old.order_id,
            merchant_order_id=old.merchant_order_id,
            event=_event(old, new),
            facts=_facts(old, new),
            old_state=old.state,
            new_state=new.state,
        )
        with self._ledger.writing() as connection:
            values = (*progress_values(new), owner, old.merchant_order_id, *progress_values(old))
            if connection.execute(_CHANGE_ATTEMPT, values).rowcount != 1:
                return None
            return _record(connection, event)

    def note(self, attempt: Attempt, event: str, facts: dict[str, str], at: datetime) -> OrderSnapshot:
        """Write an audit row about something that changed nothing, like a stale answer."""
        entry = audit.AuditEvent(to_us(at), attempt.order_id, attempt.merchant_order_id, event, facts)
        with self._ledger.writing() as connection:
            return _record(connection, entry)

    def attempt(self, merchant_order_id: str) -> Attempt | None:
        """Read one attempt."""
        with self._ledger.reading() as connection:
            row = connection.execute(
                f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE merchant_order_id = ?",  # noqa: S608 - a constant
                (merchant_order_id,),
            ).fetchone()
        return None if row is None else attempt_from(row)

    def snapshot(self, order_id: str) -> OrderSnapshot | None:
        """Read an order with all its attempts."""
        with self._ledger.reading() as connection:
            return read_snapshot(connection, order_id)

    def non_final(self) -> list[Attempt]:
        """Read every attempt that can still become paid on its own, newest first."""
        return self._attempts(f"{_NON_FINAL} ORDER BY id DESC", ())

    def soft_final(self, since: datetime) -> list[Attempt]:
        """Read the cancelled attempts whose code was shown and that ended after an instant: still asked for a week."""
        ended = "state = 'CANCELLED' AND shown_us IS NOT NULL AND final_us > ? ORDER BY final_us DESC"
        return self._attempts(ended, (to_us(since),))

    def creating_owners(self) -> dict[str, str]:
        """Read who is creating: the owner of every CREATING attempt, by its id."""
        with self._ledger.reading() as connection:
            # The first condition only says that the small index of unfinished attempts will do.
            query = f"SELECT merchant_order_id, owner FROM attempts WHERE {_NON_FINAL} AND state = 'CREATING'"  # noqa: S608
            found = connection.execute(query)
            return dict(found.fetchall())

    def _attempts(self, where: str, values: tuple[int, ...]) -> list[Attempt]:
        with self._ledger.reading() as connection:
            found = connection.execute(
                f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE {where}",  # noqa: S608 - constants
                values,
            )
            return [attempt_from(row) for row in found]


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
    return OrderSnapshot(order_from(row[:ORDER_WIDTH]), attempts, row[ORDER_WIDTH])


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
            values += [*request_values(attempt), *progress_values(attempt)]
    return audit.hash_of(tuple(values))


def _record(connection: sqlite3.Connection, event: audit.AuditEvent) -> OrderSnapshot:
    """Append the audit row and refresh what the order derives from its attempts."""
    snapshot = read_snapshot(connection, event.order_id)
    if snapshot is None:
        raise LookupError("an audit row needs its order")
    seq = audit.append(connection, event, row_hash(snapshot, event.merchant_order_id))
    connection.execute(
        "UPDATE orders SET status = ?, needs_look = ?, version = ? WHERE order_id = ?",
        (order_status(snapshot.attempts), int(snapshot.needs_look), seq, event.order_id),
    )
    return OrderSnapshot(snapshot.order, snapshot.attempts, seq)


def _event(old: Attempt, new: Attempt) -> str:
    """Name a change: the transition where there is one, else the most telling of what changed."""
    if old.state is not new.state:
        return "state"
    if old.alarm is not new.alarm:
        return "alarm" if new.alarm else "alarm_cleared"
    if old.review is not new.review:
        return "review" if new.review else "review_cleared"
    if old.given_up_at != new.given_up_at:
        return "given_up" if new.given_up_at else "resumed"
    if new.code_dead and not old.code_dead:
        return "code_dead"
    return "noted"


def _facts(old: Attempt, new: Attempt) -> dict[str, str]:
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
        ("code_kind", old.code and old.code.kind, new.code and new.code.kind),
    )
    facts = {name: str(after) for name, before, after in watched if after is not None and after != before}
    if new.shown_at is not None and old.shown_at is None:
        facts["shown"] = "yes"
    if new.given_up_at is not None and old.given_up_at is None:
        facts["given_up"] = "yes"
    return facts
