"""The watcher in virtual time: who is asked when, within one budget, whatever the gateway does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.status import AttemptState
from posapp.domain.till import HealthState
from posapp.gateways.base import ReportedStatus
from posapp.gateways.errors import RateLimited
from posapp.services.events import HealthChanged
from posapp.store.errors import LedgerError
from posapp.store.orders import OrderStore
from tests.fakes import NOON, an_attempt, an_order
from tests.scripted_gateway import (
    Fate,
    Mischief,
    Payment,
    auth_failed,
    bug,
    held,
    http_5xx,
    late,
    lost_after,
    lost_before,
    malformed,
    not_found,
    not_sent,
    rate_limited,
    refused,
)

if TYPE_CHECKING:
    from posapp.domain.order import Attempt
    from tests.scripted_gateway import Call
    from tests.unit.services.bench import Bench

S = AttemptState
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
ROUND_TRIP = 0.05


def put_order(bench: Bench, number: int, *, age_s: float = 0.0) -> Attempt:
    """Put an order into the ledger as an earlier run left it, and its payment into the gateway's truth."""
    store = OrderStore(bench.till.ledger)
    at = bench.clock.now() - timedelta(seconds=age_s)
    attempt = an_attempt(number, created_at=at)
    store.add(an_order(number, at=at), attempt, bench.till.owner.name)
    code = PaymentCode(CodeKind.SCAN, f"https://pay.example/{attempt.merchant_order_id}")
    gateway_id = f"G{number:06}"
    became = replace(attempt, state=S.CREATED, code=code, gateway_id=gateway_id)
    store.change(attempt, became, at)
    bench.truth.payments[attempt.merchant_order_id] = Payment(
        attempt.merchant_order_id, gateway_id, attempt.request_id, attempt.money.to_decimal(), "HKD", code
    )
    bench.truth.handed_out[attempt.merchant_order_id] = code
    return became


def put_shown(bench: Bench, number: int, *, age_s: float = 0.0) -> Attempt:
    """Put an order into the ledger whose code was shown."""
    created = put_order(bench, number, age_s=age_s)
    shown = replace(created, state=S.PENDING, shown_at=created.created_at)
    OrderStore(bench.till.ledger).change(created, shown, created.created_at)
    return shown


def put_unknown(bench: Bench, number: int, *, age_s: float = 0.0, days: int = 0) -> Attempt:
    """Put an order into the ledger whose outcome nobody knows; the gateway did not know it on so many days already."""
    store = OrderStore(bench.till.ledger)
    at = bench.clock.now() - timedelta(seconds=age_s)
    attempt = an_attempt(number, created_at=at)
    store.add(an_order(number, at=at), attempt, bench.till.owner.name)
    unknown = replace(attempt, state=S.UNKNOWN)
    store.change(attempt, unknown, at)
    for day in range(days):
        store.note(unknown, "not_found", {}, at + timedelta(days=day))
    return unknown


def gaps(calls: list[Call], began: float) -> list[float]:
    """Return how long after each end (or after `began`) the next question left."""
    ends = [began, *(call.ended for call in calls)]
    return [call.began - end for call, end in zip(calls, ends, strict=False)]


# --- the code on screen ----------------------------------------------------------------------------------


def test_a_shown_code_is_asked_about_after_two_seconds_and_then_from_the_end_of_each_answer(bench: Bench) -> None:
    bench.watch()
    bench.gateway.weather["query"] = late(1.5)  # far from nothing, so that "from the end" can be told
    attempt = bench.charge_and_show()
    shown = bench.loop.time()
    bench.let_pass(700)
    calls = bench.gateway.queries(attempt.merchant_order_id)
    waits = gaps(calls, shown)
    assert waits[0] == pytest.approx(2.0)
    for call, wait in list(zip(calls, waits, strict=True))[1:]:
        age = call.began - wait - shown
        wanted = 2.0 if age < 90 else 3.0 if age < 180 else 5.0 if age < 600 else 10.0
        assert 0.9 * wanted - 0.001 <= wait <= 1.1 * wanted + 0.001, f"at {age:.1f} s"
    assert len({round(wait, 3) for wait in waits}) > 20, "no jitter"


