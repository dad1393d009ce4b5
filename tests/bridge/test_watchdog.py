"""The io thread dies or hangs: it is said, a dead one is replaced, and nothing of it holds the ledger."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest

from posapp.bridge.answers import Answers
from posapp.bridge.io_keeper import IoKeeper
from posapp.bridge.patience import AGAIN_S, Backoff, Repeats
from posapp.domain.errors import DomainError
from posapp.domain.order_query import OrderFilter
from posapp.domain.status import AttemptState, Standing
from posapp.domain.till import HealthState
from posapp.services.till import TillServices
from posapp.services.watcher import PaymentWatcher
from posapp.store.ledger import Ledger
from tests.bridge.live import AMOUNT, Answer, LiveBench
from tests.scripted_gateway import held

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tests.conftest import ExpectedWarnings

S = AttemptState


def kill(bench: LiveBench, error: BaseException | None = None) -> None:
    """Let the io thread die of something that no handler of asyncio's catches."""

    def die(error: BaseException) -> None:
        raise error

    def unheard(_of_what: object) -> None:
        """Told what everyone is told who waits."""

    bench.till.compute(die, error or SystemExit(1), unheard, unheard)


def wait_for_restart(bench: LiveBench, count: int = 2) -> None:
    bench.wait_for("ready", count)


def states(bench: LiveBench) -> list[HealthState]:
    return [health.state for health in bench.heard("health_changed")]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt()], ids=["exit", "interrupt"])
def test_a_dead_thread_is_replaced_and_said(
    live: LiveBench, expected_warnings: ExpectedWarnings, error: BaseException
) -> None:
    expected_warnings.expect("the io thread died")
    order_id = live.charge_and_show().order.order_id
    began = time.monotonic()
    kill(live, error)
    live.wait_for("problem_raised")
    assert live.heard("problem_raised")[0].code == "worker_stopped"
    assert states(live)[-1] is HealthState.STOPPED
    wait_for_restart(live)
    assert time.monotonic() - began < 5.0
    assert states(live)[-1] is not HealthState.STOPPED
    live.gateway.truth.pay(order_id)
    live.qtbot.waitUntil(lambda: live.orders(order_id)[-1].standing is Standing.PAID, timeout=5_000)
    assert live.gateway.truth.posts == {order_id: 1}


