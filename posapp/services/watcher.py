"""The watcher: asks the gateway about every attempt that is not final, each at its own pace, within one budget."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import GatewayError, RateLimited
from posapp.services.health import is_odd_answer, is_silence
from posapp.services.poll_schedule import DAY_S, Circuit, PollClass
from posapp.services.reconcile import OtherGateway
from posapp.services.watch_list import WatchList
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from posapp.domain.clock import Clock
    from posapp.domain.order import OrderSnapshot
    from posapp.services.health import HealthMonitor
    from posapp.services.neighbours import Neighbours
    from posapp.services.reconcile import Reconciler
    from posapp.services.watch_list import Watched
    from posapp.store.orders import OrderStore

MAX_IN_FLIGHT: Final = 4
TICK_S: Final = 1.0
SLEPT_S: Final = 15.0
"""A gap between ticks that long means that the computer slept; a monotonic clock stands still meanwhile on Linux."""


class PaymentWatcher:
    """Lives on the io thread, as one task. Polling knows no outcome but what `Reconciler` writes down."""

    def __init__(
        self,
        store: OrderStore,
        reconciler: Reconciler,
        health: HealthMonitor,
        clock: Clock,
        base_s: float,
        neighbours: Neighbours,
    ) -> None:
        """Watch what is in the store.

        Args:
            store: The till's orders.
            reconciler: Who asks, and keeps the budget.
            health: Told how many are watched.
            clock: Intervals are measured on its monotonic side.
            base_s: Base interval for a shown code, 1 to 10 seconds.
            neighbours: Looks after what other processes do with the ledger.
        """
        self._store = store
        self._reconciler = reconciler
        self._health = health
        self._clock = clock
        self._neighbours = neighbours
        self._slow_down = health.slow_down
        self._circuit = Circuit()
        self._list = WatchList(base_s, self._slow_down)
        self._asking: set[asyncio.Task[bool]] = set()
        self._wake = asyncio.Event()
        self._unreadable = False  # whether the ledger could not even be read when last looked at

    async def run(self) -> None:
        """Watch until cancelled."""
        self.reload()
        try:
            while True:
                wall, tick = self._clock.now(), self._clock.monotonic()
                pause = self._ask_due()
                self._wake.clear()
                try:
                    async with asyncio.timeout(min(pause, TICK_S)):
                        await self._wake.wait()
                except TimeoutError:
                    pass  # nothing happened meanwhile: time for the next look
                self._look_around(wall, tick)
        finally:
            for task in self._asking:
                task.cancel()
            await asyncio.gather(*self._asking, return_exceptions=True)

    def reload(self) -> None:
        """Take everything that is not final from the ledger, and ask about it at once."""
        wall, now = self._clock.now(), self._clock.monotonic()
        since = wall - timedelta(seconds=8 * DAY_S)
        for attempt in (*self._store.non_final(), *self._store.soft_final(since)):
            self._list.take(attempt, now, wall)
        self._health.watching(len(self._list))
        self.ask_all_soon()

    async def ask_everything_once(self) -> int:
        """Ask once about every attempt that is not final, then return; tells how many gave no answer.

        Once the gateway is found silent, or wants to be left alone, the rest is not asked and counts as unanswered.
        """
        self.reload()
        left = sorted(
            (watched for watched in self._list if watched.poll_class is not PollClass.SOFT_FINAL),
            key=lambda watched: watched.poll_class,
        )
        silent = 0
        for watched in left:
            await asyncio.sleep(self._reconciler.budget.wait_s(self._clock.monotonic()))
            if watched.merchant_order_id not in self._list:
                continue  # final meanwhile
            if self._circuit.is_open or self._slow_down.wait_s(watched.poll_class, self._clock.monotonic()) > 0:
                silent += 1
                continue
            answered = await self._hear(watched, self._reconciler.ask(watched.merchant_order_id))
            silent += not answered
        return silent

    def note(self, snapshot: OrderSnapshot) -> None:
        """Take note of an order that is new or changed."""
        wall, now = self._clock.now(), self._clock.monotonic()
        for attempt in snapshot.attempts:
            self._list.take(attempt, now, wall)
        self._health.watching(len(self._list))
        self._wake.set()

    def put_on_screen(self, order_id: str | None) -> None:
        """Take note of whose code is before the shopper."""
        self._list.put_on_screen(order_id, self._clock.monotonic())
        self._wake.set()

    def ask_all_soon(self) -> None:
        """Make everything due now, spread over a few seconds where it is much."""
        self._list.hurry(self._clock.monotonic())
        self._wake.set()

    def _ask_due(self) -> float:
        """Ask about everyone whose time has come; returns how long nobody more may be asked."""
        while True:
            now = self._clock.monotonic()
            busy = self._reconciler.in_flight
            if len(busy) >= MAX_IN_FLIGHT or (self._circuit.is_open and self._asking):
                return TICK_S
            gate = max(self._reconciler.budget.wait_s(now), self._circuit.wait_s(now))
            if gate > 0:
                return gate
            chosen = self._list.choose(now, busy, probing=self._circuit.is_open)
            if chosen is None:
                return self._list.rest_s(now, busy) or TICK_S
            self._list.asked()
            answer = self._reconciler.ask(chosen.merchant_order_id)
            task = asyncio.ensure_future(self._hear(chosen, answer))
            self._asking.add(task)
            task.add_done_callback(self._asked)

    def _asked(self, task: asyncio.Task[bool]) -> None:
        self._asking.discard(task)
        self._wake.set()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            context = {"message": "asking about an order failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)

    async def _hear(self, watched: Watched, answer: Awaitable[OrderSnapshot]) -> bool:
        """Wait for an answer and set the next moment, counted from now; tells whether the gateway answered."""
        ref = watched.merchant_order_id
        failed = True
        try:
            await answer
        except OtherGateway:
            return False  # nobody was asked
        except RateLimited:
            self._circuit.answered()
            failed = False
            return False
        except (GatewayError, LedgerError) as error:
            if is_silence(error):
                odd_order = ref if is_odd_answer(error) else None
                dice = random.random()  # noqa: S311 - spreads load, guards nothing
                self._circuit.failed(self._clock.monotonic(), odd_order, dice)
            else:  # a definite no is an answer too, and so is one that we could not write down
                self._circuit.answered()
            return False
        else:
            failed = False
        finally:
            later = self._list.failed if failed else self._list.answered
            later(ref, self._clock.monotonic())
        if self._circuit.answered():
            self.ask_all_soon()
        return True

    def _look_around(self, wall_before: datetime, tick_before: float) -> None:
        """Notice that the computer slept, and what other processes did with the ledger."""
        wall_gap = (self._clock.now() - wall_before).total_seconds()
        if max(wall_gap, self._clock.monotonic() - tick_before) > SLEPT_S:
            self.ask_all_soon()
        try:
            self._neighbours.look()
        except LedgerError as error:
            if not self._unreadable:
                self._health.ledger_failed(error.code)
            self._unreadable = True
            return
        if self._unreadable:
            self._unreadable = False
            self._health.ledger_works()
