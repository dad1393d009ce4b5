"""One till's services, put together and started and stopped as one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import Problem
from posapp.services.checkout import Checkout
from posapp.services.events import OrderChanged, ProblemRaised
from posapp.services.health import HealthMonitor
from posapp.services.heartbeat import Heartbeat
from posapp.services.journal import Journal
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
        self.health = HealthMonitor(clock, self._publish)
        self._journal = Journal(store, clock, self._publish, self.health, owner.name)
        self.reconciler = Reconciler(self._journal, gateway, self.health, self._publish)
        self.checkout = Checkout(facts, self._journal, gateway, self.reconciler, self.health)
        self.listing = OrderList(ledger)
        self.watcher = PaymentWatcher(
            store, self.reconciler, self.health, clock, base_s, ledger.data_version, self._publish
        )
        self.heartbeat = Heartbeat(gateway, self.health, clock)
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
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self.checkout.close()
        await self.reconciler.close()
        try:
            await self._gateway.aclose()
        finally:
            self._ledger.close()
            self._owner.close()

    def _publish(self, event: Event) -> None:
        if isinstance(event, OrderChanged):
            self.watcher.note(event.snapshot)
        self._outward(event)
