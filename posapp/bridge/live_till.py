"""The live till behind `TillFacade`: jobs go to the io thread, answers and news come back on the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from posapp.bridge.asking import Asking
from posapp.bridge.desks import Desks
from posapp.bridge.io_keeper import IoKeeper
from posapp.bridge.log_watch import LogWatch
from posapp.bridge.news import News
from posapp.bridge.recourse import Recourse
from posapp.bridge.signals import TillSignals

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from posapp.bridge.io_thread import IoThread, Services
    from posapp.domain.backups import Restored
    from posapp.domain.errors import Problem
    from posapp.domain.log_entry import LogEntry
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails, OrderFilter, OrderPage, PageKey
    from posapp.domain.till import TillFacts
    from posapp.services.events import Publish
    from posapp.services.till import TillServices

T = TypeVar("T")
R = TypeVar("R")

NO_RECOURSE = Recourse()


class LiveTill(Desks):
    """The till on a running io thread. Lives on the GUI thread; see `TillFacade` for what its methods promise."""

    def __init__(
        self,
        facts: TillFacts,
        build: Callable[[Publish], Awaitable[TillServices]],
        recourse: Recourse = NO_RECOURSE,
    ) -> None:
        """Prepare the till; nothing runs before `start`.

        Args:
            facts: The till's unchanging facts.
            build: Makes the services on the io thread, given where they publish.
            recourse: What to fall back on where that fails.
        """
        self._facts = facts
        self._signals = TillSignals()
        self._news = News(self._signals)
        self._keeper = IoKeeper(lambda: build(self._news.publish), recourse, self._news, self._signals)
        self._log = LogWatch(recourse.log_book, self._news, self._signals)
        super().__init__(Asking(lambda: self._io, self._news, self._signals))
        self._on_screen: str | None = None
        self._signals.ready.connect(self._say_what_is_on_screen)

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
        self._keeper.start(lambda: self._asking.answer(self._io.work(self._log.open), self._log.opened, None))

    def stop(self) -> bool:
        """End all work and close the ledger; False where that took too long."""
        ended = self._keeper.stop()
        self._log.close()
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

        self._asking.ask(job, done, failed)

    def show_code(
        self,
        merchant_order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit that the code is about to be seen."""

        async def job(services: TillServices) -> OrderSnapshot:
            return services.checkout.show(merchant_order_id)

        self._asking.ask(job, done, failed)

    def set_on_screen(self, order_id: str | None) -> None:
        """Say which order's code is before the shopper now."""
        self._on_screen = order_id
        self._tell_screen(order_id)

    def ask_now(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway about every attempt of an order at once."""
        self._asking.ask(lambda services: services.checkout.ask(order_id), done, failed)

    def give_up(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask once more or close the payment, then note that the cashier gave up."""
        self._asking.ask(lambda services: services.checkout.give_up(order_id), done, failed)

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

        self._asking.ask(job, done, failed)

    def orders(
        self,
        wanted: OrderFilter,
        after: PageKey | None,
        done: Callable[[OrderPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read one page of the order list."""

        async def job(services: Services) -> OrderPage:
            return services.listing.page(wanted, after)

        self._asking.read(job, done, failed)

    def details(
        self,
        order_id: str,
        done: Callable[[OrderDetails], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read an order with its timeline."""

        async def job(services: Services) -> OrderDetails:
            return services.listing.details(order_id)

        self._asking.read(job, done, failed)

    def recent_unpaid(
        self,
        money: Money,
        done: Callable[[OrderSnapshot | None], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Find the newest open order of the same amount from the last few minutes."""

        async def job(services: Services) -> OrderSnapshot | None:
            return services.newest_open(money)

        self._asking.read(job, done, failed)

    def compute(
        self,
        work: Callable[[T], R],
        argument: T,
        done: Callable[[R], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Run a pure function away from the GUI thread, and away from the loop that polls."""
        self._asking.compute(work, argument, done, failed)

    def start_again(self) -> None:
        """Try the start anew."""
        self._keeper.start_again()

    def start_viewing(self) -> None:
        """Open the ledger for reading alone."""
        self._keeper.start_viewing()

    def restore(
        self,
        backup: str,
        done: Callable[[Restored], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Put a backup in the damaged ledger's place, and start."""
        self._keeper.restore(backup, done, failed or self._signals.problem_raised.emit)

    def start_fresh(self) -> None:
        """Set the damaged ledger aside and start with an empty one."""
        self._keeper.start_fresh()

    def log_entries(
        self,
        done: Callable[[tuple[LogEntry, ...]], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read the newest entries of the log."""
        self._asking.answer(self._io.work(self._log.entries), done, failed)

    def log_seen(self) -> None:
        """Note that somebody has looked at the log."""
        self._asking.answer(self._io.work(self._log.mark_seen), self._log.seen, None)

    @property
    def _io(self) -> IoThread:
        return self._keeper.io

    def _say_what_is_on_screen(self) -> None:
        """Tell a new watcher what the one before it knew."""
        if self._on_screen is not None:
            self._tell_screen(self._on_screen)

    def _tell_screen(self, order_id: str | None) -> None:
        async def job(services: TillServices) -> None:
            services.watcher.put_on_screen(order_id)

        self._asking.ask(job, _nothing, _nothing)  # where nobody asks, nothing need be said about it


async def _create(services: TillServices, snapshot: OrderSnapshot) -> None:
    import asyncio

    await asyncio.sleep(0)  # `done` goes out before anything that the gateway's side has to say
    await services.checkout.create(snapshot)


def _nothing(_result: object) -> None:
    return
