"""Starting on what was left open: how soon all of it is known again, and whether the start itself notices."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AttemptState
from posapp.services.events import Event, OrderChanged
from tests.benchmarks.figures import BenchError, Measured, Wanted
from tests.benchmarks.open_orders import charge_many, services_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.surroundings import Surroundings, Till

WANTED: Final = (
    Wanted("recovery_ratio", "x", 1.2, "start to every order green that was paid meanwhile"),
    Wanted("start_open_ratio", "x", 1.2, "start to usable keypad with 200 open orders"),
)
PAID: Final = 30
OPEN: Final = 200
ROUNDS: Final = 11
WARM_UPS: Final = 2
PATIENCE_S: Final = 60.0


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Leave orders behind, and start."""
    return {"recovery_ratio": _recovery(around), "start_open_ratio": _start(around)}


def _recovery(around: Surroundings) -> Measured:
    """Close the till on open orders, have all of them paid, and start its services."""
    till = around.till()
    refs = asyncio.run(charge_many(till, around.secret, PAID))
    for ref in refs:
        around.pay(ref)
    seconds, budget_s = asyncio.run(_until_green(till, around.secret, refs))
    told = f"{seconds:.1f} s for {PAID} orders against the {budget_s:.1f} s that the budget of questions takes"
    return Measured(seconds / budget_s, told)


async def _until_green(till: Till, secret: str, refs: Sequence[str]) -> tuple[float, float]:
    missing, done = set(refs), asyncio.Event()

    def hear(event: Event) -> None:
        if isinstance(event, OrderChanged):
            missing.difference_update(
                a.merchant_order_id for a in event.snapshot.attempts if a.state is AttemptState.SUCCEEDED
            )
            if not missing:
                done.set()

    began = time.perf_counter()
    services = services_of(till, secret, hear)
    budget = services.reconciler.budget
    services.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
    except TimeoutError as error:
        raise BenchError(f"{len(missing)} of {len(refs)} orders were not green within {PATIENCE_S:.0f} s") from error
    finally:
        await services.stop()
    return time.perf_counter() - began, (len(refs) - budget.capacity) / budget.rate


def _start(around: Surroundings) -> Measured:
    """Start the window on a till with open orders and on one without, in turns."""
    empty, full = around.till(), around.till()
    asyncio.run(charge_many(full, around.secret, OPEN))
    without: list[float] = []
    on_many: list[float] = []
    for turn in range(WARM_UPS + ROUNDS):
        for till, times in ((empty, without), (full, on_many)):
            milliseconds = _until_usable_ms(till)
            if turn >= WARM_UPS:
                times.append(milliseconds)
    told = (
        f"{median(on_many):.0f} ms (min {min(on_many):.0f}) against {median(without):.0f} ms (min {min(without):.0f}) "
        f"with none, medians of {ROUNDS}"
    )
    return Measured(median(on_many) / median(without), told)


def _until_usable_ms(till: Till) -> float:
    with till.start_until_usable() as process:
        process.wait_for("usable")
        milliseconds = process.seconds() * 1000
        process.join()
    return milliseconds
