"""The files and comparisons of a till without gateway or ledger: what a test gives is what comes of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from posapp.domain.comparison import Comparison, ComparisonPlan
from posapp.domain.export import Exported, ExportForm
from posapp.domain.settlement import Field, SettlementResult, SettlementSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posapp.domain.errors import Problem
    from posapp.domain.export import Paper
    from posapp.domain.order_query import OrderFilter
    from tests.ui.fake_till import FakeTill

HEADERS = ("merchant_order_id", "gross_amount", "currency", "fee", "pay_time", "type")
SAMPLE = ("T1-1M7V807J81HM6F89", "128.50", "HKD", "0.77", "2026-03-14 12:03:05", "payment")


class FakeExportDesk:
    """Implements `ExportDesk` in memory; `failures` and `held` of the till hold for the calls' names.

    Attributes:
        rows: How many orders every file has.
        plan: What every comparison costs.
        comparison: What comes of the next one.
        sheet: What every settlement file looks like.
        result: What comes of the next one.
        ended: How often somebody ended something.
    """

    def __init__(self, till: FakeTill) -> None:
        self.till = till
        self.rows = 1204
        self.plan = ComparisonPlan(412, 206)
        self.comparison = Comparison(date(2026, 3, 14), 412, 412)
        mapping: dict[Field, int] = dict(
            zip((Field.MERCHANT_ORDER_ID, Field.AMOUNT, Field.CURRENCY, Field.FEE), range(4), strict=True)
        )
        self.sheet = SettlementSheet("/bills/settlement.csv", HEADERS, SAMPLE, mapping)
        self.result = SettlementResult("/bills/settlement.csv", 3, 3, {})
        self.ended: list[str] = []

    def export_orders(
        self,
        wanted: OrderFilter,
        form: ExportForm,
        path: str,
        paper: Paper | None,
        approval: str | None,
        done: Callable[[Exported], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("export_orders", wanted, form, path, paper is not None, approval))
        self.till.reply("export_orders", lambda: Exported(path, form, self.rows), done, failed)

    def export_day(
        self,
        day: date,
        form: ExportForm,
        path: str,
        paper: Paper | None,
        approval: str | None,
        done: Callable[[Exported], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("export_day", day, form, path, paper is not None, approval))
        self.till.reply("export_day", lambda: Exported(path, form, 12), done, failed)

    def cancel_export(self) -> None:
        self.ended.append("export")

    def plan_comparison(
        self, day: date, done: Callable[[ComparisonPlan], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        self.till.reply("plan_comparison", lambda: self.plan, done, failed)

    def compare(
        self,
        day: date,
        approval: str | None,
        done: Callable[[Comparison], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("compare", day, approval))
        self.till.reply("compare", lambda: self.comparison, done, failed)

    def stop_comparing(self) -> None:
        self.ended.append("compare")

    def look_into(
        self, path: str, done: Callable[[SettlementSheet], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        self.till.calls.append(("look_into", path))
        self.till.reply("look_into", lambda: self.sheet, done, failed)

    def match_settlement(
        self,
        path: str,
        mapping: Mapping[Field, int],
        approval: str | None,
        done: Callable[[SettlementResult], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("match_settlement", path, dict(mapping), approval))
        self.till.reply("match_settlement", lambda: self.result, done, failed)
