"""Proving that a ledger is whole: the file, the audit chain, and what the chain says against what the tables say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from posapp.domain.order import order_status
from posapp.domain.status import AttemptState
from posapp.store import audit
from posapp.store.finding import Finding
from posapp.store.recording import read_snapshot, request_facts, stored_hash
from posapp.store.schema import altered
from posapp.store.vouched_rows import check_refunds, check_vouched
from posapp.store.vouching import VOUCHED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from posapp.domain.order import Attempt
    from posapp.store.audit import AuditRow
    from posapp.store.ledger import Ledger
    from posapp.store.vouched_rows import Vouchers

_TABLES: Final = frozenset({"orders", "attempts", "audit", *(vouched.table for vouched in VOUCHED.values())})


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found; whole where `findings` is empty."""

    orders: int
    attempts: int
    audit_rows: int
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(ledger: Ledger) -> Verification:
    """Check the whole ledger; reads everything once and writes nothing.

    Raises:
        LedgerError: Where the file is too damaged to be read at all.
    """
    with ledger.reading() as connection:
        return verify_connection(connection)


def verify_connection(connection: sqlite3.Connection) -> Verification:
    """As `verify`, over an open connection, inside whatever transaction it is in.

    Raises:
        sqlite3.Error: As `verify`, in SQLite's own words.
    """
    findings = [*_check_file(connection), *_check_schema(connection)]
    if any(finding.subject in _TABLES for finding in findings):
        return Verification(0, 0, 0, tuple(findings))
    history = _History()
    findings.extend(history.walk(connection))
    findings.extend(_check_orders(connection, history))
    findings.extend(check_vouched(connection, history.vouchers))
    (orders,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    (attempts,) = connection.execute("SELECT count(*) FROM attempts").fetchone()
    return Verification(orders, attempts, history.length, tuple(findings))


def _check_file(connection: sqlite3.Connection) -> Iterator[Finding]:
    for (verdict,) in connection.execute("PRAGMA integrity_check(20)"):
        if verdict != "ok":
            yield Finding("file_damaged", f"SQLite says of the file: {verdict}")
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield Finding("file_damaged", f"a row of {row[0]} points to nothing")


def _check_schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    for name in sorted(altered(connection)):
        yield Finding("schema_differs", f"{name} is not as posapp made it", subject=name)


class _History:
    """What the audit chain says of each attempt (its last state, what was asked, its last row), order and other row."""

    def __init__(self) -> None:
        self.length = 0
        self.last: dict[str, int] = {}
        self.row: dict[str, tuple[str, int]] = {}
        self.state: dict[str, tuple[str, int]] = {}
        self.request: dict[str, tuple[object, int]] = {}
        self.vouchers: Vouchers = {}

    def walk(self, connection: sqlite3.Connection) -> Iterator[Finding]:
        """Read the chain once, naming the first row that does not follow from the one before."""
        before: AuditRow | None = None
        broken = False
        for row in audit.rows(connection):
            self.length += 1
            if not broken:
                finding = _broken_link(before, row)
                if finding is not None:
                    broken = True
                    yield finding
            self._remember(row)
            before = row

    def _remember(self, row: AuditRow) -> None:
        self.last[row.order_id] = row.seq
        if row.event in VOUCHED:  # it may name an attempt, too, and says nothing of that one's row
            self._remember_vouched(row)
            return
        if row.merchant_order_id is None:
            return
        self.row[row.merchant_order_id] = (row.row_hash, row.seq)
        if row.event != "state" or row.new_state is None:
            return
        if row.old_state == AttemptState.DRAFT:
            self.request[row.merchant_order_id] = (_parsed(row.facts), row.seq)
        self.state[row.merchant_order_id] = (row.new_state, row.seq)

    def _remember_vouched(self, row: AuditRow) -> None:
        facts = _parsed(row.facts)
        name = str(cast("dict[str, object]", facts).get("ref")) if isinstance(facts, dict) else "?"
        self.vouchers.setdefault(row.event, {})[name] = (row.row_hash, row.seq)


def _broken_link(before: AuditRow | None, row: AuditRow) -> Finding | None:
    expected_seq = before.seq + 1 if before else 1
    if row.seq != expected_seq:
        return Finding("chain_gap", f"audit row {expected_seq} is missing", expected_seq, row.order_id)
    expected_prev = before.hash if before else audit.GENESIS
    if row.prev_hash != expected_prev or row.hash != row.expected_hash():
        return Finding("chain_broken", f"audit row {row.seq} is not what was written", row.seq, row.order_id)
    return None


def _parsed(facts: str) -> object:
    try:
        return json.loads(facts)
    except (ValueError, RecursionError):
        return None  # no order was ever written like that; the chain has already named the row


def _check_orders(connection: sqlite3.Connection, history: _History) -> Iterator[Finding]:
    known: set[str] = set()
    columns = "order_id, status, needs_look, refunded_minor, version"
    listed = connection.execute(f"SELECT {columns} FROM orders ORDER BY id").fetchall()  # noqa: S608 - our own names
    for order_id, status, needs_look, refunded_minor, version in listed:
        refs = connection.execute("SELECT merchant_order_id FROM attempts WHERE order_id = ?", (order_id,)).fetchall()
        known.update(ref for (ref,) in refs)
        seq = history.last.get(order_id)
        if not refs:
            yield Finding("order_missing", f"order {order_id} has no attempt", seq, order_id)
            continue
        try:
            snapshot = read_snapshot(connection, order_id)
        except (ValueError, OverflowError):
            snapshot = None
        if snapshot is None:
            yield Finding("row_unreadable", f"order {order_id} holds what posapp never writes", seq, order_id)
            continue
        if version != seq:
            yield Finding(
                "version_differs", f"the audit row that order {order_id} names last is missing", seq, order_id
            )
        if (order_status(snapshot.attempts), int(snapshot.needs_look)) != (status, needs_look):
            yield Finding("derived_differs", f"order {order_id} is listed as {status} but is not", seq, order_id)
        yield from check_refunds(snapshot, refunded_minor, seq)
        for attempt in snapshot.attempts:
            yield from _check_attempt(connection, attempt, history)
    for missing in sorted(set(history.state) - known):
        seq = history.state[missing][1]
        yield Finding("order_missing", f"the audit knows {missing}, the tables do not", seq, missing)


def _check_attempt(connection: sqlite3.Connection, attempt: Attempt, history: _History) -> Iterator[Finding]:
    ref = attempt.merchant_order_id
    if ref not in history.state or ref not in history.request:
        yield Finding("unaudited", f"attempt {ref} has no audit row", subject=ref)
        return
    state, seq = history.state[ref]
    asked, asked_seq = history.request[ref]
    vouched, last_seq = history.row[ref]
    if state != attempt.state:
        yield Finding("state_differs", f"attempt {ref} is {attempt.state}, the audit says {state}", seq, ref)
    elif asked != request_facts(attempt):
        yield Finding("request_differs", f"attempt {ref} is not what was asked of the gateway", asked_seq, ref)
    elif vouched != stored_hash(connection, ref):
        yield Finding("row_differs", f"attempt {ref} or its order is not as it was written", last_seq, ref)
