"""How the gateway and the ledger are doing, in the words of the bar on top."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.till import GatewayHealth, HealthState
from posapp.gateways.errors import AuthFailed, GatewayError, RateLimited, Refused
from posapp.services.events import HealthChanged

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.services.events import Publish


class HealthMonitor:
    """Keeps the health and publishes each change of it. Lives on the io thread."""

    def __init__(self, clock: Clock, publish: Publish) -> None:
        """Start out with nothing asked."""
        self._clock = clock
        self._publish = publish
        self._ledger_code: str | None = None
        self.current = GatewayHealth(HealthState.UNASKED)

    def answered(self) -> None:
        """Take note of an answer that could be read."""
        now = self._clock.now()
        fresh = replace(self.current, last_answer_at=now, problem_code=None)
        self._set(fresh, HealthState.ANSWERING)

    def failed(self, error: GatewayError) -> None:
        """Take note of a call that brought none; a definite no is an answer."""
        if isinstance(error, Refused):
            self.answered()
            return
        if isinstance(error, AuthFailed):
            state = HealthState.REJECTED
        elif isinstance(error, RateLimited):
            state = HealthState.SLOW_DOWN
        else:
            state = HealthState.SILENT
        self._set(replace(self.current, problem_code=error.code), state)

    def ledger_failed(self, code: str) -> None:
        """Take note that the ledger could not be written."""
        self._ledger_code = code
        self._set(self.current, HealthState.LEDGER)

    def ledger_works(self) -> None:
        """Take note that the ledger was written again."""
        if self._ledger_code is not None:
            self._ledger_code = None
            self._set(replace(self.current, problem_code=None), HealthState.UNASKED)

    def watching(self, count: int) -> None:
        """Take note of how many attempts are asked about."""
        if count != self.current.watched:
            self._set(replace(self.current, watched=count), self.current.state)

    def _set(self, health: GatewayHealth, state: HealthState) -> None:
        if self._ledger_code is not None:  # an answering gateway does not make a full disk any better
            health, state = replace(health, problem_code=self._ledger_code), HealthState.LEDGER
        since = self.current.since if state is self.current.state else self._clock.now()
        self.current = replace(health, state=state, since=since)
        self._publish(HealthChanged(self.current))
