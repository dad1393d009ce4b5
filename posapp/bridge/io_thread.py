"""The thread `posapp-io`: one asyncio loop that owns the connections to the gateway and to the ledger."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from posapp.services.till import TillServices

T = TypeVar("T")
JOIN_S = 5.0
RESTART_S = 1.0


class Reporter(Protocol):
    """Where the io thread reports what nobody waits for. Called on the io thread."""

    def started(self) -> None:
        """The services are there and recovery has begun."""
        ...

    def broke(self, error: BaseException) -> None:
        """Something ended with an error."""
        ...


class IoThread:
    """Runs the till's services away from the GUI. Called and stopped on the GUI thread, once it is made and started.

    Only frozen dataclasses go in and out. Nothing here waits for the thread but `stop`.
    """

    def __init__(self, build: Callable[[], Awaitable[TillServices]], reporter: Reporter) -> None:
        """Prepare the thread.

        Args:
            build: Makes the services; called on the io thread, so it may import, open and connect.
            reporter: Told about the start and about failures.
        """
        self._build = build
        self._reporter = reporter
        self._loop = asyncio.new_event_loop()
        self._services: asyncio.Future[TillServices] = self._loop.create_future()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="posapp-io", daemon=True)

    def start(self) -> None:
        """Start the thread; returns at once."""
        self._thread.start()

    def submit(self, job: Callable[[TillServices], Awaitable[T]]) -> Future[T]:
        """Run a job with the services once they are there; the future is for a done-callback, never for waiting.

        After `stop` nothing runs any more: the future comes back cancelled.
        """
        if self._stopping:
            never: Future[T] = Future()
            never.cancel()
            return never
        return asyncio.run_coroutine_threadsafe(self._with_services(job), self._loop)

    def spawn(self, job: Coroutine[Any, Any, object]) -> None:
        """Run something that nobody waits for, ended at `stop`. Called on the io thread only."""
        self._keep(asyncio.ensure_future(job))

    def stop(self) -> bool:
        """End all work, close gateway and ledger, and wait for the thread; False where it did not end in time."""
        told = self._stopping
        self._stopping = True
        if self._thread.is_alive():
            if not told:  # a second word could find the loop closed and the thread in its last moment
                self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(JOIN_S)
        elif not self._loop.is_closed():
            self._loop.close()  # the thread was never started
        return not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(self._unhandled)
        starting = self._loop.create_task(self._start())
        try:
            self._loop.run_forever()
            starting.cancel()
            self._loop.run_until_complete(self._close())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _start(self) -> None:
        try:
            services = await self._build()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            self._services.set_exception(error)
            self._reporter.broke(error)
            return
        self._services.set_result(services)
        self._keep(asyncio.ensure_future(self._for_ever(services.start)))
        self._keep(asyncio.ensure_future(self._for_ever(services.heartbeat.run)))
        self._reporter.started()

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        """Keep watcher and heartbeat alive: a bug in one must not leave open orders unasked."""
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - reported; polling goes on
                self._reporter.broke(error)
            await asyncio.sleep(RESTART_S)

    async def _with_services(self, job: Callable[[TillServices], Awaitable[T]]) -> T:
        services = await asyncio.shield(self._services)
        return await job(services)

    async def _close(self) -> None:
        mine = asyncio.current_task()
        running = [task for task in asyncio.all_tasks() if task is not mine]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._services.done() and not self._services.cancelled() and self._services.exception() is None:
            await self._services.result().stop()

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._reporter.broke(task.exception() or RuntimeError("a task failed"))

    def _unhandled(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._reporter.broke(error if isinstance(error, BaseException) else RuntimeError(str(context["message"])))
