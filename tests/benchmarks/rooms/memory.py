"""Resident memory of the window after a sale, against the bare window's."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

import psutil

from tests.benchmarks.figures import Measured, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.process import Process
    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (Wanted("rss_ratio", "x", 2.2, "resident memory after a sale"),)
ROUNDS: Final = 3
_MEGABYTE: Final = 1e6


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Look at the window's own process only; the sandbox is nobody's memory."""
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(ROUNDS):
        with around.bare_window("--stay") as process:
            process.wait_for("usable")
            bare.append(_megabytes(process))
        with around.till(base_s=1.0).play("one_sale") as process:
            around.pay(str(process.wait_for("shown")["merchant_order_id"]))
            process.wait_for("rested")
            ours.append(_megabytes(process))
    told = f"bare window {median(bare):.0f} MB, posapp {median(ours):.0f} MB, medians of {ROUNDS}"
    return {"rss_ratio": Measured(median(ours) / median(bare), told)}


def _megabytes(process: Process) -> float:
    return psutil.Process(process.pid).memory_info().rss / _MEGABYTE
