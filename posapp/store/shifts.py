"""Shifts in the ledger, and what the till took between two rows of its audit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.shift import Shift, added_up
from posapp.store import audit
from posapp.store.instants import from_us, to_us
from posapp.store.vouching import TILL, vouch

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from posapp.domain.staff import Authority
    from posapp.store.ledger import Ledger
    from posapp.store.rows import Row

_COLUMNS: Final = "number, opened_us, opened_by, opened_seq, closed_us, closed_by, closed_seq, expected, counted, note"
# A row that only says more about a payment that succeeded before has the same state on both sides.
PAID: Final = (
    "SELECT a.currency, sum(a.amount_minor) FROM audit p "
    "CROSS JOIN attempts a ON a.merchant_order_id = p.merchant_order_id "
    "WHERE p.event = 'state' AND p.new_state = 'SUCCEEDED' AND p.seq > ? AND p.seq <= ? GROUP BY a.currency"
)
REFUNDED: Final = (
    "SELECT r.currency, -sum(r.amount_minor) FROM audit p "
    "CROSS JOIN refunds r ON r.merchant_refund_id = json_extract(p.facts, '$.ref') "
    "WHERE p.event = 'refund' AND p.new_state = 'SUCCEEDED' AND p.old_state <> 'SUCCEEDED' "
    "AND p.seq > ? AND p.seq <= ? GROUP BY r.currency"
)


class Shifts:
    """The till's shifts. Lives on the thread of its ledger; every method raises `LedgerError` where it must."""

    def __init__(self, ledger: Ledger) -> None:
        """Write into an open ledger."""
        self._ledger = ledger

    def open(self, authority: Authority, at: datetime) -> Shift:
        """Begin a shift behind the last audit row.

        Raises:
            DomainError: `shift_open` where one runs.
        """
        with self._ledger.writing() as connection:
            if _running(connection) is not None:
                raise DomainError("shift_open", "A shift is running; it has to be counted and closed first.")
            (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM shifts").fetchone()
            connection.execute(
                f"INSERT INTO shifts ({_COLUMNS}) VALUES (?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL, '')",  # noqa: S608
                (last + 1, to_us(at), authority.name, _last_seq(connection)),
            )
            _vouch(connection, last + 1, at, authority, "opened")
            return _read(connection, last + 1)

    def close(self, counted: tuple[Money, ...], note: str, authority: Authority, at: datetime) -> Shift:
        """End the running shift at the last audit row, with what was counted against what it took.

        Raises:
            DomainError: `shift_not_open`.
        """
        with self._ledger.writing() as connection:
            running = _running(connection)
            if running is None:
                raise DomainError("shift_not_open", "No shift is running.")
            closed_seq = _last_seq(connection)
            expected = taken(connection, running.opened_seq, closed_seq)
            connection.execute(
                "UPDATE shifts SET closed_us = ?, closed_by = ?, closed_seq = ?, expected = ?, counted = ?, note = ? "
                "WHERE number = ?",
                (to_us(at), authority.name, closed_seq, _text(expected), _text(counted), note, running.number),
            )
            _vouch(connection, running.number, at, authority, "closed")
            return _read(connection, running.number)

    def running(self) -> tuple[Shift, tuple[Money, ...]] | None:
        """Read the shift that runs and what it took so far."""
        with self._ledger.reading() as connection:
            shift = _running(connection)
            return None if shift is None else (shift, taken(connection, shift.opened_seq, _last_seq(connection)))

    def past(self, most: int) -> tuple[Shift, ...]:
        """Read the last shifts that ended, newest first."""
        with self._ledger.reading() as connection:
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM shifts WHERE closed_seq IS NOT NULL ORDER BY number DESC LIMIT ?",  # noqa: S608
                (most,),
            )
            return tuple(_shift(row) for row in found)


def taken(connection: sqlite3.Connection, after: int, until: int) -> tuple[Money, ...]:
    """Add up what came in less what went back behind one audit row up to another, by currency."""
    found = [*connection.execute(PAID, (after, until)), *connection.execute(REFUNDED, (after, until))]
    return added_up(Money(int(minor), currency) for currency, minor in found)


def _last_seq(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
    return int(last)


def _running(connection: sqlite3.Connection) -> Shift | None:
    query = f"SELECT {_COLUMNS} FROM shifts WHERE closed_seq IS NULL"  # noqa: S608 - a constant
    row = connection.execute(query).fetchone()
    return None if row is None else _shift(row)


def _read(connection: sqlite3.Connection, number: int) -> Shift:
    query = f"SELECT {_COLUMNS} FROM shifts WHERE number = ?"  # noqa: S608 - a constant
    return _shift(connection.execute(query, (number,)).fetchone())


def _vouch(connection: sqlite3.Connection, number: int, at: datetime, authority: Authority, what: str) -> None:
    told = {"what": what, "by": authority.asked_by, "approved_by": authority.approved_by}
    facts = {name: value for name, value in told.items() if value}
    vouch(connection, audit.AuditEvent(to_us(at), TILL, None, "shift", facts), number)


def _text(moneys: tuple[Money, ...]) -> str:
    sums = {money.currency: money.minor for money in added_up(moneys)}
    return json.dumps(sums, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _moneys(text: str | None) -> tuple[Money, ...] | None:
    return None if text is None else tuple(Money(minor, currency) for currency, minor in json.loads(text).items())


def _moment(microseconds: int | None) -> datetime | None:
    return from_us(microseconds)


def _shift(row: Row) -> Shift:
    number, opened_us, opened_by, opened_seq, closed_us, closed_by, closed_seq, expected, counted, note = row
    return Shift(
        number=number,
        opened_at=from_us(int(opened_us)),
        opened_by=opened_by,
        opened_seq=opened_seq,
        closed_at=_moment(closed_us),
        closed_by=closed_by or "",
        closed_seq=closed_seq,
        expected=_moneys(expected),
        counted=_moneys(counted),
        note=note,
    )
