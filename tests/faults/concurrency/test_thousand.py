"""X8: a thousand open orders: nobody starves, the code on screen comes first, the budget and the cap hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.status import AttemptState
from posapp.store.orders import OrderStore
from tests.fakes import an_attempt, an_order
from tests.scripted_gateway import Payment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.services.bench import Bench

pytestmark = [pytest.mark.xdist_group("faults-concurrency"), pytest.mark.timeout(300)]

ORDERS, QUICK = 1_000, 300
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
CAP = 4
RATE = 2.0
"""Questions a second that all of them share."""
SPARE = 0.2
"""How much of the time of a round may be lost to jitter and to whoever is more urgent."""


def open_orders(bench: Bench, age_s: float, count: int = ORDERS) -> set[str]:
    """Put shown and unpaid orders of that age into the ledger and the gateway's truth."""
    store, at = OrderStore(bench.till.ledger), bench.clock.now() - timedelta(seconds=age_s)
    for number in range(1, count + 1):
        fresh = an_attempt(number, created_at=at)
        ref, gateway_id = fresh.merchant_order_id, f"G{number:06}"
        code = PaymentCode(CodeKind.SCAN, f"https://pay.example/{ref}")
        created = replace(fresh, state=AttemptState.CREATED, code=code, gateway_id=gateway_id)
        store.add(an_order(number, at=at), fresh, bench.till.owner.name)
        store.change(fresh, created, at)
        store.change(created, replace(created, state=AttemptState.PENDING, shown_at=at), at)
        paid = Payment(ref, gateway_id, fresh.request_id, fresh.money.to_decimal(), "HKD", code)
        bench.truth.payments[ref], bench.truth.handed_out[ref] = paid, code
    return set(bench.truth.payments)


def longest_silence(bench: Bench, refs: set[str], began: float) -> float:
    """Return the longest that any of these orders was left alone since `began`, in seconds."""
    ends = dict.fromkeys(refs, began)
    longest = 0.0
    for call in sorted(bench.gateway.queries(), key=lambda call: call.began):
        if call.ref in ends and call.ended >= began:
            longest = max(longest, call.began - ends[call.ref])
            ends[call.ref] = call.ended
    return max(longest, *(bench.loop.time() - end for end in ends.values()))


def check_limits(bench: Bench) -> None:
    """Check what holds whoever is asked about: the cap, one question an order, two requests a second."""
    begins = sorted(call.began for call in bench.gateway.queries())
    assert bench.gateway.most_at_once <= CAP
    assert bench.gateway.crowd == 1
    # A bucket of two holds over any span: no burst after however quiet a minute.
    for span in (1, 10, 100):
        most = max(
            sum(begins[place] <= other < begins[place] + span for other in begins[place : place + 500])
            for place in range(len(begins))
        )
        assert most <= RATE * span + 2, f"{most} questions within {span} s"


@pytest.mark.campaign
@pytest.mark.parametrize("age_s,interval_s", [(0.0, 10.0), (HOUR, 60.0), (DAY / 2, 600.0), (3 * DAY, HOUR)], ids=str)
def test_x8_of_a_thousand_open_orders_nobody_is_left_alone_for_two_intervals(
    bench: Bench, age_s: float, interval_s: float, figure: Callable[[str], None]
) -> None:
    """The interval is each order's own, or one round of the whole budget where that is longer."""
    refs = open_orders(bench, age_s)
    bench.watch()
    began = bench.loop.time()
    round_s = max(interval_s * 1.1, ORDERS / RATE)
    bench.let_pass(2.5 * round_s)
    silence = longest_silence(bench, refs, began)
    assert silence <= 2 * max(interval_s, ORDERS / RATE)
    assert silence <= (1 + SPARE) * round_s, "nobody should have to wait much longer than a round"
    check_limits(bench)
    asked = len(bench.gateway.queries()) / (bench.loop.time() - began)
    figure(f"1,000 orders asked every {interval_s:.0f} s: longest wait {silence:.0f} s at {asked:.2f} questions/s")


def test_x8_the_code_on_screen_comes_before_a_thousand_others(
    bench: Bench, campaign: bool, figure: Callable[[str], None]
) -> None:
    count = ORDERS if campaign else QUICK
    refs = open_orders(bench, 0.0, count)
    bench.watch()
    bench.let_pass(30)
    shown = bench.charge_and_show()
    began = bench.loop.time()
    bench.let_pass(80)
    waits = longest_silence(bench, {shown.merchant_order_id}, began)
    # Its own interval of 2 s with its jitter, and at worst two turns of the budget.
    assert waits <= 2.2 + 2 / RATE + 0.1
    bench.let_pass(2 * count / RATE)
    assert longest_silence(bench, refs, began) <= 2 * count / RATE
    bench.truth.pay(shown.merchant_order_id)
    paid_at = bench.loop.time()
    while bench.attempt(shown.merchant_order_id).state is not AttemptState.SUCCEEDED:
        bench.let_pass(0.1)
    # Ten minutes on screen by now: every 10 s.
    assert bench.loop.time() - paid_at <= 12
    check_limits(bench)
    figure(f"the shown one of {count + 1:,} open orders waited {waits:.1f} s at most")
