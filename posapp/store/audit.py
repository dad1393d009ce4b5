"""The audit: append-only rows, each holding the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

GENESIS: Final = "0" * 64
COLUMNS: Final = (
    "seq, at_us, order_id, merchant_order_id, event, old_state, new_state, facts, row_hash, prev_hash, hash"
)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the chain as it is stored.

    Attributes:
        facts: Canonical JSON text.
        row_hash: Hash of the order and the attempt as this change left them, so that every column is vouched for.
        prev_hash: `hash` of the row before.
        hash: Hash of all the others.
    """

    seq: int
    at_us: int
    order_id: str
    merchant_order_id: str | None
    event: str
    old_state: str | None
    new_state: str | None
    facts: str
    row_hash: str
    prev_hash: str
    hash: str

    def expected_hash(self) -> str:
        """Compute the hash that this row must carry."""
        return hash_of(_content(self))


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What is to be written down.

    Attributes:
        at_us: Microseconds since 1970, UTC.
        order_id: The order it is about.
        merchant_order_id: The attempt it is about, where there is one.
        event: Code of what happened.
        facts: What else is worth keeping, as text; never a secret or a payment code.
        old_state: State before a transition.
        new_state: State after it.
    """

    at_us: int
    order_id: str
    merchant_order_id: str | None
    event: str
    facts: Mapping[str, str]
    old_state: str | None = None
    new_state: str | None = None


def append(connection: sqlite3.Connection, event: AuditEvent, row_hash: str) -> int:
    """Add a row to the chain, inside the caller's write transaction, and return its sequence number."""
    last = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    facts = json.dumps(dict(event.facts), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    unsigned = AuditRow(
        seq=seq,
        at_us=event.at_us,
        order_id=event.order_id,
        merchant_order_id=event.merchant_order_id,
        event=event.event,
        old_state=event.old_state,
        new_state=event.new_state,
        facts=facts,
        row_hash=row_hash,
        prev_hash=prev_hash,
        hash="",
    )
    _insert(connection, (*_content(unsigned), unsigned.expected_hash()))
    return seq


def copy_row(connection: sqlite3.Connection, row: AuditRow) -> None:
    """Add a row to the chain as it stands in another copy of the same chain."""
    _insert(connection, (*_content(row), row.hash))


def rows(connection: sqlite3.Connection) -> Iterator[AuditRow]:
    """Read the chain from its beginning, row by row."""
    return rows_after(connection, 0)


def rows_after(connection: sqlite3.Connection, seq: int) -> Iterator[AuditRow]:
    """Read the chain behind a sequence number, row by row."""
    query = f"SELECT {COLUMNS} FROM audit WHERE seq > ? ORDER BY seq"  # noqa: S608 - a constant
    for row in connection.execute(query, (seq,)):
        yield AuditRow(*row)


def hash_of(values: tuple[str | int | None, ...]) -> str:
    """Hash values so that no two different rows can read the same: SHA-256 over their JSON."""
    canonical = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _content(row: AuditRow) -> tuple[str | int | None, ...]:
    return (
        row.seq,
        row.at_us,
        row.order_id,
        row.merchant_order_id,
        row.event,
        row.old_state,
        row.new_state,
        row.facts,
        row.row_hash,
        row.prev_hash,
    )


def _insert(connection: sqlite3.Connection, values: tuple[str | int | None, ...]) -> None:
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO audit ({COLUMNS}) VALUES ({places})", values)  # noqa: S608 - constants
