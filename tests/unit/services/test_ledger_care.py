"""A ledger in trouble comes back by itself, and only once a write has proved it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from posapp.domain.till import HealthState
from posapp.services.ledger_care import LONGEST_S, LOOK_S
from posapp.store.errors import LedgerError
from posapp.store.ledger import Ledger
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from tests.conftest import ExpectedWarnings
    from tests.unit.services.bench import Bench

BROKEN = LedgerError("ledger_failed", "The disk reports an error.")


def refused(bench: Bench) -> str:
    with pytest.raises(LedgerError) as caught:
        bench.services.checkout.begin(AMOUNT)
    return caught.value.code


def test_a_ledger_that_works_is_left_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ledger, "mend", None)
    bench.watch()
    bench.let_pass(600)
    assert bench.till.failures == []


def test_a_disk_that_was_full_is_found_to_have_room_though_nobody_sells(bench: Bench) -> None:
    bench.watch()
    bench.till.break_ledger(broken=True)
    assert refused(bench) == "ledger_read_only"
    bench.let_pass(60)
    assert bench.services.health.current.state is HealthState.LEDGER
    bench.till.break_ledger(broken=False)
    bench.let_pass(LONGEST_S + 1)
    assert bench.services.health.current.state is not HealthState.LEDGER
    assert bench.services.checkout.begin(AMOUNT).order.money == AMOUNT


def test_a_disk_that_failed_is_trusted_after_a_look_and_meanwhile_open_orders_are_asked_about(
    bench: Bench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("not written any more")
    bench.watch()
    attempt = bench.charge_and_show()
    bench.till.ledger.distrust(BROKEN)
    bench.truth.pay(attempt.merchant_order_id)
    bench.let_pass(LOOK_S - 1)
    assert refused(bench) == "ledger_failed"
    assert bench.gateway.queries()
    assert not bench.till.ledger.connection.in_transaction
    assert bench.attempt(attempt.merchant_order_id).state == attempt.state, "nothing is green that is not durable"
    bench.let_pass(LONGEST_S)
    assert bench.services.health.current.state is not HealthState.LEDGER
    assert bench.attempt(attempt.merchant_order_id).state == "SUCCEEDED"


def test_it_is_tried_ever_more_rarely(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []

    def fail(_self: Ledger) -> None:
        tried.append(bench.loop.time())
        raise BROKEN

    monkeypatch.setattr(Ledger, "mend", fail)
    bench.watch()
    bench.services.health.ledger_failed("ledger_failed")
    bench.let_pass(300)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert pauses[0] == pytest.approx(2 * LOOK_S)
    assert pauses[-1] == pytest.approx(LONGEST_S)
