"""How the gateway and the ledger are doing, in the words of the bar on top, and what the gateway asks of everyone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.till import GatewayHealth, HealthState
from posapp.gateways.errors import (
    FOREIGN,
    AuthFailed,
    GatewayError,
    Malformed,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from posapp.services.events import HealthChanged
from posapp.services.poll_schedule import SlowDown

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.clock import Clock
    from posapp.services.events import Publish
    from posapp.store.errors import LedgerError

CLOCK_OFF_S: Final = 120
"""A clock that far from the gateway's is worth telling a person."""

_NOTICEABLE_S: Final = 30


class HealthMonitor:
    """Keeps the health and publishes each change of it. Lives on the io thread.

    Attributes:
        current: The health as it was last published.
        slow_down: What the gateway's 429s do to every question, whichever call was answered so.
    """

    def __init__(self, clock: Clock, publish: Publish, ahead_s: Callable[[], float | None] = lambda: None) -> None:
        """Start out with nothing asked.

        Args:
            clock: The till's clocks.
            publish: Told of every change.
            ahead_s: Says by how many seconds this computer's clock is ahead of the gateway's, where that is known.
        """
        self._clock = clock
        self._publish = publish
        self._ahead_s = ahead_s
        self._ledger_code: str | None = None
        self.current = GatewayHealth(HealthState.UNASKED)
        self.slow_down = SlowDown()

    def answered(self) -> None:
        """Take note of an answer that could be read."""
        self.slow_down.clean(self._clock.monotonic())
        ahead = noticed(self.current.clock_ahead_s, self._ahead_s())
        fresh = replace(self.current, last_answer_at=self._clock.now(), problem_code=None, clock_ahead_s=ahead)
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
            self.slow_down.limited(self._clock.monotonic(), error.retry_after_s)
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


def is_silence(error: GatewayError | LedgerError) -> bool:
    """Tell whether a question brought no answer of the gateway that can be believed; a definite no is one."""
    return isinstance(error, (NotSent, OutcomeUnknown, AuthFailed))


def is_odd_answer(error: GatewayError | LedgerError) -> bool:
    """Tell whether an answer came that breaks the documents, and that no other machine on the way can have given."""
    return isinstance(error, Malformed) and error.code not in FOREIGN


def is_off(ahead_s: float | None) -> bool:
    """Tell whether a clock is worth telling a person about."""
    return ahead_s is not None and abs(ahead_s) > CLOCK_OFF_S


def noticed(told_s: int | None, ahead_s: float | None) -> int | None:
    """Return by how much the clock is said to be ahead: what was last told, until that has noticeably changed.

    Args:
        told_s: What was last told.
        ahead_s: What is measured now; None for nothing new.
    """
    if ahead_s is None:
        return told_s
    now = round(ahead_s)
    if told_s is not None and abs(now - told_s) < _NOTICEABLE_S and is_off(now) is is_off(told_s):
        return told_s
    return now
