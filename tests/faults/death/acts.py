"""What a till's process does until somebody kills it: posapp's own services on a real ledger and real HTTP."""

from __future__ import annotations

import asyncio
import importlib
import random
import sqlite3
import uuid
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from unittest.mock import patch

from posapp.app.compose import build_services, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.logs import start_logging
from posapp.app.paths import DataFolder
from posapp.domain.errors import DomainError
from posapp.domain.export import ExportForm
from posapp.domain.money import Money
from posapp.domain.order_query import OrderFilter
from posapp.domain.refund import RefundWish
from posapp.domain.staff import Person, Role
from posapp.domain.status import AttemptState, OrderStatus
from posapp.gateways.errors import GatewayError
from posapp.services.events import OrderChanged
from posapp.store.backup import backup_named, take_backup
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.restore import restore_backup
from tests.faults.death.life import Job, Marks

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from posapp.services.events import Event
    from posapp.services.till import TillServices

# posapp imports these where it needs them; a life begins with all of them there.
for _name in (
    "anyio._backends._asyncio",
    "httpx",
    "logging.handlers",
    "posapp.app.system_clock",
    "posapp.gateways.airwallex.client",
    "posapp.gateways.cbtis.client",
    "posapp.services.till",
    "posapp.store.ownership",
    "zoneinfo",
):
    importlib.import_module(_name)

Run = Callable[[Job], int]
S = AttemptState
PLENTY: Final = 1000.0
"""Requests a second where a test has no time for the till's own two."""
CASHIERS: Final = 3


def run(job: Job) -> int:
    """Do what a job says, in this process; returns its exit code."""
    marks = Marks(job.marks)
    if job.gate:
        Path(job.gate).read_bytes()  # blocks until somebody has opened the other end and closed it
    start_logging(DataFolder(Path(job.data)).logs)
    marks.say("go")
    ACTS[job.act](job, marks)
    return 0


def sale(job: Job, marks: Marks) -> None:
    """Sell one thing, until its code is before the shopper."""

    async def act(services: TillServices) -> None:
        await _sell(services, marks, Money(1250, "HKD"))

    _with_services(job, marks, act)


def restart(job: Job, marks: Marks) -> None:
    """Do what a start does: recover, then ask about everything that is open; that is how an order settles, too."""

    async def act(services: TillServices) -> None:
        marks.say("refreshed", await services.refresh())

    _with_services(job, marks, act)


def refund(job: Job, marks: Marks) -> None:
    """Give the one order's whole money back."""

    async def act(services: TillServices) -> None:
        (snapshot,) = services.listing.page(OrderFilter(), None).orders
        ref = snapshot.leading.merchant_order_id
        left = snapshot.refundable(ref)
        wish = RefundWish(str(uuid.uuid4()), ref, left, snapshot.leading.money.minor - left.minor)
        services.refunds.begin(wish)
        await services.refunds.send(wish.wish_id)

    _with_services(job, marks, act)


def owner(job: Job, marks: Marks) -> None:
    """Set up the first person."""
    with _plain_pins(marks):

        async def act(services: TillServices) -> None:
            if not services.roster.everybody():
                marks.say("added", (await services.roster.add(Person("", "Olivia", Role.OWNER), "2580")).person_id)

        _with_services(job, marks, act)


def wrong_pin(job: Job, marks: Marks) -> None:
    """Type a wrong PIN."""
    with _plain_pins(marks):

        async def act(services: TillServices) -> None:
            (person,) = services.roster.everybody()
            answer = await services.staff.sign_in(person.person_id, "9999")
            marks.say("answered", answer.accepted, answer.wait_s)

        _with_services(job, marks, act)


@contextmanager
def _plain_pins(marks: Marks) -> Generator[None]:
    """Keep PINs without a keyring, and say when one is compared: the moment at which something is learnt about it."""

    class PlainPins:
        async def make(self, pin: str, beside: str | None) -> str:
            del beside
            return f"plain {pin}"

        async def ready(self, kept: str) -> None:
            del kept

        async def matches(self, kept: str, pin: str) -> bool:
            marks.say("compared")
            return kept == f"plain {pin}"

    with patch("posapp.services.till.KeyringPins", PlainPins):
        yield


def show(job: Job, marks: Marks) -> None:
    """Put the code of the order that `options` names before the shopper (again)."""

    async def act(services: TillServices) -> None:
        attempt = services.checkout.show(job.options["order"]).leading
        assert attempt.code is not None
        marks.say("again", attempt.merchant_order_id, attempt.code.content)

    _with_services(job, marks, act)


def close(job: Job, marks: Marks) -> None:
    """Close the day of the clock, where it is not closed, and count the shift that runs, where one does."""

    async def act(services: TillServices) -> None:
        if services.shifts.board().running is not None:
            marks.say("counted", services.shifts.close((Money(1250, "HKD"),)).number)
        day = services.day.frame.rule.of(datetime.now(UTC))
        if services.day.stored.of_day(day) is None:
            made = await services.day_close.close(day)
            marks.say("closed", made.number, made.hash)

    _with_services(job, marks, act)


def migrate(job: Job, marks: Marks) -> None:
    """Open the ledger, which makes or migrates it."""
    folder = DataFolder(Path(job.data))
    folder.make()
    open_ledger(folder.ledger).close()
    marks.say("migrated")


def backup(job: Job, marks: Marks) -> None:
    """Back the ledger up."""
    folder = DataFolder(Path(job.data))
    marks.say("backup", take_backup(folder.ledger, folder.backups, datetime.now(UTC)).name)


