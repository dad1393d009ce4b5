"""Writing refunds: what may be given back is decided in the transaction that commits the wish to give it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.refund import RefundState, may_refund_change
from posapp.domain.status import AttemptState
from posapp.store import audit
from posapp.store.instants import to_us
from posapp.store.recording import read_snapshot, refresh
from posapp.store.refund_rows import (
    REFUND_COLUMNS,
    REFUND_PROGRESS_COLUMNS,
    REFUND_REQUEST_COLUMNS,
    refund_from,
    refund_progress_values,
    refund_request_values,
)
from posapp.store.vouching import vouch

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.store.ledger import Ledger

EVENT: Final = "refund"
_NOTHING: Final[Mapping[str, str]] = {}

_COLUMNS: Final = (*REFUND_REQUEST_COLUMNS, *REFUND_PROGRESS_COLUMNS, "owner")
_INSERT: Final = f"INSERT INTO refunds ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_CHANGE: Final = (
    f"UPDATE refunds SET {', '.join(f'{name} = ?' for name in REFUND_PROGRESS_COLUMNS)} "  # noqa: S608 - constants
    f"WHERE merchant_refund_id = ? AND ({', '.join(REFUND_PROGRESS_COLUMNS)}) "
    f"IS ({', '.join('?' * len(REFUND_PROGRESS_COLUMNS))})"
)
_UNFINISHED: Final = "state IN ('REQUESTED', 'PROCESSING', 'UNKNOWN')"
_RESERVED_BY: Final = (
    "SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE business_day = ? AND currency = ? "
    "AND (state IN ('REQUESTED', 'PROCESSING', 'UNKNOWN', 'SUCCEEDED') OR review = 'CONTRADICTED') "
    "AND iif(approved_by <> '', approved_by, asked_by) = ?"
)
"""What counts against a ceiling: what `Refund.reserves` says."""


class RefundStore:
    """The till's refunds. Lives on the thread of its ledger.

    Every method raises `LedgerError` where the environment prevents it; nothing is half written.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Write into an open ledger."""
        self._ledger = ledger

    def add(
        self, refund: Refund, owner: str, *, seen_minor: int, ceiling: Money | None = None
    ) -> tuple[OrderSnapshot, bool]:
        """Commit a refund where the payment still allows it; nothing may be sent before this returned.

        Two windows, two processes and two presses meet here: the write lock lets one of them in at a time, and the
        next one finds what the first has committed.

        Args:
            refund: In state REQUESTED.
            owner: Name of the running process.
            seen_minor: What had gone back of the payment, or was on its way, when the amount was entered.
            ceiling: The most that whoever answers for it may give back on its business day.

        Returns:
            The order, and whether the refund is new; it is not where its `request_id` is there already.

        Raises:
            DomainError: `refund_not_paid`, `refund_too_much`, `refund_changed`, `refund_over_ceiling`, or
                `refund_reused` where the id stands for another refund.
            ValueError: For a refund in any other state.
        """
        if refund.state is not RefundState.REQUESTED:
            raise ValueError(f"a refund begins as REQUESTED, not as {refund.state}")
        with self._ledger.writing() as connection:
            there = _by_request(connection, refund.request.request_id)
            if there is not None:
                _refuse_another(there, refund)
                return _order_of(connection, there), False
            _refuse_too_much(_order_of(connection, refund), refund, seen_minor)
            if ceiling is not None:
                _refuse_over(connection, refund, ceiling)
            values = (*refund_request_values(refund), *refund_progress_values(refund), owner)
            connection.execute(_INSERT, values)
            return _vouched(connection, refund, None, to_us(refund.created_at), _asked(refund)), True

    def change(
        self, old: Refund, new: Refund, at: datetime, facts: Mapping[str, str] = _NOTHING
    ) -> OrderSnapshot | None:
        """Replace what became of a refund where all of it is still as it was read.

        Args:
            old: The refund as it was read.
            new: The same with what became of it.
            at: The moment for the audit row, UTC.
            facts: What else belongs into that row, like who decided something.

        Returns:
            The order as it now stands, or None where somebody else had changed the refund and nothing was written.

        Raises:
            ValueError: For a transition that the life of a refund does not have.
        """
        if old.state is not new.state and not may_refund_change(old.state, new.state):
            raise ValueError(f"{old.state} cannot become {new.state}")
        with self._ledger.writing() as connection:
            values = (*refund_progress_values(new), old.merchant_refund_id, *refund_progress_values(old))
            if connection.execute(_CHANGE, values).rowcount != 1:
                return None
            return _vouched(connection, new, old.state, to_us(at), {**_became(old, new), **facts})

    def refund(self, merchant_refund_id: str) -> Refund | None:
        """Read one refund."""
        with self._ledger.reading() as connection:
            return _one(connection, "merchant_refund_id", merchant_refund_id)

    def by_request(self, request_id: str) -> Refund | None:
        """Read the refund that a wish became."""
        with self._ledger.reading() as connection:
            return _by_request(connection, request_id)

    def unfinished(self) -> list[Refund]:
        """Read every refund that the gateway is asked about, newest first."""
        query = f"SELECT {REFUND_COLUMNS} FROM refunds WHERE {_UNFINISHED} ORDER BY id DESC"  # noqa: S608 - constants
        with self._ledger.reading() as connection:
            return [refund_from(row) for row in connection.execute(query)]

    def requested_owners(self) -> dict[str, str]:
        """Read who is sending: the owner of every REQUESTED refund, by its id."""
        # The first condition only says that the small index of unfinished refunds will do.
        query = f"SELECT merchant_refund_id, owner FROM refunds WHERE {_UNFINISHED} AND state = 'REQUESTED'"  # noqa: S608
        with self._ledger.reading() as connection:
            return dict(connection.execute(query).fetchall())


def _vouched(
    connection: sqlite3.Connection, refund: Refund, before: RefundState | None, at_us: int, facts: Mapping[str, str]
) -> OrderSnapshot:
    event = audit.AuditEvent(
        at_us=at_us,
        order_id=refund.order_id,
        merchant_order_id=refund.request.merchant_order_id,
        event=EVENT,
        facts=facts,
        old_state=before,
        new_state=refund.state,
    )
    seq = vouch(connection, event, refund.merchant_refund_id)
    return refresh(connection, _order_of(connection, refund), seq)


def _order_of(connection: sqlite3.Connection, refund: Refund) -> OrderSnapshot:
    snapshot = read_snapshot(connection, refund.order_id)
    if snapshot is None:
        raise LookupError(f"no order {refund.order_id}")
    return snapshot


def _one(connection: sqlite3.Connection, column: str, value: str) -> Refund | None:
    query = f"SELECT {REFUND_COLUMNS} FROM refunds WHERE {column} = ?"  # noqa: S608 - constants
    row = connection.execute(query, (value,)).fetchone()
    return None if row is None else refund_from(row)


def _by_request(connection: sqlite3.Connection, request_id: str) -> Refund | None:
    return _one(connection, "request_id", request_id)


def _refuse_another(there: Refund, refund: Refund) -> None:
    same_payment = there.request.merchant_order_id == refund.request.merchant_order_id
    if not same_payment or there.money != refund.money:
        raise DomainError("refund_reused", "That press was for another refund; nothing was done.")


def _refuse_too_much(snapshot: OrderSnapshot, refund: Refund, seen_minor: int) -> None:
    ref = refund.request.merchant_order_id
    attempt = next((attempt for attempt in snapshot.attempts if attempt.merchant_order_id == ref), None)
    if attempt is None or attempt.state is not AttemptState.SUCCEEDED:
        raise DomainError("refund_not_paid", "That payment is not paid, so there is nothing to give back.")
    left = snapshot.refundable(ref)
    if attempt.money.minor - left.minor != seen_minor:
        raise DomainError("refund_changed", "Something else of this payment was given back meanwhile; look again.")
    if refund.money.minor > left.minor:
        raise DomainError("refund_too_much", f"At most {left} of this payment can still be given back.")


def _refuse_over(connection: sqlite3.Connection, refund: Refund, ceiling: Money) -> None:
    if ceiling.currency != refund.money.currency:
        raise DomainError("refund_over_ceiling", f"{refund.authoriser} may give back {ceiling.currency} only.")
    key = (refund.business_day.isoformat(), ceiling.currency, refund.authoriser)
    (reserved,) = connection.execute(_RESERVED_BY, key).fetchone()
    if reserved + refund.money.minor > ceiling.minor:
        raise DomainError("refund_over_ceiling", f"{refund.authoriser} may give back {ceiling} on one day.")


def _asked(refund: Refund) -> dict[str, str]:
    facts = {
        "amount_minor": str(refund.money.minor),
        "currency": refund.money.currency,
        "request_id": refund.request.request_id,
        "reason": refund.request.reason,
        "asked_by": refund.asked_by,
        "approved_by": refund.approved_by,
    }
    return {name: value for name, value in facts.items() if value}


def _became(old: Refund, new: Refund) -> dict[str, str]:
    watched: tuple[tuple[str, str | None, str | None], ...] = (
        ("gateway_refund_id", old.gateway_refund_id, new.gateway_refund_id),
        ("support_id", old.support_id, new.support_id),
        ("problem", old.problem_code, new.problem_code),
        ("detail", old.problem_text, new.problem_text),
        ("review", old.review, new.review),
        ("review_detail", old.review_detail, new.review_detail),
        ("settled", old.settled, new.settled),
    )
    facts = {name: str(after) for name, before, after in watched if after is not None and after != before}
    # With every row, so that a line of the timeline needs no other one to say how much it was about.
    return {**facts, "amount_minor": str(new.money.minor), "currency": new.money.currency}
