"""One till's services, put together and started and stopped as one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import Problem
from posapp.services.backups import BackupKeeper
from posapp.services.checkout import Checkout
from posapp.services.events import OrderChanged, ProblemRaised
from posapp.services.health import HealthMonitor
from posapp.services.heartbeat import Heartbeat
from posapp.services.journal import Journal
from posapp.services.ledger_care import LedgerCare
from posapp.services.neighbours import Neighbours
from posapp.services.reconcile import Reconciler
from posapp.services.recovery import recover
from posapp.services.watcher import PaymentWatcher
from posapp.store.errors import LedgerError
from posapp.store.listing import OrderList
from posapp.store.orders import OrderStore

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.gateways.base import PaymentGateway
    from posapp.services.events import Event, Publish
    from posapp.store.ledger import Ledger
    from posapp.store.ownership import Owner

DUPLICATE_WINDOW: Final = timedelta(minutes=5)
"""How far back an open order of the same amount is taken for the same customer's."""


class TillServices:
    """Everything a till does, without a window. Lives on the io thread, inside a running event loop.

    Attributes:
        checkout: The cashier's use cases.
        reconciler: Asks about one attempt.
        watcher: Asks about all of them.
        heartbeat: Checks the gateway while nothing else does.
        backups: Takes one every day.
        listing: What screens and the command line read.
        health: How the gateway and the ledger are doing.
    """

    def __init__(
        self,
        facts: TillFacts,
        ledger: Ledger,
        gateway: PaymentGateway,
        clock: Clock,
        publish: Publish,
        owner: Owner,
        base_s: float,
    ) -> None:
        """Put the services together; nothing is asked before `start`."""
        self._outward = publish
        self._ledger = ledger
        self._gateway = gateway
        self._owner = owner
        self._clock = clock
        store = OrderStore(ledger)
        self.health = HealthMonitor(clock, self._publish, lambda: gateway.clock_ahead_s)
        self._journal = Journal(store, clock, self._publish_own, self.health, owner.name)
        self.reconciler = Reconciler(self._journal, gateway, self.health, self._publish)
        self.checkout = Checkout(facts, self._journal, gateway, self.reconciler, self.health)
        self.listing = OrderList(ledger)
        self._neighbours = Neighbours(self._journal, ledger.data_version, owner.is_alive, self._publish)
        self.watcher = PaymentWatcher(store, self.reconciler, self.health, clock, base_s, self._neighbours)
        self.heartbeat = Heartbeat(gateway, self.health, clock)
        self.backups = BackupKeeper(ledger, None if facts.training else ledger.backups, clock, self._publish)
        self._care = LedgerCare(ledger, self.health)
        self._caring: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    def recover(self) -> int:
        """Give every attempt that a dead process left CREATING its honest state; returns how many there were."""
        return recover(self._journal, self._owner.is_alive)

    def start(self) -> asyncio.Task[None]:
        """Recover, then watch; the task ends only by being cancelled or by a bug.

        A ledger that cannot be written keeps nobody from asking about the orders that are in it.
        """
        try:
            self.recover()
        except LedgerError as error:
            self._publish(ProblemRaised(Problem(error.code, error.message)))
        if self._caring is None or self._caring.done():
            self._caring = asyncio.ensure_future(self._care.run())
            self._warn_of_network()
        self._watching = asyncio.ensure_future(self.watcher.run())
        return self._watching

    async def refresh(self) -> int:
        """Ask once about every attempt that is not final, within the budget; returns how many gave no answer."""
        self.recover()
        return await self.watcher.ask_everything_once()

    def newest_open(self, money: Money) -> OrderSnapshot | None:
        """Find an open order of the same amount from the last minutes."""
        return self.listing.newest_open(money, self._clock.now(), DUPLICATE_WINDOW)

    async def stop(self) -> None:
        """Take no new work, end what runs, close the connections and the ledger."""
        try:
            running = [task for task in (self._watching, self._caring) if task is not None]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self.checkout.close()
            await self.reconciler.close()
            await self._gateway.aclose()
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close the ledger and stop owning what is being created, also where no loop turns any more.

        Nobody else may recover or write before. A second time does no harm.
        """
        self._ledger.close()
        self._owner.close()

    def _warn_of_network(self) -> None:
        if self._ledger.on_network:
            told = "The ledger lies on another computer; a broken network can stop the till. Keep it on this one."
            self._publish(ProblemRaised(Problem("ledger_on_network", told)))

    def _publish_own(self, event: Event) -> None:
        if isinstance(event, OrderChanged):
            self._neighbours.wrote(event.snapshot)
        self._publish(event)

    def _publish(self, event: Event) -> None:
        if isinstance(event, OrderChanged):
            self.watcher.note(event.snapshot)
        self._outward(event)
