"""The index of the notes' words: kept in the transaction that writes the order, in the order of the lists.

FTS5 gives what it finds newest first only by its rows' numbers, so a note's number is its place in the list: business
day and time in one integer, and a count of the orders of the same microsecond. No trigger can keep it: with
`trusted_schema` off SQLite lets none write into a virtual table.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from posapp.domain.search_text import spaced

if TYPE_CHECKING:
    import sqlite3

TWIN_BITS: Final = 9
_TIME_BITS: Final = 39
_DAY_BITS: Final = TWIN_BITS + _TIME_BITS
_LAST_DAY: Final = (1 << 15) - 1
_DAY_US: Final = 86_400_000_000
_EPOCH: Final = 719_163
"""Ordinal of the first of January 1970."""


def place_of(business_day: date, created_us: int) -> int:
    """Return the place of the first order of a business day and microsecond; later ones have greater places.

    Times more than two days before their business day, or four after, all share one place; none are ever written.
    """
    day = min(max(business_day.toordinal() - _EPOCH, 0), _LAST_DAY)
    time = min(max(created_us - (business_day.toordinal() - _EPOCH) * _DAY_US + 2 * _DAY_US, 0), (1 << _TIME_BITS) - 1)
    return (day << _DAY_BITS) + (time << TWIN_BITS)


def day_places(business_day: date) -> tuple[int, int]:
    """Return the first and the last place of a business day."""
    day = min(max(business_day.toordinal() - _EPOCH, 0), _LAST_DAY)
    return day << _DAY_BITS, ((day + 1) << _DAY_BITS) - 1


def index_order(connection: sqlite3.Connection, order_id: str) -> None:
    """Index the note of an order that was just inserted, where it has one; inside the same transaction.

    An order that has no place of its own (more than 511 others of the same microsecond) is found without its note.
    """
    day, created_us, note = connection.execute(
        "SELECT business_day, created_us, note FROM orders WHERE order_id = ?", (order_id,)
    ).fetchone()
    if not note:
        return
    numbered = connection.execute(
        "INSERT OR IGNORE INTO noted (order_row, place) SELECT id, ? + (SELECT count(*) FROM orders AS twin WHERE "
        "twin.business_day = orders.business_day AND twin.created_us = orders.created_us AND twin.id < orders.id) "
        "FROM orders WHERE order_id = ? RETURNING place",
        (place_of(date.fromisoformat(day), created_us), order_id),
    ).fetchone()
    if numbered is not None:
        connection.execute("INSERT INTO note_words (rowid, note) VALUES (?, ?)", (numbered[0], spaced(note)))