def test_the_new_thread_knows_whose_code_is_on_the_screen(
    live: LiveBench, expected_warnings: ExpectedWarnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_warnings.expect("the io thread died")
    told: list[str | None] = []

    def put(_self: PaymentWatcher, on_screen: str | None) -> None:
        told.append(on_screen)

    monkeypatch.setattr(PaymentWatcher, "put_on_screen", put)
    order_id = live.charge_and_show().order.order_id
    live.qtbot.waitUntil(lambda: told == [order_id])
    kill(live)
    wait_for_restart(live)
    live.qtbot.waitUntil(lambda: told == [order_id] * 2)


def test_an_order_that_was_being_created_is_asked_about_not_sent_again(
    live: LiveBench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the io thread died")
    live.gateway.next("create", held(asyncio.Event()))
    answer = Answer()
    live.till.charge(AMOUNT, "", answer.done, answer.failed)
    order_id = live.wait_answer(answer).what.order.order_id
    live.qtbot.waitUntil(lambda: order_id in live.gateway.truth.payments)
    kill(live)
    live.qtbot.waitUntil(lambda: live.orders(order_id)[-1].leading.state is S.ORPHAN, timeout=5_000)
    assert [each.leading.state for each in live.orders(order_id)] == [S.CREATING, S.UNKNOWN, S.ORPHAN]
    assert live.gateway.truth.posts == {order_id: 1}


def test_whoever_waits_is_told_and_later_jobs_are_done(live: LiveBench, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("the io thread died")
    live.gateway.weather["query"] = held(asyncio.Event())
    order_id = live.charge_and_show().order.order_id
    waiting, later = Answer(), Answer()
    live.till.ask_now(order_id, waiting.done, waiting.failed)
    live.qtbot.waitUntil(lambda: live.gateway.in_flight.total() == 1)
    kill(live)
    assert live.wait_answer(waiting).what.code == "worker_stopped"
    live.till.orders(OrderFilter(), None, later.done, later.failed)
    assert live.wait_answer(later).what.orders[0].order.order_id == order_id


def test_a_dead_thread_lets_go_of_the_ledger_however_it_died(
    live: LiveBench, expected_warnings: ExpectedWarnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_warnings.expect("the io thread died")
    live.charge()

    async def stuck(_self: TillServices) -> None:
        raise SystemExit(1)

    closed = list[int]()
    close = Ledger.close

    def closing(ledger: Ledger) -> None:
        closed.append(threading.get_ident())
        close(ledger)

    monkeypatch.setattr(Ledger, "close", closing)
    with monkeypatch.context() as patch:
        patch.setattr("posapp.services.till.TillServices.stop", stuck)
        (io,) = [thread.ident for thread in threading.enumerate() if thread.name == "posapp-io"]
        kill(live)
        wait_for_restart(live)
    assert set(closed) == {io}, "on its own thread, before the next one opened it"
    assert len(list((live.folder / "owners").glob("*.lock"))) == 1


def test_a_thread_that_dies_again_and_again_is_not_started_faster_and_faster(
    live: LiveBench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the io thread died")
    began = time.monotonic()
    kill(live)
    wait_for_restart(live)
    kill(live)
    wait_for_restart(live, 3)
    assert time.monotonic() - began > 2.7, "one second, then two"


def test_a_thread_that_dies_while_it_starts_is_started_again(
    unstarted: LiveBench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the io thread died")
    unstarted.dies_building = SystemExit(3)
    unstarted.till.start()
    unstarted.wait_for("problem_raised")
    unstarted.dies_building = None
    unstarted.wait_for("ready")


def test_a_death_without_a_word_is_noticed(
    live: LiveBench, expected_warnings: ExpectedWarnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_self: IoKeeper, _thread: object, _error: object) -> None:
        """Say nothing."""

    monkeypatch.setattr(IoKeeper, "died", silent)
    kill(live)
    wait_for_restart(live)
    assert live.heard("problem_raised")[0].code == "worker_stopped"
    assert expected_warnings.records == []


def test_stopping_while_a_dead_thread_waits_to_be_replaced(
    live: LiveBench, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the io thread died")
    kill(live)
    live.wait_for("problem_raised")
    assert live.till.stop()
    live.qtbot.wait(50)
    assert len(live.heard("ready")) == 1


def test_a_loop_that_hangs_is_said_and_not_killed(
    live: LiveBench, expected_warnings: ExpectedWarnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_warnings.expect("the io thread hangs")
    live.wait_for("health_changed")
    monkeypatch.setattr("posapp.bridge.io_keeper.SILENT_LOOKS", 2)
    go_on = threading.Event()

    def hang(_attempt: object) -> None:
        go_on.wait(20)  # a bug: it blocks the loop

    live.gateway.on_create = hang
    answer = Answer()
    live.till.charge(AMOUNT, "", answer.done, answer.failed)
    live.wait_for("problem_raised")
    assert live.heard("problem_raised")[0].code == "worker_hangs"
    assert states(live)[-1] is HealthState.STOPPED
    go_on.set()
    live.qtbot.waitUntil(lambda: states(live)[-1] is HealthState.ANSWERING, timeout=5_000)
    assert live.wait_answer(answer).kind == "done"
    assert len(live.heard("problem_raised")) == 1
    assert len(live.heard("ready")) == 1, "it is the same thread"


def test_a_job_cancelled_from_inside_is_answered(live: LiveBench, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("unexpected failure on the io thread")
    answer = Answer()

    def odd(_self: object, _of_what: object) -> None:
        raise asyncio.CancelledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("posapp.services.till.TillServices.newest_open", odd)
        live.till.recent_unpaid(AMOUNT, answer.done, answer.failed)
        assert live.wait_answer(answer).what.code == "internal"


# --- the parts -------------------------------------------------------------------------------------------


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return them."""
        return self.now


def caught(text: str) -> BaseException:
    with pytest.raises(ValueError, match=text) as caught:
        raise ValueError(text)
    return caught.value


def test_the_same_failure_is_told_once_in_ten_minutes() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    assert repeats.kept_quiet(caught("at 12:00")) == 0
    assert [repeats.kept_quiet(caught(f"at 12:0{number}")) for number in range(1, 4)] == [None] * 3
    with pytest.raises(ValueError, match="another") as elsewhere:
        raise ValueError("another place")
    assert repeats.kept_quiet(elsewhere.value) == 0
    clock.now = AGAIN_S
    assert repeats.kept_quiet(caught("at 12:10")) == 3
    assert repeats.kept_quiet(DomainError("a", "x")) == 0
    assert repeats.kept_quiet(DomainError("b", "x")) == 0


def test_failures_of_ever_new_kinds_fill_no_memory() -> None:
    repeats = Repeats(Clock())
    for number in range(1000):
        assert repeats.kept_quiet(RuntimeError(str(number))) == 0
    assert repeats.kept_quiet(RuntimeError("999")) is None
    assert repeats.kept_quiet(RuntimeError("0")) == 0, "forgotten"


def test_pauses_double_up_to_a_minute_and_a_good_minute_forgives() -> None:
    backoff = Backoff()
    assert [backoff.pause_s(0) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert [backoff.pause_s(61), backoff.pause_s(59), backoff.pause_s(0)] == [1, 2, 4]


def test_every_answer_is_settled_once_whatever_comes_first() -> None:
    answers, kept = Answers(), list["Future[int]"]()
    first, second, third = (answers.owe(kept.append) for _ in range(3))
    answers.give(first, 1)
    answers.fail(second, ValueError("no"))
    answers.end(DomainError("worker_stopped", "stopped"))
    answers.end(None)
    for late in (first, second, third):
        answers.give(late, 2)
        answers.fail(late, ValueError("late"))
    assert first.result(0) == 1
    assert isinstance(second.exception(0), ValueError)
    assert [type(third.exception(0)), type(answers.owe(kept.append).exception(0))] == [DomainError, DomainError]
    assert kept == [first, second, third]
    assert answers.have_ended
