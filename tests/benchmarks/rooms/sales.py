"""Whole sales on real HTTP: from *Charge* to the code, and from the gateway's SUCCEEDED to green."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import Measured, Wanted, percentile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.process import Process
    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (
    Wanted("charge_overhead_p95_ms", "ms", 60.0, "Charge pressed to code painted, beyond the gateway's time, p95"),
    Wanted("settle_ratio", "x", 1.15, "gateway SUCCEEDED to green painted"),
)
SALES: Final = 30
INTERVAL_S: Final = 2.0  # the base interval that a till has unless its shop says otherwise


@dataclass(slots=True)
class _Book:
    """What the sales told, in milliseconds or seconds as named."""

    overhead_ms: list[float] = field(default_factory=list[float])
    gateway_ms: list[float] = field(default_factory=list[float])
    settle_s: list[float] = field(default_factory=list[float])
    query_s: list[float] = field(default_factory=list[float])


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Sell, and pay each order at another phase of the polling interval."""
    book = _Book()
    phases = [(place + 0.5) / SALES for place in range(SALES)]
    random.Random(7).shuffle(phases)  # noqa: S311 - so that the machine's mood and the phase have nothing in common
    with around.till(INTERVAL_S).play("sales", "--count", str(SALES)) as process:
        for phase in phases:
            _sell(around, process, phase * INTERVAL_S, book)
        process.join()
    expected_s = INTERVAL_S / 2 + fmean(book.query_s)
    return {
        "charge_overhead_p95_ms": Measured(
            percentile(book.overhead_ms, 0.95),
            f"median {median(book.overhead_ms):.0f} ms, longest {max(book.overhead_ms):.0f} ms, "
            f"gateway itself {median(book.gateway_ms):.0f} ms, {SALES} sales",
        ),
        "settle_ratio": Measured(
            fmean(book.settle_s) / expected_s,
            f"mean {fmean(book.settle_s):.3f} s against {INTERVAL_S:.1f} s / 2 + round trip "
            f"{fmean(book.query_s) * 1000:.0f} ms, {SALES} phases",
        ),
    }


def _sell(around: Surroundings, process: Process, pause_s: float, book: _Book) -> None:
    shown = process.wait_for("shown")
    book.overhead_ms.append(float(shown["overhead_ms"]))
    book.gateway_ms.append(float(shown["gateway_ms"]))
    threading.Event().wait(pause_s)  # the shopper takes out the phone
    paid_at = around.pay(str(shown["merchant_order_id"]))
    paid = process.wait_for("paid")
    book.settle_s.append(float(paid["painted_at"]) - paid_at)
    book.query_s.append(float(paid["query_s"]))
