"""Orders as CSV: UTF-8 with a byte order mark and CRLF, as spreadsheet programs want it, a million in seconds."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, TypeVar

from posapp.domain.currency import decimals_of
from posapp.services.exports.columns import HEADERS, PLACES
from posapp.services.exports.safe_text import csv_cell, safe_text
from posapp.services.exports.shop_time import ShopTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal
    from typing import BinaryIO

    Part = tuple[Any, ...]  # the fields of `OrderRow`

    from posapp.domain.order_query import OrderFilter
    from posapp.store.order_stream import OrderStream

BOM: Final = b"\xef\xbb\xbf"
_MOST_KEPT: Final = 4_096
_ORDER_ID, _REF, _GATEWAY_ID = (PLACES[name] for name in ("order_id", "merchant_order_id", "gateway_id"))
_IDS: Final = 3
_HARMLESS: Final = b"\n-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
K = TypeVar("K")
V = TypeVar("V")


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
    lines = _Lines(zone)
    done = 0
    for batch in stream.batches(wanted, word):
        target.write(lines(batch).encode(errors="backslashreplace"))
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


class _Lines:
    """Writes the lines of orders. This runs for every one of a million: what comes again is written once."""

    def __init__(self, zone: str) -> None:
        self._instants = ShopTime(zone).cells
        self._cells = _Kept(csv_cell)
        self._amounts = _Kept(_amounts_of)

    def __call__(self, batch: list[Part]) -> str:
        """Return the lines of rows of `OrderStream.batches`."""
        instants, cells, amounts = self._instants, self._cells, self._amounts
        return "".join(
            [
                f"{day},{instants(created)},{order_id},{ref},{status},{standing},{state},"
                f"{(amount := amounts[currency])[asked]},{amount[paid]},{amount[refunded]},{currency},"
                f"{cells[till]},{cells[cashier]},{cells[note]},{provider},{instants(paid_at)},{gateway_id or ''},"
                f"{attempts},{needs_look}\r\n"
                for (
                    day, created, order_id, ref, status, standing, state, asked, paid, refunded, currency,
                    till, cashier, note, provider, paid_at, gateway_id, attempts, needs_look,
                ) in (batch if _are_plain(batch) else map(_with_safe_ids, batch))
            ]
        )  # fmt: skip


class _Kept(dict[K, V]):
    """What was written of things that come again and again."""

    def __init__(self, write: Callable[[K], V]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, key: K) -> V:
        if len(self) >= _MOST_KEPT:
            self.clear()
        written = self[key] = self._write(key)
        return written


def _amounts_of(currency: str) -> _Kept[int, str]:
    """Return what writes minor units of a currency as `Money.plain` does, in a fifth of its time."""
    decimals = decimals_of(currency)
    if decimals == 0:
        return _Kept(str)
    unit = 10**decimals
    return _Kept(lambda minor: f"{minor // unit}.{minor % unit:0{decimals}d}")


def _are_plain(batch: list[Part]) -> bool:
    """Whether the ids of all these orders are of harmless characters and none begins with `-`; looked at as one."""
    ids = "".join([f"\n{row[_ORDER_ID]}\n{row[_REF]}\n{row[_GATEWAY_ID]}" for row in batch]).encode(errors="replace")
    return not ids.translate(None, _HARMLESS) and b"\n-" not in ids and ids.count(b"\n") == _IDS * len(batch)


def _with_safe_ids(row: Part) -> Part:
    cells = list(row)
    for place in (_ORDER_ID, _REF, _GATEWAY_ID):
        cells[place] = csv_cell(row[place])
    return tuple(cells)
