"""Adding a day up, exactly, currency by currency. Pure: lines in, report out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posapp.domain.day_hours import hour_of
from posapp.domain.day_report import DayReport, GroupKind, GroupTotals, HourTotal, Totals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from posapp.domain.business_day import BusinessDay
    from posapp.domain.day_report import OddLine, RefundLine, SaleLine, StateCount


@dataclass(frozen=True, slots=True)
class DayFrame:
    """What stands on a report whatever was sold.

    Attributes:
        shop: The shop's name.
        till: The till's name.
        training: Whether it is pretend money.
        rule: Which day an instant belongs to.
    """

    shop: str
    till: str
    training: bool
    rule: BusinessDay


@dataclass(frozen=True, slots=True)
class DayRows:
    """What a day's report is made of; see `DayReport` for what each means.

    Attributes:
        as_of: The last audit row that these know of.
        sales: Every paid attempt of the day's orders.
    """

    as_of: int
    sales: tuple[SaleLine, ...]
    states: tuple[StateCount, ...]
    odd: tuple[OddLine, ...]
    refunds: tuple[RefundLine, ...] = ()
    late: tuple[SaleLine, ...] = ()
    late_refunds: tuple[RefundLine, ...] = ()
    unclosed_days: tuple[date, ...] = ()


def day_report(frame: DayFrame, day: date, rows: DayRows, made_at: datetime) -> DayReport:
    """Add a day up.

    Args:
        frame: The till's facts.
        day: Which day.
        rows: What the ledger has of it.
        made_at: Now, UTC.
    """
    begins, ends = frame.rule.bounds(day)
    return DayReport(
        shop=frame.shop,
        till=frame.till,
        training=frame.training,
        day=day,
        zone=frame.rule.zone,
        starts_at=frame.rule.starts_at,
        begins=begins,
        ends=ends,
        made_at=made_at,
        as_of=rows.as_of,
        totals=totals_of(rows.sales, rows.refunds),
        groups=_groups_of(rows.sales, rows.refunds),
        hours=hours_of(rows.sales, begins, ends),
        states=rows.states,
        refunds=rows.refunds,
        odd=rows.odd,
        crossed=tuple(line for line in rows.sales if line.settled_at >= ends),
        late=rows.late,
        late_refunds=rows.late_refunds,
        late_totals=totals_of(rows.late, rows.late_refunds),
        unclosed_days=rows.unclosed_days,
        sales=rows.sales,
    )


def totals_of(sales: Iterable[SaleLine], refunds: Iterable[RefundLine]) -> tuple[Totals, ...]:
    """Add sales and refunds up by currency, in the order of the currencies' codes."""
    sums: dict[str, _Sum] = {}
    for (_, _, _, currency), minors in _alike(sales).items():
        sums.setdefault(currency, _Sum()).sell(minors)
    for refund in refunds:
        sums.setdefault(refund.money.currency, _Sum()).give_back(refund)
    return tuple(sums[currency].totals(currency) for currency in sorted(sums) if sums[currency].has_any)


def hours_of(sales: Iterable[SaleLine], begins: datetime, ends: datetime) -> tuple[HourTotal, ...]:
    """Add sales up by the hour of the day in which they were paid; those outside the day come last."""
    sums: dict[tuple[datetime | None, str], tuple[int, int]] = {}
    for sale in sales:
        key = hour_of(sale.settled_at, begins, ends), sale.money.currency
        count, minor = sums.get(key, (0, 0))
        sums[key] = count + 1, minor + sale.money.minor
    found = sorted(sums.items(), key=lambda item: (item[0][0] is None, item[0][0] or ends, item[0][1]))
    return tuple(HourTotal(starts_at, currency, *added) for (starts_at, currency), added in found)


def _groups_of(sales: Iterable[SaleLine], refunds: Iterable[RefundLine]) -> tuple[GroupTotals, ...]:
    sums: dict[tuple[GroupKind, str, str], _Sum] = {}
    # Thousands of sales are of a handful of gateways, cashiers and tills: each such handful is added up once.
    for (provider, cashier, till, currency), minors in _alike(sales).items():
        sums.setdefault((GroupKind.GATEWAY, provider, currency), _Sum()).sell(minors)
        sums.setdefault((GroupKind.CASHIER, cashier, currency), _Sum()).sell(minors)
        sums.setdefault((GroupKind.TILL, till, currency), _Sum()).sell(minors)
    for refund in refunds:
        currency = refund.money.currency
        sums.setdefault((GroupKind.GATEWAY, refund.provider, currency), _Sum()).give_back(refund)
        sums.setdefault((GroupKind.CASHIER, refund.asked_by, currency), _Sum()).give_back(refund)
        sums.setdefault((GroupKind.TILL, refund.till, currency), _Sum()).give_back(refund)
    return tuple(
        GroupTotals(kind, name, sums[kind, name, currency].totals(currency))
        for kind, name, currency in sorted(sums, key=lambda key: (_KINDS[key[0]], key[1], key[2]))
        if sums[kind, name, currency].has_any
    )


def _alike(sales: Iterable[SaleLine]) -> dict[tuple[str, str, str, str], list[int]]:
    """Gather the amounts of the sales of one gateway, cashier, till and currency."""
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for sale in sales:
        key = sale.provider, sale.cashier, sale.till, sale.money.currency
        if key in found:
            found[key].append(sale.money.minor)
        else:
            found[key] = [sale.money.minor]
    return found


_KINDS = {kind: place for place, kind in enumerate(GroupKind)}


@dataclass(slots=True)
class _Sum:
    """Totals while they grow."""

    sales: int = 0
    gross: int = 0
    refunds: int = 0
    refunded: int = 0
    under_way: int = 0
    under_way_minor: int = 0

    @property
    def has_any(self) -> bool:
        """Whether anything moved, or may: a refund that failed did not."""
        return bool(self.sales or self.refunds or self.under_way)

    def sell(self, minors: Collection[int]) -> None:
        self.sales += len(minors)
        self.gross += sum(minors)

    def give_back(self, refund: RefundLine) -> None:
        if refund.counts:
            self.refunds += 1
            self.refunded += refund.money.minor
        elif refund.is_under_way:
            self.under_way += 1
            self.under_way_minor += refund.money.minor

    def totals(self, currency: str) -> Totals:
        return Totals(
            currency, self.sales, self.gross, self.refunds, self.refunded, self.under_way, self.under_way_minor
        )
