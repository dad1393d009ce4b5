"""A million orders against a thousand: the start, a day, pages, one row's news, memory."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

import psutil

from tests.benchmarks.figures import Measured, Wanted, percentile
from tests.benchmarks.long_ledgers import MILLION, THOUSAND, till_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.surroundings import Surroundings, Till

WANTED: Final = (
    Wanted("start_million_ratio", "x", 1.2, "start to usable keypad, 1,000,000 orders against 1,000"),
    Wanted("day_open_ms", "ms", 100.0, "opening a day of 3,000 among 1,000,000 orders"),
    Wanted("scroll_page_p95_ms", "ms", 33.0, "scrolling to a further page of 1,000,000, p95"),
    Wanted("page_ratio", "x", 1.5, "a further page, 1,000,000 orders against 1,000"),
    Wanted("row_update_ms", "ms", 5.0, "news of one order in a list of 1,000,000, p95"),
    Wanted("memory_million_ratio", "x", 1.15, "resident memory on the order list, 1,000,000 against 1,000"),
    Wanted("million_gap_max_ms", "ms", 100.0, "the longest the window stood still meanwhile"),
)
ROUNDS: Final = 9
WARM_UPS: Final = 2
_MEGABYTE: Final = 1e6


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Measure both tills in turns."""
    small, large = till_with(around, THOUSAND), till_with(around, MILLION)
    starts: tuple[list[float], list[float]] = ([], [])
    for turn in range(WARM_UPS + ROUNDS):
        for till, times in zip((small, large), starts, strict=True):
            took = _until_usable(till)
            if turn >= WARM_UPS:
                times.append(took)
    few, many = median(starts[0]), median(starts[1])
    on_few, on_many = _tour(small), _tour(large)
    page_few, page_many = median(on_few.pages), median(on_many.pages)
    return {
        "start_million_ratio": Measured(many / few, f"{few:.0f} ms against {many:.0f} ms, medians of {ROUNDS}"),
        "day_open_ms": Measured(median(on_many.days), f"median of {len(on_many.days)}, max {max(on_many.days):.0f} ms"),
        "scroll_page_p95_ms": Measured(
            percentile(on_many.pages, 0.95), f"{len(on_many.pages)} pages of 100, median {page_many:.1f} ms"
        ),
        "page_ratio": Measured(page_many / page_few, f"{page_few:.1f} ms against {page_many:.1f} ms, medians"),
        "row_update_ms": Measured(percentile(on_many.updates, 0.95), f"median {median(on_many.updates):.2f} ms"),
        "memory_million_ratio": Measured(
            on_many.megabytes / on_few.megabytes, f"{on_few.megabytes:.0f} MB against {on_many.megabytes:.0f} MB"
        ),
        "million_gap_max_ms": Measured(on_many.gap, f"with 1,000 orders {on_few.gap:.0f} ms"),
    }


class _Tour:
    def __init__(self) -> None:
        self.days: list[float] = []
        self.pages: list[float] = []
        self.updates: list[float] = []
        self.gap = 0.0
        self.megabytes = 0.0


def _tour(till: Till) -> _Tour:
    tour = _Tour()
    with till.play("long_list") as process:
        for event, values in (("days", tour.days), ("pages", tour.pages), ("updates", tour.updates)):
            values.extend(map(float, str(process.wait_for(event)["milliseconds"]).split()))
        tour.gap = float(process.wait_for("gap")["max_ms"])
        process.wait_for("rested")
        tour.megabytes = psutil.Process(process.pid).memory_info().rss / _MEGABYTE
    return tour


def _until_usable(till: Till) -> float:
    with till.start_until_usable() as process:
        process.wait_for("usable")
        milliseconds = process.seconds() * 1000
        process.join()
    return milliseconds
