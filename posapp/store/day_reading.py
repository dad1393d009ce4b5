"""Reading a business day over an open connection: light rows through indexes, never a scan of the ledger."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from posapp.domain.day_orders import DayAttempt, DayOrder, sale_of, sort_out
from posapp.domain.day_report import RefundLine
from posapp.domain.day_sums import DayRows
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.store.instants import from_us, to_us

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from posapp.domain.day_report import SaleLine
    from posapp.store.rows import Row

_STATES: Final = {state.value: state for state in AttemptState}
UNCLOSED_SHOWN: Final = 31
_WIDTH: Final = 8
_COLUMNS: Final = (
    "o.order_id, o.amount_minor, o.currency, o.cashier, o.till, o.note, o.business_day, o.created_us, "
    "a.merchant_order_id, a.provider, a.amount_minor, a.currency, a.state, a.review, a.alarm, "
    "coalesce(a.review_detail, a.problem_code, ''), coalesce(a.paid_us, a.final_us), a.settled"
)
OF_DAY: Final = (
    f"SELECT {_COLUMNS} FROM orders o CROSS JOIN attempts a ON a.order_id = o.order_id "  # noqa: S608 - constants
    "WHERE o.business_day = ? ORDER BY o.business_day, o.created_us, o.id, a.number"
)
# What was paid within the day, of earlier days' orders.
PAID_WITHIN: Final = (
    f"SELECT {_COLUMNS} FROM attempts a CROSS JOIN orders o ON o.order_id = a.order_id "  # noqa: S608 - constants
    "WHERE a.state = 'SUCCEEDED' AND coalesce(a.paid_us, a.final_us) >= ? AND coalesce(a.paid_us, a.final_us) < ? "
    "AND o.business_day < ? ORDER BY o.business_day, o.created_us, o.id, a.number"
)
# What was learned of after its own day was closed, and is in no Z yet.
LEARNED_AFTER: Final = (
    f"SELECT {_COLUMNS} FROM day_closes z CROSS JOIN orders o ON o.business_day = z.business_day "  # noqa: S608
    "CROSS JOIN attempts a ON a.order_id = o.order_id "
    "WHERE o.version > :seq AND a.state = 'SUCCEEDED' AND z.business_day <> :day AND EXISTS ("
    "SELECT 1 FROM audit p WHERE p.order_id = o.order_id AND p.seq > :seq "
    "AND p.merchant_order_id = a.merchant_order_id AND p.event = 'state' AND p.new_state = 'SUCCEEDED') "
    "ORDER BY o.business_day, o.created_us, o.id, a.number"
)
# The same of one closed day's own orders.
PAID_SINCE: Final = (
    "SELECT a.merchant_order_id FROM orders o CROSS JOIN attempts a ON a.order_id = o.order_id "
    "WHERE o.business_day = :day AND o.version > :seq AND a.state = 'SUCCEEDED' AND EXISTS ("
    "SELECT 1 FROM audit p WHERE p.order_id = o.order_id AND p.seq > :seq "
    "AND p.merchant_order_id = a.merchant_order_id AND p.event = 'state' AND p.new_state = 'SUCCEEDED')"
)
_REFUND_COLUMNS: Final = (
    "r.merchant_refund_id, r.order_id, r.merchant_order_id, r.amount_minor, r.currency, r.provider, r.asked_by, "
    "r.approved_by, o.till, r.reason, r.state, r.business_day, o.business_day, r.created_us, r.final_us"
)
REFUNDS_OF_DAY: Final = (
    f"SELECT {_REFUND_COLUMNS} FROM refunds r CROSS JOIN orders o ON o.order_id = r.order_id "  # noqa: S608 - constants
    "WHERE r.business_day = ? ORDER BY r.business_day, r.id"
)
REFUNDED_AFTER: Final = (
    f"SELECT {_REFUND_COLUMNS} FROM audit p "  # noqa: S608 - constants
    "CROSS JOIN refunds r ON r.merchant_refund_id = json_extract(p.facts, '$.ref') "
    "CROSS JOIN orders o ON o.order_id = r.order_id "
    "WHERE p.event = 'refund' AND p.new_state = 'SUCCEEDED' AND p.old_state <> 'SUCCEEDED' AND p.seq > :seq "
    "AND r.business_day <> :day AND EXISTS (SELECT 1 FROM day_closes z WHERE z.business_day = r.business_day) "
    "ORDER BY r.id"
)
# The first condition only says that the small index of unfinished attempts will do.
OPEN_UNTIL: Final = (
    "SELECT a.merchant_order_id FROM attempts a CROSS JOIN orders o ON o.order_id = a.order_id "
    "WHERE a.state IN ('CREATING', 'CREATED', 'PENDING', 'UNKNOWN', 'ORPHAN') AND a.state <> 'CREATING' "
    "AND o.business_day <= ? AND NOT EXISTS (SELECT 1 FROM day_closes z WHERE z.business_day = o.business_day) "
    "ORDER BY a.id"
)
# From day to day through the index, not from order to order; 400 trading days back at most.
UNCLOSED: Final = """
    WITH RECURSIVE days (day, steps) AS (
        SELECT max(coalesce((SELECT max(business_day) FROM orders WHERE business_day < :day), ''),
                   coalesce((SELECT max(business_day) FROM refunds WHERE business_day < :day), '')), 1
        UNION ALL
        SELECT max(coalesce((SELECT max(business_day) FROM orders WHERE business_day < day), ''),
                   coalesce((SELECT max(business_day) FROM refunds WHERE business_day < day), '')), steps + 1
        FROM days WHERE day <> '' AND steps < 400
    )
    SELECT day FROM days WHERE day <> '' AND NOT EXISTS (SELECT 1 FROM day_closes z WHERE z.business_day = day)
    LIMIT :most
