"""The watcher: asks the gateway about every attempt that is not final, each at its own pace, within one budget."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AttemptState
from posapp.gateways.errors import AuthFailed, GatewayError, NotSent, OutcomeUnknown, RateLimited
from posapp.services.events import OrderChanged
from posapp.services.poll_schedule import (
    DAY_S,
    Circuit,
    PollClass,
    SlowDown,
    TokenBucket,
    back_off_s,
    honoured_s,
    interval_s,
    jittered,
)
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from posapp.domain.clock import Clock
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.services.events import Publish
    from posapp.services.health import HealthMonitor
    from posapp.services.reconcile import Reconciler
    from posapp.store.orders import OrderStore

MAX_IN_FLIGHT: Final = 4
TICK_S: Final = 1.0
SLEPT_S: Final = 15.0
"""A gap between ticks that long means that the computer slept; a monotonic clock stands still meanwhile on Linux."""
SPREAD_S: Final = 5.0
BACKGROUND_SHARE: Final = 10
"""Every so many requests one goes to the background, however many codes are on screens."""


@dataclass(slots=True)
class Watched:
    """One attempt on the watch list. Times are monotonic seconds."""

    merchant_order_id: str
    order_id: str
    state: AttemptState
    born: float  # when it was created
    ended: float | None  # when it was cancelled
    shown_since: float | None  # since when its code is before the shopper
    next_at: float
    asked: int = 0
    failures: int = 0

    @property
    def poll_class(self) -> PollClass:
        """How urgently it is asked about."""
        if self.state is AttemptState.CANCELLED:
            return PollClass.SOFT_FINAL
        if self.shown_since is not None and self.state is AttemptState.PENDING:
            return PollClass.SHOWN
        return PollClass.UNKNOWN if self.state is AttemptState.UNKNOWN else PollClass.BACKGROUND

    def age_s(self, now: float) -> float:
        """Return the age that its class counts by."""
        since = {PollClass.SHOWN: self.shown_since, PollClass.SOFT_FINAL: self.ended}.get(self.poll_class)
        return now - (self.born if since is None else since)


class PaymentWatcher:
    """Lives on the io thread, as one task. Polling knows no outcome but what `Reconciler` writes down."""

    def __init__(
        self,
        store: OrderStore,
        reconciler: Reconciler,
        health: HealthMonitor,
        clock: Clock,
        base_s: float,
        data_version: Callable[[], int],
        publish: Publish,
    ) -> None:
        """Watch what is in the store.

        Args:
            store: The till's orders.
            reconciler: Who asks.
            health: Told how many are watched.
            clock: Intervals are measured on its monotonic side.
            base_s: Base interval for a shown code, 1 to 10 seconds.
            data_version: Changes when another process has written to the ledger.
            publish: Told what another process wrote.
        """
        self._store = store
        self._reconciler = reconciler
        self._health = health
        self._clock = clock
        self._base_s = base_s
        self._data_version = data_version
        self._seen_version = data_version()
        self._publish = publish
        self._list: dict[str, Watched] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._on_screen: str | None = None
        self._bucket = TokenBucket(at=clock.monotonic())
        self._slow_down = SlowDown()
        self._circuit = Circuit()
        self._turn = 0

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
        since = self._clock.now() - timedelta(seconds=8 * DAY_S)
        for attempt in (*self._store.non_final(), *self._store.soft_final(since)):
            self._take(attempt)
        self.ask_all_soon()

    async def ask_everything_once(self) -> int:
        """Ask once about every attempt that is not final, then return; tells how many gave no answer."""
        self.reload()
        left = {ref for ref, watched in self._list.items() if watched.poll_class is not PollClass.SOFT_FINAL}
        silent = 0
        for ref in sorted(left, key=lambda ref: self._list[ref].poll_class):
            watched = self._list.get(ref)
            if watched is None:
                continue
            await asyncio.sleep(self._bucket.wait_s(self._clock.monotonic()))
            self._bucket.take(self._clock.monotonic())
            await self._ask(watched)
            silent += watched.failures > 0
        return silent

    def note(self, snapshot: OrderSnapshot) -> None:
        """Take note of an order that is new or changed."""
        for attempt in snapshot.attempts:
            self._take(attempt)
        self._health.watching(len(self._list))
        self._wake.set()

    def put_on_screen(self, order_id: str | None) -> None:
        """Take note of whose code is before the shopper."""
        if order_id == self._on_screen:
            return
        self._on_screen = order_id
        now = self._clock.monotonic()
        for watched in self._list.values():
            shown = watched.order_id == order_id
            if shown and watched.shown_since is None:
                watched.shown_since = now
                watched.asked = 0
                watched.next_at = now + self._base_s
            elif not shown:
                watched.shown_since = None
        self._wake.set()

    def ask_all_soon(self) -> None:
        """Make everything due now, spread over a few seconds where it is much."""
        now = self._clock.monotonic()
        due = [watched for watched in self._list.values() if watched.poll_class is not PollClass.SOFT_FINAL]
        due.sort(key=lambda watched: (watched.poll_class, -watched.born))
        spread = SPREAD_S if len(due) > MAX_IN_FLIGHT else 0.0
        for place, watched in enumerate(due):
            watched.next_at = min(watched.next_at, now + spread * place / len(due))
            watched.failures = 0
        self._wake.set()

    def _take(self, attempt: Attempt) -> None:
        ref = attempt.merchant_order_id
        soft_final = attempt.state is AttemptState.CANCELLED and attempt.shown_at is not None
        if not attempt.is_watched and not soft_final:
            self._list.pop(ref, None)
            return
        now = self._clock.monotonic()
        known = self._list.get(ref)
        if known is not None and known.state is attempt.state:
            return
        shown = attempt.order_id == self._on_screen and attempt.state is AttemptState.PENDING
        watched = Watched(
            merchant_order_id=ref,
            order_id=attempt.order_id,
            state=attempt.state,
            born=now - self._age(attempt.created_at),
            ended=None if attempt.final_at is None else now - self._age(attempt.final_at),
            shown_since=now if shown else None,
            next_at=now,
        )
        if self._set_next(watched, now):
            self._list[ref] = watched

    def _age(self, since: datetime) -> float:
        return max(0.0, (self._clock.now() - since).total_seconds())

    def _ask_due(self) -> float:
        """Start every question whose time has come; returns how long nothing will be due."""
        while True:
            now = self._clock.monotonic()
            gate = max(self._bucket.wait_s(now), self._circuit.wait_s(now), self._slow_down.until - now)
            if len(self._asking) >= MAX_IN_FLIGHT or (self._circuit.is_open and self._asking):
                return TICK_S
            chosen = self._choose(now)
            if chosen is None:
                return min((watched.next_at - now for watched in self._idle()), default=TICK_S)
            if gate > 0:
                return gate
            self._bucket.take(now)
            chosen.next_at = now + TICK_S  # set anew when the answer is here
            task = asyncio.ensure_future(self._ask(chosen))
            self._asking.add(task)
            task.add_done_callback(self._asked)

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._wake.set()

    def _idle(self) -> list[Watched]:
        return [watched for watched in self._list.values() if not self._reconciler.is_asking(watched.merchant_order_id)]

    def _choose(self, now: float) -> Watched | None:
        """Pick whose turn it is: the most urgent class first, the longest overdue within it."""
        due = [watched for watched in self._idle() if watched.next_at <= now]
        if not due:
            return None
        self._turn += 1
        background = [watched for watched in due if watched.poll_class is not PollClass.SHOWN]
        if background and self._turn % BACKGROUND_SHARE == 0:
            due = background
        return min(due, key=lambda watched: (watched.poll_class, watched.next_at))

    async def _ask(self, watched: Watched) -> None:
        try:
            await self._reconciler.ask(watched.merchant_order_id)
        except RateLimited as error:
            now = self._clock.monotonic()
            self._slow_down.limited(now, honoured_s(watched.poll_class, error.retry_after_s))
            self._circuit.answered()
            self._later(watched, failed=False)
        except (NotSent, OutcomeUnknown, AuthFailed):
            self._circuit.failed(self._clock.monotonic())
            self._later(watched, failed=True)
        except (GatewayError, LedgerError):
            self._later(watched, failed=True)
        else:
            self._slow_down.clean(self._clock.monotonic())
            self._later(watched, failed=False)
            if self._circuit.answered():
                self.ask_all_soon()

    def _later(self, asked: Watched, *, failed: bool) -> None:
        """Set the next moment, counted from the end of this question."""
        watched = self._list.get(asked.merchant_order_id)
        if watched is None:
            return
        now = self._clock.monotonic()
        watched.asked += 1
        watched.failures = watched.failures + 1 if failed else 0
        if failed:
            pause = back_off_s(watched.poll_class, watched.failures, self._base_s, random.random())  # noqa: S311
            watched.next_at = now + pause
        elif not self._set_next(watched, now):
            del self._list[watched.merchant_order_id]

    def _set_next(self, watched: Watched, now: float) -> bool:
        """Set when to ask next; False where there is nothing left to ask for."""
        base_s = self._base_s + self._slow_down.extra_s
        interval = interval_s(watched.poll_class, watched.age_s(now), watched.asked, base_s)
        if interval is None:
            return False
        watched.next_at = now + jittered(interval, random.random())  # noqa: S311 - spreads load, guards nothing
        return True

    def _look_around(self, wall_before: datetime, tick_before: float) -> None:
        """Notice that the computer slept, and what other processes wrote into the ledger."""
        wall_gap = (self._clock.now() - wall_before).total_seconds()
        if max(wall_gap, self._clock.monotonic() - tick_before) > SLEPT_S:
            self.ask_all_soon()
        try:
            version = self._data_version()
            if version != self._seen_version:
                self._seen_version = version
                self._adopt()
        except LedgerError as error:
            self._health.ledger_failed(error.code)

    def _adopt(self) -> None:
        """Announce the attempts that another process of this till added or moved on."""
        moved = [watched for watched in self._list.values() if self._has_moved(watched)]
        orders = {watched.order_id for watched in moved}
        orders |= {
            attempt.order_id
            for attempt in self._store.non_final()
            if attempt.is_watched and attempt.merchant_order_id not in self._list
        }
        for order_id in orders:
            snapshot = self._store.snapshot(order_id)
            if snapshot is not None:
                self._publish(OrderChanged(snapshot))

    def _has_moved(self, watched: Watched) -> bool:
        attempt = self._store.attempt(watched.merchant_order_id)
        return attempt is not None and attempt.state is not watched.state
