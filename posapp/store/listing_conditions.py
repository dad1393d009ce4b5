"""The conditions of an order filter in SQL: for the list, and for whoever streams the same orders elsewhere.

`conditions(wanted)` is all of a filter, search text included, for a query over `orders`:

    where, values = conditions(wanted)
    f"SELECT … FROM orders WHERE {' AND '.join(where) or '1'} {NEWEST_FIRST}"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.order_query import StateFilter
from posapp.domain.search_text import IDEOGRAPHS, amounts_of, is_searchable, phrases_of, tail_of

if TYPE_CHECKING:
    from posapp.domain.order_query import OrderFilter

Value = str | int

NEWEST_FIRST: Final = "ORDER BY orders.business_day DESC, orders.created_us DESC, orders.id DESC"

# Word for word the conditions of the partial indexes: SQLite would not recognise them in bound values.
CHIPS: Final = {
    StateFilter.ALL: None,
    StateFilter.WAITING: "orders.status = 'OPEN'",
    StateFilter.PAID: "orders.status IN ('PAID', 'OVERPAID')",
    # Closed without a certain end (lapsed, say) is no "not paid": it stands among those that need a look.
    StateFilter.UNPAID: "orders.status = 'CLOSED' AND orders.needs_look = 0",
    StateFilter.NEEDS_LOOK: "orders.needs_look = 1",
    StateFilter.REFUNDED: "orders.refunded_minor > 0",
}

TAIL_INDEXED: Final = 6
"""So many characters of an id's end are in an index, last one first."""


def turned(column: str) -> str:
    """Return the expression of an id's end, last character first, word for word as it is indexed."""
    letters = " || ".join(f"substr({column}, -{place}, 1)" for place in range(1, TAIL_INDEXED + 1))
    return f"({letters}) COLLATE NOCASE"


TAILS: Final = {
    "attempts_by_tail": "merchant_order_id",
    "attempts_by_gateway_tail": "gateway_id",
}
"""The columns whose ends are indexed, by the index."""


def conditions(wanted: OrderFilter) -> tuple[list[str], list[Value]]:
    """Return all of a filter's conditions on `orders`, to be joined by AND, and their values in order."""
    where, values = days(wanted)
    for found, bound in (narrowing(wanted), _searched(wanted.text.strip())):
        where += found
        values += bound
    return where, values


def days(wanted: OrderFilter) -> tuple[list[str], list[Value]]:
    """Return the conditions on the business day."""
    where: list[str] = []
    values: list[Value] = []
    if wanted.first_day is not None:
        where.append("orders.business_day >= ?")
        values.append(wanted.first_day.isoformat())
    if wanted.last_day is not None:
        where.append("orders.business_day <= ?")
        values.append(wanted.last_day.isoformat())
    return where, values


def narrowing(wanted: OrderFilter) -> tuple[list[str], list[Value]]:
    """Return the conditions on state, cashier and till."""
    where: list[str] = []
    values: list[Value] = []
    chip = CHIPS[wanted.state]
    if chip is not None:
        where.append(f"({chip})")
    for column, name in (("cashier", wanted.cashier), ("till", wanted.till)):
        if name is not None:
            where.append(f"orders.{column} = ?")
            values.append(name)
    return where, values


def matching(text: str) -> str | None:
    """Put the words of a search text as the index of the notes is asked; None where it has no word."""
    phrases = phrases_of(text)
    if not phrases:
        return None
    return " AND ".join(
        f'"{" ".join(phrase)}"{"" if ord(phrase[-1][-1]) >= IDEOGRAPHS else " *"}' for phrase in phrases
    )


def amount_among(least: int, most: int, currencies: frozenset[str]) -> tuple[str, list[Value]]:
    """Return the condition that an order's amount lies between two, in one of the currencies."""
    condition = "(orders.amount_minor BETWEEN ? AND ? AND instr(?, orders.currency))"
    return condition, [least, most, " ".join(sorted(currencies))]


def tail_range(column: str, tail: str) -> tuple[str, list[Value]]:
    """Return the condition on `attempts` that an id ends so; its first part is answered by the index of ends."""
    begun = tail[::-1][:TAIL_INDEXED]
    turned_column = turned(f"attempts.{column}")
    condition, pattern = ends_in(column, tail)
    there = f"attempts.{column} IS NOT NULL"  # or SQLite would not see that the index has it
    return f"{there} AND {turned_column} >= ? AND {turned_column} < ? AND {condition}", [
        begun,
        begun + chr(0x10FFFF),
        *pattern,
    ]


def ends_in(column: str, tail: str) -> tuple[str, list[Value]]:
    """Return the condition on `attempts` that an id ends so, for orders that were found in another way."""
    escaped = tail.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"attempts.{column} LIKE ? ESCAPE '\\'", [f"%{escaped}"]


def _searched(text: str) -> tuple[list[str], list[Value]]:
    if not text:
        return [], []
    if not is_searchable(text):
        return ["0"], []
    either: list[str] = []
    values: list[Value] = []
    words, tail = matching(text), tail_of(text)
    if words is not None:
        either.append(
            "orders.id IN (SELECT noted.order_row FROM note_words CROSS JOIN noted ON noted.place = note_words.rowid "
            "WHERE note_words MATCH ?)"
        )
        values.append(words)
    for column in TAILS.values() if tail is not None else ():
        condition, bound = tail_range(column, str(tail))
        either.append(f"orders.order_id IN (SELECT attempts.order_id FROM attempts WHERE {condition})")  # noqa: S608
        values += bound
    for amounts in amounts_of(text):
        condition, bound = amount_among(*amounts)
        either.append(condition)
        values += bound
    return [f"({' OR '.join(either)})" if either else "0"], values
