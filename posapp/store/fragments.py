"""Saving single orders out of a damaged ledger: whatever row can still be read and makes sense.

No order that the gateway may know is to be lost. What a row says of money is believed only where an intact audit row
vouches for it; else the order comes in as an outcome that nobody knows, and the gateway is asked.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, TypeVar

from posapp.domain.money import Money
from posapp.domain.order import Attempt, Flow, Order, OrderSnapshot
from posapp.domain.status import NON_FINAL, TRANSITIONS, AttemptState
from posapp.store import audit
from posapp.store.instants import from_us
from posapp.store.recording import read_attempt, row_hash
from posapp.store.rows import ATTEMPT_COLUMNS, ORDER_COLUMNS, attempt_from, order_from, request_values
from posapp.store.taking_in import take_in, take_over
from posapp.store.vouching import VOUCHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

T = TypeVar("T")
_OF_OTHERS: Final = ", ".join(f"'{event}'" for event in sorted(VOUCHED))  # they vouch for rows of their own
_MOST_SKIPPED: Final = 100_000
_MOST_ON_A_PAGE: Final = 30
"""Row numbers tried one after another behind a damaged place, before the rest of a table counts as lost: as many as can
be on the file's pages, and never more than that."""
UNREADABLE: Final = (sqlite3.DatabaseError, ValueError, OverflowError, TypeError)
"""What reading a damaged row may raise."""


class Fragments:
    """Takes orders out of a damaged ledger into a sound one, inside the caller's transaction."""

    def __init__(self, target: sqlite3.Connection, former: sqlite3.Connection, at: datetime, source: str) -> None:
        """Save from `former` into `target`; audit rows say so with the moment and the file's name."""
        self._target = target
        self._former = former
        self._at = at
        self._source = source

    def save(self) -> None:
        """Take in what the target does not have, and what it has in an older state; never fails on what is damaged."""
        for row in readable(self._former, "attempts", "id", ATTEMPT_COLUMNS):
            attempt = made(attempt_from, row)
            if attempt is not None:
                self._save(attempt, self._order(attempt))
        for row in readable(self._former, "audit", "seq", audit.COLUMNS):
            self._save_by_audit(audit.AuditRow(*row))

    def _save(self, attempt: Attempt, order: Order) -> None:
        believed = attempt if self._is_vouched(attempt, order) else doubted(attempt)
        there = read_attempt(self._target, attempt.merchant_order_id)
        if there is None:
            self._try(lambda: take_in(self._target, order, believed, self._at, self._source))
            return
        newer = attempt if believed is attempt and _follows(there, attempt) else _seen(there, attempt)
        if newer is not None:
            self._try(lambda: take_over(self._target, there, newer, self._at, self._source))

    def _save_by_audit(self, row: audit.AuditRow) -> None:
        """Rebuild an attempt whose own row is lost from the audit row of its beginning."""
        ref = row.merchant_order_id
        if ref is None or row.event != "state" or row.old_state != AttemptState.DRAFT:
            return
        if row.hash != row.expected_hash() or read_attempt(self._target, ref) is not None:
            return
        try:
            attempt = replace(_reborn(row, ref), shown_at=self._shown_at(row.order_id, ref))
        except (*UNREADABLE, KeyError):
            return
        self._save(attempt, self._order(attempt))

    def _order(self, attempt: Attempt) -> Order:
        """Read an attempt's order; where its row is lost, what the attempt itself tells of it."""
        query = f"SELECT {ORDER_COLUMNS} FROM orders WHERE order_id = ?"  # noqa: S608 - a constant
        for connection in (self._former, self._target):
            try:
                row = connection.execute(query, (attempt.order_id,)).fetchone()
            except sqlite3.DatabaseError:
                continue
            order = None if row is None else made(order_from, row)
            if order is not None:
                return order
        return Order(
            order_id=attempt.order_id,
            money=attempt.money,
            note="",
            till=attempt.order_id.rpartition("-")[0],
            cashier="",
            business_day=attempt.created_at.astimezone(UTC).date(),
            created_at=attempt.created_at,
        )

    def _is_vouched(self, attempt: Attempt, order: Order) -> bool:
        """Tell whether the newest audit row about an attempt is intact and was written about exactly these values."""
        query = (
            f"SELECT {audit.COLUMNS} FROM audit WHERE order_id = ? AND merchant_order_id = ? "  # noqa: S608
            f"AND event NOT IN ({_OF_OTHERS}) ORDER BY seq DESC LIMIT 1"
        )
        try:
            found = self._former.execute(query, (attempt.order_id, attempt.merchant_order_id)).fetchone()
        except sqlite3.DatabaseError:
            return False
        if found is None:
            return False
        row = audit.AuditRow(*found)
        said = row_hash(OrderSnapshot(order, (attempt,)), attempt.merchant_order_id)
        return row.hash == row.expected_hash() and row.row_hash == said

    def _shown_at(self, order_id: str, ref: str) -> datetime | None:
        """Read from the audit when a code was shown, so that nobody is told that no shopper has seen one."""
        found = self._former.execute(
            "SELECT at_us, facts FROM audit WHERE order_id = ? AND merchant_order_id = ? ORDER BY seq", (order_id, ref)
        )
        for at_us, facts in found:
            if "shown" in json.loads(facts):
                return from_us(int(at_us))
        return None

    def _try(self, write: Callable[[], None]) -> None:
        """Write one order, or nothing of it where its values cannot stand in a ledger."""
        self._target.execute("SAVEPOINT fragment")
        try:
            write()
        except (sqlite3.IntegrityError, *UNREADABLE):
            self._target.execute("ROLLBACK TO fragment")
        self._target.execute("RELEASE fragment")


