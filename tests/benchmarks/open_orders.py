"""A till that has many orders open, put there through its own services."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from posapp.app.compose import build_services, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.paths import DataFolder
from posapp.domain.money import Money

if TYPE_CHECKING:
    from posapp.services.events import Publish
    from posapp.services.till import TillServices
    from tests.benchmarks.surroundings import Till

_AT_ONCE: Final = 8


def services_of(till: Till, secret: str, publish: Publish = lambda _: None) -> TillServices:
    """Put a till's services together as its commands do; called inside the loop that they are to run on."""
    config = read_config(till.config)
    folder = DataFolder(till.data)
    folder.make()
    facts = till_facts(config, training=False)
    return build_services(facts, gateway_settings(config, secret), folder, publish, config.base_seconds)


async def charge_many(till: Till, secret: str, count: int) -> list[str]:
    """Put so many orders into ledger and sandbox, each with its code shown; returns the ids of their payments."""
    currency = read_config(till.config).currency
    services = services_of(till, secret)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def charge(number: int) -> str:
        async with turns:
            created = await services.checkout.create(services.checkout.begin(Money(1000 + number, currency)))
            return services.checkout.show(created.leading.merchant_order_id).leading.merchant_order_id

    try:
        return await asyncio.gather(*(charge(number) for number in range(count)))
    finally:
        await services.stop()
