"""The live till behind `TillFacade`: jobs go to the io thread, answers and news come back on the GUI thread."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, TypeVar

from posapp.bridge.signals import TillSignals
from posapp.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from posapp.bridge.io_thread import IoThread
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails, OrderFilter, OrderPage, PageKey
    from posapp.domain.till import TillFacts
    from posapp.services.events import Event, Publish
    from posapp.services.till import TillServices

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)


class LiveTill:
    """The till on a running io thread. Lives on the GUI thread; see `TillFacade` for what its methods promise.

    What only the io thread needs is imported there: asyncio and the services' events are 30 ms that the first paint
    of the window does not wait for.
    """

    def __init__(self, facts: TillFacts, build: Callable[[Publish], Awaitable[TillServices]]) -> None:
        """Prepare the till; nothing runs before `start`.

        Args:
            facts: The till's unchanging facts.
            build: Makes the services on the io thread, given where they publish.
        """
        self._facts = facts
        self._signals = TillSignals()
        self._build = build
        self._made: IoThread | None = None
        self._making = threading.Lock()
        self._starting: threading.Thread | None = None

    @property
    def facts(self) -> TillFacts:
        """The till's unchanging facts."""
        return self._facts

    @property
    def signals(self) -> TillSignals:
        """Where the news come from."""
        return self._signals

    def start(self) -> None:
        """Start the io thread; returns at once, the imports it needs are done elsewhere."""
        self._starting = threading.Thread(target=self._start_io, name="posapp-start", daemon=True)
        self._starting.start()

    def stop(self) -> bool:
        """End all work and close the ledger; False where that took too long."""
        if self._starting is not None:
            self._starting.join()
        ended = self._io.stop()
        self._signals.stopped.emit()
        return ended

    def charge(
        self,
        money: Money,
        note: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit a new order and ask the gateway for a code."""

        async def job(services: TillServices) -> OrderSnapshot:
            snapshot = services.checkout.begin(money, note)
            self._io.spawn(_create(services, snapshot))
            return snapshot

        self._ask(job, done, failed)

    def show_code(
        self,
        merchant_order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit that the code is about to be seen."""

        async def job(services: TillServices) -> OrderSnapshot:
            return services.checkout.show(merchant_order_id)

        self._ask(job, done, failed)

    def set_on_screen(self, order_id: str | None) -> None:
        """Say which order's code is before the shopper now."""

        async def job(services: TillServices) -> None:
            services.watcher.put_on_screen(order_id)

        self._ask(job, _nothing, None)

    def ask_now(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway about every attempt of an order at once."""
        self._ask(lambda services: services.checkout.ask(order_id), done, failed)

    def give_up(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask once more or close the payment, then note that the cashier gave up."""
        self._ask(lambda services: services.checkout.give_up(order_id), done, failed)

    def new_code(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Start a further attempt where the rules allow it."""

        async def job(services: TillServices) -> OrderSnapshot:
            snapshot, to_send = await services.checkout.new_code(order_id)
            if to_send:
                self._io.spawn(_create(services, snapshot))
            return snapshot

        self._ask(job, done, failed)

    def orders(
        self,
        wanted: OrderFilter,
        after: PageKey | None,
        done: Callable[[OrderPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read one page of the order list."""

        async def job(services: TillServices) -> OrderPage:
            return services.listing.page(wanted, after)

        self._ask(job, done, failed)

    def details(
        self,
        order_id: str,
        done: Callable[[OrderDetails], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read an order with its timeline."""

        async def job(services: TillServices) -> OrderDetails:
            return services.listing.details(order_id)

        self._ask(job, done, failed)

    def recent_unpaid(
        self,
        money: Money,
        done: Callable[[OrderSnapshot | None], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Find the newest open order of the same amount from the last few minutes."""

        async def job(services: TillServices) -> OrderSnapshot | None:
            return services.newest_open(money)

        self._ask(job, done, failed)

    def compute(
        self,
        work: Callable[[T], R],
        argument: T,
        done: Callable[[R], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Run a pure function away from the GUI thread, and away from the loop that polls."""

        async def job(_services: TillServices) -> R:
            import asyncio

            return await asyncio.to_thread(work, argument)

        self._ask(job, done, failed)

    def started(self) -> None:
        """Pass on that the services are there (called on the io thread)."""
        self._on_gui(self._signals.ready.emit)

    def broke(self, error: BaseException) -> None:
        """Pass on that something failed that nobody waits for (called on the io thread)."""
        problem = _problem(error)
        self._on_gui(lambda: self._signals.problem_raised.emit(problem))

    def _start_io(self) -> None:
        self._io.start()

    @property
    def _io(self) -> IoThread:
        """The io thread, made by whoever needs it first: `start`, or a cashier who is faster."""
        with self._making:
            if self._made is None:
                from posapp.bridge.io_thread import IoThread

                self._made = IoThread(lambda: self._build(self._publish), self)
            return self._made

    def _ask(
        self,
        job: Callable[[TillServices], Awaitable[T]],
        done: Callable[[T], None],
        failed: Callable[[Problem], None] | None,
    ) -> None:
        tell = failed or self._signals.problem_raised.emit

        def finished(future: Future[T]) -> None:
            if future.cancelled():
                return  # the till is stopping: nobody is left to be told
            error = future.exception()
            if error is None:
                result = future.result()
                self._on_gui(lambda: done(result))
            else:
                problem = _problem(error)
                self._on_gui(lambda: tell(problem))

        self._io.submit(job).add_done_callback(finished)

    def _publish(self, event: Event) -> None:
        """Pass an event of the services on (called on the io thread)."""
        self._on_gui(lambda: self._emit(event))

    def _emit(self, event: Event) -> None:
        from posapp.services.events import Asked, HealthChanged, OrderChanged, ProblemRaised

        match event:
            case OrderChanged(snapshot, rings):
                self._signals.order_changed.emit(snapshot)
                if rings:
                    self._signals.alarm_raised.emit(snapshot)
            case HealthChanged(health):
                self._signals.health_changed.emit(health)
            case Asked(answer):
                self._signals.asked.emit(answer)
            case ProblemRaised(problem):
                self._signals.problem_raised.emit(problem)

    def _on_gui(self, call: Callable[[], None]) -> None:
        self._signals.deliver.emit(call)


async def _create(services: TillServices, snapshot: OrderSnapshot) -> None:
    import asyncio

    await asyncio.sleep(0)  # `done` goes out before anything that the gateway's side has to say
    await services.checkout.create(snapshot)


def _nothing(_result: object) -> None:
    return


def _problem(error: BaseException) -> Problem:
    """Name a failure; one that can only be a bug is logged with its traceback and shown as such."""
    from posapp.services.problems import problem_of

    problem = problem_of(error)
    if problem is not None:
        return problem
    log.error("unexpected failure on the io thread", exc_info=error)
    return Problem("internal", "Something unexpected happened inside posapp; the order list is safe.")
