"""A list of orders on paper: a line each, oldest first, and what they add up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from posapp.domain.money import Money
from posapp.domain.status import Standing
from posapp.ui.plain_text import visible as plain
from posapp.ui.printing.pages import WIDE, Cell, Frame, Row, title, words
from posapp.ui.text import standing_look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from posapp.domain.export import Heading, OrderRow

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EACH: Final = 500
_tr = QCoreApplication.translate
_WIDTHS: Final = (104.0, 190.0, 68.0, WIDE - 104 - 190 - 68 - 234, 78.0, 78.0, 78.0)


def orders_frame(heading: Heading) -> Frame:
    """Say which orders they are, of which shop, and when they were read."""
    zone = ZoneInfo(heading.zone)
    made = _tr("Paper", "Made {at} ({zone})").format(
        at=f"{heading.made_at.astimezone(zone):%Y-%m-%d %H:%M}", zone=heading.zone
    )
    till = _tr("Paper", "Till {till}").format(till=plain(heading.till))
    count = _tr("Paper", "Orders: {count}").format(count=f"{heading.rows:,}")
    return Frame(
        title=_tr("Paper", "Orders"),
        shop=plain(heading.shop),
        notes=(f"{_days(heading)} · {count}", f"{till} · {made}"),
        mark=_tr("Paper", "TRAINING") if heading.training else "",
        foot=f"{plain(heading.shop)} · {till}",
    )


def orders_rows(heading: Heading, rows: Iterable[OrderRow], heard: Callable[[int], None]) -> list[Row]:
    """Lay the orders out as lines under a header, and their sums by currency below.

    Args:
        heading: What they are.
        rows: The orders.
        heard: Told how many are laid out; raises where it is to end.
    """
    zone = ZoneInfo(heading.zone)
    sums: dict[str, list[int]] = {}
    lines = [_header()]
    for done, row in enumerate(rows, start=1):
        lines.append(_line(row, zone))
        sum_of = sums.setdefault(row.currency, [0, 0, 0])
        for place, minor in enumerate((row.amount_minor, row.paid_minor, row.refunded_minor)):
            sum_of[place] += minor
        if done % _EACH == 0:
            heard(done)
    if not sums:
        return [*lines, words(_tr("Paper", "No orders."))]
    lines.append(title(_tr("Paper", "Sums"), keep=len(sums)))
    for code, minors in sorted(sums.items()):
        texts = ("", "", "", code, *(Money(minor, code).grouped() for minor in minors))
        lines.append(Row(_cells(texts), strong=True))
    return lines


def _days(heading: Heading) -> str:
    if heading.first_day is None and heading.last_day is None:
        return _tr("Paper", "All days")
    if heading.first_day == heading.last_day:
        return _tr("Paper", "Business day {day}").format(day=heading.first_day)
    return _tr("Paper", "Business days {first} to {last}").format(
        first=heading.first_day or "…", last=heading.last_day or "…"
    )


def _header() -> Row:
    names = (
        _tr("Paper", "Time"),
        _tr("Paper", "Order"),
        _tr("Paper", "State"),
        _tr("Paper", "Note"),
        _tr("Paper", "Amount"),
        _tr("Paper", "Paid"),
        _tr("Paper", "Refunded"),
    )
    return Row(_cells(names), height=22.0, size=10, soft=True, ruled=True, keep=1)


def _line(row: OrderRow, zone: ZoneInfo) -> Row:
    at = (_EPOCH + timedelta(microseconds=row.created_us)).astimezone(zone)
    money = (
        f"{row.currency} {Money(row.amount_minor, row.currency).grouped()}",
        Money(row.paid_minor, row.currency).grouped() if row.paid_minor else "–",
        Money(row.refunded_minor, row.currency).grouped() if row.refunded_minor else "",
    )
    note = plain(" · ".join(part for part in (row.note, row.cashier) if part))
    return Row(
        _cells((f"{at:%Y-%m-%d %H:%M}", plain(row.merchant_order_id), _word(row.standing), note, *money)), size=10
    )


def _word(standing: str) -> str:
    return standing_look(Standing(standing)).word if standing in Standing.__members__ else plain(standing)


def _cells(texts: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(
        Cell(text, width, right=place > 3)  # noqa: PLR2004 - the amounts
        for place, (text, width) in enumerate(zip(texts, _WIDTHS, strict=True))
    )
