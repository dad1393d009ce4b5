"""C1 to C3 and C5: clocks that are a year off, jump, or slept. What is asked when does not depend on them."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import trustme

from posapp.domain.status import AttemptState
from posapp.services.poll_schedule import TAIL_S
from posapp.store.orders import OrderStore
from tests.e2e.patience import pause, until
from tests.e2e.tls_door import server_context, tls_door
from tests.fakes import an_attempt, an_order
from tests.faults.clock.turned import DAY_S, YEAR_S, WallClock
from tests.scripted_gateway import lost_before

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.domain.order import Attempt
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.clock.conftest import WatchingTill
    from tests.unit.services.bench import Bench

    Watching = Callable[..., WatchingTill]

pytestmark = [pytest.mark.xdist_group("faults-clock"), pytest.mark.timeout(120)]

S = AttemptState
HOUR_S = 3600
EIGHT_HOURS_S = 8 * HOUR_S


# --- C1 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "provider, ahead_s", [("airwallex", YEAR_S), ("cbtis", -YEAR_S)], ids=["a year ahead", "a year behind"]
)
def test_c1_a_year_off_is_measured_said_and_kept_with_the_orders(
    watching: Watching, sandbox: SandboxProcess, provider: str, ahead_s: int, figure: Callable[[str], None]
) -> None:
    till = watching(provider, 1, ahead_s)
    measured = till.until("clock")["ahead_s"]
    assert measured == pytest.approx(ahead_s, abs=30)
    begun = till.until("watching")
    written = datetime.fromisoformat(begun["created_at"])
    assert written.utcoffset() == timedelta(0)
    assert (written - datetime.now(UTC)).total_seconds() == pytest.approx(ahead_s, abs=30)
    until("the sale is watched", lambda: min(till.queries().values(), default=0) >= 1)
    assert sandbox.requests(provider)["auth"] == 1, "no token is taken for dead, or alive, by the wall clock"
    with closing(sqlite3.connect(till.folder / "ledger.db")) as ledger:
        (facts,) = ledger.execute("SELECT facts FROM audit WHERE event = 'clock_off'").fetchone()
    assert str(measured) in facts
    figure(f"{provider}: {ahead_s:+,d} s, measured {measured:+,d} s")


def test_c1_a_clock_that_is_right_is_not_remarked_on(watching: Watching) -> None:
    till = watching("cbtis", 1, 0)
    assert abs(till.until("clock")["ahead_s"]) <= 3
    till.until("watching")
    with closing(sqlite3.connect(till.folder / "ledger.db")) as ledger:
        assert ledger.execute("SELECT count(*) FROM audit WHERE event = 'clock_off'").fetchone() == (0,)


@pytest.mark.parametrize("ahead_s, problem", [(YEAR_S, "tls_expired"), (-YEAR_S, "tls_clock")])
def test_c1_a_certificate_that_seems_out_of_date_is_said_to_be_the_clock(
    till: Till, sandbox: SandboxProcess, tmp_path: Path, ahead_s: int, problem: str
) -> None:
    """The gateway's certificate is good for two months around the true now."""
    authority, day, now = trustme.CA(), timedelta(days=1), datetime.now(UTC)
    leaf = authority.issue_cert("localhost", not_before=now - 30 * day, not_after=now + 30 * day)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    clock = WallClock(tmp_path)
    clock.turn(ahead_s)
    till.with_env(**clock.env({}), SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    with tls_door(server_context(leaf), sandbox.base_url) as door:
        till.reconfigure(f'"{sandbox.base_url}"', f'"https://localhost:{door.port}"')
        ended = till.charge().end()
        assert door.served == 0
    assert (ended.code, ended.last["state"], ended.last["problem"]) == (1, "NOT_SENT", problem)
    assert "clock" in ended.err
    assert sandbox.truth()["requests_total"] == 0


# --- C2 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump_s", [2 * HOUR_S, -2 * HOUR_S], ids=["forward", "back"])
def test_c2_a_clock_that_is_turned_moves_no_interval_and_ends_no_token(
    bench: Bench, jump_s: int, figure: Callable[[str], None]
) -> None:
    """Two codes, one on screen; beside the questions of an untouched till there is at most one more for each."""
    bench.watch()
    bench.charge()
    shown = bench.charge_and_show()
    bench.let_pass(30)
    calm = Counter(call.ref for call in bench.gateway.queries())
    bench.clock.turn_wall(jump_s)
    bench.let_pass(30)
    asked = Counter(call.ref for call in bench.gateway.queries()) - calm
    for ref, count in calm.items():
        assert count - 2 <= asked[ref] <= count + 2, "neither a burst nor a standstill"
    starts = [call.began for call in bench.gateway.queries(shown.merchant_order_id)]
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert max(gaps) < 2.6
    bench.truth.pay(shown.merchant_order_id)
    bench.let_pass(3)
    assert bench.attempt(shown.merchant_order_id).state is S.SUCCEEDED
    figure(f"jump of {jump_s:+,d} s: {calm.total()} questions in the 30 s before, {asked.total()} in the 30 s after")


def test_c2_a_clock_that_jumps_back_and_forth_brings_no_burst(bench: Bench) -> None:
    for _ in range(20):
        bench.charge()
    bench.watch()
    bench.let_pass(60)
    before = len(bench.gateway.queries())
    for turn in range(30):
        bench.clock.turn_wall(7200 if turn % 2 else -7200)
        bench.let_pass(2)
    assert len(bench.gateway.queries()) - before <= 2 * 60 + 2, "the budget holds whatever the clock does"


@pytest.mark.parametrize(
    "jump_s",
    [pytest.param(2 * HOUR_S, id="forward"), pytest.param(-2 * HOUR_S, id="back", marks=pytest.mark.campaign)],
)
def test_c2_a_real_clock_turned_under_a_running_till_brings_at_most_one_more_question(
    watching: Watching, sandbox: SandboxProcess, jump_s: int
) -> None:
    till = watching("airwallex", 3)
    till.until("watching")
    until("each was asked once", lambda: list(till.queries().values()) == [1, 1, 1])
    till.clock.turn(jump_s)
    pause(2.5)
    assert max(till.queries().values()) <= 2
    assert sandbox.requests("airwallex")["auth"] == 1


def test_c2_no_turn_of_the_clock_lets_an_unknown_outcome_lapse(bench: Bench) -> None:
    """A month forward, and the gateway's replica has not heard of the payment yet: it stays open, and is found."""
    bench.watch()
    bench.gateway.next("create", lost_before())
    attempt = bench.charge().leading
    for _ in range(4):
        bench.clock.turn_wall(2 * TAIL_S)
        bench.let_pass(20)
        assert bench.attempt(attempt.merchant_order_id).state is S.UNKNOWN
    bench.truth.commit(attempt, with_key=False)
    bench.let_pass(120)
    assert bench.attempt(attempt.merchant_order_id).state is S.ORPHAN


def test_c2_after_two_weeks_of_days_it_does_lapse(bench: Bench) -> None:
    """Guard the guard: two weeks of working days do end it."""
    bench.watch()
    bench.gateway.next("create", lost_before())
    attempt = bench.charge().leading
    for day in range(16):
        bench.clock.turn_wall(DAY_S)  # the computer sleeps till the next morning; the resume asks at once
        bench.let_pass(5)
        state = bench.attempt(attempt.merchant_order_id).state
        assert state is (S.LAPSED if day >= 13 else S.UNKNOWN), day


# --- C3 --------------------------------------------------------------------------------------------------


def put_from(bench: Bench, number: int, at: datetime, state: AttemptState) -> Attempt:
    """Put an order into the ledger as a till whose clock said that left it."""
    store = OrderStore(bench.till.ledger)
    fresh = an_attempt(number, created_at=at)
    store.add(an_order(number, at=at), fresh, bench.till.owner.name)
    if state is S.UNKNOWN:
        left = replace(fresh, state=S.UNKNOWN)
        store.change(fresh, left, at)
        return left
    made = replace(fresh, state=S.CREATED, code=None, gateway_id=f"G{number}")
    store.change(fresh, made, at)
    shown = replace(made, state=S.PENDING, shown_at=at)
    store.change(made, shown, at)
    if state is S.PENDING:
        return shown
    ended = replace(shown, state=S.CANCELLED, final_at=at)
    store.change(shown, ended, at)
    return ended


@pytest.mark.parametrize("years", [10, 1, -1])
def test_c3_orders_of_a_wrong_clock_are_asked_about_at_the_start(bench: Bench, years: int) -> None:
    """No moment to ask next is kept, so none can lie in the future; ages that make no sense count as none."""
    at = bench.clock.now() + timedelta(days=365 * years)
    attempts = [put_from(bench, number, at, state) for number, state in enumerate((S.PENDING, S.UNKNOWN), start=1)]
    bench.watch()
    bench.let_pass(2)
    asked = Counter(call.ref for call in bench.gateway.queries())
    assert set(asked) == {attempt.merchant_order_id for attempt in attempts}
    bench.let_pass(120)
    later = Counter(call.ref for call in bench.gateway.queries())
    if years > 0:
        assert min((later - asked).values()) >= 5, "as often as an order of this minute"


def test_c3_a_cancelled_code_from_the_future_is_still_asked_about(bench: Bench) -> None:
    ended = put_from(bench, 1, bench.clock.now() + timedelta(days=3650), S.CANCELLED)
    bench.watch()
    bench.let_pass(400)
    assert len(bench.gateway.queries(ended.merchant_order_id)) == 1


# --- C5 --------------------------------------------------------------------------------------------------


def test_c5_after_eight_hours_of_sleep_all_are_asked_within_5_s_and_once(
    watching: Watching, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    """The process stands still, its wall clock is set eight hours on, its monotonic clock is not: as Linux sleeps."""
    till = watching("cbtis", 3)
    till.until("watching")
    until("each was asked once", lambda: list(till.queries().values()) == [1, 1, 1])
    till.process.send_signal(signal.SIGSTOP)
    till.clock.turn(EIGHT_HOURS_S)
    pause(0.3)
    before = till.queries()
    resumed = time.monotonic()
    till.process.send_signal(signal.SIGCONT)
    until("all are asked again", lambda: all(till.queries()[ref] > count for ref, count in before.items()), 5.0)
    took = time.monotonic() - resumed
    pause(1.5)
    assert Counter(till.queries()).total() - Counter(before).total() == 3, "nothing of the eight hours is caught up"
    figure(f"3 orders asked {took:.1f} s after the resume, once each")


def test_c5_a_token_that_ended_in_the_sleep_costs_one_login(bench: Bench) -> None:
    """In virtual time: fifty orders over a night; the budget holds at the resume and everything paid turns green."""
    attempts = [bench.charge().leading for _ in range(50)]
    bench.watch()
    bench.let_pass(120)
    for attempt in attempts[::2]:
        bench.truth.pay(attempt.merchant_order_id)
    asked = len(bench.gateway.queries())
    bench.clock.turn_wall(EIGHT_HOURS_S)
    bench.let_pass(27)
    assert {bench.attempt(attempt.merchant_order_id).state for attempt in attempts[::2]} == {S.SUCCEEDED}
    assert len(bench.gateway.queries()) - asked <= 2 * 27 + 2
