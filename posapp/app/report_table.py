"""A day's report as plain text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from posapp.domain.day_report import GroupKind
from posapp.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from posapp.domain.day_report import DayReport, OddLine, RefundLine, SaleLine, Totals

_GROUPS: Final = {GroupKind.GATEWAY: "gateway", GroupKind.CASHIER: "cashier", GroupKind.TILL: "till"}


def table_lines(report: DayReport) -> Iterator[str]:
    """Write a report line by line; times are the shop's."""
    zone = ZoneInfo(report.zone)
    state = f"Z {report.close_number:04}" if report.close_number is not None else "open"
    by = f" by {_printable(report.closed_by)}" if report.closed_by else ""
    yield f"{_printable(report.shop)}, till {_printable(report.till)}{' (TRAINING)' if report.training else ''}"
    yield f"Business day {report.day}: {state}{by}, as of {_at(report.made_at, zone)}"
    yield f"{report.zone}, begins at {report.starts_at:%H:%M}: {_at(report.begins, zone)} to {_at(report.ends, zone)}"
    yield ""
    for total in report.totals:
        yield from _total_lines(total)
    if not report.totals:
        yield "nothing came in or went out"
    yield from _group_lines(report)
    yield from _hour_lines(report, zone)
    yield from _section("by state", (_row(s.standing.value, s.count, s.minor, s.currency) for s in report.states))
    yield from _section("odd, or in no total", (_odd(line, zone) for line in report.odd))
    yield from _section("paid after the day's end (in its totals)", (_sale(line, zone) for line in report.crossed))
    yield from _section("refunds", (_refund(line, zone) for line in report.refunds))
    yield from _section("late money of other days (in no total of this day)", _late(report, zone))
    if report.unclosed_days:
        yield ""
        yield f"earlier days that were never closed: {', '.join(map(str, report.unclosed_days))}"


def _total_lines(total: Totals) -> Iterator[str]:
    figures = (
        ("net", total.net_minor),
        ("gross", total.gross_minor),
        ("refunds", total.refunded_minor),
        ("average", total.average_minor),
    )
    for name, minor in figures:
        yield f"{name:<10}{_money(minor, total.currency):>24}"
    yield f"{'sales':<10}{total.sales:>24,}"
    if total.under_way:
        yield f"{'on its way':<10}{_money(total.under_way_minor, total.currency):>24}  (refunds, not subtracted)"


def _group_lines(report: DayReport) -> Iterator[str]:
    for kind, title in _GROUPS.items():
        parts = (
            _row(
                _printable(group.name) or "(nobody)", group.totals.sales, group.totals.net_minor, group.totals.currency
            )
            for group in report.groups
            if group.kind is kind
        )
        yield from _section(f"by {title}, net", parts)


def _hour_lines(report: DayReport, zone: ZoneInfo) -> Iterator[str]:
    hours = (
        _row(
            "outside" if hour.starts_at is None else f"{hour.starts_at.astimezone(zone):%H:%M}",
            hour.count,
            hour.minor,
            hour.currency,
        )
        for hour in report.hours
    )
    yield from _section("sales by hour", hours)


def _late(report: DayReport, zone: ZoneInfo) -> Iterator[str]:
    for line in report.late:
        yield f"{line.business_day}  {_sale(line, zone)}"
    for line in report.late_refunds:
        yield f"{line.business_day}  {_refund(line, zone)}"
    for total in report.late_totals:
        yield f"net {_money(total.net_minor, total.currency)}"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    """Write a title and its lines; nothing where there are none."""
    for number, line in enumerate(lines):
        if number == 0:
            yield ""
            yield f"{title}:"
        yield f"  {line}"


def _row(name: str, count: int, minor: int, currency: str) -> str:
    return f"{name:<24}{count:>8,}{_money(minor, currency):>24}"


def _odd(line: OddLine, zone: ZoneInfo) -> str:
    told = [line.reason.value, _printable(line.detail), line.decision.value if line.decision else ""]
    words = "  ".join(word for word in told if word)
    return f"{_at(line.created_at, zone)}  {line.merchant_order_id:<32}  {line.money!s:>20}  {words}"


def _sale(line: SaleLine, zone: ZoneInfo) -> str:
    return f"{_at(line.settled_at, zone)}  {line.merchant_order_id:<32}  {line.money!s:>20}"


def _refund(line: RefundLine, zone: ZoneInfo) -> str:
    who = " / ".join(_printable(name) for name in (line.asked_by, line.approved_by) if name)
    words = "  ".join(word for word in (line.state.value, who, _printable(line.reason)) if word)
    return f"{_at(line.created_at, zone)}  {line.merchant_order_id:<32}  {line.money!s:>20}  {words}"


def _money(minor: int, currency: str) -> str:
    money = Money(minor, currency)
    return f"{money.currency} {money.grouped()}"


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _printable(text: str) -> str:
    """Escape what moves a cursor, ends a line or turns the reading direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
