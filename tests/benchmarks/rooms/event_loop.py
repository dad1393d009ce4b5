"""How long the window's event loop stands still while a thousand open orders are polled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import BenchError, Measured, Wanted
from tests.benchmarks.open_orders import charge_many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (
    Wanted("gui_gap_p99_ms", "ms", 33.0, "event-loop gaps with 1,000 open orders polled, p99"),
    Wanted("gui_gap_max_ms", "ms", 100.0, "the longest of them"),
)
ORDERS: Final = 1000
SECONDS: Final = 24


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Charge a thousand orders, then open the window on them."""
    till = around.till()
    asyncio.run(charge_many(till, around.secret, ORDERS))
    with till.play("gaps", "--seconds", str(SECONDS)) as process:
        told = process.wait_for("gaps")
        process.join()
    if told["open"] != ORDERS:
        raise BenchError(f"{told['open']} of {ORDERS} orders were open at the end")
    against = (
        f"{told['ticks']:.0f} ticks of a 5 ms timer in {told['seconds']:.0f} s on order list and keypad, "
        f"{told['queries']:.0f} queries answered; p50 {told['p50_ms']:.1f} ms"
    )
    return {
        "gui_gap_p99_ms": Measured(float(told["p99_ms"]), against),
        "gui_gap_max_ms": Measured(float(told["max_ms"]), f"{told['over_33']:.0f} gaps over 33 ms, {told['where']}"),
    }
