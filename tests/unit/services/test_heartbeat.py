"""The heartbeat in virtual time: it checks while nobody else asks, and never in a hurry."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from posapp.domain.till import HealthState
from posapp.services.heartbeat import IDLE_S
from tests.scripted_gateway import Mischief, auth_failed, not_sent, rate_limited

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench


def checks(bench: Bench) -> list[float]:
    return [call.began for call in bench.gateway.calls if call.kind == "check"]


def beat(bench: Bench) -> float:
    """Start the heartbeat; returns when that was."""
    bench.till.background(bench.services.heartbeat.run())
    return bench.loop.time()


def test_it_checks_at_the_start_and_rarely_afterwards(bench: Bench) -> None:
    began = beat(bench)
    bench.let_pass(1)
    assert checks(bench) == [began]
    assert bench.services.health.current.state is HealthState.ANSWERING
    bench.let_pass(3 * IDLE_S)
    assert 3 <= len(checks(bench)) <= 4


@pytest.mark.parametrize("trouble", [not_sent(), auth_failed(sent=False), rate_limited(0.0, sent=False)])
def test_a_silent_gateway_is_checked_again_soon_but_ever_less_often(bench: Bench, trouble: Mischief) -> None:
    bench.gateway.weather["check"] = trouble
    beat(bench)
    bench.let_pass(600)
    times = checks(bench)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[:5] == pytest.approx([5, 10, 20, 40, 60], abs=0.1)
    assert max(pauses) < 60.2
    bench.gateway.weather.clear()
    bench.let_pass(61)
    assert bench.services.health.current.state is HealthState.ANSWERING
    bench.gateway.weather["check"] = trouble
    before = len(checks(bench))
    bench.let_pass(IDLE_S + 6)
    assert len(checks(bench)) - before >= 2, "after an answer it starts over with short pauses"


def test_a_gateway_that_wants_quiet_gets_it(bench: Bench) -> None:
    bench.gateway.next("check", rate_limited(240.0, sent=False))
    began = beat(bench)
    bench.let_pass(239)
    assert checks(bench) == [began]
    bench.let_pass(2)
    assert len(checks(bench)) == 2


def test_while_others_are_answered_it_keeps_quiet(bench: Bench) -> None:
    bench.charge()
    beat(bench)
    for _ in range(10):
        bench.let_pass(100)
        bench.charge()
    assert checks(bench) == []
    bench.let_pass(2 * IDLE_S)
    assert len(checks(bench)) >= 1


def test_a_ledger_in_trouble_starts_no_storm_of_logins(bench: Bench) -> None:
    bench.services.health.ledger_failed("disk_full")
    beat(bench)
    bench.let_pass(600)
    assert len(checks(bench)) <= 3


def test_a_clock_turned_back_does_not_silence_it(bench: Bench) -> None:
    beat(bench)
    bench.let_pass(10)
    bench.clock.turn_wall(-366 * 86_400)
    before = len(checks(bench))
    bench.let_pass(2 * IDLE_S)
    assert len(checks(bench)) > before