def test_the_mean_delay_to_green_is_half_the_interval_and_the_round_trip(bench: Bench) -> None:
    bench.watch()
    delays: list[float] = []
    moments = 20
    for number in range(moments):
        attempt = bench.charge_and_show()
        while not bench.gateway.queries(attempt.merchant_order_id):
            bench.let_pass(0.05)
        bench.let_pass(2.0 * (number + 0.5) / moments)  # every moment between two questions comes up once
        bench.truth.pay(attempt.merchant_order_id)
        paid = bench.loop.time()
        while bench.order(attempt.order_id).leading.state is not S.SUCCEEDED:
            bench.let_pass(0.02)
        delays.append(bench.loop.time() - paid)
    assert sum(delays) / len(delays) <= (1.0 + ROUND_TRIP) * 1.15
    assert max(delays) <= 2.2 + 2 * ROUND_TRIP


def test_a_code_put_on_screen_later_is_asked_about_from_then(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge().leading
    bench.services.checkout.show(attempt.merchant_order_id)
    bench.let_pass(8)
    assert bench.gateway.queries() == []
    bench.services.watcher.put_on_screen(attempt.order_id)
    began = bench.loop.time()
    bench.let_pass(2.5)
    assert gaps(bench.gateway.queries(), began) == [pytest.approx(2.0)]


def test_saying_the_same_again_changes_nothing(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    began = bench.loop.time()
    for _ in range(6):
        bench.let_pass(0.5)
        bench.services.watcher.put_on_screen(attempt.order_id)
    assert gaps(bench.gateway.queries(), began) == [pytest.approx(2.0)]


def test_off_the_screen_it_is_asked_about_less_often(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.let_pass(20)
    bench.services.watcher.put_on_screen(None)
    before = len(bench.gateway.queries())
    bench.let_pass(100)
    assert 8 <= len(bench.gateway.queries(attempt.merchant_order_id)) - before <= 12


def test_giving_up_lowers_the_class_and_showing_again_raises_it(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.let_pass(5)
    bench.run(bench.services.checkout.give_up(attempt.order_id))
    bench.let_pass(5)
    before = len(bench.gateway.queries())
    bench.let_pass(100)
    assert 8 <= len(bench.gateway.queries()) - before <= 12
    bench.services.checkout.show(attempt.merchant_order_id)
    began = bench.loop.time()
    before = len(bench.gateway.queries())
    bench.let_pass(20)
    assert gaps(bench.gateway.queries()[before:], began)[0] == pytest.approx(2.0)
    assert len(bench.gateway.queries()) - before >= 8


def test_an_unseen_code_on_the_page_is_not_a_shown_one(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge().leading
    bench.services.watcher.put_on_screen(attempt.order_id)
    bench.let_pass(8.5)
    assert bench.gateway.queries() == []
    bench.services.checkout.show(attempt.merchant_order_id)
    bench.let_pass(2.1)
    assert len(bench.gateway.queries()) == 1


# --- not on screen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "age, wanted", [(0, 10), (16 * MINUTE, 60), (3 * HOUR, 600), (2 * DAY, HOUR), (8 * DAY, DAY), (20 * DAY, DAY)]
)
def test_the_older_the_rarer(bench: Bench, monkeypatch: pytest.MonkeyPatch, age: float, wanted: float) -> None:
    monkeypatch.setattr("posapp.services.watcher.TICK_S", 14.0)  # days pass faster so
    attempt = put_shown(bench, 1, age_s=age)
    bench.watch()
    began = bench.loop.time()
    bench.let_pass(3.5 * wanted)
    waits = gaps(bench.gateway.queries(attempt.merchant_order_id), began)
    assert waits[0] == pytest.approx(0, abs=0.001)  # a start asks at once
    assert 3 <= len(waits) <= 5
    assert all(0.9 * wanted <= wait <= 1.1 * wanted + 0.001 for wait in waits[1:])


def test_an_unknown_outcome_is_asked_about_in_quick_succession(bench: Bench) -> None:
    bench.watch()
    bench.gateway.next("create", lost_before())
    attempt = bench.charge().leading
    began = bench.loop.time()
    assert attempt.state is S.UNKNOWN
    bench.let_pass(120)
    waits = gaps(bench.gateway.queries(attempt.merchant_order_id), began)
    for wait, wanted in zip(waits, [1, 2, 4, 8, 15, 30, 10, 10, 10], strict=False):
        assert 0.9 * wanted - 0.001 <= wait <= 1.1 * wanted + 0.001
    assert len(waits) >= 9
    assert bench.attempt(attempt.merchant_order_id).state is S.UNKNOWN


def test_an_unknown_outcome_lapses_at_the_tails_end_and_not_before(bench: Bench) -> None:
    young = put_unknown(bench, 1, age_s=14 * DAY - HOUR, days=13)
    seldom_asked = put_unknown(bench, 2, age_s=14 * DAY + HOUR, days=5)
    old = put_unknown(bench, 3, age_s=14 * DAY + HOUR, days=6)
    bench.watch()
    bench.let_pass(3)
    assert bench.attempt(young.merchant_order_id).state is S.UNKNOWN
    assert bench.attempt(seldom_asked.merchant_order_id).state is S.UNKNOWN
    assert bench.attempt(old.merchant_order_id).state is S.LAPSED


def test_silence_lets_nothing_lapse(bench: Bench) -> None:
    old = put_unknown(bench, 1, age_s=15 * DAY, days=14)
    bench.gateway.weather["query"] = http_5xx()
    bench.watch()
    bench.let_pass(60)
    assert len(bench.gateway.queries()) > 1
    assert bench.attempt(old.merchant_order_id).state is S.UNKNOWN


def test_a_lapsed_one_is_asked_about_no_more_unless_a_person_does(bench: Bench) -> None:
    old = put_unknown(bench, 1, age_s=15 * DAY, days=14)
    bench.watch()
    bench.let_pass(60)
    assert len(bench.gateway.queries()) == 1
    snapshot = bench.run(bench.services.checkout.ask(old.order_id))
    assert snapshot.leading.state is S.LAPSED
    assert len(bench.gateway.queries()) == 2


def test_a_cancelled_code_that_was_shown_is_asked_about_for_a_week(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.services.watcher.TICK_S", 14.0)
    attempt = put_shown(bench, 1)
    bench.truth.cancel(attempt.merchant_order_id)
    bench.watch()
    bench.let_pass(1)
    ended = bench.loop.time() - 1
    bench.let_pass(8.5 * DAY)
    ages = [call.began - ended for call in bench.gateway.queries()[1:]]
    assert len(ages) == 9
    due = [300, HOUR, *(day * DAY for day in range(1, 8))]
    for age, wanted, before in zip(ages, due, [0, *due], strict=False):
        assert wanted <= age <= wanted + 0.1 * (wanted - before) + 15
    assert bench.services.health.current.watched == 1


def test_a_cancelled_code_that_is_paid_after_all_rings(bench: Bench) -> None:
    attempt = put_shown(bench, 1)
    bench.truth.cancel(attempt.merchant_order_id)
    bench.watch()
    bench.let_pass(100)
    bench.truth.force(attempt.merchant_order_id, Fate.PAID)
    bench.let_pass(300)
    assert bench.attempt(attempt.merchant_order_id).state is S.SUCCEEDED
    assert [snapshot.leading.merchant_order_id for snapshot in bench.till.rung()] == [attempt.merchant_order_id]


def test_a_cancelled_code_that_nobody_saw_is_left_alone(bench: Bench) -> None:
    attempt = put_order(bench, 1)
    bench.truth.cancel(attempt.merchant_order_id)
    bench.watch()
    bench.let_pass(2 * HOUR)
    assert len(bench.gateway.queries()) == 1


def test_a_start_takes_up_cancelled_ones_of_the_last_week_only(bench: Bench) -> None:
    for number, age in ((1, 2 * HOUR), (2, 8 * DAY), (3, 7.5 * DAY)):
        attempt = put_shown(bench, number, age_s=age)
        ended = replace(attempt, state=S.CANCELLED, final_at=attempt.created_at)
        OrderStore(bench.till.ledger).change(attempt, ended, attempt.created_at)
    bench.watch()
    bench.let_pass(5)
    assert bench.services.health.current.watched == 1
    assert bench.gateway.queries() == []


# --- budget and fairness ---------------------------------------------------------------------------------


def most_within(calls: list[Call], seconds: float) -> int:
    """Return the most questions that left within any span of so many seconds."""
    begins = sorted(call.began for call in calls)
    return max(sum(1 for other in begins if begin <= other < begin + seconds) for begin in begins)


def test_a_thousand_open_orders_share_one_budget_and_nobody_starves(bench: Bench) -> None:
    attempts = [put_shown(bench, number) for number in range(1, 1001)]
    bench.watch()
    bench.let_pass(0.1)
    shown = bench.charge_and_show()
    on_screen = bench.loop.time()
    bench.let_pass(600)
    calls = bench.gateway.queries()
    assert bench.gateway.most_at_once <= 4
    assert bench.gateway.crowd == 1
    assert most_within(calls, 1.0) <= 4
    assert most_within(calls, 100.0) <= 202
    assert len(calls) >= 2 * 590
    asked = {call.ref for call in calls}
    assert {attempt.merchant_order_id for attempt in attempts} <= asked
    waits = gaps(bench.gateway.queries(shown.merchant_order_id), on_screen)
    # Its own interval, and at worst two turns of the budget.
    assert max(waits[:30]) <= 2.2 + 2 * 0.5 + 0.001, "the shown code waits for the crowd"


def test_who_waits_longest_keeps_a_tenth_whatever_is_more_urgent(bench: Bench) -> None:
    background = [put_shown(bench, number, age_s=HOUR) for number in range(1, 6)]
    for number in range(100, 200):
        put_unknown(bench, number)
    bench.watch()
    bench.let_pass(120)
    refs = {attempt.merchant_order_id for attempt in background}
    assert sum(call.ref in refs for call in bench.gateway.queries()) >= 5


def test_no_more_than_four_questions_are_on_their_way(bench: Bench) -> None:
    for number in range(1, 30):
        put_shown(bench, number)
    bench.gateway.weather["query"] = late(7)
    bench.watch()
    bench.let_pass(60)
    assert bench.gateway.most_at_once == 4
    assert len(bench.gateway.queries()) >= 4 * 7


def test_what_a_person_asks_counts_against_the_budget(bench: Bench) -> None:
    attempts = [put_shown(bench, number) for number in range(1, 21)]
    bench.watch()
    bench.let_pass(30)
    began = bench.loop.time()

    async def impatient() -> None:
        for attempt in attempts:
            await bench.services.checkout.ask(attempt.order_id)

    bench.run(impatient())
    bench.let_pass(10)
    calls = [call for call in bench.gateway.queries() if call.began >= began]
    assert len(calls) <= 2 + 2 * 11 + 1, "the watcher went on as if nobody had asked"


def test_a_question_in_flight_is_shared_by_whoever_asks(bench: Bench) -> None:
    attempt = put_shown(bench, 1)
    until = asyncio.Event()
    bench.gateway.next("query", held(until))
    bench.watch()  # the start's own sweep asks
    bench.let_pass(1)

    async def ask_thrice() -> None:
        asking = [asyncio.ensure_future(bench.services.checkout.ask(attempt.order_id)) for _ in range(3)]
        await asyncio.sleep(5)
        bench.truth.pay(attempt.merchant_order_id)
        until.set()
        await asyncio.gather(*asking)

    bench.run(ask_thrice())
    assert bench.gateway.crowd == 1
    assert len(bench.gateway.queries()) == 1


# --- failures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [not_sent(), lost_before(), http_5xx(), malformed(), auth_failed()])
def test_a_silent_gateway_is_probed_now_and_then_by_everybody_together(bench: Bench, trouble: Mischief) -> None:
    for number in range(1, 21):
        put_shown(bench, number)
    bench.gateway.weather["query"] = trouble
    bench.watch()
    bench.let_pass(60)
    began = bench.loop.time()
    bench.let_pass(600)
    calls = [call for call in bench.gateway.queries() if call.began >= began]
    assert 40 <= len(calls) <= 86
    waits = gaps(calls, began)[1:]
    assert min(waits) >= 7 - 0.001
    assert max(waits) <= 11 + 0.001
    bench.gateway.weather.clear()
    bench.let_pass(11 + 5 + 10)
    assert {call.ref for call in bench.gateway.queries() if not call.failed} == set(bench.truth.payments)


def test_a_lonely_order_is_asked_again_soon_after_the_network_is_back(bench: Bench) -> None:
    attempt = put_shown(bench, 1)
    bench.gateway.weather["query"] = not_sent()
    bench.watch()
    bench.let_pass(HOUR)
    bench.truth.pay(attempt.merchant_order_id)
    bench.gateway.weather.clear()
    bench.let_pass(11)
    assert bench.attempt(attempt.merchant_order_id).state is S.SUCCEEDED


def test_a_failed_poll_backs_off_and_the_payment_stays_what_it_was(bench: Bench) -> None:
    attempt = put_shown(bench, 1)
    bench.gateway.next("query", http_5xx(), http_5xx(), http_5xx())
    bench.watch()
    bench.let_pass(0.5)
    assert bench.attempt(attempt.merchant_order_id) == attempt
    bench.let_pass(60)
    assert bench.attempt(attempt.merchant_order_id) == replace(attempt)
    assert [call.failed for call in bench.gateway.queries()][:4] == [True, True, True, False]


def test_a_definite_no_backs_off_and_is_no_silence(bench: Bench) -> None:
    put_shown(bench, 1)
    bench.gateway.weather["query"] = refused()
    bench.watch()
    bench.let_pass(200)
    assert bench.services.health.current.state is HealthState.ANSWERING
    assert 2 <= len(bench.gateway.queries()) < 60


def test_a_429_is_one_gate_for_all_with_a_cap_for_the_shown_code(bench: Bench) -> None:
    for number in range(1, 11):
        put_shown(bench, number)
    bench.watch()
    shown = bench.charge_and_show()
    bench.let_pass(20)
    bench.gateway.next("query", rate_limited(3600.0))
    while not bench.gateway.queries()[-1].failed:
        bench.let_pass(0.01)
    began = bench.loop.time()
    assert bench.services.health.current.state is HealthState.SLOW_DOWN
    bench.let_pass(700)
    calls = [call for call in bench.gateway.queries() if call.began > began]
    first_shown = next(call.began for call in calls if call.ref == shown.merchant_order_id) - began
    first_other = next(call.began for call in calls if call.ref != shown.merchant_order_id) - began
    assert first_shown == pytest.approx(60, abs=1.2)
    assert first_other == pytest.approx(600, abs=1.2)


def test_a_429_slows_the_shown_code_down_for_a_while(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.gateway.next("query", rate_limited(0.0))
    bench.let_pass(3)
    began = bench.loop.time()
    bench.let_pass(60)
    slow = gaps(bench.gateway.queries(attempt.merchant_order_id)[1:], began)[1:]
    assert min(slow) >= 0.9 * 7
    bench.let_pass(500)
    quick = gaps(bench.gateway.queries(attempt.merchant_order_id)[-5:], began)[1:]
    assert max(quick) <= 1.1 * 2.5 * (2 + 5 / 8)


@pytest.mark.parametrize("call", ["query", "create"])
def test_a_429_that_a_person_hears_slows_the_watcher_down_too(bench: Bench, call: str) -> None:
    put_shown(bench, 1)
    other = put_shown(bench, 2)
    bench.watch()
    bench.let_pass(30)
    bench.gateway.next(call, rate_limited(300.0))
    if call == "create":
        bench.charge()
    else:
        with pytest.raises(RateLimited):
            bench.run(bench.services.checkout.ask(other.order_id))
    began = bench.loop.time()
    bench.let_pass(290)
    assert [asked for asked in bench.gateway.queries() if asked.began > began] == []
    bench.let_pass(30)
    assert [asked for asked in bench.gateway.queries() if asked.began > began] != []


def test_odd_answers_about_one_order_slow_nobody_else_down(bench: Bench) -> None:
    put_shown(bench, 1)
    bench.gateway.weather["query"] = malformed()
    bench.watch()
    while len(bench.gateway.queries()) < 8:
        bench.let_pass(0.1)
    other = bench.charge_and_show()  # right after an odd answer: an open circuit would let nobody ask for 7 s and more
    began = bench.loop.time()
    bench.let_pass(5)
    assert bench.gateway.queries(other.merchant_order_id)[0].began - began == pytest.approx(2.0)


def test_another_gateways_orders_do_not_pass_for_a_gateway_that_is_back(bench: Bench) -> None:
    """Nobody is asked about them. Were the circuit closed by them, the others would wait out their long pauses."""
    store = OrderStore(bench.till.ledger)
    for number in range(1, 7):
        put_shown(bench, number)
    for number in range(7, 20):
        foreign = an_attempt(number, provider="airwallex", created_at=bench.clock.now())
        store.add(an_order(number, at=bench.clock.now()), foreign, bench.till.owner.name)
        store.change(foreign, replace(foreign, state=S.UNKNOWN), bench.clock.now())
    bench.gateway.weather["query"] = not_sent()
    bench.watch()
    bench.let_pass(1200)
    bench.gateway.weather.clear()
    bench.let_pass(25)
    assert {call.ref for call in bench.gateway.queries() if not call.failed} == set(bench.truth.payments)


def test_a_turned_clock_does_not_age_what_is_watched(bench: Bench) -> None:
    bench.watch()
    bench.gateway.next("create", lost_after())
    attempt = bench.charge().leading
    bench.clock.turn_wall(2 * HOUR)
    bench.let_pass(10)
    assert bench.attempt(attempt.merchant_order_id).state is S.ORPHAN
    asked = len(bench.gateway.queries())
    bench.let_pass(60)
    assert len(bench.gateway.queries()) - asked >= 5, "asked about every 10 s, as befits an order of this minute"


def test_a_bug_about_one_order_is_reported_and_the_others_are_asked_about(bench: Bench) -> None:
    put_shown(bench, 1)
    bench.gateway.next("query", bug())
    bench.watch()
    bench.let_pass(0.5)
    assert [str(complaint["exception"]) for complaint in bench.loop.complaints] == ["a bug in the adapter"]
    bench.loop.complaints.clear()
    put = put_shown(bench, 2)
    bench.services.watcher.reload()
    bench.let_pass(1)
    assert bench.gateway.queries(put.merchant_order_id)
    bench.let_pass(20)
    assert [call.failed for call in bench.gateway.queries()][:1] == [True]


def test_an_answer_that_cannot_be_written_is_asked_for_again(bench: Bench) -> None:
    attempt = put_shown(bench, 1)
    bench.truth.pay(attempt.merchant_order_id)
    bench.till.break_ledger(broken=True)
    bench.watch()
    bench.let_pass(30)
    assert bench.attempt(attempt.merchant_order_id).state is S.PENDING
    assert bench.services.health.current.state is HealthState.LEDGER
    asked = len(bench.gateway.queries())
    assert 2 <= asked <= 20
    bench.till.break_ledger(broken=False)
    bench.let_pass(301)
    assert bench.attempt(attempt.merchant_order_id).state is S.SUCCEEDED
    assert bench.services.health.current.state is not HealthState.LEDGER


# --- events ----------------------------------------------------------------------------------------------


def test_a_start_asks_about_everything_at_once_and_counts_it(bench: Bench) -> None:
    for number in range(1, 4):
        put_shown(bench, number, age_s=10 * DAY)
    bench.watch()
    assert bench.services.health.current.watched == 3
    bench.let_pass(1)
    assert {call.ref for call in bench.gateway.queries()} == set(bench.truth.payments)


@pytest.mark.parametrize("slept", [30.0, 8 * HOUR])
def test_after_sleep_everything_is_asked_about_within_five_seconds(bench: Bench, slept: float) -> None:
    for number in range(1, 4):
        put_shown(bench, number, age_s=2 * DAY)
    bench.watch()
    bench.let_pass(5)
    before = len(bench.gateway.queries())
    bench.clock.turn_wall(slept)  # suspended: the steady clock stood still
    bench.let_pass(5)
    calls = bench.gateway.queries()[before:]
    assert {call.ref for call in calls} == set(bench.truth.payments)
    assert len(calls) == 3, "eight hours of polls are not made up for"


def test_a_small_step_of_the_clock_is_no_sleep(bench: Bench) -> None:
    put_shown(bench, 1, age_s=2 * DAY)
    bench.watch()
    bench.let_pass(5)
    for step in (10.0, -7200.0, -10.0):
        bench.clock.turn_wall(step)
        bench.let_pass(5)
    assert len(bench.gateway.queries()) == 1


def test_a_clock_turned_back_stalls_nothing(bench: Bench) -> None:
    bench.watch()
    bench.charge_and_show()
    bench.let_pass(10)
    before = len(bench.gateway.queries())
    bench.clock.turn_wall(-366 * DAY)
    bench.let_pass(20)
    assert 8 <= len(bench.gateway.queries()) - before <= 11


def test_what_another_process_adds_is_announced_and_watched(bench: Bench) -> None:
    bench.watch()
    other = bench.new_process()
    snapshot = bench.run(other.services.checkout.create(other.services.checkout.begin(an_order(1).money)))
    shown = other.services.checkout.show(snapshot.leading.merchant_order_id)
    bench.let_pass(1.1)
    assert bench.till.orders()[shown.order.order_id] == bench.order(shown.order.order_id)
    bench.truth.pay(snapshot.leading.merchant_order_id)
    bench.let_pass(12)
    assert bench.gateway.queries(snapshot.leading.merchant_order_id)
    assert bench.till.orders()[shown.order.order_id].leading.state is S.SUCCEEDED
    other.stop()


def test_what_another_process_moves_on_is_announced(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    other = bench.new_process()
    bench.gateway.weather["query"] = not_found()
    bench.truth.pay(attempt.merchant_order_id)
    bench.run(other.services.checkout.ask(attempt.order_id))
    bench.let_pass(1.1)
    assert bench.till.orders()[attempt.order_id].leading.state is S.SUCCEEDED
    before = len(bench.gateway.queries())
    bench.let_pass(10)
    assert len(bench.gateway.queries()) == before, "it is final and still asked about"
    other.stop()


def test_what_another_process_finds_paid_too_late_rings_here(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.run(bench.services.checkout.give_up(attempt.order_id))
    bench.gateway.weather["query"] = not_found()
    other = bench.new_process()
    bench.truth.pay(attempt.merchant_order_id)
    bench.run(other.services.refresh())
    bench.let_pass(1.1)
    assert [snapshot.order.order_id for snapshot in bench.till.rung()] == [attempt.order_id]
    bench.let_pass(60)
    assert len(bench.till.rung()) == 1
    other.stop()


def test_what_another_process_gives_up_is_asked_about_less_often(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    other = bench.new_process()
    bench.run(other.services.checkout.give_up(attempt.order_id))
    bench.let_pass(2)
    before = len(bench.gateway.queries())
    bench.let_pass(60)
    assert len(bench.gateway.queries()) - before <= 7
    assert bench.till.orders()[attempt.order_id].leading.given_up_at is not None
    other.stop()


def test_what_could_not_be_adopted_is_adopted_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.watch()
    attempt = put_shown(bench, 1)  # behind the watcher's back
    other = bench.new_process()
    shop = OrderStore(other.ledger)
    shop.note(attempt, "noted", {}, NOON)  # the file changes

    def failing(_self: OrderStore, _seq: int) -> list[Attempt]:
        raise LedgerError("ledger_failed", "the disk reports an error")

    with monkeypatch.context() as patch:
        patch.setattr(OrderStore, "changes_since", failing)
        bench.let_pass(3)
        assert bench.services.health.current.state is HealthState.LEDGER
        told = [event for event in bench.till.events if isinstance(event, HealthChanged)]
        assert len(told) <= 2, "the same trouble is told again and again"
    bench.let_pass(1.1)
    assert bench.till.orders()[attempt.order_id].leading == attempt
    assert bench.services.health.current.state is not HealthState.LEDGER
    other.stop()


def test_an_order_that_cannot_be_found_any_more_is_not_announced(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    other = bench.new_process()
    bench.run(other.services.checkout.give_up(attempt.order_id))

    def gone(_self: OrderStore, _id: str) -> None:
        """Find nothing."""

    with monkeypatch.context() as patch:
        patch.setattr(OrderStore, "snapshot", gone)
        bench.let_pass(1.1)
    assert bench.till.orders()[attempt.order_id].leading == attempt
    other.stop()


def test_a_failure_about_what_became_final_meanwhile_brings_it_back_onto_no_list(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    until = asyncio.Event()
    bench.gateway.next("query", replace(http_5xx(), held=until))
    bench.let_pass(2.5)
    other = bench.new_process()
    bench.truth.pay(attempt.merchant_order_id)
    bench.run(other.services.checkout.ask(attempt.order_id))
    bench.let_pass(1.5)
    until.set()
    bench.let_pass(30)
    assert len(bench.gateway.queries()) == 1
    assert bench.services.health.current.watched == 0
    other.stop()


def test_an_order_whose_rows_are_gone_is_left_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    other = bench.new_process()
    OrderStore(other.ledger).note(attempt, "noted", {}, NOON)

    def gone(_self: OrderStore, _id: str) -> None:
        """Find nothing: somebody replaced the file by hand."""

    with monkeypatch.context() as patch:
        patch.setattr(OrderStore, "attempt", gone)
        patch.setattr(OrderStore, "snapshot", gone)
        bench.let_pass(1.1)
    assert bench.till.orders()[attempt.order_id].leading == attempt
    other.stop()


# --- asking once -----------------------------------------------------------------------------------------


def test_asking_once_asks_everybody_within_the_budget_and_counts_the_silent(bench: Bench) -> None:
    attempts = [put_shown(bench, number) for number in range(1, 12)]
    cancelled = replace(attempts[0], state=S.CANCELLED, final_at=bench.clock.now())
    OrderStore(bench.till.ledger).change(attempts[0], cancelled, bench.clock.now())
    bench.truth.pay(attempts[5].merchant_order_id)
    bench.gateway.next("query", http_5xx(), refused())
    began = bench.loop.time()
    assert bench.run(bench.services.refresh()) == 2
    assert len(bench.gateway.queries()) == 10
    assert bench.loop.time() - began >= 4
    assert most_within(bench.gateway.queries(), 1.0) <= 4
    assert bench.attempt(attempts[5].merchant_order_id).state is S.SUCCEEDED


def test_asking_once_stops_at_a_silent_gateway(bench: Bench) -> None:
    for number in range(1, 31):
        put_shown(bench, number)
    bench.gateway.weather["query"] = lost_before()
    assert bench.run(bench.services.refresh()) == 30
    assert len(bench.gateway.queries()) == 5


def test_asking_once_stops_where_the_gateway_wants_to_be_left_alone(bench: Bench) -> None:
    for number in range(1, 11):
        put_shown(bench, number)
    bench.gateway.next("query", rate_limited(30.0))
    assert bench.run(bench.services.refresh()) == 10
    assert len(bench.gateway.queries()) == 1


def test_asking_once_leaves_out_what_became_final_meanwhile(bench: Bench) -> None:
    for number in range(1, 8):
        put_shown(bench, number)

    async def refresh_while_someone_pays() -> int:
        asking = asyncio.ensure_future(bench.services.refresh())
        await asyncio.sleep(0.1)
        asked = {call.ref for call in bench.gateway.queries()} | set(+bench.gateway.in_flight)
        later = next(order for order in bench.every_order() if order.order.order_id not in asked)
        bench.truth.pay(later.order.order_id)
        paid = await bench.services.checkout.ask(later.order.order_id)
        assert paid.leading.state is S.SUCCEEDED
        return await asking

    assert bench.run(refresh_while_someone_pays()) == 0
    assert len(bench.gateway.queries()) == 7
    assert bench.services.health.current.watched == 6


def test_the_words_of_the_gateway_and_of_the_test_are_the_same() -> None:
    assert {fate.value for fate in Fate} - {"PAID"} <= {status.value for status in ReportedStatus}
