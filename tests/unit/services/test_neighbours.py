"""What other processes on the ledger did: announced here once, rung where it must, and taken over from the dead."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AlarmKind, AttemptState, OrderStatus, ReviewReason
from posapp.domain.till import HealthState
from posapp.services.events import OrderChanged
from posapp.services.neighbours import RECOVER_S
from posapp.store.errors import LedgerError
from posapp.store.orders import OrderStore
from tests.fakes import NOON
from tests.scripted_gateway import held, http_5xx, not_found, refused, unknown_word
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from tests.unit.services.bench import Bench, Process

S = AttemptState
LOOK_S = 1.1


def told(process: Process, order_id: str) -> list[OrderSnapshot]:
    """Return all that was announced of an order, oldest first."""
    changes = [event for event in process.events if isinstance(event, OrderChanged)]
    return [change.snapshot for change in changes if change.snapshot.order.order_id == order_id]


def dying_process(bench: Bench) -> tuple[str, Process]:
    """Begin an order in another process, which dies with its create on the way; returns the order's id."""
    other = bench.new_process()
    other.gateway.next("create", held(asyncio.Event()))
    snapshot = other.services.checkout.begin(AMOUNT)
    other.background(other.services.checkout.create(snapshot))
    bench.let_pass(0.5)
    other.ledger.close()
    other.owner.die()
    return snapshot.order.order_id, other


def test_a_doubt_that_changed_no_state_is_announced(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.gateway.weather["query"] = not_found()
    other = bench.new_process()
    other.gateway.weather["query"] = unknown_word()
    bench.run(other.services.checkout.ask(attempt.order_id))
    bench.let_pass(LOOK_S)
    leading = told(bench.till, attempt.order_id)[-1].leading
    assert (leading.state, leading.review) == (S.PENDING, ReviewReason.UNKNOWN_STATUS)
    other.stop()


def test_an_order_that_began_and_ended_between_two_looks_is_announced(bench: Bench) -> None:
    bench.watch()
    other = bench.new_process()
    other.gateway.next("create", refused())
    snapshot = bench.run(other.services.checkout.create(other.services.checkout.begin(AMOUNT)))
    assert snapshot.status is OrderStatus.CLOSED
    bench.let_pass(LOOK_S)
    assert told(bench.till, snapshot.order.order_id) == [snapshot]
    other.stop()


def test_money_that_another_process_found_on_an_order_of_its_own_rings_here(bench: Bench) -> None:
    bench.watch()
    other = bench.new_process()
    attempt = bench.run(other.services.checkout.create(other.services.checkout.begin(AMOUNT))).leading
    bench.truth.pay(attempt.merchant_order_id)  # a code that was never knowingly shown
    bench.run(other.services.checkout.ask(attempt.order_id))
    bench.let_pass(LOOK_S)
    (rung,) = bench.till.rung()
    assert (rung.order.order_id, rung.leading.alarm) == (attempt.order_id, AlarmKind.PAID_LATE)
    bench.let_pass(60)
    assert len(bench.till.rung()) == 1
    other.stop()


def test_what_is_ours_is_announced_once_whatever_the_others_write(bench: Bench) -> None:
    bench.watch()
    bench.gateway.weather["query"] = not_found()
    ours = bench.charge_and_show()
    bench.let_pass(LOOK_S)
    more = bench.charge_and_show()
    other = bench.new_process()
    other.services.checkout.begin(AMOUNT)
    bench.let_pass(LOOK_S)
    for attempt in (ours, more):
        versions = [snapshot.version for snapshot in told(bench.till, attempt.order_id)]
        assert len(versions) == len(set(versions)), "announced twice"
    other.stop()


def test_our_own_alarm_does_not_ring_again_when_somebody_else_writes(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge().leading
    bench.truth.pay(attempt.merchant_order_id)
    other = bench.new_process()
    other.services.checkout.begin(AMOUNT)
    bench.run(bench.services.checkout.ask(attempt.order_id))
    bench.let_pass(3)
    assert len(bench.till.rung()) == 1
    other.stop()


def test_nothing_is_missed_where_the_ledger_could_not_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.watch()
    other = bench.new_process()
    snapshot = other.services.checkout.begin(AMOUNT)

    def failing(_self: OrderStore, _seq: int) -> list[object]:
        raise LedgerError("ledger_failed", "the disk reports an error")

    with monkeypatch.context() as patch:
        patch.setattr(OrderStore, "changes_since", failing)
        bench.let_pass(3)
        assert bench.services.health.current.state is HealthState.LEDGER
    bench.let_pass(LOOK_S)
    assert told(bench.till, snapshot.order.order_id) == [snapshot]
    assert bench.services.health.current.state is not HealthState.LEDGER
    other.stop()


def test_a_note_about_an_order_is_news_too(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    other = bench.new_process()
    noted = OrderStore(other.ledger).note(attempt, "noted", {}, NOON)
    bench.let_pass(LOOK_S)
    assert told(bench.till, attempt.order_id)[-1].version == noted.version
    other.stop()


def test_what_a_dead_process_was_creating_is_taken_over_while_we_watch(bench: Bench) -> None:
    bench.watch()
    order_id, _ = dying_process(bench)
    posts = bench.truth.posts.copy()
    assert bench.order(order_id).leading.state is S.CREATING
    bench.let_pass(RECOVER_S + 2)
    attempt = bench.order(order_id).leading
    assert (attempt.state, attempt.problem_code) == (S.ORPHAN, "interrupted")
    assert bench.truth.posts == posts, "taking over sent something"


def test_what_a_living_process_is_creating_is_left_to_it(bench: Bench) -> None:
    bench.watch()
    other = bench.new_process()
    other.gateway.next("create", held(asyncio.Event()))
    snapshot = other.services.checkout.begin(AMOUNT)
    other.background(other.services.checkout.create(snapshot))
    bench.let_pass(4 * RECOVER_S)
    assert bench.order(snapshot.order.order_id).leading.state is S.CREATING
    other.stop()


def test_taking_over_is_tried_again_where_the_ledger_could_not_be_written(bench: Bench) -> None:
    bench.watch()
    bench.gateway.weather["query"] = http_5xx()
    order_id, _ = dying_process(bench)
    bench.till.break_ledger(broken=True)
    bench.let_pass(RECOVER_S + 5)
    assert bench.services.health.current.state is HealthState.LEDGER
    bench.till.break_ledger(broken=False)
    bench.let_pass(RECOVER_S + LOOK_S)
    assert bench.services.health.current.state is not HealthState.LEDGER
    assert bench.order(order_id).leading == replace(
        bench.order(order_id).leading, state=S.UNKNOWN, problem_code="interrupted"
    )
