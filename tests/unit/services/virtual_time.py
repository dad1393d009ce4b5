"""Virtual time: an event loop whose clock jumps to the next thing to do, so that hours pass in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

T = TypeVar("T")
START = 1_000.0


class _Sleepless(selectors.SelectSelector):
    """Where a real selector would wait, moves the clock instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.waits_for_threads = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready now; with nothing ready, let the time pass that a real one would have waited."""
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None and self.waits_for_threads:
            return super().select(10)  # real seconds: virtual time knows nothing of threads
        if timeout is None:
            raise RuntimeError("everything waits for something that can never happen")
        self.now += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop in virtual time. What its tasks leave unhandled is kept in `complaints`."""

    def __init__(self) -> None:
        self._sleepless = _Sleepless()
        super().__init__(self._sleepless)
        self.complaints: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.complaints.append(context))

    def time(self) -> float:
        """Return the virtual clock, in seconds."""
        return self._sleepless.now

    def wait_for_threads(self) -> None:
        """Wait from now on in real time where nothing but another thread can bring anything."""
        self._sleepless.waits_for_threads = True

    def run(self, job: Coroutine[Any, Any, T]) -> T:
        """Run a job to its end."""
        return self.run_until_complete(job)

    def let_pass(self, seconds: float) -> None:
        """Let time pass for whoever runs on this loop."""
        self.run_until_complete(asyncio.sleep(seconds))

    def cancel(self, tasks: Iterable[asyncio.Task[Any]]) -> None:
        """Cancel tasks and see them end."""

        async def ended(cancelled: list[asyncio.Task[Any]]) -> None:
            await asyncio.gather(*cancelled, return_exceptions=True)

        waited_for = list(tasks)
        for task in waited_for:
            task.cancel()
        self.run_until_complete(ended(waited_for))

    def abandon(self) -> None:
        """Cancel everything that still runs, and close."""
        self.cancel(asyncio.all_tasks(self))
        self.close()


class VirtualClock:
    """The till's two clocks on a virtual loop: steady time is the loop's, and the wall can be turned."""

    def __init__(self, loop: VirtualLoop, at: datetime = NOON) -> None:
        self._loop = loop
        self._at = at
        self._turned = timedelta()

    def now(self) -> datetime:
        """Return the wall clock, UTC."""
        return self._at + timedelta(seconds=self._loop.time() - START) + self._turned

    def monotonic(self) -> float:
        """Return the steady clock, in seconds."""
        return self._loop.time()

    def turn_wall(self, seconds: float) -> None:
        """Turn the wall clock, back as well as forward: by hand, or because the machine slept."""
        self._turned += timedelta(seconds=seconds)
