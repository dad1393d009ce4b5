"""A create's answer is written once the ledger works again, however long that took; the order does not stay stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.domain.status import AttemptState
from posapp.store.errors import LedgerError
from tests.scripted_gateway import late
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from posapp.domain.order import Attempt
    from tests.unit.services.bench import Bench


def _answered_on_a_full_disk(bench: Bench) -> Attempt:
    bench.watch()
    bench.gateway.next("create", late(2))
    attempt = bench.services.checkout.begin(AMOUNT).leading
    bench.till.background(bench.services.checkout.create(bench.order(attempt.order_id)))
    bench.let_pass(1)
    bench.till.break_ledger(broken=True)
    bench.let_pass(60)
    assert [type(error) for error in bench.till.failures] == [LedgerError]
    assert bench.attempt(attempt.merchant_order_id).state is AttemptState.CREATING
    return attempt


def test_the_code_is_there_once_the_disk_has_room_again(bench: Bench) -> None:
    attempt = _answered_on_a_full_disk(bench)
    bench.till.break_ledger(broken=False)
    bench.let_pass(6)
    shown = bench.services.checkout.show(attempt.merchant_order_id).leading
    assert shown.code == bench.truth.handed_out[attempt.merchant_order_id]
    bench.truth.pay(attempt.merchant_order_id)
    bench.let_pass(60)
    assert bench.attempt(attempt.merchant_order_id).state is AttemptState.SUCCEEDED
    assert bench.truth.posts[attempt.merchant_order_id] == 1


def test_a_program_that_ends_before_that_asks_at_its_next_start(bench: Bench) -> None:
    attempt = _answered_on_a_full_disk(bench)
    bench.till.stop()
    bench.till = bench.new_process()
    bench.watch()
    bench.let_pass(10)
    assert bench.attempt(attempt.merchant_order_id).state is AttemptState.ORPHAN
    assert bench.truth.posts[attempt.merchant_order_id] == 1
