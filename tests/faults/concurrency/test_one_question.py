"""X6: watcher, *Ask now* and recovery on one order: one question at a time, and compare-and-set decides who writes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.app.compose import build_services, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.paths import DataFolder
from posapp.domain.money import Money
from posapp.domain.status import AttemptState
from posapp.services.events import Event, OrderChanged
from posapp.store.ledger import open_ledger
from posapp.store.orders import OrderStore
from posapp.store.verify import verify
from tests.e2e.child import wait_until
from tests.fakes import an_attempt, an_order
from tests.scripted_gateway import late

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.services.till import TillServices
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.unit.services.bench import Bench

pytestmark = [pytest.mark.xdist_group("faults-concurrency"), pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[3]
PROCESSES, ATTEMPTS = 4, 300


def test_x6_of_four_processes_one_wins_each_change(folder: Path, figure: Callable[[str], None]) -> None:
    path = folder / "ledger.db"
    ledger = open_ledger(path)
    store = OrderStore(ledger)
    for number in range(1, ATTEMPTS + 1):
        store.add(an_order(number), an_attempt(number), "nobody")
    command = [sys.executable, "-m", "tests.faults.concurrency.racer", str(path)]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    wins: list[int] = []
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        wins = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    assert sum(wins) == ATTEMPTS
    assert {attempt.state for attempt in store.non_final()} == {AttemptState.UNKNOWN}
    assert verify(ledger).is_whole
    (moves,) = ledger.connection.execute("SELECT count(*) FROM audit WHERE event = 'state'").fetchone()
    ledger.close()
    shares = " + ".join(str(won) for won in sorted(wins, reverse=True))
    figure(f"{PROCESSES} processes on {ATTEMPTS} attempts: {shares} = {ATTEMPTS} wins, {moves} audit rows in all")


def test_x6_everybody_who_asks_at_once_shares_one_question(bench: Bench) -> None:
    """The watcher's start, a person who asks, one who gives up, and a recovery of another run: one in flight."""
    attempt = bench.charge_and_show()
    bench.gateway.weather["query"] = late(3)
    bench.watch()
    bench.let_pass(0.5)

    async def at_once() -> None:
        checkout, order_id = bench.services.checkout, attempt.order_id
        asking = [asyncio.ensure_future(checkout.ask(order_id)) for _ in range(20)]
        giving_up = asyncio.ensure_future(checkout.give_up(order_id))
        bench.services.watcher.ask_all_soon()
        bench.truth.pay(attempt.merchant_order_id)
        await asyncio.gather(bench.services.refresh(), giving_up, *asking)

    bench.run(at_once())
    bench.let_pass(20)
    assert bench.gateway.crowd == 1
    assert bench.attempt(attempt.merchant_order_id).state is AttemptState.SUCCEEDED
    paid = [event for event in bench.till.events if isinstance(event, OrderChanged) and _is_paid(event)]
    assert len({event.snapshot.version for event in paid}) == 1


def test_x6_one_question_on_the_wire_however_many_ask(till: Till, sandbox: SandboxProcess) -> None:
    """The same over HTTP: what the gateway counts."""
    config = read_config(till.config)
    data = DataFolder(till.data)
    data.make()
    events: list[Event] = []

    async def impatience() -> None:
        settings = gateway_settings(config, sandbox.secret("cbtis"))
        services = build_services(till_facts(config, training=False), settings, data, events.append, 1.0)
        try:
            await _ask_fifty_times(services, sandbox)
        finally:
            await services.stop()

    asyncio.run(impatience())
    assert till.run("verify").code == 0


async def _ask_fifty_times(services: TillServices, sandbox: SandboxProcess) -> None:
    created = await services.checkout.create(services.checkout.begin(Money(700, "HKD")))
    ref, order_id = created.leading.merchant_order_id, created.order.order_id
    services.checkout.show(ref)
    sandbox.fault("query", "latency", seconds=0.5, times=0)
    services.start()
    await asyncio.gather(*(services.checkout.ask(order_id) for _ in range(50)))
    assert sandbox.order(ref)["queries"] == 1


def test_x6_processes_that_find_the_same_payment_write_it_once(till: Till, sandbox: SandboxProcess) -> None:
    """A `charge` that polls, three refreshes beside it, one payment: one transition to paid in the audit."""
    charge = till.charge("6.00")
    ref = charge.until("qr")["merchant_order_id"]
    wait_until(lambda: sandbox.order(ref)["queries"] != 0, "the first question")
    sandbox.fault("query", "latency", seconds=1.0, times=0)  # so that all have asked before any is answered
    sandbox.pay(ref)
    refreshing = [till.start("orders", "--refresh", "--json") for _ in range(3)]
    assert [child.end().code for child in refreshing] == [0, 0, 0]
    ended = charge.end()
    assert (ended.code, ended.last["state"], ended.err) == (0, "SUCCEEDED", "")
    ledger = open_ledger(till.data / "ledger.db")
    to_paid = ledger.connection.execute("SELECT count(*) FROM audit WHERE new_state = 'SUCCEEDED'").fetchone()
    assert (to_paid, verify(ledger).is_whole) == ((1,), True)
    ledger.close()


def test_x6_what_another_process_is_creating_is_left_to_it(till: Till, sandbox: SandboxProcess) -> None:
    sandbox.fault("create", "latency", seconds=2)  # of the five that posapp waits for an answer
    first = till.charge("1.00")
    ref = first.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    second = till.charge("2.00", wait=0.5)
    # CREATING, unless this machine is so busy that the hold was over before the question.
    assert _states(till, "--refresh")[str(ref)] in {"CREATING", "CREATED", "PENDING"}
    second.until("qr")
    assert first.until("qr")["merchant_order_id"] == ref
    sandbox.pay(ref)
    assert second.end().code == 5
    ended = first.end()
    assert (ended.code, ended.names[:4]) == (0, ["attempt", "state CREATED", "state PENDING", "qr"])


def test_x6_what_another_process_finds_out_ends_the_wait(till: Till, sandbox: SandboxProcess) -> None:
    till.reconfigure("base_seconds = 1.0", "base_seconds = 10.0")
    charge = till.charge(wait=30)
    ref = charge.until("qr")["merchant_order_id"]
    wait_until(lambda: sandbox.order(ref)["queries"] == 1, "the first question")
    sandbox.pay(ref)
    began = time.monotonic()
    assert _states(till, "--refresh")[str(ref)] == "SUCCEEDED"
    ended = charge.end()
    assert (ended.code, ended.last["state"]) == (0, "SUCCEEDED")
    assert time.monotonic() - began < 8.0
    assert sandbox.order(ref)["queries"] == 2


def _states(till: Till, *arguments: str) -> dict[str, str]:
    return {str(order["merchant_order_id"]): str(order["state"]) for order in till.orders(*arguments)}


def _is_paid(event: OrderChanged) -> bool:
    return event.snapshot.leading.state is AttemptState.SUCCEEDED
