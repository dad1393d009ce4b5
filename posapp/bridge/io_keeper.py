"""Keeps an io thread running: starts it, tries a failed start again, and replaces a thread that died."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from posapp.domain.errors import Problem
from posapp.domain.till import HealthState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from posapp.bridge.io_thread import IoThread, Opening, Services
    from posapp.bridge.news import News
    from posapp.bridge.opening import Opener
    from posapp.bridge.patience import Backoff
    from posapp.bridge.recourse import Recourse
    from posapp.bridge.signals import TillSignals
    from posapp.domain.backups import Restored
    from posapp.domain.start import StartTrouble
    from posapp.domain.till import GatewayHealth
    from posapp.services.till import TillServices

log = logging.getLogger(__name__)

LOOK_MS: Final = 1000
SILENT_LOOKS: Final = 10
"""So many looks in a row that find no beat mean that the loop hangs; a computer that slept makes one."""

TRY_AGAIN_MS: Final = 15_000


class IoKeeper:
    """Lives on the GUI thread. The first thread is made by whoever needs it first: `start`, or a faster cashier.

    What only the io thread needs is imported where it is made: asyncio and the services are 30 ms that the first
    paint of the window does not wait for.
    """

    def __init__(
        self,
        build: Callable[[], Awaitable[TillServices]],
        recourse: Recourse,
        news: News,
        signals: TillSignals,
    ) -> None:
        """Prepare; nothing runs before `start`."""
        self._build = build
        self._recourse = recourse
        self._news = news
        self._signals = signals
        self._making = threading.Lock()
        self._made: IoThread | None = None
        self._opener: Opener | None = None
        self._restarts: Backoff | None = None
        self._starting: threading.Thread | None = None
        self._timers: _Timers | None = None  # there between start and stop
        self._began = 0.0
        self._beats, self._silent_looks = -1, 0
        self._trouble: StartTrouble | None = None
        self._asked_for = True  # whether somebody waits to hear how the start went

    @property
    def io(self) -> IoThread:
        """The thread that takes jobs now; any thread may ask."""
        with self._making:
            return self._made or self._make()

    def start(self, then: Callable[[], None]) -> None:
        """Start the first thread; returns at once, the imports it needs are done elsewhere.

        Args:
            then: Called as soon as the thread runs, on neither thread.
        """

        def begin() -> None:
            self.io.start()
            then()

        self._timers = _Timers(self._look, self._try_again, self._start_next)
        self._began = time.monotonic()
        self._starting = threading.Thread(target=begin, name="posapp-start", daemon=True)
        self._starting.start()

    def stop(self) -> bool:
        """End all work; False where that took too long."""
        self._timers = None
        if self._starting is not None:
            self._starting.join()
        return self.io.stop()

    # --- a start that failed ---------------------------------------------------------------------------------

    def start_again(self) -> None:
        """Try the start anew, because a person asks for it."""
        self._open(lambda opener: opener.open)

    def start_viewing(self) -> None:
        """Open the ledger for viewing."""
        self._open(lambda opener: opener.view)

    def start_fresh(self) -> None:
        """Put an empty ledger in the damaged one's place, and start."""
        self._open(lambda opener: opener.start_fresh)

    def restore(self, backup: str, done: Callable[[Restored], None], failed: Callable[[Problem], None]) -> None:
        """Put a backup in the damaged ledger's place, and start."""

        def tell_done(restored: Restored) -> None:
            self._news.on_gui(lambda: done(restored))

        def tell_failed(problem: Problem) -> None:
            self._news.on_gui(lambda: failed(problem))

        def taken(answer: Future[None]) -> None:
            error = None if answer.cancelled() else answer.exception()
            if error is not None:
                tell_failed(self._news.name(error))

        opened = self._open(lambda opener: opener.restoring(backup, tell_done, tell_failed))
        opened.add_done_callback(taken)

    def _open(self, way: Callable[[Opener], Opening], *, asked_for: bool = True) -> Future[None]:
        self._asked_for = self._asked_for or asked_for
        if self._timers is not None:
            self._timers.retry.stop()

        async def opening() -> Services:
            return await way(self._there())()

        return self.io.open_again(opening)

    def _try_again(self) -> None:
        self._open(lambda opener: opener.open, asked_for=False)

    # --- what the thread reports, on the thread --------------------------------------------------------------

    def opened(self, services: Services) -> None:
        """Pass on that the services are there, or that the ledger may be read."""
        from posapp.services.viewing import TillView

        if isinstance(services, TillView):
            reason, health = services.reason, None
        else:
            reason, health = None, services.health.current
        self._news.on_gui(lambda: self._on_opened(reason, health))

    def not_opened(self, error: Exception) -> None:
        """Pass on that there are no services."""
        from posapp.bridge.opening import MAY_PASS, StartFailedError

        if isinstance(error, StartFailedError):
            may_pass = error.trouble.problem.code in MAY_PASS
            self._news.on_gui(lambda: self._on_not_opened(error.trouble, may_pass=may_pass))
        else:
            self._news.broke(error)

    def broke(self, error: BaseException) -> None:
        """Pass on that something failed that nobody waits for."""
        self._news.broke(error)

    def died(self, thread: IoThread, error: BaseException) -> None:
        """Pass on that the thread is at its end."""
        log.critical("the io thread died", exc_info=error)
        self._news.on_gui(lambda: self._replace(thread))

    # --- the same, on the GUI thread -------------------------------------------------------------------------

    def _on_opened(self, reason: Problem | None, health: GatewayHealth | None) -> None:
        self._trouble, self._asked_for = None, False
        if reason is not None:
            self._signals.view_only.emit(reason)
        if health is not None and self._news.health.state is HealthState.STOPPED:
            self._news.tell_health(health)
        self._signals.ready.emit()

    def _on_not_opened(self, trouble: StartTrouble, *, may_pass: bool) -> None:
        if self._asked_for or trouble != self._trouble:
            self._signals.start_failed.emit(trouble)
        self._trouble, self._asked_for = trouble, False
        if may_pass and self._timers is not None:
            self._timers.retry.start(TRY_AGAIN_MS)

    def _replace(self, dead: IoThread) -> None:
        """Put a new thread in a dead one's place: it takes jobs at once and runs after a pause."""
        with self._making:
            if self._timers is None or self._made is not dead:
                return
            self._make()
        self._say_stopped("worker_stopped", "The part of posapp that asks the gateway stopped; it is started again.")
        self._silent_looks = 0
        pause_s = self._backoff().pause_s(time.monotonic() - self._began)
        self._timers.revive.start(round(pause_s * 1000))

    def _start_next(self) -> None:
        self._began = time.monotonic()
        self.io.start()

    def _look(self) -> None:
        """Notice a thread that died without a word, and a loop that does not turn."""
        thread = self._made
        if thread is None or self._timers is None:
            return
        if thread.has_ended:
            self._replace(thread)
        elif self._timers.revive.isActive() or thread.beats != self._beats:
            if self._silent_looks >= SILENT_LOOKS:
                self._ask_health(thread)
            self._beats, self._silent_looks = thread.beats, 0
        else:
            self._silent_looks += 1
            if self._silent_looks == SILENT_LOOKS:
                log.error("the io thread hangs: its loop has not turned for %d s", SILENT_LOOKS * LOOK_MS // 1000)
                self._say_stopped("worker_hangs", "The part of posapp that asks the gateway hangs; it may come back.")

    def _say_stopped(self, code: str, message: str) -> None:
        health = replace(
            self._news.health, state=HealthState.STOPPED, since=datetime.now(UTC), problem_code=code, watched=0
        )
        self._news.tell_health(health)
        self._news.raise_problem(Problem(code, message))

    def _ask_health(self, thread: IoThread) -> None:
        """Have the health told again after the loop hung."""

        async def job(services: TillServices) -> GatewayHealth:
            return services.health.current

        def told(answer: Future[GatewayHealth]) -> None:
            if not answer.cancelled() and answer.exception() is None:
                health = answer.result()
                self._news.on_gui(lambda: self._news.tell_health(health))

        thread.submit(job).add_done_callback(told)

    # --- making, with the lock -------------------------------------------------------------------------------

    def _make(self) -> IoThread:
        from posapp.bridge.io_thread import IoThread

        async def opening() -> Services:
            return await self._there().open()

        self._made = IoThread(opening, self)
        return self._made

    def _there(self) -> Opener:
        if self._opener is None:
            from posapp.bridge.opening import Opener

            self._opener = Opener(self._build, self._recourse, self._news.name)
        return self._opener

    def _backoff(self) -> Backoff:
        if self._restarts is None:
            from posapp.bridge.patience import Backoff

            self._restarts = Backoff()
        return self._restarts


class _Timers:
    """What the keeper does later. They end with this object, so that must happen on the GUI thread."""

    def __init__(self, look: Callable[[], None], try_again: Callable[[], None], start_next: Callable[[], None]) -> None:
        self.watch, self.retry, self.revive = QTimer(), QTimer(), QTimer()
        self.retry.setSingleShot(True)
        self.revive.setSingleShot(True)
        self.watch.timeout.connect(look)
        self.retry.timeout.connect(try_again)
        self.revive.timeout.connect(start_next)
        self.watch.start(LOOK_MS)
