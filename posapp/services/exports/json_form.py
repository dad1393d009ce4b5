"""Orders as a JSON array for programs, one order a line: amounts as text, instants local and in UTC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from posapp.domain.money import Money
from posapp.services.exports.columns import COLUMNS, PLACES, Kind
from posapp.services.exports.shop_time import ShopTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from posapp.domain.export import OrderRow

_EACH: Final = 500


def write_orders(target: BinaryIO, rows: Iterable[OrderRow], zone: str, heard: Callable[[int], None]) -> int:
    """Write orders as an array of objects with the names of `columns.py`; returns how many.

    Args:
        target: Where to.
        rows: The orders.
        zone: The shop's IANA time zone.
        heard: Told how many are written; raises where it is to end.
    """
    time = ShopTime(zone)
    done = 0
    for row in rows:
        target.write(b",\n" if done else b"[\n")
        target.write(json.dumps(facts_of(row, time), ensure_ascii=True, separators=(",", ":")).encode())
        done += 1
        if done % _EACH == 0:
            heard(done)
    target.write(b"\n]\n" if done else b"[]\n")
    heard(done)
    return done


def facts_of(row: OrderRow, time: ShopTime) -> dict[str, str | int | None]:
    """Return an order as an object; what is not there is null."""
    facts: dict[str, str | int | None] = {}
    for column in COLUMNS:
        value = row[PLACES[column.field]]
        match column.kind:
            case Kind.AMOUNT if isinstance(value, int):
                facts[column.name] = Money(value, row.currency).plain()
            case Kind.INSTANT:
                both = time.both(value) if isinstance(value, int) else (None, None)
                facts.update(zip(column.headers, both, strict=True))
            case _:
                facts[column.name] = value
    return facts
