"""Orders as CSV: UTF-8 with a byte order mark and CRLF, as spreadsheet programs want it, written by SQL itself."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from posapp.domain.currency import DECIMALS
from posapp.services.exports.columns import HEADERS
from posapp.services.exports.safe_text import csv_cell, safe_text
from posapp.services.exports.shop_time import ShopTime
from posapp.store.order_stream import COLUMNS as SQL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal
    from typing import BinaryIO

    Part = tuple[Any, ...]  # of _PARTS; SQLite's own types

    from posapp.domain.order_query import OrderFilter
    from posapp.store.order_stream import OrderStream

BOM: Final = b"\xef\xbb\xbf"
_KEPT: Final = 1_000


def write_orders(
    target: BinaryIO,
    stream: OrderStream,
    wanted: OrderFilter,
    zone: str,
    heard: Callable[[int], None],
    word: str | None = None,
) -> int:
    """Write orders as CSV; amounts as text with their currency's decimals.

    Args:
        target: Where to.
        stream: The ledger's orders.
        wanted: Which of them.
        zone: The shop's IANA time zone.
        heard: Told how many are written; raises where it is to end.
        word: As `OrderStream.rows` has it.

    Returns:
        How many orders were written.
    """
    target.write(BOM + ",".join(HEADERS).encode() + b"\r\n")
    line = _line_writer(ShopTime(zone))
    done = 0
    for batch in stream.parts(_PARTS, wanted, word):
        target.write("".join(map(line, batch)).encode(errors="backslashreplace"))
        done += len(batch)
        heard(done)
    return done


def write_table(target: BinaryIO, rows: Iterable[Iterable[str | int | Decimal | None]]) -> None:
    """Write rows of anything; texts are made safe, numbers are not touched."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    target.write(BOM)
    for row in rows:
        writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in row])
        target.write(text.getvalue().encode(errors="backslashreplace"))
        text.seek(0)
        text.truncate()


def _line_writer(time: ShopTime) -> Callable[[Part], str]:
    """Return what puts the parts of a line together: SQL wrote what needs no care, the rest is looked at here.

    This runs for every order of a million: each name is bound once, and the cells of ids and names are short cuts.
    """
    cells, known = time.cells, _Cells()

    def line(part: Part) -> str:
        day, created, order_id, ref, words, till, cashier, note, provider, paid, gateway_id, numbers = part
        order = _id_cell(order_id)
        return (
            f"{day},{cells(created)},{order},{order if ref == order_id else _id_cell(ref)},{words},"
            f"{known[till]},{known[cashier]},{csv_cell(note) if note else ''},{provider},{cells(paid)},"
            f"{_id_cell(gateway_id)},{numbers}\r\n"
        )

    return line


class _Cells(dict[str, str]):
    """The cells of texts that come again and again."""

    def __missing__(self, text: str) -> str:
        if len(self) >= _KEPT:
            self.clear()
        cell = self[text] = csv_cell(text)
        return cell


def _id_cell(text: str | None) -> str:
    """Write an id: one of letters, digits and `-` that begins with no `-` is harmless."""
    if text and text[0] != "-" and text.replace("-", "0").isalnum() and text.isascii():
        return text
    return csv_cell(text)


def _amount(minor: str) -> str:
    """Write minor units in major ones, by the decimals of the order's currency."""
    cases = "".join(
        f"WHEN instr('{' '.join(code for code, places in DECIMALS.items() if places == decimals)}', orders.currency) "
        f"THEN {_point(minor, decimals)} "
        for decimals in sorted(set(DECIMALS.values()) - {2})
    )
    return f"CASE {cases}ELSE {_point(minor, 2)} END"


def _point(minor: str, decimals: int) -> str:
    if decimals == 0:
        return f"printf('%d', {minor})"
    unit = 10**decimals
    return f"printf('%d.%0{decimals}d', ({minor}) / {unit}, ({minor}) % {unit})"


_PARTS: Final = (
    SQL["business_day"],
    SQL["created_us"],
    SQL["order_id"],
    SQL["merchant_order_id"],
    "printf('%s,%s,%s,%s,%s,%s,%s', "
    + ", ".join(
        (
            SQL["status"],
            SQL["standing"],
            SQL["state"],
            *(_amount(SQL[name]) for name in ("amount_minor", "paid_minor", "refunded_minor")),
            SQL["currency"],
        )
    )
    + ")",
    *(SQL[name] for name in ("till", "cashier", "note", "provider", "paid_us", "gateway_id")),
    f"{SQL['attempts']} || ',' || {SQL['needs_look']}",
)
