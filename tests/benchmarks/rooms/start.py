"""From starting the process to a keypad that takes a key, against the bare window, in turns."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import Measured, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.process import Process
    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (Wanted("start_ratio", "x", 2.0, "start to usable keypad"),)
ROUNDS: Final = 15
WARM_UPS: Final = 2


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Start both programs in turns, so that whatever else the machine does befalls both."""
    till = around.till()
    bare: list[float] = []
    ours: list[float] = []
    for turn in range(WARM_UPS + ROUNDS):
        bare_ms, ours_ms = _until_usable(around.bare_window), _until_usable(till.start_until_usable)
        if turn >= WARM_UPS:
            bare.append(bare_ms)
            ours.append(ours_ms)
    told = (
        f"bare window {median(bare):.0f} ms (min {min(bare):.0f}), posapp {median(ours):.0f} ms (min {min(ours):.0f}), "
        f"medians of {ROUNDS}"
    )
    return {"start_ratio": Measured(median(ours) / median(bare), told)}


def _until_usable(start: Callable[[], Process]) -> float:
    with start() as process:
        process.wait_for("usable")
        milliseconds = process.seconds() * 1000
        process.join()
    return milliseconds
