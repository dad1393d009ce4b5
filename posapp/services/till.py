"""One till's services, put together and started and stopped as one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import Problem
from posapp.services.backups import BackupKeeper
from posapp.services.checkout import Checkout
from posapp.services.day import TradingDay
from posapp.services.day_close import DayCloser
from posapp.services.events import OrderChanged, ProblemRaised
from posapp.services.health import HealthMonitor
from posapp.services.heartbeat import Heartbeat
from posapp.services.inbox import Inbox
from posapp.services.journal import Journal
from posapp.services.ledger_care import LedgerCare
from posapp.services.neighbours import Neighbours
from posapp.services.pins import KeyringPins
from posapp.services.reconcile import Reconciler
from posapp.services.recovery import recover, recover_refunds
from posapp.services.refund_asking import RefundAsker
from posapp.services.refund_journal import RefundJournal
from posapp.services.refund_watch import RefundWatch
from posapp.services.refunds import Refunds
from posapp.services.roster import Roster
from posapp.services.shifts import ShiftKeeper
from posapp.services.staff import Staff
from posapp.services.watcher import PaymentWatcher
from posapp.store.errors import LedgerError
from posapp.store.inbox import WaitingList
from posapp.store.listing import OrderList
from posapp.store.orders import OrderStore
from posapp.store.people import PeopleStore
from posapp.store.refunds import RefundStore

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.gateways.base import PaymentGateway
    from posapp.services.comparison import Comparer
    from posapp.services.events import Event, Publish
    from posapp.services.exports.exports import Exports
    from posapp.services.settlement.settlements import Settlements
    from posapp.store.ledger import Ledger
    from posapp.store.ownership import Owner

DUPLICATE_WINDOW: Final = timedelta(minutes=5)
"""How far back an open order of the same amount is taken for the same customer's."""


class TillServices:
    """Everything a till does, without a window. Lives on the io thread, inside a running event loop.

    Attributes:
        checkout: The cashier's use cases.
        refunds: Giving money back.
        refund_journal: Where refunds are written.
        refund_watch: Asks about the refunds that have not ended.
        staff: Who stands at the till.
        roster: Who works at it.
        day: Which day it is, and what days add up to.
        day_close: Closes days.
        shifts: Begins and ends shifts.
        reconciler: Asks about one attempt.
        watcher: Asks about all of them.
        heartbeat: Checks the gateway while nothing else does.
        backups: Takes one every day.
        inbox: Decides about what is odd.
        waiting: What waits for a person.
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
        self._facts = facts
        self._ledger = ledger
        self._gateway = gateway
        self._owner = owner
        self._clock = clock
        store = OrderStore(ledger)
        self.health = HealthMonitor(clock, self._publish, lambda: gateway.clock_ahead_s)
        self._journal = Journal(store, clock, self._publish_own, self.health, owner.name)
        self.reconciler = Reconciler(self._journal, gateway, self.health, self._publish)
        self._man_the_desks(facts, ledger, clock)
        self.checkout = Checkout(
            facts, self._journal, gateway, self.reconciler, self.health, self.staff, self.day.today
        )
        self._open_refunds(facts, ledger, gateway, owner)
        self.inbox = Inbox(self._journal, self.staff, self.refund_journal.settle)
        self.waiting = WaitingList(ledger)
        self.listing = OrderList(ledger)
        self._neighbours = Neighbours(
            self._journal, ledger.data_version, self.recover, self._publish, self.staff.reload
        )
        self.watcher = PaymentWatcher(store, self.reconciler, self.health, clock, base_s, self._neighbours)
        self.heartbeat = Heartbeat(gateway, self.health, clock)
        self.backups = BackupKeeper(ledger, None if facts.training else ledger.backups, clock, self._publish)
        self._care = LedgerCare(ledger, self.health)
        self._caring: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    def _man_the_desks(self, facts: TillFacts, ledger: Ledger, clock: Clock) -> None:
        """Put together who works here and what their days add up to."""
        people, keeper = PeopleStore(ledger), KeyringPins()
        self.staff = Staff(people, clock, self._publish, keeper)
        self.roster = Roster(people, clock, self.staff, keeper)
        self.day = TradingDay(ledger, facts, clock, self.staff)
        self.day_close = DayCloser(self.day, self.reconciler, clock, self._publish, self.staff)
        self.shifts = ShiftKeeper(ledger, facts, clock, self.staff)

    def _open_refunds(self, facts: TillFacts, ledger: Ledger, gateway: PaymentGateway, owner: Owner) -> None:
        """Put together what gives money back."""
        self.refund_journal = RefundJournal(
            RefundStore(ledger), self._journal, self._publish_own, self.health, owner.name
        )
        self._refund_asker = RefundAsker(self.refund_journal, gateway, self.health, self.reconciler.budget)
        self.refund_watch = RefundWatch(self.refund_journal, self._refund_asker, self.health)
        self.refunds = Refunds(
            facts,
            self.refund_journal,
            gateway,
            self._refund_asker,
            self.health,
            self.staff,
            self.day.today,
        )

    def recover(self) -> int:
        """Give every attempt and refund that a dead process left in mid-air its honest state; returns how many."""
        alive = self._owner.is_alive
        return recover(self._journal, alive) + recover_refunds(self.refund_journal, alive)

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
        self._watching = asyncio.ensure_future(
            _until_one_ends(
                asyncio.ensure_future(self.watcher.run()),
                asyncio.ensure_future(self.refund_watch.run()),
            )
        )
        return self._watching

    async def refresh(self) -> int:
        """Ask once about every attempt that is not final, within the budget; returns how many gave no answer."""
        self.recover()
        return await self.watcher.ask_everything_once() + await self.refund_watch.ask_everything_once()

    @cached_property
    def exports(self) -> Exports:
        """Writes files for others; not loaded before somebody wants one."""
        from posapp.services.exports.exports import Exports

        return Exports(self._facts, self._ledger, self.staff, self.day, self.day_close, self._clock, self._publish)

    @cached_property
    def comparer(self) -> Comparer:
        """Compares days with the gateway."""
        from posapp.services.comparison import Comparer

        return Comparer(self._ledger, self.reconciler, self.staff, self._clock, self._publish)

    @cached_property
    def settlements(self) -> Settlements:
        """Compares a gateway's settlement file with the ledger."""
        from posapp.services.settlement.settlements import Settlements

        return Settlements(self._ledger, self.staff, self._facts)

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
            await self.refunds.close()
            await self._refund_asker.close()
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
            self.refund_watch.note(event.snapshot)
        self._outward(event)


async def _until_one_ends(*parts: asyncio.Task[None]) -> None:
    """Let tasks run as one: what ends one of them ends all, so that somebody hears of it."""
    try:
        ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in ended:
            part.result()
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
