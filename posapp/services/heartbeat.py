"""Knowing whether the gateway is there before a customer is: a login now and then while nothing else is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from posapp.domain.till import HealthState
from posapp.gateways.errors import GatewayError
from posapp.services.poll_schedule import PollClass

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.gateways.base import PaymentGateway
    from posapp.services.health import HealthMonitor

IDLE_S: Final = 300.0
"""How old the last answer may grow before the gateway is asked for no other reason."""
_FIRST_RETRY_S: Final = 5.0
_LAST_RETRY_S: Final = 60.0


class Heartbeat:
    """Lives on the io thread, as one task. Touches no payment; keeps a token warm for the next charge."""

    def __init__(self, gateway: PaymentGateway, health: HealthMonitor, clock: Clock) -> None:
        """Check this gateway and tell the health."""
        self._gateway = gateway
        self._health = health
        self._clock = clock

    async def run(self) -> None:
        """Check at once, soon again while there is no answer, and rarely while there is; until cancelled."""
        failures = 0
        while True:
            if self._is_fresh():
                failures = 0
                await asyncio.sleep(IDLE_S)
                continue
            try:
                await self._gateway.check()
            except GatewayError as error:
                self._health.failed(error)
                failures += 1
                pause = min(_FIRST_RETRY_S * 2 ** (failures - 1), _LAST_RETRY_S)
                told = self._health.slow_down.wait_s(PollClass.BACKGROUND, self._clock.monotonic())
                await asyncio.sleep(max(pause, told))
            else:
                self._health.answered()
                failures = 0
                await asyncio.sleep(IDLE_S)

    def _is_fresh(self) -> bool:
        health = self._health.current
        if health.state is not HealthState.ANSWERING or health.last_answer_at is None:
            return False
        return 0 <= (self._clock.now() - health.last_answer_at).total_seconds() < IDLE_S
