"""A keystroke in the search of a million orders, until its first rows are seen."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import Measured, Wanted, percentile
from tests.benchmarks.long_ledgers import MILLION, till_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (
    Wanted("search_key_p95_ms", "ms", 50.0, "a keystroke in the search of 1,000,000 orders to its first rows, p95"),
    Wanted("search_gap_max_ms", "ms", 100.0, "the longest the window stood still meanwhile"),
)


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Type common and rare words, amounts, ids and nonsense, letter by letter, under several filters."""
    keys: list[tuple[float, str]] = []
    gap = 0.0
    with till_with(around, MILLION).play("search_keys") as process:
        for line in process.lines():
            if line["event"] == "key":
                keys.append((float(line["milliseconds"]), f"{line['text']!r} among {line['state']}"))
            elif line["event"] == "gap":
                gap = float(line["max_ms"])
                break
        process.join()
    times = [took for took, _ in keys]
    slowest, which = max(keys)
    told = f"{len(keys)} keystrokes, median {median(times):.1f} ms, slowest {slowest:.0f} ms ({which})"
    return {
        "search_key_p95_ms": Measured(percentile(times, 0.95), told),
        "search_gap_max_ms": Measured(gap, "5 ms timer"),
    }
