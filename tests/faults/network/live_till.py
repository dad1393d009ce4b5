"""A till without a window in this process: the real services and ledger, real HTTP, the real clock."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from posapp.app.system_clock import SystemClock
from posapp.domain.money import Money
from posapp.domain.order import Flow
from posapp.domain.status import AttemptState
from posapp.gateways.registry import build_gateway
from posapp.gateways.settings import GatewaySettings
from posapp.services.events import Asked, HealthChanged, OrderChanged, ProblemRaised
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from tests.unit.services.bench import facts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection
    from pathlib import Path

    from posapp.domain.order import Attempt
    from posapp.domain.till import HealthState
    from posapp.services.events import Event
    from tests.e2e.sandbox_process import SandboxProcess

LOOK_EVERY_S = 0.02


class LiveTill:
    """One till that runs for as long as its block lasts; `events` is everything it told, with the moment."""

    def __init__(self, services: TillServices, events: list[tuple[float, Event]]) -> None:
        self.services = services
        self.events = events

    async def charge(self, amount: int = 1250) -> Attempt:
        """Charge and wait for what came of it."""
        checkout = self.services.checkout
        return (await checkout.create(checkout.begin(Money(amount, "HKD")))).leading

    async def show(self, attempt: Attempt) -> Attempt:
        """Say that an attempt's code is seen."""
        return self.services.checkout.show(attempt.merchant_order_id).leading

    async def sell(self, count: int) -> list[str]:
        """Charge and show so many codes, one after the other; returns their ids."""
        shown = [await self.show(await self.charge()) for _ in range(count)]
        self.services.watcher.put_on_screen(shown[0].order_id)
        return [attempt.merchant_order_id for attempt in shown]

    def state(self, ref: str) -> AttemptState:
        """Return the last state that was told of an attempt."""
        for _at, event in reversed(self.events):
            if isinstance(event, OrderChanged):
                for attempt in event.snapshot.attempts:
                    if attempt.merchant_order_id == ref:
                        return attempt.state
        raise LookupError(ref)

    def paid_at(self, ref: str) -> float:
        """Return the moment, monotonic, at which it was told that an attempt is paid."""
        for at, event in self.events:
            if isinstance(event, OrderChanged) and any(
                attempt.merchant_order_id == ref and attempt.state is AttemptState.SUCCEEDED
                for attempt in event.snapshot.attempts
            ):
                return at
        raise LookupError(ref)

    def asked(self) -> set[str]:
        """Return the attempts that the gateway gave an answer about."""
        return {
            event.answer.merchant_order_id
            for _at, event in self.events
            if isinstance(event, Asked) and event.answer.answered
        }

    def health_words(self) -> list[HealthState]:
        """Return the words that the bar on top went through, each once in a row."""
        words: list[HealthState] = []
        for _at, event in self.events:
            if isinstance(event, HealthChanged) and words[-1:] != [event.health.state]:
                words.append(event.health.state)
        return words

    def problems(self) -> list[ProblemRaised]:
        """Return what was raised that nobody waited for."""
        return [event for _at, event in self.events if isinstance(event, ProblemRaised)]

    async def until(self, holds: Callable[[], bool], what: str, within_s: float) -> float:
        """Wait until something holds; returns how long that took."""
        began = time.monotonic()
        while not holds():
            waited = time.monotonic() - began
            assert waited < within_s, f"waited {waited:.1f} s in vain: {what}"
            await asyncio.sleep(LOOK_EVERY_S)
        return time.monotonic() - began

    async def until_paid(self, refs: Collection[str], within_s: float) -> float:
        """Wait until all of these are paid; returns how long that took."""
        return await self.until(
            lambda: all(self.state(ref) is AttemptState.SUCCEEDED for ref in refs), "all paid", within_s
        )


@asynccontextmanager
async def live_till(
    sandbox: SandboxProcess, base_url: str, folder: Path, *, watching: bool = True, base_s: float = 1.0
) -> AsyncGenerator[LiveTill]:
    """Run a till at the sandbox's CBTIS that reaches it by `base_url`."""
    settings = GatewaySettings(
        provider="cbtis",
        base_url=base_url,
        flow=Flow.QRCODE,
        secret=sandbox.secret("cbtis"),
        uid=sandbox.account("cbtis"),
    )
    events: list[tuple[float, Event]] = []
    gateway = build_gateway(settings)
    services = TillServices(
        facts(gateway.capabilities),
        open_ledger(folder / "ledger.db"),
        gateway,
        SystemClock(),
        lambda event: events.append((time.monotonic(), event)),
        Owner(folder / "run"),
        base_s,
    )
    if watching:
        services.start()
    try:
        yield LiveTill(services, events)
    finally:
        await services.stop()
