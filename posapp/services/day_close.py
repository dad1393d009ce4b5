"""Closing a day: every open order is asked about once more, then its Z is written, whatever the gateway says."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.progress import Progress
from posapp.domain.staff import Right
from posapp.gateways.errors import GatewayError
from posapp.services.events import Progressed
from posapp.services.health import is_silence
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import date

    from posapp.domain.clock import Clock
    from posapp.domain.day_close import DayClose, Reprint
    from posapp.domain.order import OrderSnapshot
    from posapp.services.day import TradingDay
    from posapp.services.events import Publish
    from posapp.services.reconcile import Reconciler
    from posapp.services.staff import Staff

JOB: Final = "close_day"
ASK_LIMIT_S: Final = 45.0
"""For how long a close waits for the gateway at most."""
AT_ONCE: Final = 4
SILENT_ENOUGH: Final = 5
"""After so many questions in a row that brought no answer the others are not asked: the shop wants to go home."""


class DayCloser:
    """Closes days and copies their Zs. Lives on the io thread."""

    def __init__(
        self, trading: TradingDay, reconciler: Reconciler, clock: Clock, publish: Publish, staff: Staff
    ) -> None:
        """Close days of this ledger and ask through this reconciler."""
        self._trading = trading
        self._reconciler = reconciler
        self._clock = clock
        self._publish = publish
        self._staff = staff
        self._run: _Run | None = None

    async def close(self, day: date, approval: str | None = None) -> DayClose:
        """Ask about every open order of the day and of earlier days without a Z, then write the Z.

        Orders without an answer stand in the Z as not known yet; a silent gateway keeps no shop from closing.

        Raises:
            DomainError: `day_closed`, `day_future`, `close_running`, `close_cancelled`, or as `Staff.authorise`.
            LedgerError: Nothing was written.
        """
        if self._run is not None:
            raise DomainError("close_running", "A day is being closed already.")
        self._refuse(day)
        authority = self._staff.authorise(Right.CLOSE_DAY, approval)
        run = self._run = _Run()
        try:
            await self._ask(self._trading.open_attempts(day), run)
        finally:
            self._run = None
        if run.cancelled:
            raise DomainError("close_cancelled", "The close was called off; nothing was written.")
        return self._trading.stored.add(self._trading.frame, day, authority, self._clock.now())

    def cancel(self) -> None:
        """Call the close off that still asks; without one nothing happens."""
        if self._run is not None:
            self._run.cancelled = True
            self._run.enough.set()

    def hurry(self) -> None:
        """Let the close that still asks wait for no more answers."""
        if self._run is not None:
            self._run.enough.set()

    def reprint(self, number: int, approval: str | None = None) -> Reprint:
        """Return a Z as it was written; the copy is counted before.

        Raises:
            DomainError: `close_unknown`, or as `Staff.authorise`.
            LedgerError: The copy could not be written down, so there is none.
        """
        authority = self._staff.authorise(Right.REPRINT, approval)
        return self._trading.stored.reprint(number, authority, self._clock.now())

    def _refuse(self, day: date) -> None:
        if day > self._trading.frame.rule.of(self._clock.now()):
            raise DomainError("day_future", "This day has not begun yet.")
        if self._trading.stored.of_day(day) is not None:
            raise DomainError("day_closed", "This day is closed already; its Z never changes.")

    async def _ask(self, refs: list[str], run: _Run) -> None:
        """Ask about attempts for as long as that is worth it."""
        self._tell(0, len(refs))
        if not refs:
            return
        asking = asyncio.ensure_future(self._ask_all(refs, run))
        enough = asyncio.ensure_future(run.enough.wait())
        try:
            await asyncio.wait({asking, enough}, timeout=ASK_LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (asking, enough):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(asking, enough, return_exceptions=True)
        if asking.done() and not asking.cancelled():
            asking.result()

    async def _ask_all(self, refs: list[str], run: _Run) -> None:
        gate, turn = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

        async def ask(ref: str) -> None:
            async with gate:
                async with turn:  # one after the other, as the budget allows; the answers may overlap
                    if run.silent < SILENT_ENOUGH:
                        await asyncio.sleep(self._reconciler.budget.wait_s(self._clock.monotonic()))
                    answer = self._reconciler.ask(ref) if run.silent < SILENT_ENOUGH else None
                if answer is not None:
                    run.heard(silent=not await _is_answered(answer))
                run.done += 1
                self._tell(run.done, len(refs))

        await asyncio.gather(*(ask(ref) for ref in refs))

    def _tell(self, done: int, total: int) -> None:
        self._publish(Progressed(Progress(JOB, done, total)))


async def _is_answered(answer: Awaitable[OrderSnapshot]) -> bool:
    """Wait for an answer; tells whether the gateway said anything."""
    try:
        await answer
    except (GatewayError, LedgerError) as error:
        return not is_silence(error)
    return True


class _Run:
    """One close under way."""

    def __init__(self) -> None:
        self.enough = asyncio.Event()
        self.cancelled = False
        self.done = 0
        self.silent = 0

    def heard(self, *, silent: bool) -> None:
        """Count the questions in a row that brought nothing."""
        self.silent = self.silent + 1 if silent else 0
