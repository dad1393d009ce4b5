"""Orders and days as a workbook: amounts are numbers, times are times, texts are texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.services.exports.columns import COLUMNS, PLACES, Kind
from posapp.services.exports.shop_time import ShopTime
from posapp.services.exports.workbook import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from posapp.domain.export import OrderRow
    from posapp.services.exports.day_lines import DayLine
    from posapp.services.exports.workbook import Sheet

_EACH: Final = 500


def write_orders(target: Path, rows: Iterable[OrderRow], zone: str, heard: Callable[[int], None]) -> int:
    """Write orders as a workbook of one sheet with the columns of `columns.py`; returns how many.

    Args:
        target: The file.
        rows: The orders; at most `MAX_SHEET_ROWS`.
        zone: The shop's IANA time zone.
        heard: Told how many are written; raises where it is to end.

    Raises:
        OSError: It could not be written.
    """
    book = Workbook(target)
    try:
        sheet = book.add("Orders", [(header, column.width) for column in COLUMNS for header in column.headers])
        time = ShopTime(zone)
        done = 0
        for done, row in enumerate(rows, start=1):
            _write(book, sheet, done, row, time)
            if done % _EACH == 0:
                heard(done)
        heard(done)
        book.close()
    finally:
        book.give_up()
    return done


def write_day(target: Path, lines: Iterable[DayLine], zone: str) -> int:
    """Write a day as a workbook: its sums on the first sheet, what they are made of on the second.

    Raises:
        OSError: It could not be written.
    """
    book = Workbook(target)
    try:
        time = ShopTime(zone)
        done = 0
        sums = book.add("Sums", [("section", 12), ("name", 24), ("currency", 9), ("count", 8), ("amount", 14)])
        held: list[DayLine] = []
        for line in lines:
            done += 1
            if line.reference or line.order_id:
                held.append(line)
                continue
            _sum(book, sums, done - len(held), line, time)
        _singles(book, held, time)
        book.close()
    finally:
        book.give_up()
    return done


def _write(book: Workbook, sheet: Sheet, at: int, row: OrderRow, time: ShopTime) -> None:
    place = 0
    for column in COLUMNS:
        value = row[PLACES[column.field]]
        if column.kind is Kind.INSTANT:
            if isinstance(value, int):
                book.time(sheet, at, place, time.local(value))
                sheet.write_string(at, place + 1, time.both(value)[1])
            place += 2
            continue
        if isinstance(value, str):
            book.text(sheet, at, place, value)
        elif isinstance(value, int) and column.kind is Kind.AMOUNT:
            book.amount(sheet, at, place, value, row.currency)
        elif isinstance(value, int):
            sheet.write_number(at, place, value)
        place += 1


def _sum(book: Workbook, sheet: Sheet, at: int, line: DayLine, time: ShopTime) -> None:
    name = time.both(line.at_us)[0] if line.at_us is not None else line.name
    for place, text in enumerate((line.section, name, line.currency)):
        book.text(sheet, at, place, text)
    if line.count is not None:
        sheet.write_number(at, 3, line.count)
    if line.minor is not None:
        book.amount(sheet, at, 4, line.minor, line.currency)


def _singles(book: Workbook, lines: Iterable[DayLine], time: ShopTime) -> None:
    headers = (
        *(("section", 12), ("name", 16), ("currency", 9), ("amount", 14), ("order_id", 26), ("reference", 26)),
        *(("at", 20), ("at_utc", 22), ("who", 14), ("detail", 30)),
    )
    sheet = book.add("Lines", headers)
    for at, line in enumerate(lines, start=1):
        for place, text in ((0, line.section), (1, line.name), (2, line.currency)):
            book.text(sheet, at, place, text)
        if line.minor is not None:
            book.amount(sheet, at, 3, line.minor, line.currency)
        book.text(sheet, at, 4, line.order_id)
        book.text(sheet, at, 5, line.reference)
        if line.at_us is not None:
            book.time(sheet, at, 6, time.local(line.at_us))
            sheet.write_string(at, 7, time.both(line.at_us)[1])
        book.text(sheet, at, 8, line.who)
        book.text(sheet, at, 9, line.detail)