def restore(job: Job, marks: Marks) -> None:
    """Put the newest backup in the ledger's place."""
    folder = DataFolder(Path(job.data))
    newest = backup_named(folder.backups, "latest")
    restored = restore_backup(newest, folder.ledger, datetime.now(UTC))
    marks.say("restored", newest.name, restored.saved_orders)


def books(job: Job, marks: Marks) -> None:
    """Sell one thing after the other, each until it is paid or closed, and back up in between."""
    sales = int(job.options["sales"])
    with _connections(job.options.get("synchronous", "FULL"), job.options.get("checkpoint_pages", "1000")):

        async def act(services: TillServices) -> None:
            for number in range(sales):
                order_id = await _sell(services, marks, Money(1000 + number, "HKD"))
                while order_id is not None and services.listing.details(order_id).snapshot.status is OrderStatus.OPEN:
                    await services.checkout.ask(order_id)
                if number == sales // 2:
                    backup(job, marks)

        _with_services(job, marks, act)


@contextmanager
def _connections(synchronous: str, checkpoint_pages: str) -> Generator[None]:
    """Let every ledger be opened with another durability and another size of its log than posapp asks for."""

    class Altered(sqlite3.Connection):
        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            if sql == "PRAGMA synchronous = FULL":
                super().execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")
                sql = f"PRAGMA synchronous = {synchronous}"
            return super().execute(sql, *cast("tuple[Sequence[Any]]", parameters))

    with patch.object(sqlite3, "connect", partial(sqlite3.connect, factory=Altered)):
        yield


def business(job: Job, marks: Marks) -> None:
    """Be a busy till for ever: it recovers and watches while several cashiers sell, ask, give up and start over."""

    async def act(services: TillServices) -> None:
        watching = services.start()
        dice = random.Random(job.options["seed"])  # noqa: S311 - a test's dice
        cashiers = [_cashier(services, marks, random.Random(dice.random())) for _ in range(CASHIERS)]  # noqa: S311
        await asyncio.gather(watching, *cashiers)

    _with_services(job, marks, act)


async def _cashier(services: TillServices, marks: Marks, dice: random.Random) -> None:
    while True:
        try:
            order_id = await _sell(services, marks, Money(dice.randrange(1, 500_000), "HKD"))
            if order_id is not None:
                await _wait_for_money(services, marks, order_id, dice)
        except (GatewayError, LedgerError, DomainError):
            marks.say("trouble")  # a cashier reads a sentence, and goes on
        await asyncio.sleep(dice.uniform(0.0, 0.02))


async def _wait_for_money(services: TillServices, marks: Marks, order_id: str, dice: random.Random) -> None:
    for _ in range(dice.randrange(1, 8)):
        await asyncio.sleep(dice.uniform(0.005, 0.06))
        if (await services.checkout.ask(order_id)).status is not OrderStatus.OPEN:
            return
    if dice.random() < 0.5:
        await services.checkout.give_up(order_id)
    elif dice.random() < 0.5:
        snapshot, to_send = await services.checkout.new_code(order_id)
        if to_send:
            await _create_and_show(services, marks, snapshot)


async def _sell(services: TillServices, marks: Marks, money: Money) -> str | None:
    """Sell something until its code is before the shopper; returns the order's id, None where there is no code."""
    snapshot = services.checkout.begin(money)
    marks.say("begun", snapshot.order.order_id)
    return await _create_and_show(services, marks, snapshot)


async def _create_and_show(services: TillServices, marks: Marks, snapshot: OrderSnapshot) -> str | None:
    snapshot = await services.checkout.create(snapshot)
    attempt = snapshot.attempts[-1]
    if attempt.state is not S.CREATED:
        return None
    services.checkout.show(attempt.merchant_order_id)
    marks.say("shown", attempt.merchant_order_id)
    return snapshot.order.order_id


def _with_services(job: Job, marks: Marks, act: Callable[[TillServices], Coroutine[Any, Any, None]]) -> None:
    """Put the services together as every command does, and whatever turns green is acknowledged."""

    def hear(event: Event) -> None:
        if isinstance(event, OrderChanged):
            for attempt in event.snapshot.attempts:
                if attempt.state is S.SUCCEEDED:
                    marks.say("paid", attempt.merchant_order_id)

    async def alive() -> None:
        folder = DataFolder(Path(job.data))
        folder.make()
        config = read_config(Path(job.config))
        settings = gateway_settings(config, job.secret)
        services = build_services(till_facts(config, training=False), settings, folder, hear, config.base_seconds)
        services.reconciler.budget.rate = services.reconciler.budget.capacity = PLENTY
        try:
            await act(services)
        finally:
            await services.stop()

    asyncio.run(alive())


def export(job: Job, marks: Marks) -> None:
    """Write every order into a file that is there already."""
    target = Path(job.data) / "orders.csv"

    async def write(services: TillServices) -> None:
        exported = await services.exports.orders(OrderFilter(), ExportForm.CSV, str(target), None)
        marks.say("exported", exported.path)

    _with_services(job, marks, write)


ACTS: Final[dict[str, Callable[[Job, Marks], None]]] = {
    "sale": sale,
    "restart": restart,
    "refund": refund,
    "owner": owner,
    "wrong_pin": wrong_pin,
    "show": show,
    "close": close,
    "migrate": migrate,
    "backup": backup,
    "export": export,
    "restore": restore,
    "books": books,
    "business": business,
}
