"""X7: a manager overrides in the moment in which the gateway says "paid": that wins and rings, both are recorded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.status import AlarmKind, AttemptState, OrderStatus
from posapp.store.verify import verify
from tests.scripted_gateway import late
from tests.unit.services.quick_pins import CASHIER_PIN, MANAGER_PIN, quick_pins, set_up

if TYPE_CHECKING:
    from posapp.domain.order import Attempt, OrderSnapshot
    from tests.unit.services.bench import Bench

__all__ = ["quick_pins"]
pytestmark = [pytest.mark.usefixtures("quick_pins"), pytest.mark.xdist_group("faults-concurrency")]

REASON = "His phone broke while he paid"


@pytest.fixture
def shown(quick_pins: object, bench: Bench) -> Attempt:
    """A code before the shopper, at a till where a manager stands."""
    del quick_pins
    bench.till.stop()
    bench.till = bench.new_process()
    people = set_up(bench)
    assert bench.run(bench.services.staff.sign_in(people["mei"].person_id, MANAGER_PIN)).accepted
    return bench.charge_and_show()


def override(bench: Bench, order_id: str) -> tuple[OrderSnapshot, bool]:
    return bench.run(bench.services.checkout.new_code(order_id, override=REASON))


def events(bench: Bench, order_id: str) -> list[str]:
    return [entry.event for entry in bench.services.listing.details(order_id).timeline]


def test_x7_paid_before_the_override_is_paid_and_there_is_no_further_code(bench: Bench, shown: Attempt) -> None:
    bench.truth.pay(shown.merchant_order_id)
    snapshot, fresh = override(bench, shown.order_id)
    assert not fresh
    assert snapshot.status is OrderStatus.PAID
    assert len(snapshot.attempts) == 1


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.0, 1.9, 2.1, 4.0])
def test_x7_paid_while_the_override_asks_is_never_lost(bench: Bench, shown: Attempt, seconds: float) -> None:
    """The gateway takes two seconds to answer; the shopper pays sooner or later than that."""
    bench.gateway.weather["query"] = late(2)
    bench.watch()

    async def both() -> tuple[OrderSnapshot, bool]:
        overriding = asyncio.ensure_future(bench.services.checkout.new_code(shown.order_id, override=REASON))
        await asyncio.sleep(seconds)
        bench.truth.pay(shown.merchant_order_id)
        snapshot, fresh = await overriding
        return (await bench.services.checkout.create(snapshot) if fresh else snapshot), fresh

    _, fresh = bench.run(both())
    bench.let_pass(120)
    order = bench.order(shown.order_id)
    assert order.status is OrderStatus.PAID
    assert order.leading.merchant_order_id == shown.merchant_order_id
    assert verify(bench.till.ledger).is_whole
    if fresh:
        told = events(bench, shown.order_id)
        assert "override" in told
        assert order.leading.alarm is AlarmKind.PAID_LATE
        assert [one.order.order_id for one in bench.till.rung()] == [shown.order_id]
        with pytest.raises(DomainError) as refused:  # the further code is for nobody any more
            bench.services.checkout.show(order.attempts[-1].merchant_order_id)
        assert refused.value.code in ("already_paid", "code_gone")


def test_x7_both_codes_stay_watched_and_both_paid_rings(bench: Bench, shown: Attempt) -> None:
    bench.watch()
    snapshot, fresh = override(bench, shown.order_id)
    assert fresh
    newer = bench.run(bench.services.checkout.create(snapshot)).attempts[-1]
    now = bench.services.checkout.show(newer.merchant_order_id)
    assert [attempt.state for attempt in now.attempts] == [AttemptState.PENDING] * 2
    assert now.leading.merchant_order_id == newer.merchant_order_id
    bench.truth.pay(newer.merchant_order_id)
    bench.let_pass(30)
    assert bench.order(shown.order_id).status is OrderStatus.PAID
    assert bench.till.rung() == []
    bench.truth.pay(shown.merchant_order_id)
    bench.let_pass(1200)
    order = bench.order(shown.order_id)
    assert order.status is OrderStatus.OVERPAID
    assert AlarmKind.PAID_TWICE in {attempt.alarm for attempt in order.attempts}
    assert bench.till.rung()
    assert verify(bench.till.ledger).is_whole


def test_x7_the_override_is_written_before_the_further_attempt(bench: Bench, shown: Attempt) -> None:
    override(bench, shown.order_id)
    timeline = bench.services.listing.details(shown.order_id).timeline
    places = {entry.event: place for place, entry in enumerate(timeline) if entry.event == "override"}
    created = [place for place, entry in enumerate(timeline) if entry.new_state == "CREATING"]
    assert places["override"] < created[1]
    entry = timeline[places["override"]]
    assert entry.facts == {"reason": REASON, "asked_by": "Mei Manager", "approved_by": ""}


def test_x7_without_the_right_there_is_no_further_code(bench: Bench, shown: Attempt) -> None:
    chris = next(one for one in bench.services.staff.crew.people if one.name.startswith("Chris"))
    assert bench.run(bench.services.staff.sign_in(chris.person_id, CASHIER_PIN)).accepted
    with pytest.raises(DomainError) as refused:
        override(bench, shown.order_id)
    assert refused.value.code == "right_missing"
    for reason in ("", "  ", "x" * 121, "two\nlines"):
        with pytest.raises(DomainError) as refused:
            bench.run(bench.services.checkout.new_code(shown.order_id, override=reason))
        assert refused.value.code == "reason_unusable"
    assert len(bench.order(shown.order_id).attempts) == 1
    assert "override" not in events(bench, shown.order_id)


def test_x7_a_further_code_again_needs_a_further_override(bench: Bench, shown: Attempt) -> None:
    snapshot, _ = override(bench, shown.order_id)
    newer = bench.run(bench.services.checkout.create(snapshot)).attempts[-1]
    bench.services.checkout.show(newer.merchant_order_id)
    with pytest.raises(DomainError) as refused:
        bench.run(bench.services.checkout.new_code(shown.order_id))
    assert refused.value.code == "new_code_not_allowed"
    with pytest.raises(DomainError) as refused:  # the code before does not come back beside it
        bench.services.checkout.show(shown.merchant_order_id)
    assert refused.value.code == "other_code_open"


def test_x7_an_override_lets_only_later_codes_be_shown(bench: Bench, shown: Attempt) -> None:
    second = _further(bench, shown)
    bench.services.checkout.show(second.merchant_order_id)
    third = _further(bench, shown)
    with pytest.raises(DomainError) as refused:  # the second was overridden too, but for the third
        bench.services.checkout.show(shown.merchant_order_id)
    assert refused.value.code == "other_code_open"
    bench.services.checkout.show(third.merchant_order_id)


def _further(bench: Bench, shown: Attempt) -> Attempt:
    """Override, and let the gateway make the further code."""
    snapshot, _ = override(bench, shown.order_id)
    return bench.run(bench.services.checkout.create(snapshot)).attempts[-1]