"""


def read_day(connection: sqlite3.Connection, day: date, bounds: tuple[datetime, datetime]) -> DayRows:
    """Read all that a day's report is made of, as the ledger has it now; inside a transaction it is of one moment.

    Args:
        connection: The ledger's.
        day: The business day.
        bounds: Its first instant and the next day's first, UTC.
    """
    name = day.isoformat()
    (as_of,) = connection.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
    found = sort_out(_orders(connection.execute(OF_DAY, (name,))))
    since = last_close_as_of(connection)
    late: dict[str, SaleLine] = {}
    begins, ends = (to_us(instant) for instant in bounds)
    for line in _lines(connection.execute(PAID_WITHIN, (begins, ends, name))):
        late[line.merchant_order_id] = line
    late_refunds: tuple[RefundLine, ...] = ()
    if since is not None:
        learned = {"day": name, "seq": since}
        for line in _lines(connection.execute(LEARNED_AFTER, learned)):
            late[line.merchant_order_id] = line
        late_refunds = tuple(_refund(row) for row in connection.execute(REFUNDED_AFTER, learned))
    return DayRows(
        as_of=as_of,
        sales=found.sales,
        states=found.states,
        odd=found.odd,
        refunds=tuple(_refund(row) for row in connection.execute(REFUNDS_OF_DAY, (name,))),
        late=tuple(late.values()),
        late_refunds=late_refunds,
        unclosed_days=unclosed_days(connection, day),
    )


def last_close_as_of(connection: sqlite3.Connection) -> int | None:
    """Return the last audit row that the newest Z knew of; None before the first Z."""
    found = connection.execute(
        "SELECT json_extract(report, '$.as_of') FROM day_closes ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return None if found is None else int(found[0])


def paid_since(connection: sqlite3.Connection, day: date, seq: int) -> frozenset[str]:
    """Name the attempts of a day's orders that turned paid after an audit row."""
    found = connection.execute(PAID_SINCE, {"day": day.isoformat(), "seq": seq})
    return frozenset(merchant_order_id for (merchant_order_id,) in found)


def open_attempts(connection: sqlite3.Connection, until: date) -> list[str]:
    """Name the attempts that the gateway may know and that are not final, of open days up to one, oldest first."""
    return [ref for (ref,) in connection.execute(OPEN_UNTIL, (until.isoformat(),))]


def unclosed_days(connection: sqlite3.Connection, before: date, most: int = UNCLOSED_SHOWN) -> tuple[date, ...]:
    """Name earlier days that had orders or refunds and have no Z, newest first."""
    found = connection.execute(UNCLOSED, {"day": before.isoformat(), "most": most})
    return tuple(date.fromisoformat(day) for (day,) in found)


def _orders(rows: sqlite3.Cursor) -> Iterator[DayOrder]:
    for _, group in groupby(rows, key=itemgetter(0)):
        attempts = list(group)
        yield _order(attempts[0], tuple(map(_attempt, attempts)))


def _lines(rows: sqlite3.Cursor) -> Iterator[SaleLine]:
    for row in rows:
        attempt = _attempt(row)
        yield sale_of(_order(row, (attempt,)), attempt)


def _order(row: Row, attempts: tuple[DayAttempt, ...]) -> DayOrder:
    order_id, minor, currency, cashier, till, note, day, created_us, *_ = row
    instant: int = created_us
    return DayOrder(
        order_id,
        Money(minor, currency),
        cashier,
        till,
        note,
        _date(day),
        from_us(instant),
        attempts,
    )


def _attempt(row: Row) -> DayAttempt:
    ref, provider, minor, currency, state, review, alarm, detail, settled_us, decision = row[_WIDTH:]
    return DayAttempt(
        ref,
        provider,
        Money(minor, currency),
        _STATES[state],
        None if review is None else ReviewReason(review),
        None if alarm is None else AlarmKind(alarm),
        detail,
        _moment(settled_us),
        None if decision is None else Decision(decision),
    )


def _refund(row: Row) -> RefundLine:
    ref, order_id, paid, minor, currency, provider, asked, approved, till, reason, state, day, order_day, *times = row
    created_us, settled_us = times
    return RefundLine(
        merchant_refund_id=ref,
        order_id=order_id,
        merchant_order_id=paid,
        money=Money(minor, currency),
        provider=provider,
        asked_by=asked,
        approved_by=approved,
        till=till,
        reason=reason,
        state=RefundState(state),
        business_day=date.fromisoformat(day),
        order_day=date.fromisoformat(order_day),
        created_at=from_us(int(created_us)),
        settled_at=_moment(settled_us),
    )


@cache
def _date(day: str) -> date:
    return date.fromisoformat(day)


def _moment(microseconds: int | None) -> datetime | None:
    return from_us(microseconds)
