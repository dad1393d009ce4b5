"""Writing orders and attempts: one compare-and-set and one audit row a change, in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AlarmKind, AttemptState, may_change
from posapp.store import audit
from posapp.store.instants import from_us, to_us
from posapp.store.recording import (
    CHANGE_ATTEMPT,
    INSERT_ATTEMPT,
    event_of,
    facts_of,
    insert_order,
    read_attempt,
    read_snapshot,
    record,
    request_facts,
)
from posapp.store.rows import ATTEMPT_COLUMNS, attempt_from, progress_values, request_values

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from posapp.domain.order import Attempt, Order, OrderSnapshot
    from posapp.store.ledger import Ledger

_NO_FACTS: Final[Mapping[str, str]] = {}
_NON_FINAL: Final = "state IN ('CREATING', 'CREATED', 'PENDING', 'UNKNOWN', 'ORPHAN')"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one order.

    Attributes:
        seq: Its place among all changes.
        order_id: The order.
        alarm: Whether it raised an alarm.
    """

    seq: int
    order_id: str
    alarm: bool


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
                insert_order(connection, order)
            values = (*request_values(attempt), *progress_values(attempt), owner)
            connection.execute(INSERT_ATTEMPT, values)
            event = audit.AuditEvent(
                at_us=to_us(attempt.created_at),
                order_id=attempt.order_id,
                merchant_order_id=attempt.merchant_order_id,
                event="state",
                facts=request_facts(attempt),
                old_state=AttemptState.DRAFT,
                new_state=attempt.state,
            )
            return record(connection, event)

    def change(
        self,
        old: Attempt,
        new: Attempt,
        at: datetime,
        owner: str | None = None,
        *,
        facts: Mapping[str, str] = _NO_FACTS,
    ) -> OrderSnapshot | None:
        """Replace an attempt's progress where all of it is still as it was read.

        Args:
            old: The attempt as it was read.
            new: The same with what became of it.
            at: The moment for the audit row, UTC.
            owner: The process that sends it now, where that changes.
            facts: What else the audit row keeps: a person's reason and name, say.

        Returns:
            The order as it now stands, or None where somebody else had changed it meanwhile and nothing
            was written; so, too, where another attempt of the order was paid meanwhile and `new` does not ring.

        Raises:
            ValueError: For a transition that the life of an order does not have.
        """
        if old.state is not new.state and not may_change(old.state, new.state):
            raise ValueError(f"{old.state} cannot become {new.state}")
        event = audit.AuditEvent(
            at_us=to_us(at),
            order_id=old.order_id,
            merchant_order_id=old.merchant_order_id,
            event=event_of(old, new),
            facts={**facts_of(old, new), **facts},
            old_state=old.state,
            new_state=new.state,
        )
        with self._ledger.writing() as connection:
            if _is_second_payment(connection, old, new):
                return None
            values = (*progress_values(new), owner, old.merchant_order_id, *progress_values(old))
            if connection.execute(CHANGE_ATTEMPT, values).rowcount != 1:
                return None
            return record(connection, event)

    def note(self, attempt: Attempt, event: str, facts: dict[str, str], at: datetime) -> OrderSnapshot:
        """Write an audit row about something that changed nothing, like a stale answer."""
        entry = audit.AuditEvent(to_us(at), attempt.order_id, attempt.merchant_order_id, event, facts)
        with self._ledger.writing() as connection:
            return record(connection, entry)

    def attempt(self, merchant_order_id: str) -> Attempt | None:
        """Read one attempt."""
        with self._ledger.reading() as connection:
            return read_attempt(connection, merchant_order_id)

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

    def last_change(self) -> int:
        """Return the number of the newest change; 0 in an empty ledger."""
        with self._ledger.reading() as connection:
            (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
        return int(last)

    def changes_since(self, seq: int) -> list[Change]:
        """Read which orders were changed after that change, by any process, oldest first."""
        with self._ledger.reading() as connection:
            found = connection.execute("SELECT seq, order_id, facts FROM audit WHERE seq > ? ORDER BY seq", (seq,))
            return [Change(row, order_id, "alarm" in json.loads(facts)) for row, order_id, facts in found]

    def noted(self, attempt: Attempt, event: str) -> list[datetime]:
        """Read when an audit row of that name was written about an attempt, oldest first, UTC."""
        with self._ledger.reading() as connection:
            found = connection.execute(
                "SELECT at_us FROM audit WHERE order_id = ? AND merchant_order_id = ? AND event = ? ORDER BY seq",
                (attempt.order_id, attempt.merchant_order_id, event),
            )
            return [from_us(at_us) for (at_us,) in found]

    def _attempts(self, where: str, values: tuple[int, ...]) -> list[Attempt]:
        with self._ledger.reading() as connection:
            found = connection.execute(
                f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE {where}",  # noqa: S608 - constants
                values,
            )
            return [attempt_from(row) for row in found]


def _is_second_payment(connection: sqlite3.Connection, old: Attempt, new: Attempt) -> bool:
    """Tell whether an attempt would turn paid without a word beside one that another process has just turned paid."""
    if new.state is not AttemptState.SUCCEEDED or old.state is new.state or new.alarm is AlarmKind.PAID_TWICE:
        return False
    query = "SELECT 1 FROM attempts WHERE order_id = ? AND merchant_order_id <> ? AND state = 'SUCCEEDED'"
    return connection.execute(query, (old.order_id, old.merchant_order_id)).fetchone() is not None
