"""Saving what is no payment out of a damaged ledger: refunds, people, shifts and closed days, row by row.

A refund that nothing vouches for may have been sent: it comes in as one that nobody knows, and the gateway is asked.
Somebody that nothing vouches for stays out, since a row is all it takes to have rights. A closed day proves itself by
its place in the chain.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from posapp.domain.day_close import GENESIS, close_hash
from posapp.domain.money import Money
from posapp.domain.refund import REFUND_TRANSITIONS, RESERVING, Refund, RefundRequest, RefundState
from posapp.store import audit
from posapp.store.fragments import UNREADABLE, made, readable
from posapp.store.instants import from_us, to_us
from posapp.store.recording import read_attempt, read_snapshot, refresh
from posapp.store.refund_rows import (
    REFUND_COLUMNS,
    REFUND_PROGRESS_COLUMNS,
    REFUND_REQUEST_COLUMNS,
    refund_from,
    refund_progress_values,
    refund_request_values,
)
from posapp.store.vouching import TILL, VOUCHED, vouch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from posapp.store.audit import AuditRow

_INSERT_REFUND: Final = (
    f"INSERT INTO refunds ({', '.join(REFUND_REQUEST_COLUMNS + REFUND_PROGRESS_COLUMNS)}, owner) "  # noqa: S608
    f"VALUES ({', '.join('?' * len(REFUND_REQUEST_COLUMNS + REFUND_PROGRESS_COLUMNS))}, '')"
)
_CHANGE_REFUND: Final = (
    f"UPDATE refunds SET {', '.join(f'{name} = ?' for name in REFUND_PROGRESS_COLUMNS)} "  # noqa: S608
    "WHERE merchant_refund_id = ?"
)


class Belongings:
    """Takes them into a sound ledger, inside the caller's transaction and after its orders are there."""

    def __init__(self, target: sqlite3.Connection, former: sqlite3.Connection, at: datetime, source: str) -> None:
        """Save from `former` into `target`; audit rows say so with the moment and the file's name."""
        self._target = target
        self._former = former
        self._at = at
        self._source = source
        self._told: dict[tuple[str, str], AuditRow] = {}
        self._begun: dict[str, AuditRow] = {}
        (self._last_seq,) = target.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()

    def save(self) -> None:
        """Take in what the target does not have, and what it has in an older state; never fails on what is damaged."""
        for row in readable(self._former, "audit", "seq", audit.COLUMNS):
            self._hear(audit.AuditRow(*row))
        for row in readable(self._former, "refunds", "id", REFUND_COLUMNS):
            refund = made(refund_from, row)
            if refund is not None:
                self._save_refund(refund)
        for name, born in self._begun.items():
            self._try(lambda name=name, born=born: self._bear(name, born))
        self._save_rows("person", self._trusted)
        self._save_rows("shift", self._shift)
        self._save_rows("day_close", self._next_day)

    def _hear(self, row: AuditRow) -> None:
        if row.event not in VOUCHED or row.hash != row.expected_hash():
            return
        name = str(json.loads(row.facts).get("ref"))
        self._told[row.event, name] = row
        if row.event == "refund" and row.old_state is None:
            self._begun.setdefault(name, row)

    def _save_refund(self, refund: Refund) -> None:
        name = refund.merchant_refund_id
        told = self._told.get(("refund", name))
        values = (*refund_request_values(refund), *refund_progress_values(refund))
        vouched = told is not None and told.row_hash == audit.hash_of(values)
        believed = refund if vouched else doubted_refund(refund)
        there = self._there(name)
        if there is None:
            self._try(lambda: self._write_refund(believed, None))
        elif vouched and _follows(there, refund):
            self._try(lambda: self._write_refund(refund, there.state))

    def _bear(self, name: str, born: AuditRow) -> None:
        """Rebuild a refund whose own row is lost from the audit row of its beginning."""
        attempt = read_attempt(self._target, born.merchant_order_id or "")
        if attempt is None or self._there(name) is not None:
            return
        facts = json.loads(born.facts)
        created_at = from_us(born.at_us)
        request = RefundRequest(
            merchant_refund_id=name,
            request_id=str(facts["request_id"]),
            merchant_order_id=attempt.merchant_order_id,
            payment_gateway_id=attempt.gateway_id,
            money=Money(int(facts["amount_minor"]), str(facts["currency"])),
            reason=str(facts.get("reason", "")),
        )
        lost = Refund(
            request,
            attempt.order_id,
            attempt.provider,
            created_at.astimezone(UTC).date(),
            created_at,
            str(facts.get("asked_by", "")),
            str(facts.get("approved_by", "")),
        )
        self._write_refund(doubted_refund(lost), None)

    def _write_refund(self, refund: Refund, before: RefundState | None) -> None:
        name = refund.merchant_refund_id
        if before is None:
            self._target.execute(_INSERT_REFUND, (*refund_request_values(refund), *refund_progress_values(refund)))
        else:
            self._target.execute(_CHANGE_REFUND, (*refund_progress_values(refund), name))
        snapshot = read_snapshot(self._target, refund.order_id)
        ref = refund.request.merchant_order_id
        paid = [attempt for attempt in snapshot.attempts if attempt.merchant_order_id == ref] if snapshot else []
        if snapshot is None or not paid or paid[0].money.currency != refund.money.currency:
            raise ValueError("a refund of something else")
        mine = [one for one in snapshot.refunds if one.request.merchant_order_id == ref and one.state in RESERVING]
        if sum(one.money.minor for one in mine) > paid[0].money.minor:
            raise ValueError("more than was paid")
        facts = {"from": self._source}
        event = audit.AuditEvent(to_us(self._at), refund.order_id, ref, "refund", facts, before, refund.state)
        refresh(self._target, snapshot, vouch(self._target, event, name))

    def _there(self, name: str) -> Refund | None:
        query = f"SELECT {REFUND_COLUMNS} FROM refunds WHERE merchant_refund_id = ?"  # noqa: S608 - constants
        row = self._target.execute(query, (name,)).fetchone()
        return None if row is None else refund_from(row)

    def _save_rows(self, event: str, take: Callable[[str, dict[str, Any]], dict[str, Any] | None]) -> None:
        vouched = VOUCHED[event]
        number = "rowid" if vouched.key == "person_id" else vouched.key
        for row in readable(self._former, vouched.table, number, ", ".join(vouched.columns)):
            wanted = take(event, dict(zip(vouched.columns, row, strict=True)))
            if wanted is not None:
                self._try(lambda wanted=wanted: self._write(event, wanted))

    def _trusted(self, event: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """Take a row that the newest audit row about it vouches for, where the target knows nothing newer."""
        name = str(row[VOUCHED[event].key])
        told = self._told.get((event, name))
        if told is None or told.row_hash != audit.hash_of(tuple(row.values())):
            return None
        same_or_newer = "SELECT 1 FROM audit WHERE seq >= ? AND event = ? AND json_extract(facts, '$.ref') = ?"
        known = self._target.execute(same_or_newer, (told.seq, event, name)).fetchone()
        return row if known is None else None

    def _shift(self, event: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """As `_trusted`; what this ledger's audit does not have cannot bound it, so it takes in all that was saved."""
        trusted = self._trusted(event, row)
        if trusted is None:
            return None
        marks = {name: min(trusted[name], self._last_seq) for name in ("opened_seq", "closed_seq") if trusted[name]}
        return {**trusted, **marks}

    def _next_day(self, _event: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """Take a Z that follows the target's last one: without it the next day would bear a number that was printed."""
        last = self._target.execute("SELECT number, hash FROM day_closes ORDER BY number DESC LIMIT 1").fetchone()
        number, before = last or (0, GENESIS)
        follows = row["number"] == number + 1 and row["prev_hash"] == before
        sound = row["hash"] == close_hash(before, number + 1, row["business_day"], row["report"])
        return row if follows and sound else None

    def _write(self, event: str, row: dict[str, Any]) -> None:
        vouched = VOUCHED[event]
        bring(self._target, vouched.table, vouched.key, row)
        told = audit.AuditEvent(to_us(self._at), TILL, None, event, {"from": self._source})
        vouch(self._target, told, row[vouched.key])

    def _try(self, write: Callable[[], None]) -> None:
        """Write one row, or nothing of it where its values cannot stand in a ledger."""
        self._target.execute("SAVEPOINT belonging")
        try:
            write()
        except (sqlite3.IntegrityError, LookupError, *UNREADABLE):
            self._target.execute("ROLLBACK TO belonging")
        self._target.execute("RELEASE belonging")


def doubted_refund(refund: Refund) -> Refund:
    """Make a refund that nobody knows of one that nothing vouches for: its money is neither back nor to be sent."""
    return replace(
        refund,
        state=RefundState.UNKNOWN,
        problem_code="restored",
        problem_text=None,
        review=None,
        review_detail=None,
        final_at=None,
        settled=None,
    )


def bring(target: sqlite3.Connection, table: str, key: str, row: dict[str, Any]) -> None:
    """Insert a row, or bring the one that is there to the same values; columns that agree are not touched."""
    found = target.execute(f"SELECT * FROM {table} WHERE {key} = ?", (row[key],))  # noqa: S608 - our own names
    names, there = [column[0] for column in found.description], found.fetchone()
    if there is None:
        places = ", ".join("?" * len(row))
        target.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))  # noqa: S608
        return
    now = dict(zip(names, there, strict=True))
    new = {name: value for name, value in row.items() if now[name] != value}
    if new:
        marks = ", ".join(f"{name} = ?" for name in new)
        target.execute(f"UPDATE {table} SET {marks} WHERE {key} = ?", (*new.values(), row[key]))  # noqa: S608


def _follows(there: Refund, newer: Refund) -> bool:
    """Tell whether a refund, in its life, can have come later than the same one elsewhere."""
    if refund_request_values(there) != refund_request_values(newer) or there == newer:
        return False
    if there.state is newer.state:
        return newer.settled is not None and there.settled is None
    reached, left = set[RefundState](), [there.state]
    while left:
        for after in REFUND_TRANSITIONS[left.pop()] - reached:
            reached.add(after)
            left.append(after)
    return newer.state in reached
