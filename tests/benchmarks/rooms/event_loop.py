"""How long the window's event loop stands still while a thousand open orders are polled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from posapp.app.compose import build_services, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.paths import DataFolder
from posapp.domain.money import Money
from tests.benchmarks.figures import BenchError, Measured, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posapp.services.till import TillServices
    from tests.benchmarks.surroundings import Surroundings, Till

WANTED: Final = (
    Wanted("gui_gap_p99_ms", "ms", 33.0, "event-loop gaps with 1,000 open orders polled, p99"),
    Wanted("gui_gap_max_ms", "ms", 100.0, "the longest of them"),
)
ORDERS: Final = 1000
SECONDS: Final = 24
_AT_ONCE: Final = 8


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Charge a thousand orders, then open the window on them."""
    till = around.till()
    asyncio.run(_charge_all(till, around.secret))
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


async def _charge_all(till: Till, secret: str) -> None:
    """Put the orders into ledger and sandbox through the till's own services, each with its code shown."""
    config = read_config(till.config)
    folder = DataFolder(till.data)
    folder.make()
    facts = till_facts(config, training=False)
    services = build_services(facts, gateway_settings(config, secret), folder, lambda _: None, config.base_seconds)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def charge(number: int) -> None:
        async with turns:
            await _charge(services, Money(1000 + number, config.currency))

    try:
        await asyncio.gather(*(charge(number) for number in range(ORDERS)))
    finally:
        await services.stop()


async def _charge(services: TillServices, money: Money) -> None:
    created = await services.checkout.create(services.checkout.begin(money))
    services.checkout.show(created.leading.merchant_order_id)
