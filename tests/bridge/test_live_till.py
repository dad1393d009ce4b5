"""The live till: every answer on the GUI thread, exactly one for a call, in the order in which things happened."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

import pytest

from posapp.domain.money import Money
from posapp.domain.order_query import OrderDetails, OrderFilter, OrderPage, Origins
from posapp.domain.start import StartChoice
from posapp.domain.status import AttemptState, Standing
from posapp.domain.till import HealthState
from posapp.gateways.errors import NotSent
from posapp.services.watcher import PaymentWatcher
from posapp.store.errors import LedgerError
from tests.bridge.live import AMOUNT, FACTS, Answer, LiveBench
from tests.scripted_gateway import ScriptedGateway, bug, held, http_5xx, lost_after, refused

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.gateways.base import Created
    from tests.conftest import ExpectedWarnings

S = AttemptState


def states(bench: LiveBench, order_id: str) -> list[AttemptState]:
    return [snapshot.leading.state for snapshot in bench.orders(order_id)]


def ask(bench: LiveBench, order_id: str) -> Answer:
    answer = Answer()
    bench.till.ask_now(order_id, answer.done, answer.failed)
    return bench.wait_answer(answer)


# --- charging --------------------------------------------------------------------------------------------


def test_a_charge_is_done_when_it_is_committed_and_the_rest_is_news(live: LiveBench) -> None:
    answer = Answer()
    live.till.charge(AMOUNT, "table 4", answer.done, answer.failed)
    assert answer.came == [], "an answer never comes before the call returned"
    order = live.wait_answer(answer).what
    assert (order.leading.state, order.order.note) == (S.CREATING, "table 4")
    live.qtbot.waitUntil(lambda: len(live.orders(order.order.order_id)) == 2)
    assert states(live, order.order.order_id) == [S.CREATING, S.CREATED]
    assert live.orders(order.order.order_id)[0] == order
    assert live.till.facts is FACTS


class HastyGateway(ScriptedGateway):
    """Says no before anything was waited for, as an adapter does with what it cannot even send."""

    async def create(self, attempt: Attempt) -> Created:
        """Refuse at once."""
        raise NotSent("flow_unsupported", attempt.merchant_order_id)


@pytest.mark.parametrize("call", ["charge", "new_code"])
def test_done_comes_before_what_the_gateway_says_however_fast_it_is(qtbot: QtBot, tmp_path: Path, call: str) -> None:
    bench = LiveBench(qtbot, tmp_path, HastyGateway())
    heard: list[tuple[str, AttemptState]] = []

    def hear_news(order: OrderSnapshot) -> None:
        heard.append(("news", order.leading.state))

    def hear_done(order: OrderSnapshot) -> None:
        heard.append(("done", order.leading.state))

    try:
        bench.start()
        order_id = bench.charge().order.order_id if call == "new_code" else ""
        bench.till.signals.order_changed.connect(hear_news)
        if call == "charge":
            bench.till.charge(AMOUNT, "", hear_done)
        else:
            bench.till.new_code(order_id, hear_done)
        qtbot.waitUntil(lambda: len(heard) == 3)
    finally:
        bench.till.stop()
    assert heard == [("news", S.CREATING), ("done", S.CREATING), ("news", S.NOT_SENT)]


def test_many_orders_at_once_each_tell_their_story_in_order(live: LiveBench) -> None:
    answers = [Answer() for _ in range(20)]
    for answer in answers:
        live.till.charge(AMOUNT, "", answer.done, answer.failed)
    live.wait_for("order_changed", 40)
    ids = [live.wait_answer(answer).what.order.order_id for answer in answers]
    assert len(set(ids)) == 20
    for order_id in ids:
        versions = [snapshot.version for snapshot in live.orders(order_id)]
        assert versions == sorted(versions)
        assert states(live, order_id) == [S.CREATING, S.CREATED]


@pytest.mark.parametrize("money, note", [(Money(0, "HKD"), ""), (AMOUNT, "two\nlines")])
def test_what_cannot_be_charged_fails_and_nothing_is_committed(live: LiveBench, money: Money, note: str) -> None:
    answer = Answer()
    live.till.charge(money, note, answer.done, answer.failed)
    assert live.wait_answer(answer).kind == "failed"
    assert live.heard("order_changed") == []
    assert live.gateway.truth.posts == {}


def test_without_failed_a_failure_is_raised_as_a_problem(live: LiveBench) -> None:
    answer = Answer()
    live.till.charge(Money(0, "HKD"), "", answer.done)
    live.wait_for("problem_raised")
    assert live.heard("problem_raised")[0].code == "amount_zero"
    assert answer.came == []


def test_a_bug_while_creating_is_reported_and_the_order_is_watched(
    live: LiveBench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("unexpected failure on the io thread")
    live.gateway.next("create", bug())
    order = live.charge()
    live.wait_for("problem_raised")
    assert live.heard("problem_raised")[0].code == "internal"
    live.qtbot.waitUntil(lambda: states(live, order.order.order_id)[-1] is S.ORPHAN, timeout=5_000)


# --- from code to green ----------------------------------------------------------------------------------


def test_a_shown_code_that_is_paid_turns_green_by_itself(live: LiveBench) -> None:
    order_id = live.charge_and_show().order.order_id
    live.gateway.truth.pay(order_id)
    live.qtbot.waitUntil(lambda: live.orders(order_id)[-1].standing is Standing.PAID, timeout=5_000)
    assert states(live, order_id) == [S.CREATING, S.CREATED, S.PENDING, S.SUCCEEDED]
    assert live.heard("alarm_raised") == []
    live.wait_for("asked")
    assert live.heard("asked")[-1].merchant_order_id == order_id
    assert live.heard("health_changed")[-1].state is HealthState.ANSWERING


def test_a_code_that_is_gone_cannot_be_shown(live: LiveBench) -> None:
    live.gateway.next("create", refused())
    answer = Answer()
    live.till.show_code(live.charge().leading.merchant_order_id, answer.done, answer.failed)
    assert live.wait_answer(answer).what.code == "code_gone"


def test_off_the_screen_is_said_without_an_answer(live: LiveBench) -> None:
    live.charge_and_show()
    live.till.set_on_screen(None)
    live.qtbot.wait(50)
    assert live.heard("problem_raised") == []


def test_asking_now_is_done_with_the_answer_and_fails_without(live: LiveBench) -> None:
    order_id = live.charge_and_show().order.order_id
    live.gateway.truth.pay(order_id)
    assert ask(live, order_id).what.standing is Standing.PAID
    live.gateway.next("query", http_5xx())
    assert ask(live, order_id).what.code == "http_503"
    assert live.heard("asked")[-1].problem_code == "http_503"


def test_giving_up_is_done_with_the_answer_and_fails_without(live: LiveBench) -> None:
    order_id = live.charge_and_show().order.order_id
    live.gateway.weather["query"] = http_5xx()
    answer = Answer()
    live.till.give_up(order_id, answer.done, answer.failed)
    assert live.wait_answer(answer).kind == "failed"
    assert live.orders(order_id)[-1].leading.given_up_at is not None
    live.gateway.weather.clear()
    answer = Answer()
    live.till.give_up(order_id, answer.done, answer.failed)
    assert live.wait_answer(answer).what.leading.state is S.PENDING


def test_what_was_given_up_and_is_paid_rings(live: LiveBench) -> None:
    order_id = live.charge_and_show().order.order_id
    answer = Answer()
    live.till.give_up(order_id, answer.done)
    live.wait_answer(answer)
    live.gateway.truth.pay(order_id)
    ask(live, order_id)
    assert [snapshot.order.order_id for snapshot in live.heard("alarm_raised")] == [order_id]


def test_a_new_code_is_started_where_the_rules_allow_it(live: LiveBench) -> None:
    live.gateway.next("create", refused())
    order_id = live.charge().order.order_id
    answer = Answer()
    live.till.new_code(order_id, answer.done, answer.failed)
    assert [attempt.state for attempt in live.wait_answer(answer).what.attempts] == [S.REFUSED, S.CREATING]
    live.qtbot.waitUntil(lambda: live.orders(order_id)[-1].attempts[-1].state is S.CREATED)
    again = Answer()
    live.till.new_code(order_id, again.done, again.failed)
    assert live.wait_answer(again).what == live.orders(order_id)[-1]
    answer = Answer()
    live.till.show_code(again.what.attempts[-1].merchant_order_id, answer.done, answer.failed)
    live.wait_answer(answer)
    refusal = Answer()
    live.till.new_code(order_id, refusal.done, refusal.failed)
    assert live.wait_answer(refusal).what.code == "new_code_not_allowed"


# --- reading and computing -------------------------------------------------------------------------------


def test_lists_details_and_the_duplicate_guard_are_read_for_the_window(live: LiveBench) -> None:
    order = live.charge()
    page, details, recent, none, unknown = Answer(), Answer(), Answer(), Answer(), Answer()
    live.till.orders(OrderFilter(), None, page.done, page.failed)
    live.till.details(order.order.order_id, details.done, details.failed)
    live.till.recent_unpaid(AMOUNT, recent.done, recent.failed)
    live.till.recent_unpaid(Money(1, "HKD"), none.done, none.failed)
    live.till.details("T1-NEVER", unknown.done, unknown.failed)
    assert live.wait_answer(page).what == OrderPage((order,), origins=Origins(("",), ("T1",)))
    found = live.wait_answer(details).what
    assert isinstance(found, OrderDetails)
    assert found.snapshot == order
    assert live.wait_answer(recent).what == order
    assert live.wait_answer(none).what is None
    assert live.wait_answer(unknown).what.code == "order_unknown"


def test_computing_happens_neither_here_nor_on_the_io_thread(live: LiveBench) -> None:
    answer = Answer()
    live.till.compute(lambda number: (number * 2, threading.current_thread().name), 21, answer.done, answer.failed)
    doubled, thread = live.wait_answer(answer).what
    assert doubled == 42
    assert thread not in (threading.main_thread().name, "posapp-io")


def test_a_computation_that_fails_is_a_bug(live: LiveBench, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("unexpected failure on the io thread")
    answer = Answer()
    live.till.compute(lambda number: number // 0, 1, answer.done, answer.failed)
    assert live.wait_answer(answer).what.code == "internal"


def test_a_fault_of_the_ledger_reaches_the_screen(live: LiveBench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_of_what: object) -> None:
        raise LedgerError("disk_full", "The disk is full.")

    monkeypatch.setattr("posapp.store.orders.OrderStore.add", full)
    answer = Answer()
    live.till.charge(AMOUNT, "", answer.done, answer.failed)
    assert live.wait_answer(answer).what.code == "disk_full"
    assert live.heard("health_changed")[-1].state is HealthState.LEDGER
    assert live.gateway.truth.posts == {}


# --- start -----------------------------------------------------------------------------------------------


def test_what_is_asked_before_the_start_is_answered_after_it(unstarted: LiveBench) -> None:
    answer = Answer()
    unstarted.till.charge(AMOUNT, "", answer.done, answer.failed)
    assert answer.came == []
    unstarted.till.start()
    assert unstarted.wait_answer(answer).kind == "done"


def test_a_start_that_fails_reaches_whoever_waits_and_the_screen(
    unstarted: LiveBench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the till could not start: ledger_newer")
    unstarted.fails_to_build = LedgerError("ledger_newer", "The ledger was written by a newer posapp.")
    before, after = Answer(), Answer()
    unstarted.till.orders(OrderFilter(), None, before.done, before.failed)
    unstarted.till.start()
    unstarted.wait_for("start_failed")
    unstarted.till.charge(AMOUNT, "", after.done, after.failed)
    for answer in (before, after):
        assert unstarted.wait_answer(answer).kind == "failed"
        assert answer.what.code == "ledger_newer"
    (trouble,) = unstarted.heard("start_failed")
    assert (trouble.problem.code, trouble.choices, trouble.backups) == ("ledger_newer", {StartChoice.RETRY}, ())
    assert unstarted.heard("problem_raised") == []
    assert unstarted.heard("ready") == []


def test_a_bug_at_the_start_is_logged_and_said(unstarted: LiveBench, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("unexpected failure on the io thread")
    expected_warnings.expect("the till could not start: internal")
    unstarted.fails_to_build = ValueError("a bug")
    unstarted.till.start()
    unstarted.wait_for("start_failed")
    assert unstarted.heard("start_failed")[0].problem.code == "internal"


# --- polling goes on -------------------------------------------------------------------------------------


def test_a_bug_in_the_watcher_is_reported_and_polling_starts_again(
    live: LiveBench, monkeypatch: pytest.MonkeyPatch, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("unexpected failure on the io thread")
    monkeypatch.setattr("posapp.bridge.io_thread.RESTART_S", 0.05)
    order_id, times = live.charge_and_show().order.order_id, list[float]()
    with monkeypatch.context() as patch:

        def broken(_self: PaymentWatcher, _wall: object, _tick: object) -> None:
            times.append(time.monotonic())
            raise RuntimeError("a bug in the watcher")

        patch.setattr("posapp.services.watcher.PaymentWatcher._look_around", broken)
        live.qtbot.waitUntil(lambda: len(times) >= 3, timeout=5_000)
    live.qtbot.wait(1)
    assert [problem.code for problem in live.heard("problem_raised")] == ["internal"], "said once, not again and again"
    assert len(expected_warnings.records) == 1
    live.gateway.truth.pay(order_id)
    live.qtbot.waitUntil(lambda: live.orders(order_id)[-1].standing is Standing.PAID, timeout=5_000)


def test_a_bug_about_one_order_is_reported(live: LiveBench, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("unexpected failure on the io thread")
    live.gateway.next("query", bug())
    order_id = live.charge_and_show().order.order_id
    live.wait_for("problem_raised")
    live.gateway.truth.pay(order_id)
    live.qtbot.waitUntil(lambda: live.orders(order_id)[-1].standing is Standing.PAID, timeout=8_000)


# --- stop ------------------------------------------------------------------------------------------------


def test_stopping_while_a_create_hangs_takes_no_time_and_the_next_start_asks(
    qtbot: QtBot, tmp_path: Path, unstarted: LiveBench
) -> None:
    hanging = LiveBench(qtbot, tmp_path)
    hanging.start()
    hanging.gateway.next("create", held(asyncio.Event()))
    answer = Answer()
    hanging.till.charge(AMOUNT, "", answer.done, answer.failed)
    order_id = hanging.wait_answer(answer).what.order.order_id
    qtbot.waitUntil(lambda: order_id in hanging.gateway.truth.payments)
    began = time.monotonic()
    assert hanging.till.stop()
    assert time.monotonic() - began < 2.0
    assert hanging.heard("stopped") == [None]
    stranger = sqlite3.connect(tmp_path / "ledger.db")
    assert stranger.execute("SELECT state FROM attempts").fetchall() == [("CREATING",)]
    stranger.close()

    unstarted.gateway.truth = hanging.gateway.truth
    unstarted.start()
    qtbot.waitUntil(lambda: S.ORPHAN in states(unstarted, order_id), timeout=5_000)
    assert states(unstarted, order_id) == [S.UNKNOWN, S.ORPHAN]
    assert unstarted.gateway.truth.posts == {order_id: 1}


def test_stopping_while_questions_hang_takes_no_time(live: LiveBench) -> None:
    live.gateway.weather["query"] = held(asyncio.Event())
    live.gateway.weather["check"] = held(asyncio.Event())
    order_id = live.charge_and_show().order.order_id
    answer = Answer()
    live.till.ask_now(order_id, answer.done, answer.failed)
    live.qtbot.waitUntil(lambda: live.gateway.in_flight.total() == 1)
    began = time.monotonic()
    assert live.till.stop()
    assert time.monotonic() - began < 2.0
    live.qtbot.wait(50)
    assert answer.came == [], "nobody is left to be told"
    assert live.gateway.closed


def test_after_the_stop_nothing_is_answered_and_nothing_breaks(live: LiveBench) -> None:
    live.gateway.next("create", lost_after())
    assert live.till.stop()
    answer = Answer()
    live.till.charge(AMOUNT, "", answer.done, answer.failed)
    live.till.set_on_screen(None)
    live.qtbot.wait(50)
    assert answer.came == []
    assert live.gateway.truth.posts == {}
    assert live.till.stop(), "stopping twice is no harm"


def test_what_never_started_can_be_stopped(unstarted: LiveBench) -> None:
    assert unstarted.till.stop()
    assert unstarted.heard("stopped") == [None]


def test_stopping_at_once_after_the_start_is_no_harm(unstarted: LiveBench) -> None:
    unstarted.till.start()
    assert unstarted.till.stop()
