"""A day put next to what the gateway says of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from posapp.domain.comparison import Difference
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.progress import Progress
from posapp.domain.status import AlarmKind, AttemptState
from posapp.gateways.base import GatewayState, ReportedStatus
from posapp.services.comparison import SILENT_ENOUGH, difference
from posapp.services.events import Progressed
from tests.scripted_gateway import Fate, lost_before, not_found, wrong_amount

if TYPE_CHECKING:
    from posapp.domain.comparison import Comparison
    from tests.unit.services.bench import Bench

TODAY = date(2026, 3, 14)


def compare(bench: Bench) -> Comparison:
    return bench.run(bench.services.comparer.compare(TODAY))


def test_a_day_that_agrees_says_so_and_how_long_it_would_take(bench: Bench) -> None:
    for _ in range(4):
        bench.paid()
    plan = bench.services.comparer.plan(TODAY)
    assert (plan.payments, plan.seconds) == (4, 2)
    began = bench.clock.monotonic()
    made = compare(bench)
    assert (made.payments, made.agreed, made.findings, made.unanswered, made.complete) == (4, 4, (), (), True)
    assert bench.clock.monotonic() - began < plan.seconds + 1
    assert bench.till.events[-1] == Progressed(Progress("reconcile", 4, 4))
    assert bench.run(bench.services.comparer.compare(date(2026, 3, 13))).payments == 0


def test_what_is_open_here_and_paid_there_is_learned(bench: Bench) -> None:
    waiting = bench.charge_and_show(Money(100, "HKD"))
    bench.truth.pay(waiting.order_id)
    made = compare(bench)
    assert (made.agreed, made.learned, made.findings) == (1, 1, ())
    assert bench.attempt(waiting.order_id).state is AttemptState.SUCCEEDED


def test_what_the_gateway_takes_back_is_listed_and_rings(bench: Bench) -> None:
    order = bench.paid()
    bench.truth.force(order.order_id, Fate.CANCELLED)
    (finding,) = compare(bench).findings
    assert (finding.difference, finding.here, finding.there) == (Difference.PAID_HERE, str(order.money), "CANCELLED")
    assert finding.order_id == order.order_id
    assert [snapshot.leading.alarm for snapshot in bench.till.rung()] == [AlarmKind.CONTRADICTED]


def test_each_difference_names_both_values(bench: Bench) -> None:
    first, second = bench.paid(Money(100, "HKD")), bench.paid(Money(200, "HKD"))
    bench.gateway.next("query", not_found(), wrong_amount())
    made = compare(bench)
    found = {(each.order_id, each.difference, each.here, each.there) for each in made.findings}
    assert found == {
        (first.order_id, Difference.UNKNOWN_THERE, "SUCCEEDED", "NOT_FOUND"),
        (second.order_id, Difference.AMOUNT, "HKD 2.00", "HKD 100.00"),
    }
    assert made.agreed == 0


def test_money_that_went_back_without_us_is_a_difference(bench: Bench) -> None:
    order = bench.paid(Money(100, "HKD"))
    snapshot = bench.order(order.order_id)
    said = GatewayState(
        status=ReportedStatus.SUCCEEDED,
        merchant_order_id=order.merchant_order_id,
        amount=Decimal("1.00"),
        currency="HKD",
        refunded=Decimal("0.50"),
    )
    finding = difference(snapshot.leading, snapshot, said)
    assert finding is not None
    assert (finding.difference, finding.here, finding.there) == (Difference.REFUNDED, "HKD 0.00", "HKD 0.50")
    assert difference(snapshot.leading, snapshot, replace(said, refunded=Decimal(0))) is None
    assert difference(snapshot.leading, snapshot, replace(said, refunded=None)) is None


def test_a_silent_gateway_is_not_asked_for_ever(bench: Bench) -> None:
    for _ in range(SILENT_ENOUGH + 4):
        bench.paid()
    bench.gateway.next("query", *[lost_before() for _ in range(50)])
    made = compare(bench)
    assert not made.complete
    assert (made.agreed, len(made.unanswered)) == (0, SILENT_ENOUGH + 4)
    assert {each.problem_code for each in made.unanswered} == {"timeout", "not_asked"}


def test_one_at_a_time_and_stopped_it_tells_what_is_known(bench: Bench) -> None:
    for _ in range(12):
        bench.paid()
    comparer = bench.services.comparer

    async def begin_and_stop() -> Comparison:
        running = asyncio.ensure_future(comparer.compare(TODAY))
        await asyncio.sleep(9)
        with pytest.raises(DomainError) as refused:
            await comparer.compare(TODAY)
        assert refused.value.code == "compare_running"
        comparer.stop()
        return await running

    made = bench.run(begin_and_stop())
    assert 0 < made.agreed < 12
    assert not made.complete
    assert made.agreed + len(made.unanswered) == 12
    assert compare(bench).complete
