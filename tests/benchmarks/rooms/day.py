"""Adding up a day of 3,000 orders in a ledger of a million, as the page and a close do it."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from statistics import median
from typing import TYPE_CHECKING, Final

from posapp.domain.business_day import BusinessDay
from posapp.domain.day_sums import DayFrame, day_report
from posapp.domain.staff import Authority
from posapp.store.day_closes import DayCloses
from posapp.store.day_reading import read_day
from posapp.store.ledger import open_ledger
from tests.benchmarks.figures import Measured, Wanted
from tests.ledgers.shop import Shop
from tests.ledgers.writing import write_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (Wanted("day_report_ms", "ms", 100.0, "a day of 3,000 orders added up, in a ledger of a million"),)
ORDERS: Final = 1_000_000
TODAY: Final = 3_000
DAY: Final = date(2026, 3, 14)
ROUNDS: Final = 9


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Add the last day up, again and again, after the days before it were closed."""
    path = around.till().folder / "million.db"
    write_ledger(path, Shop(ORDERS, DAY, TODAY, 1))
    frame = DayFrame("Harbour Tea", "T1", training=False, rule=BusinessDay("Asia/Hong_Kong", time_of_day(4)))
    now = datetime.now(UTC)
    times: list[float] = []
    sales = 0
    with closing(open_ledger(path)) as ledger:
        closes = DayCloses(ledger)
        for days in range(5, 0, -1):
            closes.add(frame, date.fromordinal(DAY.toordinal() - days), Authority("Ada"), now)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            with ledger.reading() as connection:
                rows = read_day(connection, DAY, frame.rule.bounds(DAY))
            report = day_report(frame, DAY, rows, now)
            times.append((time.perf_counter() - began) * 1000)
            sales = sum(total.sales for total in report.totals)
    told = f"{sales:,} sales, median of {ROUNDS}, worst {max(times):.0f} ms"
    return {"day_report_ms": Measured(median(times), told)}
