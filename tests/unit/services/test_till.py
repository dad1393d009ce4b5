"""The services as one: started, stopped, and what the duplicate guard finds."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.money import Money
from posapp.domain.status import AttemptState
from posapp.domain.till import HealthState
from posapp.services.events import ProblemRaised
from posapp.services.till import DUPLICATE_WINDOW
from tests.scripted_gateway import ScriptedGateway, held
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench

S = AttemptState


def test_stopping_ends_what_runs_and_closes_everything(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.gateway.weather["query"] = held(asyncio.Event())
    bench.let_pass(3)
    assert bench.gateway.in_flight.total() == 1
    bench.till.stop()
    assert bench.gateway.closed
    assert bench.gateway.in_flight.total() == 0
    assert not asyncio.all_tasks(bench.loop)
    with pytest.raises(sqlite3.ProgrammingError):
        bench.till.ledger.connection.execute("SELECT 1")
    assert list((bench.folder / "owners").iterdir()) == []
    bench.till = bench.new_process()
    assert bench.attempt(attempt.merchant_order_id) == attempt


def test_a_ledger_that_cannot_be_written_stops_no_polling(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.till.background(bench.services.checkout.create(bench.services.checkout.begin(AMOUNT)))
    bench.let_pass(0.01)
    bench.kill()
    bench.till.break_ledger(broken=True)
    bench.watch()
    bench.let_pass(3)
    (problem,) = [event.problem for event in bench.till.events if isinstance(event, ProblemRaised)]
    assert problem.code == "ledger_read_only"
    assert bench.services.health.current.state is HealthState.LEDGER
    assert {call.ref for call in bench.gateway.queries()} == {attempt.merchant_order_id}


def test_what_never_watched_can_be_stopped(bench: Bench) -> None:
    bench.charge()
    bench.till.stop()
    assert bench.gateway.closed


def test_a_line_that_does_not_close_keeps_no_ledger_open(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(_self: ScriptedGateway) -> None:
        raise RuntimeError("the connection pool has a bug")

    with monkeypatch.context() as patch:
        patch.setattr(ScriptedGateway, "aclose", stuck)
        with pytest.raises(RuntimeError):
            bench.till.stop()
    with pytest.raises(sqlite3.ProgrammingError):
        bench.till.ledger.connection.execute("SELECT 1")
    bench.till = bench.new_process()


def test_the_watcher_can_be_started_again_after_a_bug(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.truth.pay(attempt.merchant_order_id)

    async def fail_once() -> None:
        watching = bench.services.start()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        bench.services.start()

    bench.run(fail_once())
    bench.let_pass(1)
    assert bench.attempt(attempt.merchant_order_id).state is S.SUCCEEDED


def test_an_open_order_of_the_same_amount_is_found_for_a_few_minutes(bench: Bench) -> None:
    assert bench.services.newest_open(AMOUNT) is None
    first = bench.charge()
    bench.let_pass(10)
    second = bench.charge()
    bench.charge(Money(999, "HKD"))
    bench.charge(Money(12850, "CNY"))
    assert bench.services.newest_open(AMOUNT) == second
    bench.truth.pay(second.order.order_id)
    bench.run(bench.services.checkout.ask(second.order.order_id))
    assert bench.services.newest_open(AMOUNT) == first
    bench.let_pass(DUPLICATE_WINDOW / timedelta(seconds=1))
    assert bench.services.newest_open(AMOUNT) is None
