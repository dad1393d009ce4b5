"""A till on the bench: the real services on a real ledger file, a scripted gateway, and virtual time."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from posapp.domain.business_day import BusinessDay
from posapp.domain.money import Money
from posapp.domain.order import Flow
from posapp.domain.till import TillFacts
from posapp.services.events import OrderChanged
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from tests.scripted_gateway import WITHOUT_KEY, ScriptedGateway, Truth
from tests.unit.services.virtual_time import VirtualClock, VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.gateways.base import Capabilities
    from posapp.services.events import Event
    from posapp.store.ledger import Ledger

T = TypeVar("T")
DAY = BusinessDay("Asia/Hong_Kong", time(4))
AMOUNT = Money(12850, "HKD")


def facts(capabilities: Capabilities) -> TillFacts:
    """Return the facts of a till at that gateway."""
    return TillFacts(
        shop="Harbour Tea",
        till="T1",
        currency="HKD",
        provider=capabilities.provider,
        gateway_name=capabilities.name,
        flow=Flow.QRCODE,
        day=DAY,
        training=False,
        can_cancel=capabilities.can_cancel,
        gateway_decimals=capabilities.decimals,
    )


def quick_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in memory where there is such a place: thousands of real fsyncs take minutes on a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder inside it is our own
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


class MortalOwner(Owner):
    """An owner that can die: the lock goes, the file stays, as when a process is killed."""

    def die(self) -> None:
        """Let the lock go without a word."""
        self._file.close()


class Process:
    """One run of the program: services, ledger connection, owner and line to the gateway."""

    def __init__(self, loop: VirtualLoop, clock: VirtualClock, folder: Path, gateway: ScriptedGateway) -> None:
        self._loop = loop
        self.gateway = gateway
        self.events: list[Event] = []
        self.ledger: Ledger = open_ledger(folder / "ledger.db")
        self.owner = MortalOwner(folder / "owners")
        self.services = self._build(clock)
        self._running: set[asyncio.Task[Any]] = set()
        self.failures: list[BaseException] = []

    def _build(self, clock: VirtualClock) -> TillServices:
        async def build() -> TillServices:
            capabilities = self.gateway.capabilities
            return TillServices(
                facts(capabilities), self.ledger, self.gateway, clock, self.events.append, self.owner, base_s=2.0
            )

        return self._loop.run(build())

    def begin_watching(self) -> None:
        """Recover and watch, as a start does."""

        async def start() -> None:
            self.services.start()

        self._loop.run(start())

    def background(self, job: Coroutine[Any, Any, object]) -> None:
        """Run something that nobody waits for; what it fails with is kept in `failures`."""
        task = self._loop.create_task(job)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def orders(self) -> dict[str, OrderSnapshot]:
        """Return the last that was told of each order."""
        return {e.snapshot.order.order_id: e.snapshot for e in self.events if isinstance(e, OrderChanged)}

    def rung(self) -> list[OrderSnapshot]:
        """Return what rang."""
        return [event.snapshot for event in self.events if isinstance(event, OrderChanged) and event.rings]

    def abandon(self) -> None:
        """Cancel what runs in the background."""
        self._loop.cancel(self._running)

    def stop(self) -> None:
        """End as a program ends."""
        self.abandon()
        self._loop.run(self.services.stop())

    def kill(self) -> None:
        """End as a killed program ends: nothing is written any more, by nobody, and the lock is gone."""
        self.ledger.close()
        self.owner.die()
        self._loop.cancel(asyncio.all_tasks(self._loop))

    def break_ledger(self, *, broken: bool) -> None:
        """Let every write of this process fail, or work again."""
        self.ledger.connection.execute(f"PRAGMA query_only = {int(broken)}")

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.failures.append(error)


class Bench:
    """One till in virtual time. Everything here runs the loop for as long as it needs and returns."""

    def __init__(self, folder: Path, capabilities: Capabilities = WITHOUT_KEY) -> None:
        self.loop = VirtualLoop()
        self.clock = VirtualClock(self.loop)
        self.folder = folder
        self.truth = Truth()
        self.capabilities = capabilities
        self.till = self.new_process()

    @property
    def gateway(self) -> ScriptedGateway:
        """The line of the process that runs now."""
        return self.till.gateway

    @property
    def services(self) -> TillServices:
        """The services of the process that runs now."""
        return self.till.services

    def new_process(self) -> Process:
        """Start a further process on the same ledger; the till stays the first."""
        return Process(self.loop, self.clock, self.folder, ScriptedGateway(self.truth, self.capabilities))

    def watch(self) -> None:
        """Let the till recover and watch."""
        self.till.begin_watching()

    def kill(self) -> None:
        """Kill the till and start a new one, which does not watch yet."""
        self.till.kill()
        self.till = self.new_process()

    def run(self, job: Coroutine[Any, Any, T]) -> T:
        """Run a job to its end."""
        return self.loop.run(job)

    def let_pass(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.let_pass(seconds)

    def charge(self, money: Money = AMOUNT, note: str = "") -> OrderSnapshot:
        """Charge, and wait for what the gateway says."""
        return self.run(self.services.checkout.create(self.services.checkout.begin(money, note)))

    def charge_and_show(self, money: Money = AMOUNT) -> Attempt:
        """Charge, show the code and put it on the screen; returns the attempt."""
        attempt = self.charge(money).leading
        shown = self.services.checkout.show(attempt.merchant_order_id)
        self.services.watcher.put_on_screen(shown.order.order_id)
        return shown.leading

    def paid(self, money: Money = AMOUNT) -> Attempt:
        """Charge, let the shopper pay, and hear of it."""
        ref = self.charge_and_show(money).merchant_order_id
        self.truth.pay(ref)
        self.run(self.services.checkout.ask(self.attempt(ref).order_id))
        return self.attempt(ref)

    def order(self, order_id: str) -> OrderSnapshot:
        """Read an order from the ledger."""
        return self.services.listing.details(order_id).snapshot

    def attempt(self, merchant_order_id: str) -> Attempt:
        """Read an attempt from the ledger."""
        for snapshot in self.every_order():
            for attempt in snapshot.attempts:
                if attempt.merchant_order_id == merchant_order_id:
                    return attempt
        raise LookupError(merchant_order_id)

    def every_order(self) -> list[OrderSnapshot]:
        """Read all orders from the ledger, newest first."""
        from posapp.domain.order_query import OrderFilter

        return list(self.services.listing.page(OrderFilter(), None).orders)

    def close(self) -> None:
        """Stop the till and close the loop; nothing may have complained."""
        try:
            if not self.gateway.closed:
                self.till.stop()
        finally:
            self.loop.abandon()
        assert self.loop.complaints == []