def doubted(attempt: Attempt) -> Attempt:
    """Make an outcome that nobody knows of an attempt that nothing vouches for; its money does not count.

    That it was shown stays: a shopper may hold its code.
    """
    return replace(
        attempt,
        state=AttemptState.UNKNOWN,
        code=None,
        code_dead=False,
        problem_code="restored",
        problem_text=None,
        review=None,
        review_detail=None,
        alarm=None,
        final_at=None,
        paid_at=None,
        paid_at_raw=None,
        settled=None,
    )


def readable(connection: sqlite3.Connection, table: str, key: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Read a table's rows in the order of their numbers, past every place where that is not possible."""
    query = f"SELECT {key}, {columns} FROM {table} NOT INDEXED WHERE {key} > ? ORDER BY {key}"  # noqa: S608
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    last, skipped = 0, 0
    while skipped < min(_MOST_SKIPPED, pages * _MOST_ON_A_PAGE):
        try:
            for row in connection.execute(query, (last,)):
                last, skipped = row[0], 0
                yield row[1:]
        except sqlite3.DatabaseError:
            last, skipped = last + 1, skipped + 1
        else:
            return


def made(make: Callable[[tuple[Any, ...]], T], row: tuple[Any, ...]) -> T | None:
    """Make something of a row; None where it holds what cannot be."""
    try:
        return make(row)
    except UNREADABLE:
        return None


def _seen(there: Attempt, newer: Attempt) -> Attempt | None:
    """Add to an open attempt that a shopper may have seen its code meanwhile, believed even where nothing vouches."""
    if newer.shown_at is None or there.shown_at is not None or there.state not in NON_FINAL:
        return None
    state = AttemptState.PENDING if there.state is AttemptState.CREATED else there.state
    state = AttemptState.UNKNOWN if state is AttemptState.CREATING else state
    return replace(there, state=state, shown_at=newer.shown_at, problem_code="restored")


def _follows(there: Attempt, newer: Attempt) -> bool:
    """Tell whether an attempt, in the life of an order, can have come later than the same one elsewhere."""
    if request_values(there) != request_values(newer):
        return False
    if there.state is newer.state:
        return there.shown_at is None and newer.shown_at is not None
    return newer.state in _later(there.state)


def _later(state: AttemptState) -> set[AttemptState]:
    reached: set[AttemptState] = set()
    left = [state]
    while left:
        for after in TRANSITIONS[left.pop()] - reached:
            reached.add(after)
            left.append(after)
    return reached


def _reborn(row: audit.AuditRow, ref: str) -> Attempt:
    facts = json.loads(row.facts)
    return Attempt(
        merchant_order_id=ref,
        order_id=row.order_id,
        number=int(facts["number"]),
        provider=str(facts["provider"]),
        flow=Flow(facts["flow"]),
        money=Money(int(facts["amount_minor"]), str(facts["currency"])),
        description="",
        request_id=str(facts["request_id"]),
        confirm_request_id=str(uuid.uuid4()),  # the old ones are lost; no call that named them is made again
        cancel_request_id=str(uuid.uuid4()),
        state=AttemptState.UNKNOWN,
        created_at=from_us(row.at_us),
    )
