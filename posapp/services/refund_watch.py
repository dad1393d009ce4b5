"""Asks about every refund whose end the gateway has not told yet, soon at first, then ever more rarely."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.domain.refund import UNFINISHED_REFUNDS, RefundState
from posapp.domain.till import HealthState
from posapp.gateways.errors import GatewayError
from posapp.services.poll_schedule import PollClass, back_off_s, interval_s, jittered
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.services.health import HealthMonitor
    from posapp.services.refund_asking import RefundAsker
    from posapp.services.refund_journal import RefundJournal

QUICK_S: Final = (2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses before the first questions: most refunds end within a minute."""

TICK_S: Final = 1.0
_BASE_S: Final = 2.0


@dataclass(slots=True)
class _Watched:
    """One refund on the list. Times are monotonic seconds."""

    ref: str
    born: float
    next_at: float
    asked: int = 0
    failures: int = 0


class RefundWatch:
    """Lives on the io thread, as one task. One question at a time: a refund can wait for its turn, a code cannot."""

    def __init__(self, journal: RefundJournal, asker: RefundAsker, health: HealthMonitor) -> None:
        """Watch what is in the journal's store."""
        self._journal = journal
        self._asker = asker
        self._health = health
        self._clock = journal.clock
        self._list: dict[str, _Watched] = {}
        self._wake = asyncio.Event()
        self._loaded = False
        self._was_silent = False

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._load()
            pause = await self._ask_due()
            self._wake.clear()
            try:
                async with asyncio.timeout(min(pause, TICK_S)):
                    await self._wake.wait()
            except TimeoutError:
                pass  # nothing happened meanwhile: time for the next look
            self._look_at_health()

    def note(self, snapshot: OrderSnapshot) -> None:
        """Take note of an order that is new or changed."""
        for refund in snapshot.refunds:
            self._take(refund)
        if snapshot.refunds:
            self._wake.set()

    async def ask_everything_once(self) -> int:
        """Ask once about every refund that has not ended, within the budget; tells how many gave no answer."""
        silent = 0
        for refund in self._journal.store.unfinished():
            if not self._asker.knows(refund) or refund.state is RefundState.REQUESTED:
                continue
            await asyncio.sleep(self._asker.budget.wait_s(self._clock.monotonic()))
            try:
                await self._asker.ask(refund.merchant_refund_id)
            except (GatewayError, LedgerError):
                silent += 1
        return silent

    def _load(self) -> None:
        if self._loaded:
            return
        try:
            for refund in self._journal.store.unfinished():
                self._take(refund, at_once=True)
        except LedgerError:
            return  # the health monitor says so elsewhere; the next tick tries again
        self._loaded = True

    def _take(self, refund: Refund, *, at_once: bool = False) -> None:
        ref = refund.merchant_refund_id
        if refund.state not in UNFINISHED_REFUNDS or not self._asker.knows(refund):
            self._list.pop(ref, None)
            return
        if refund.state is RefundState.REQUESTED or ref in self._list:
            return  # its own reply is still to come, or it is watched already
        now = self._clock.monotonic()
        age = max(0.0, (self._clock.now() - refund.created_at).total_seconds())
        first = 0.0 if at_once else jittered(QUICK_S[0], _dice())
        self._list[ref] = _Watched(ref, now - age, now + first)

    async def _ask_due(self) -> float:
        """Ask about everyone whose time has come, one after the other; returns how long nobody more is due."""
        while True:
            now = self._clock.monotonic()
            chosen = min(self._list.values(), key=lambda watched: watched.next_at, default=None)
            if chosen is None:
                return TICK_S
            gate = max(
                chosen.next_at - now,
                self._asker.budget.wait_s(now),
                self._health.slow_down.wait_s(PollClass.BACKGROUND, now),
            )
            if gate > 0:
                return gate
            await self._ask(chosen)

    async def _ask(self, watched: _Watched) -> None:
        watched.asked += 1
        try:
            await self._asker.ask(watched.ref)
        except (GatewayError, LedgerError):
            watched.failures += 1
            pause = back_off_s(PollClass.BACKGROUND, watched.failures, _BASE_S, _dice())
        else:
            watched.failures = 0
            pause = jittered(self._pause_s(watched), _dice())
        watched.next_at = self._clock.monotonic() + pause + self._health.slow_down.extra_s

    def _pause_s(self, watched: _Watched) -> float:
        if watched.asked < len(QUICK_S):
            return QUICK_S[watched.asked]
        age = self._clock.monotonic() - watched.born
        return interval_s(PollClass.BACKGROUND, age, watched.asked, _BASE_S) or TICK_S

    def _look_at_health(self) -> None:
        """Ask everything anew where the gateway is back."""
        silent = self._health.current.state is HealthState.SILENT
        if self._was_silent and not silent:
            now = self._clock.monotonic()
            for watched in self._list.values():
                watched.next_at = min(watched.next_at, now)
        self._was_silent = silent


def _dice() -> float:
    return random.random()  # noqa: S311 - spreads load, guards nothing
