"""Asking: one question an attempt at a time, its answer written, and what it means told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AlarmKind, AttemptState, OrderStatus
from posapp.domain.till import HealthState
from posapp.gateways.errors import GatewayError, OutcomeUnknown, Refused
from posapp.services.events import Asked
from posapp.services.reconcile import reference
from posapp.store.errors import LedgerError
from tests.fakes import an_attempt
from tests.scripted_gateway import (
    Fate,
    Mischief,
    dead_code,
    held,
    http_5xx,
    lost_after,
    not_found,
    refused,
    stale,
    swapped,
    unknown_word,
)

if TYPE_CHECKING:
    from posapp.domain.till import AskedAnswer
    from tests.unit.services.bench import Bench

S = AttemptState


def said(bench: Bench) -> list[AskedAnswer]:
    return [event.answer for event in bench.till.events if isinstance(event, Asked)]


def events_of(bench: Bench, order_id: str) -> list[str]:
    return [entry.event for entry in bench.services.listing.details(order_id).timeline]


def test_an_answer_is_written_and_told(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.truth.pay(attempt.merchant_order_id)
    snapshot = bench.run(_awaited(bench, attempt.merchant_order_id))
    assert snapshot is OrderStatus.PAID
    (answer,) = said(bench)
    assert (answer.merchant_order_id, answer.answered, answer.problem_code) == (
        attempt.merchant_order_id,
        True,
        None,
    )
    assert answer.asked_at == bench.clock.now()


async def _awaited(bench: Bench, ref: str) -> OrderStatus:
    return (await bench.services.reconciler.ask(ref)).status


def test_no_answer_changes_nothing_and_is_told(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.gateway.next("query", http_5xx())
    with pytest.raises(OutcomeUnknown):
        bench.run(_awaited(bench, attempt.merchant_order_id))
    assert bench.attempt(attempt.merchant_order_id) == attempt
    assert [(answer.answered, answer.problem_code) for answer in said(bench)] == [(False, "http_503")]
    assert bench.services.health.current.state is HealthState.SILENT


def test_an_answer_that_cannot_be_written_is_not_told_as_one(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.truth.pay(attempt.merchant_order_id)
    bench.till.break_ledger(broken=True)
    with pytest.raises(LedgerError):
        bench.run(_awaited(bench, attempt.merchant_order_id))
    assert said(bench) == []
    bench.till.break_ledger(broken=False)
    assert bench.run(_awaited(bench, attempt.merchant_order_id)) is OrderStatus.PAID


def test_who_asks_meanwhile_gets_the_same_answer(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    until = asyncio.Event()
    bench.gateway.next("query", held(until))

    async def job() -> list[OrderStatus]:
        asking = [asyncio.ensure_future(_awaited(bench, attempt.merchant_order_id)) for _ in range(5)]
        await asyncio.sleep(1)
        assert set(bench.services.reconciler.in_flight) == {attempt.merchant_order_id}
        asking.pop().cancel()  # who goes away takes nobody's answer along
        until.set()
        return await asyncio.gather(*asking)

    assert bench.run(job()) == [OrderStatus.OPEN] * 4
    assert len(bench.gateway.queries()) == 1
    assert not bench.services.reconciler.in_flight


def test_a_failure_that_nobody_waits_for_is_no_complaint(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.gateway.next("query", http_5xx())

    async def job() -> None:
        asking = asyncio.ensure_future(_awaited(bench, attempt.merchant_order_id))
        await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.sleep(1)

    bench.run(job())
    assert bench.loop.complaints == []


def test_an_attempt_that_is_nowhere_can_only_be_a_bug(bench: Bench) -> None:
    with pytest.raises(LookupError):
        bench.run(_awaited(bench, "T1-NEVER"))
    with pytest.raises(LookupError):
        bench.run(bench.services.reconciler.cancel("T1-NEVER"))


def test_an_old_answer_after_the_end_leaves_a_note(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.truth.pay(attempt.merchant_order_id)
    bench.run(_awaited(bench, attempt.merchant_order_id))
    bench.gateway.next("query", stale())
    assert bench.run(_awaited(bench, attempt.merchant_order_id)) is OrderStatus.PAID
    assert events_of(bench, attempt.order_id)[-1] == "stale_answer"


def test_the_gateway_taking_back_its_success_rings_and_changes_nothing_else(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.truth.pay(attempt.merchant_order_id)
    bench.run(_awaited(bench, attempt.merchant_order_id))
    bench.truth.force(attempt.merchant_order_id, Fate.CANCELLED)
    assert bench.run(_awaited(bench, attempt.merchant_order_id)) is OrderStatus.PAID
    assert bench.attempt(attempt.merchant_order_id).alarm is AlarmKind.CONTRADICTED
    assert len(bench.till.rung()) == 1


def test_a_doubt_is_written_once_however_often_it_is_heard(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.gateway.weather["query"] = unknown_word("PROCESSING")
    for _ in range(3):
        bench.run(_awaited(bench, attempt.merchant_order_id))
    assert events_of(bench, attempt.order_id).count("review") == 1
    bench.gateway.weather.clear()
    bench.run(_awaited(bench, attempt.merchant_order_id))
    assert events_of(bench, attempt.order_id)[-1] == "review_cleared"


def test_another_orders_answer_changes_nobodys_state(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.gateway.next("query", swapped())
    bench.run(_awaited(bench, attempt.merchant_order_id))
    assert bench.attempt(attempt.merchant_order_id).state is S.PENDING


def test_a_swapped_create_reply_does_not_hide_the_payment(bench: Bench) -> None:
    first = bench.charge_and_show()
    bench.gateway.next("create", swapped(first.merchant_order_id, "G000001"))
    second = bench.charge().leading
    assert second.state is S.UNKNOWN
    bench.run(_awaited(bench, second.merchant_order_id))
    assert bench.attempt(second.merchant_order_id).state is S.ORPHAN


def test_a_dead_code_is_noted(keyed: Bench) -> None:
    attempt = keyed.charge_and_show()
    keyed.gateway.next("query", dead_code())
    keyed.run(_awaited(keyed, attempt.merchant_order_id))
    assert keyed.attempt(attempt.merchant_order_id).code_dead
    assert events_of(keyed, attempt.order_id)[-1] == "code_dead"


def test_not_found_is_not_not_paid(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.gateway.next("query", not_found())
    assert bench.run(_awaited(bench, attempt.merchant_order_id)) is OrderStatus.OPEN
    assert bench.attempt(attempt.merchant_order_id) == attempt


# --- closing ---------------------------------------------------------------------------------------------


def test_a_close_waits_for_the_question_in_flight(keyed: Bench) -> None:
    attempt = keyed.charge_and_show()
    until = asyncio.Event()
    keyed.gateway.next("query", held(until))

    async def job() -> None:
        asking = asyncio.ensure_future(_awaited(keyed, attempt.merchant_order_id))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(keyed.services.reconciler.cancel(attempt.merchant_order_id))
        await asyncio.sleep(1)
        until.set()
        await asyncio.gather(asking, closing)

    keyed.run(job())
    assert keyed.gateway.crowd == 1
    assert [call.kind for call in keyed.gateway.calls] == ["create", "query", "cancel"]
    assert keyed.attempt(attempt.merchant_order_id).state is S.CANCELLED


def test_two_closes_of_one_payment_send_one(keyed: Bench) -> None:
    attempt = keyed.charge_and_show()

    async def job() -> None:
        cancel = keyed.services.reconciler.cancel
        await asyncio.gather(cancel(attempt.merchant_order_id), cancel(attempt.merchant_order_id))

    keyed.run(job())
    assert [call.kind for call in keyed.gateway.calls] == ["create", "cancel"]


@pytest.mark.parametrize("mischief, error", [(lost_after(), OutcomeUnknown), (refused(), Refused)])
def test_a_close_without_an_answer_leaves_it_watched(
    keyed: Bench, mischief: Mischief, error: type[GatewayError]
) -> None:
    attempt = keyed.charge_and_show()
    keyed.gateway.next("cancel", mischief)
    with pytest.raises(error):
        keyed.run(keyed.services.reconciler.cancel(attempt.merchant_order_id))
    assert keyed.attempt(attempt.merchant_order_id).state is S.PENDING


def test_a_lost_close_is_learned_of_by_asking(keyed: Bench) -> None:
    attempt = keyed.charge_and_show()
    keyed.gateway.next("cancel", lost_after())
    with pytest.raises(OutcomeUnknown):
        keyed.run(keyed.services.reconciler.cancel(attempt.merchant_order_id))
    keyed.run(_awaited(keyed, attempt.merchant_order_id))
    assert keyed.attempt(attempt.merchant_order_id).state is S.CANCELLED


def test_stopping_ends_the_questions_in_flight(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.gateway.next("query", held(asyncio.Event()))

    async def job() -> None:
        asking = asyncio.ensure_future(_awaited(bench, attempt.merchant_order_id))
        await asyncio.sleep(1)
        await bench.services.reconciler.close()
        with pytest.raises(asyncio.CancelledError):
            await asking

    bench.run(job())
    assert not bench.services.reconciler.in_flight
    assert bench.gateway.in_flight.total() == 0


# --- names -----------------------------------------------------------------------------------------------


def test_a_payment_is_named_by_all_that_is_known(bench: Bench) -> None:
    attempt = bench.charge().leading
    ref = reference(attempt)
    assert (ref.merchant_order_id, ref.gateway_id) == (attempt.merchant_order_id, "G000001")
    assert (ref.cancel_request_id, ref.confirmed) == (attempt.cancel_request_id, True)
    bare = reference(an_attempt(1))
    assert (bare.gateway_id, bare.confirmed) == (None, False)
