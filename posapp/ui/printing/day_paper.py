"""A day's report on paper: what it adds up to, what is odd, and nothing that a Z did not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from posapp.domain.money import Money
from posapp.ui.day_words import group_name, group_title, odd_look, odd_words, refund_look, z_name
from posapp.ui.plain_text import visible
from posapp.ui.printing.pages import WIDE, Cell, Frame, Row, title, words
from posapp.ui.text import standing_look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from posapp.domain.day_report import DayReport, RefundLine, SaleLine, Totals

_tr = QCoreApplication.translate
_NAME: Final = WIDE - 5 * 92.0
_SUMS: Final = (_NAME, 92.0, 92.0, 92.0, 92.0, 92.0)
_LINES: Final = (110.0, 168.0, 112.0, WIDE - 110 - 168 - 112 - 104, 104.0)


def day_frame(report: DayReport, copy: int) -> Frame:
    """Say which day of which shop it is, by which rule, and when it was added up."""
    zone = ZoneInfo(report.zone)
    closed = report.close_number is not None
    number = z_name(report.close_number or 0)
    begins, ends = _at(report.begins, zone), _at(report.ends, zone)
    rule = _tr("Paper", "Business day {day}: {begins} to {ends} ({zone}, begins at {hour})")
    made = _tr("Paper", "Closed {at} by {name}") if report.closed_by else _tr("Paper", "Closed {at}")
    if not closed:
        made = _tr("Paper", "Not closed yet; as of {at}")
    till = _tr("Paper", "Till {till}").format(till=visible(report.till))
    marks = (
        _tr("Paper", "TRAINING") if report.training else "",
        _tr("Paper", "COPY {number}").format(number=copy) if copy else "",
    )
    as_of = made.format(at=_at(report.made_at, zone), name=visible(report.closed_by))
    return Frame(
        title=f"{number} · {report.day.isoformat()}" if closed else f"{_tr('Paper', 'Day')} {report.day.isoformat()}",
        shop=visible(report.shop),
        notes=(
            rule.format(
                day=report.day.isoformat(), begins=begins, ends=ends, zone=report.zone, hour=f"{report.starts_at:%H:%M}"
            ),
            f"{till} · {as_of}",
        ),
        mark=" ".join(mark for mark in marks if mark),
        foot=" · ".join(part for part in (visible(report.shop), till, *marks) if part),
    )


def day_rows(report: DayReport) -> list[Row]:
    """Lay a report out; its single sales are left out, as in a Z."""
    zone = ZoneInfo(report.zone)
    rows = [*_totals(_tr("Paper", "Totals"), [(totals.currency, totals) for totals in report.totals])]
    if not report.totals:
        rows = [title(_tr("Paper", "Totals"), keep=1), words(_tr("Paper", "Nothing came in and nothing went out."))]
    kinds = dict.fromkeys(group.kind for group in report.groups)
    for kind in kinds:
        named = [(group_name(kind, each.name), each.totals) for each in report.groups if each.kind is kind]
        rows += _totals(group_title(kind), named)
    rows += _hours(report, zone)
    rows += _states(report)
    rows += _table(_tr("Paper", "Refunds"), (_refund(line, zone) for line in report.refunds))
    rows += _table(_tr("Paper", "Odd, and in no total"), _odd(report, zone))
    rows += _table(
        _tr("Paper", "Paid after the day's end, in its totals"), (_sale(line, zone) for line in report.crossed)
    )
    late = [_sale(line, zone) for line in report.late] + [_refund(line, zone) for line in report.late_refunds]
    rows += _table(_tr("Paper", "Money of earlier days, in no total of this day"), late)
    rows += _totals(_tr("Paper", "Sum of earlier days' money"), [(each.currency, each) for each in report.late_totals])
    if report.unclosed_days:
        days = ", ".join(day.isoformat() for day in report.unclosed_days)
        rows += [title(_tr("Paper", "Earlier days that were not closed"), keep=1), words(days)]
    return rows


def _totals(name: str, named: Iterable[tuple[str, Totals]]) -> Iterator[Row]:
    named = list(named)
    if not named:
        return
    heads = ("", _tr("Paper", "Sales"), _tr("Paper", "Gross"), _tr("Paper", "Refunds"), _tr("Paper", "Refunded"))
    yield title(name, keep=2)
    yield _row((*heads, _tr("Paper", "Net")), _SUMS, heads=True)
    for label, totals in named:
        code = totals.currency
        amounts = (totals.gross_minor, totals.refunded_minor, totals.net_minor)
        gross, refunded, net = (Money(minor, code).grouped() for minor in amounts)
        shown = label if label == code else f"{label} · {code}"
        yield _row((shown, str(totals.sales), gross, str(totals.refunds), refunded, net), _SUMS)


def _hours(report: DayReport, zone: ZoneInfo) -> Iterator[Row]:
    if not report.hours:
        return
    yield title(_tr("Paper", "Sales by hour"), keep=2)
    widths = (160.0, 92.0, 120.0, WIDE - 372)
    yield _row((_tr("Paper", "From"), _tr("Paper", "Sales"), _tr("Paper", "Amount"), ""), widths, heads=True)
    for hour in report.hours:
        outside = _tr("Paper", "outside the day")
        begins = f"{hour.starts_at.astimezone(zone):%H:%M}" if hour.starts_at is not None else outside
        amount = f"{hour.currency} {Money(hour.minor, hour.currency).grouped()}"
        yield _row((begins, str(hour.count), amount, ""), widths)


def _states(report: DayReport) -> Iterator[Row]:
    if not report.states:
        return
    yield title(_tr("Paper", "Orders by state"), keep=2)
    widths = (160.0, 92.0, 120.0, WIDE - 372)
    yield _row((_tr("Paper", "State"), _tr("Paper", "Orders"), _tr("Paper", "Amount"), ""), widths, heads=True)
    for state in report.states:
        amount = f"{state.currency} {Money(state.minor, state.currency).grouped()}"
        yield _row((standing_look(state.standing).word, str(state.count), amount, ""), widths)


def _table(name: str, lines: Iterable[tuple[str, ...]]) -> Iterator[Row]:
    lines = list(lines)
    if not lines:
        return
    yield title(name)
    heads = (_tr("Paper", "Time"), _tr("Paper", "Order"), _tr("Paper", "State"), _tr("Paper", "Words"))
    yield _row((*heads, _tr("Paper", "Amount")), _LINES, heads=True, right=4)
    for line in lines:
        yield _row(line, _LINES, right=4)


def _odd(report: DayReport, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for line in report.odd:
        told = _at(line.created_at, zone), line.merchant_order_id, odd_look(line.reason).word, odd_words(line)
        yield (*told, _money(line.money))


def _sale(line: SaleLine, zone: ZoneInfo) -> tuple[str, ...]:
    told = visible(" · ".join(part for part in (line.note, line.cashier) if part))
    return _at(line.settled_at, zone), line.merchant_order_id, line.business_day.isoformat(), told, _money(line.money)


def _refund(line: RefundLine, zone: ZoneInfo) -> tuple[str, ...]:
    told = visible(" · ".join(part for part in (line.reason, line.asked_by, line.approved_by) if part))
    return _at(line.created_at, zone), line.merchant_order_id, refund_look(line).word, told, _money(line.money)


def _row(texts: tuple[str, ...], widths: tuple[float, ...], *, heads: bool = False, right: int = 1) -> Row:
    cells = tuple(
        Cell(text, width, right=place >= right) for place, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    if heads:
        return Row(cells, height=20.0, size=10, soft=True, ruled=True, keep=1)
    return Row(cells, size=10 if right > 1 else 11)


def _money(money: Money) -> str:
    return f"{money.currency} {money.grouped()}"


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
