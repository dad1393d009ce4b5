"""`python -m tests.faults.clock.watching_till FOLDER ORDERS`: charges some orders, then watches until it is killed.

Reads the gateway's settings as JSON from stdin; writes one JSON object a line: the orders, then what its clock is worth
each time that changes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app.system_clock import SystemClock
from posapp.domain.money import Money
from posapp.services.events import HealthChanged
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from tests.faults.gateway.live_till import gateway_at
from tests.unit.services.bench import facts

if TYPE_CHECKING:
    from posapp.services.events import Event


def say(**fields: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


async def watch(folder: Path, orders: int, settings: dict[str, str]) -> None:
    """Charge and show, then watch for ever."""
    told: list[int | None] = [None]

    def hear(event: Event) -> None:
        if isinstance(event, HealthChanged) and event.health.clock_ahead_s != told[-1]:
            told.append(event.health.clock_ahead_s)
            say(event="clock", ahead_s=event.health.clock_ahead_s)

    gateway = gateway_at(settings["base_url"], settings["provider"], settings)
    services = TillServices(
        facts(gateway.capabilities),
        open_ledger(folder / "ledger.db"),
        gateway,
        SystemClock(),
        hear,
        Owner(folder / "owners"),
        base_s=1.0,
    )
    for _ in range(orders):
        made = await services.checkout.create(services.checkout.begin(Money(12850, "HKD")))
        services.checkout.show(made.leading.merchant_order_id)
    services.start()
    services.watcher.put_on_screen(None)
    say(event="watching", created_at=SystemClock().now().isoformat())
    await asyncio.Event().wait()


def main() -> None:
    """Watch as the command line and stdin say."""
    folder, orders = Path(sys.argv[1]), int(sys.argv[2])
    asyncio.run(watch(folder, orders, json.load(sys.stdin)))


if __name__ == "__main__":
    main()
