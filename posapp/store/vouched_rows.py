"""Proving the rows that the audit vouches for one by one: refunds, people, shifts and closed days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from posapp.domain.day_close import CloseRow, check_chain
from posapp.domain.refund import RESERVING
from posapp.store import audit
from posapp.store.finding import Finding
from posapp.store.note_index import place_of
from posapp.store.vouching import VOUCHED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from posapp.domain.order import OrderSnapshot

NOUNS: Final[Mapping[str, str]] = {
    "refund": "refund",
    "person": "person",
    "shift": "shift",
    "day_close": "day close",
}
"""What a row of each kind is called in a finding."""

Vouchers = dict[str, dict[str, tuple[str, int]]]
"""By event and name of the row: the hash of the last audit row that vouches for it, and its sequence number."""

_RESERVING: Final = ", ".join(f"'{state}'" for state in sorted(RESERVING))
_DAYS: Final = "number, business_day, closed_us, closed_by, report, prev_hash, hash"
_PLACES: Final = (
    "SELECT order_row, place, order_id, business_day, created_us, note, (SELECT count(*) FROM orders AS twin "
    "WHERE twin.business_day = orders.business_day AND twin.created_us = orders.created_us AND twin.id < orders.id) "
    "FROM noted LEFT JOIN orders ON orders.id = noted.order_row ORDER BY noted.order_row"
)


def check_vouched(connection: sqlite3.Connection, vouchers: Vouchers) -> Iterator[Finding]:
    """Compare each row with the last audit row that vouches for it, and find those that only one of them knows."""
    for event, vouched in VOUCHED.items():
        noun, told = NOUNS[event], vouchers.get(event, {})
        known: set[str] = set()
        columns = ", ".join(vouched.columns)
        place = vouched.columns.index(vouched.key)
        for row in connection.execute(f"SELECT {columns} FROM {vouched.table} ORDER BY {vouched.key}"):  # noqa: S608
            name = str(row[place])
            known.add(name)
            if name not in told:
                yield Finding("unaudited", f"{noun} {name} has no audit row", subject=name)
            elif told[name][0] != audit.hash_of(tuple(row)):
                yield Finding("row_differs", f"{noun} {name} is not as it was written", told[name][1], name)
        for name in sorted(told.keys() - known):
            seq = told[name][1]
            yield Finding("row_missing", f"the audit knows {noun} {name}, the tables do not", seq, name)
    yield from _check_sums(connection)
    yield from _check_days(connection)
    yield from _check_places(connection)


def check_refunds(snapshot: OrderSnapshot, refunded_minor: int, seq: int | None) -> Iterator[Finding]:
    """Compare what an order is said to have given back with its refunds, and each refund with its payment."""
    order_id = snapshot.order.order_id
    if snapshot.refunded.minor != refunded_minor:
        told = f"order {order_id} is not listed with what was given back of it"
        yield Finding("derived_differs", told, seq, order_id)
    payments = {attempt.merchant_order_id: attempt for attempt in snapshot.attempts}
    for refund in snapshot.refunds:
        paid = payments.get(refund.request.merchant_order_id)
        if paid is None or paid.money.currency != refund.money.currency or paid.provider != refund.provider:
            name = refund.merchant_refund_id
            yield Finding("request_differs", f"refund {name} is not of a payment of its order", seq, name)


def _check_sums(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Find payments of which more was given back, or is on its way, than was asked for."""
    query = (
        "SELECT refunds.merchant_order_id, sum(refunds.amount_minor), attempts.amount_minor "  # noqa: S608
        "FROM refunds JOIN attempts ON attempts.merchant_order_id = refunds.merchant_order_id "
        f"WHERE refunds.state IN ({_RESERVING}) GROUP BY refunds.merchant_order_id"
    )
    for ref, back, paid in connection.execute(query):
        if back > paid:
            yield Finding("refund_too_much", f"more was given back of {ref} than was paid", subject=ref)


def _check_places(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Compare the places by which notes are found with the orders that they belong to."""
    for row, place, order_id, day, created_us, note, twins in connection.execute(_PLACES):
        if order_id is None or not note or not _is_there(place, day, created_us, twins):
            yield Finding("derived_differs", f"the note of order {order_id or row} has a wrong place", subject=order_id)


def _is_there(place: int, day: str, created_us: int, twins: int) -> bool:
    """Tell whether a place is one of those of an order before which so many of the same microsecond were written."""
    try:
        return 0 <= place - place_of(date.fromisoformat(day), created_us) <= twins
    except ValueError:
        return False  # the order's own row has been named


def _check_days(connection: sqlite3.Connection) -> Iterator[Finding]:
    rows = connection.execute(f"SELECT {_DAYS} FROM day_closes ORDER BY number")  # noqa: S608 - a constant
    fault = check_chain(CloseRow(*row) for row in rows)
    if fault is not None:
        told = "is missing" if fault.code == "number" else "does not follow from the one before"
        yield Finding("day_chain_broken", f"day close {fault.number} {told}", subject=str(fault.number))
