"""A day's report as the lines of one table, for CSV and workbooks.

| column | holds |
|---|---|
| `section` | `total`, `gateway`, `cashier`, `till`, `hour`, `state`, `sale`, `refund`, `odd`, `late`, `late_refund` |
| `name` | of a total `gross`, `refunded`, `net` or `under_way`; of a group its name; of a line its state or reason |
| `currency` | ISO 4217 |
| `count` | how many; empty for a single line |
| `amount` | with the currency's decimals |
| `order_id` | of a single line |
| `reference` | the payment's or the refund's own id |
| `at`, `at_utc` | when it was paid, asked for or charged; of an hour its beginning |
| `who` | who charged it or asked for it |
| `detail` | the note, the reason, both values of a mismatch |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.domain.money import Money
from posapp.services.exports.shop_time import ShopTime
from posapp.store.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from posapp.domain.day_report import DayReport, RefundLine, SaleLine, Totals

    Cell = str | int | Decimal | None

HEADERS: Final = (
    *("section", "name", "currency", "count", "amount", "order_id", "reference", "at", "at_utc", "who", "detail"),
)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One line; the fields are the columns."""

    section: str
    name: str
    currency: str
    minor: int | None = None
    count: int | None = None
    order_id: str = ""
    reference: str = ""
    at_us: int | None = None
    who: str = ""
    detail: str = ""


def day_lines(report: DayReport) -> Iterator[DayLine]:
    """Lay a report out: its sums, then what they are made of."""
    for totals in report.totals:
        yield from _total(totals)
    for group in report.groups:
        totals = group.totals
        yield DayLine(group.kind.lower(), group.name, totals.currency, totals.net_minor, totals.sales)
    for hour in report.hours:
        at_us = to_us(hour.starts_at)
        yield DayLine("hour", "" if at_us else "outside", hour.currency, hour.minor, hour.count, at_us=at_us)
    for state in report.states:
        yield DayLine("state", state.standing.lower(), state.currency, state.minor, state.count)
    for sale in report.sales or ():
        yield _sale("sale", sale)
    for refund in report.refunds:
        yield _refund("refund", refund)
    for odd in report.odd:
        yield DayLine(
            section="odd",
            name=odd.reason.lower(),
            currency=odd.money.currency,
            minor=odd.money.minor,
            order_id=odd.order_id,
            reference=odd.merchant_order_id,
            at_us=to_us(odd.created_at),
            detail=odd.detail,
        )
    for sale in report.late:
        yield _sale("late", sale)
    for refund in report.late_refunds:
        yield _refund("late_refund", refund)


def table(report: DayReport) -> Iterator[tuple[Cell, ...]]:
    """Write the lines as rows of CSV, under `HEADERS`."""
    time = ShopTime(report.zone)
    yield HEADERS
    for line in day_lines(report):
        amount = None if line.minor is None else Money(line.minor, line.currency).to_decimal()
        local, utc = time.both(line.at_us)
        yield (
            *(line.section, line.name, line.currency, line.count, amount),
            *(line.order_id, line.reference, local, utc, line.who, line.detail),
        )


def _total(totals: Totals) -> Iterator[DayLine]:
    yield DayLine("total", "gross", totals.currency, totals.gross_minor, totals.sales)
    yield DayLine("total", "refunded", totals.currency, totals.refunded_minor, totals.refunds)
    yield DayLine("total", "net", totals.currency, totals.net_minor)
    yield DayLine("total", "under_way", totals.currency, totals.under_way_minor, totals.under_way)


def _sale(section: str, sale: SaleLine) -> DayLine:
    return DayLine(
        section=section,
        name="paid",
        currency=sale.money.currency,
        minor=sale.money.minor,
        order_id=sale.order_id,
        reference=sale.merchant_order_id,
        at_us=to_us(sale.settled_at),
        who=sale.cashier,
        detail=sale.note,
    )


def _refund(section: str, refund: RefundLine) -> DayLine:
    return DayLine(
        section=section,
        name=refund.state.lower(),
        currency=refund.money.currency,
        minor=refund.money.minor,
        order_id=refund.order_id,
        reference=refund.merchant_refund_id,
        at_us=to_us(refund.created_at),
        who=refund.asked_by,
        detail=refund.reason,
    )
