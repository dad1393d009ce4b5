"""The thread `posapp-io`: one asyncio loop that owns the connections to the gateway and to the ledger."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from posapp.bridge.answers import Answers
from posapp.bridge.patience import Backoff
from posapp.domain.errors import DomainError
from posapp.services.till import TillServices

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from concurrent.futures import Future

    from posapp.services.viewing import TillView

    Services = TillServices | TillView
    Opening = Callable[[], Awaitable[Services]]

T = TypeVar("T")
JOIN_S = 5.0
CLOSE_S = 2.0
RESTART_S = 1.0
BEAT_S = 1.0


class Reporter(Protocol):
    """Where the io thread reports what nobody waits for. Called on the io thread."""

    def opened(self, services: Services) -> None:
        """The services are there and recovery has begun, or the ledger may be read."""
        ...

    def not_opened(self, error: Exception) -> None:
        """There are no services; every job fails with this until another opening is tried."""
        ...

    def broke(self, error: BaseException) -> None:
        """Something ended with an error."""
        ...

    def died(self, thread: IoThread, error: BaseException) -> None:
        """The thread ends without having been asked to; nothing of it holds the ledger any more."""
        ...


class IoThread:
    """Runs the till's services away from the GUI. Called and stopped on the GUI thread, once it is made and started.

    Only frozen dataclasses go in and out. Nothing here waits for the thread but `stop`.

    Attributes:
        beats: Grows every second for as long as the loop turns.
    """

    def __init__(self, opening: Opening, reporter: Reporter) -> None:
        """Prepare the thread.

        Args:
            opening: Makes the services; called on the io thread, so it may import, open and connect.
            reporter: Told about the start and about failures.
        """
        self._reporter = reporter
        self._loop = asyncio.new_event_loop()
        self._services: asyncio.Future[Services] = self._loop.create_future()
        self._first = opening
        self._tasks: set[asyncio.Task[Any]] = set()
        self._answers = Answers()
        self._stopping = False
        self.beats = 0
        self._thread = threading.Thread(target=self._run, name="posapp-io", daemon=True)

    def start(self) -> None:
        """Start the thread; returns at once."""
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether the thread was started and runs no more."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def submit(self, job: Callable[[TillServices], Awaitable[T]]) -> Future[T]:
        """Run a job with the services once they are there; the future is for a done-callback, never for waiting.

        It fails with what the start failed with, with `ledger_view_only` where the ledger may only be read, and with
        `worker_stopped` where the thread ends. After `stop` nothing runs any more: it comes back cancelled.
        """
        return self._owe(lambda: self._with_services(job))

    def read(self, job: Callable[[Services], Awaitable[T]]) -> Future[T]:
        """Run a job that only reads, also where there is nothing but reading."""
        return self._owe(lambda: self._with_any(job))

    def work(self, job: Callable[[], Awaitable[T]]) -> Future[T]:
        """Run a job that needs no services."""
        return self._owe(job)

    def open_again(self, opening: Opening) -> Future[None]:
        """Try another opening on this thread, in place of one that failed or that may only read.

        It fails with `already_started` where there are services already, or an opening is on its way.
        """

        async def begin() -> None:
            if not self._may_open():
                raise DomainError("already_started", "The till has started, or is about to.")
            self._services = self._loop.create_future()
            self.spawn(self._open(opening))

        return self._owe(begin)

    def spawn(self, job: Coroutine[Any, Any, object]) -> None:
        """Run something that nobody waits for, ended at `stop`. Called on the io thread only."""
        self._keep(asyncio.ensure_future(job))

    def stop(self) -> bool:
        """End all work, close gateway and ledger, and wait for the thread; False where it did not end in time."""
        told, self._stopping = self._stopping, True
        self._answers.end(None)
        if self._thread.is_alive():
            if not told:
                with suppress(RuntimeError):  # closed: it is in its last moment
                    self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(JOIN_S)
        elif not self._loop.is_closed():
            self._loop.close()  # the thread was never started
        return not self._thread.is_alive()

    # --- the thread's life -----------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(self._unhandled)
        self._loop.call_soon(self._beat)
        self._keep(self._loop.create_task(self._open(self._first)))
        why: BaseException | None = None
        try:
            self._loop.run_forever()
        except BaseException as error:  # noqa: BLE001 - whatever ends the loop, the ledger is to be let go of
            why = error
        if why is None and not self._stopping:
            why = RuntimeError("the loop ended by itself")
        self._answers.end(_stopped())
        try:
            self._loop.run_until_complete(self._close())
            if why is None:
                self._loop.run_until_complete(self._loop.shutdown_default_executor())
        except BaseException as error:  # noqa: BLE001 - as above
            why = why or error
        finally:
            self._let_go()
            self._loop.close()
        if why is not None and self._stopping:
            self._reporter.broke(why)
        elif why is not None:
            self._reporter.died(self, why)

    async def _open(self, opening: Opening) -> None:
        waited_for = self._services
        try:
            services = await opening()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            waited_for.set_exception(error)
            waited_for.exception()  # heard, though nobody may be waiting
            self._reporter.not_opened(error)
            return
        waited_for.set_result(services)
        if isinstance(services, TillServices):
            services.staff.attend()
            self._keep(asyncio.ensure_future(self._for_ever(services.start)))
            self._keep(asyncio.ensure_future(self._for_ever(services.heartbeat.run)))
            self._keep(asyncio.ensure_future(self._for_ever(services.backups.run)))
        self._reporter.opened(services)

    def _may_open(self) -> bool:
        """Tell whether another opening may be tried; lets go of a ledger that was open for reading."""
        if not self._services.done():
            return False
        if self._services.exception() is not None:
            return True
        services = self._services.result()
        if isinstance(services, TillServices):
            return False
        services.let_go()
        return True

    def _beat(self) -> None:
        self.beats += 1
        self._loop.call_later(BEAT_S, self._beat)

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        """Keep watcher and heartbeat alive: a bug in one must not leave open orders unasked."""
        backoff = Backoff(RESTART_S)
        while True:
            began = time.monotonic()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - reported; polling goes on
                self._reporter.broke(error)
            await asyncio.sleep(backoff.pause_s(time.monotonic() - began))

    async def _close(self) -> None:
        mine = asyncio.current_task()
        running = [task for task in asyncio.all_tasks() if task is not mine]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CLOSE_S)
        if self._has_services():
            async with asyncio.timeout(CLOSE_S):
                await self._services.result().stop()

    def _let_go(self) -> None:
        """See to it that nothing of this thread holds the ledger, however the rest went."""
        if self._has_services():
            self._services.result().let_go()

    def _has_services(self) -> bool:
        services = self._services
        return services.done() and not services.cancelled() and services.exception() is None

    # --- jobs ------------------------------------------------------------------------------------------------

    def _owe(self, work: Callable[[], Awaitable[T]]) -> Future[T]:
        def hand_over(answer: Future[T]) -> None:
            self._loop.call_soon_threadsafe(lambda: self.spawn(self._answer(work, answer)))

        return self._answers.owe(hand_over)

    async def _answer(self, work: Callable[[], Awaitable[T]], answer: Future[T]) -> None:
        if self._answers.have_ended:
            return
        try:
            result = await work()
        except asyncio.CancelledError:
            self._answers.fail(answer, RuntimeError("a job was cancelled under way"))
            raise
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            self._answers.fail(answer, error)
        else:
            self._answers.give(answer, result)  # in the same step as the job's last, so nothing comes in between

    async def _with_services(self, job: Callable[[TillServices], Awaitable[T]]) -> T:
        services = await self._there()
        if not isinstance(services, TillServices):
            raise DomainError("ledger_view_only", "The ledger is open for viewing only; nothing was done.")
        return await job(services)

    async def _with_any(self, job: Callable[[Services], Awaitable[T]]) -> T:
        return await job(await self._there())

    async def _there(self) -> Services:
        """Wait for the services; nothing is begun any more for somebody who was told that it was not."""
        services = await asyncio.shield(self._services)
        if self._answers.have_ended:
            raise asyncio.CancelledError
        return services

    # --- what nobody waits for -------------------------------------------------------------------------------

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):  # anything else ends the thread, and is told as its death
            self._reporter.broke(error)

    def _unhandled(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._reporter.broke(error if isinstance(error, BaseException) else RuntimeError(str(context["message"])))


def _stopped() -> DomainError:
    return DomainError("worker_stopped", "The part of posapp that asks the gateway ended; it is being started again.")
