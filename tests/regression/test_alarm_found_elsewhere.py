"""An alarm that another process of the till finds rings at the window, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.domain.status import AlarmKind, AttemptState

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench


def test_a_late_payment_that_a_refresh_finds_rings_at_the_window(bench: Bench) -> None:
    bench.watch()
    code = bench.charge_and_show()
    bench.services.watcher.put_on_screen(None)
    bench.run(bench.services.checkout.give_up(code.order_id))
    bench.let_pass(3)
    bench.truth.pay(code.merchant_order_id)
    other = bench.new_process()
    bench.run(other.services.refresh())
    bench.let_pass(30)
    (rung,) = bench.till.rung()
    assert (rung.leading.state, rung.leading.alarm) == (AttemptState.SUCCEEDED, AlarmKind.PAID_LATE)
    other.stop()


def test_what_another_process_moves_on_without_an_alarm_is_silent(bench: Bench) -> None:
    bench.watch()
    code = bench.charge_and_show()
    bench.truth.pay(code.merchant_order_id)
    other = bench.new_process()
    bench.run(other.services.refresh())
    bench.let_pass(30)
    assert bench.till.orders()[code.order_id].leading.state is AttemptState.SUCCEEDED
    assert bench.till.rung() == []
    other.stop()
