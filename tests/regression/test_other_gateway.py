"""A till that is moved to another gateway neither asks it about the old one's payments nor believes what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.gateways.errors import Refused
from posapp.services.checkout import CheckoutError
from posapp.services.poll_schedule import TAIL_S
from tests.scripted_gateway import WITH_KEY, WITHOUT_KEY, Truth, lost_after, not_sent

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench


def _moved(bench: Bench) -> Truth:
    """Set the till up at another gateway; returns the old one's truth."""
    old = bench.truth
    bench.till.stop()
    bench.truth, bench.capabilities = Truth(), WITH_KEY
    bench.till = bench.new_process()
    return old


def test_the_new_gateway_is_not_asked_about_the_old_ones_payments(bench: Bench) -> None:
    bench.gateway.next("create", lost_after())
    unknown = bench.charge().leading
    shown = bench.charge_and_show()
    _moved(bench)
    bench.watch()
    bench.clock.turn_wall(TAIL_S + 86_400)
    bench.let_pass(900)
    assert [call for call in bench.gateway.calls if call.kind == "query"] == []
    assert bench.attempt(unknown.merchant_order_id).state is AttemptState.UNKNOWN
    assert bench.attempt(shown.merchant_order_id).state is AttemptState.PENDING


def test_a_refresh_says_that_nobody_answered_about_them(bench: Bench) -> None:
    bench.charge_and_show()
    _moved(bench)
    assert bench.run(bench.services.refresh()) == 1


def test_back_at_the_old_gateway_the_payment_is_found(bench: Bench) -> None:
    shown = bench.charge_and_show()
    bench.truth.pay(shown.merchant_order_id)
    old = _moved(bench)
    bench.watch()
    bench.let_pass(60)
    bench.till.stop()
    bench.truth, bench.capabilities = old, WITHOUT_KEY
    bench.till = bench.new_process()
    bench.watch()
    bench.let_pass(10)
    assert bench.attempt(shown.merchant_order_id).state is AttemptState.SUCCEEDED


def test_an_old_code_is_neither_shown_nor_replaced_there(bench: Bench) -> None:
    shown, unseen = bench.charge_and_show(), bench.charge().leading
    _moved(bench)
    for attempt in (shown, unseen):
        with pytest.raises(CheckoutError) as refused:
            bench.services.checkout.show(attempt.merchant_order_id)
        assert refused.value.code == "code_gone"
    with pytest.raises(Refused) as unasked:
        bench.run(bench.services.checkout.new_code(shown.order_id))
    assert unasked.value.code == "other_gateway"


@pytest.mark.parametrize("unsent", [True, False])
def test_what_nobody_saw_is_charged_anew_there(bench: Bench, *, unsent: bool) -> None:
    if unsent:
        bench.gateway.next("create", not_sent())
    before = bench.charge().leading
    old = _moved(bench)
    snapshot, to_send = bench.run(bench.services.checkout.new_code(before.order_id))
    assert to_send
    after = bench.run(bench.services.checkout.create(snapshot)).attempts[-1]
    assert (after.provider, after.state) == (WITH_KEY.provider, AttemptState.CREATED)
    assert after.merchant_order_id != before.merchant_order_id
    assert set(bench.truth.payments) == {after.merchant_order_id}
    assert after.merchant_order_id not in old.payments
