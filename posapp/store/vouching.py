"""Audit rows that vouch for a row of any table but orders and attempts, and those that only tell what was done.

The audit row names its row in `facts["ref"]` and carries the hash of all its columns but the volatile ones, so that
`verify` can tell whether a row still is what was last written down about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.store import audit
from posapp.store.refund_rows import REFUND_PROGRESS_COLUMNS, REFUND_REQUEST_COLUMNS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Vouched:
    """A table whose rows the audit vouches for.

    Attributes:
        table: Its name.
        key: The column that names a row.
        columns: What is vouched for, in this order for ever: the hashes depend on it.
    """

    table: str
    key: str
    columns: tuple[str, ...]


VOUCHED: Final[Mapping[str, Vouched]] = {
    "refund": Vouched("refunds", "merchant_refund_id", REFUND_REQUEST_COLUMNS + REFUND_PROGRESS_COLUMNS),
    "person": Vouched(
        "people",
        "person_id",
        ("person_id", "name", "role", "active", "pin_hash", "ceiling_minor", "ceiling_currency", "failures",
         "created_us"),
    ),
    "shift": Vouched(
        "shifts",
        "number",
        ("number", "opened_us", "opened_by", "opened_seq", "closed_us", "closed_by", "closed_seq", "expected",
         "counted", "note"),
    ),
    "day_close": Vouched(
        "day_closes",
        "number",
        ("number", "business_day", "closed_us", "closed_by", "report", "prev_hash", "hash"),
    ),
}  # fmt: skip
"""By the event of the audit rows that vouch for them."""

TILL: Final = ""
"""In place of an order's id: the audit row is about the till."""


def vouch(connection: sqlite3.Connection, event: audit.AuditEvent, ref: str | int) -> int:
    """Append the audit row that vouches for a row as it stands now; inside the caller's write transaction.

    Args:
        connection: The ledger's connection.
        event: Its `event` is a key of `VOUCHED`; `ref` is added to its facts.
        ref: Names the row.

    Returns:
        The audit row's sequence number.
    """
    facts = {**event.facts, "ref": str(ref)}
    told = audit.AuditEvent(
        event.at_us, event.order_id, event.merchant_order_id, event.event, facts, event.old_state, event.new_state
    )
    return audit.append(connection, told, vouched_hash(connection, event.event, ref))


def vouched_hash(connection: sqlite3.Connection, event: str, ref: str | int) -> str:
    """Hash a row as `vouch` does.

    Raises:
        LookupError: There is no such row.
    """
    vouched = VOUCHED[event]
    query = f"SELECT {', '.join(vouched.columns)} FROM {vouched.table} WHERE {vouched.key} = ?"  # noqa: S608 - constants
    row = connection.execute(query, (ref,)).fetchone()
    if row is None:
        raise LookupError(f"no row of {vouched.table} to vouch for")
    return audit.hash_of(tuple(row))


def tell(connection: sqlite3.Connection, at_us: int, event: str, facts: Mapping[str, str]) -> int:
    """Append an audit row about something that a person did at the till and that changed no row: a sign-in, a reprint.

    Inside the caller's write transaction; returns its sequence number.
    """
    return audit.append(connection, audit.AuditEvent(at_us, TILL, None, event, facts), audit.hash_of(()))
