"""What a start does with what the last run left behind: it asks, and creates nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.store.verify import verify
from tests.scripted_gateway import Mischief, held, late, lost_before
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench

S = AttemptState


def charge_into_death(bench: Bench, mischief: Mischief, lives_s: float) -> str:
    """Charge, and kill the till so many seconds later; returns the order's id."""
    bench.gateway.next("create", mischief)
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(lives_s)
    bench.kill()
    return snapshot.order.order_id


@pytest.mark.parametrize(
    "mischief, lives_s, found",
    [
        (late(5), 0.0, S.ORPHAN),  # on its way
        (late(5), 1.0, S.ORPHAN),  # made, the reply on its way
        (lost_before(), 1.0, S.UNKNOWN),  # arrived, and nothing was made
        (Mischief(arrives=False, commits=False, before_s=5), 1.0, S.UNKNOWN),  # never left; nobody can tell
    ],
)
def test_a_dead_process_leaves_an_unknown_outcome_that_is_asked_about_at_once(
    bench: Bench, mischief: Mischief, lives_s: float, found: AttemptState
) -> None:
    order_id = charge_into_death(bench, mischief, lives_s)
    assert bench.order(order_id).leading.state is S.CREATING
    posts = bench.truth.posts.copy()
    assert bench.services.recover() == 1
    attempt = bench.order(order_id).leading
    assert (attempt.state, attempt.problem_code) == (S.UNKNOWN, "interrupted")
    bench.watch()
    bench.let_pass(0.5)
    assert bench.order(order_id).leading.state is found
    bench.let_pass(60)
    assert bench.truth.posts == posts, "a restart sent something"
    assert bench.truth.doubles == []
    assert verify(bench.till.ledger).is_whole


def test_a_living_owner_is_left_alone(bench: Bench) -> None:
    other = bench.new_process()
    until = asyncio.Event()
    other.gateway.next("create", held(until))
    snapshot = other.services.checkout.begin(AMOUNT)
    other.background(other.services.checkout.create(snapshot))
    bench.let_pass(1)
    assert bench.services.recover() == 0
    bench.watch()
    bench.let_pass(30)
    assert bench.order(snapshot.order.order_id).leading.state is S.CREATING
    assert bench.gateway.queries() == []
    until.set()
    bench.let_pass(1)
    assert bench.order(snapshot.order.order_id).leading.state is S.CREATED
    other.stop()


def test_our_own_are_left_alone_when_polling_restarts(bench: Bench) -> None:
    until = asyncio.Event()
    bench.gateway.next("create", held(until))
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(1)
    bench.watch()
    until.set()
    bench.let_pass(1)
    assert bench.order(snapshot.order.order_id).leading.state is S.CREATED


def test_once_the_other_is_dead_its_attempt_is_taken_over(bench: Bench) -> None:
    other = bench.new_process()
    other.gateway.next("create", held(asyncio.Event()))
    snapshot = other.services.checkout.begin(AMOUNT)
    other.background(other.services.checkout.create(snapshot))
    bench.let_pass(1)
    other.ledger.close()
    other.owner.die()
    assert bench.run(bench.services.refresh()) == 0
    assert bench.order(snapshot.order.order_id).leading.state is S.ORPHAN


def test_a_shown_code_is_kept_and_offered_again(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.kill()
    bench.watch()
    again = bench.services.checkout.show(attempt.merchant_order_id).leading
    assert again == attempt
    assert again.code == bench.truth.handed_out[attempt.merchant_order_id]


def test_what_was_paid_during_the_outage_turns_green_at_once(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.kill()
    bench.truth.pay(attempt.merchant_order_id)
    bench.clock.turn_wall(3_600)
    bench.watch()
    bench.let_pass(0.5)
    assert bench.order(attempt.order_id).leading.state is S.SUCCEEDED
    assert bench.till.rung() == []


def test_killed_between_answer_and_commit_it_is_learned_again_once(bench: Bench) -> None:
    attempt = bench.charge_and_show()
    bench.truth.pay(attempt.merchant_order_id)
    bench.till.background(bench.services.checkout.ask(attempt.order_id))
    bench.let_pass(0.03)
    bench.kill()
    bench.watch()
    bench.let_pass(5)
    details = bench.services.listing.details(attempt.order_id)
    assert [entry.new_state for entry in details.timeline if entry.event == "state"].count("SUCCEEDED") == 1


def test_with_nothing_left_behind_there_is_nothing_to_do(bench: Bench) -> None:
    bench.charge_and_show()
    bench.kill()
    assert bench.services.recover() == 0


def test_what_somebody_else_recovered_first_is_not_recovered_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = charge_into_death(bench, late(5), 1.0)
    other = bench.new_process()
    found = bench.services.recover
    from posapp.store.orders import OrderStore

    before = OrderStore(bench.till.ledger).creating_owners()
    assert other.services.recover() == 1

    def as_before(_self: OrderStore) -> dict[str, str]:
        """Return what was read before the other one wrote."""
        return before

    monkeypatch.setattr(OrderStore, "creating_owners", as_before)
    found()
    timeline = bench.services.listing.details(order_id).timeline
    assert [entry.new_state for entry in timeline].count("UNKNOWN") == 1
    other.stop()
