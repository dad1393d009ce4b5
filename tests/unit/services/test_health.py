"""How the gateway and the ledger are doing: which word follows from what."""

from __future__ import annotations

import pytest

from posapp.domain.till import HealthState
from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.services.events import Event, HealthChanged
from posapp.services.health import HealthMonitor, is_odd_answer, is_off, is_silence, noticed
from posapp.services.poll_schedule import PollClass
from posapp.store.errors import LedgerError
from tests.fakes import NOON, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def health(clock: FakeClock, told: list[Event]) -> HealthMonitor:
    return HealthMonitor(clock, told.append)


def test_at_first_nothing_is_known(health: HealthMonitor, told: list[Event]) -> None:
    assert health.current.state is HealthState.UNASKED
    assert told == []


@pytest.mark.parametrize(
    "error, state",
    [
        (NotSent("dns", "no name"), HealthState.SILENT),
        (OutcomeUnknown("timeout", "no answer"), HealthState.SILENT),
        (Malformed("json", "no answer"), HealthState.SILENT),
        (AuthFailed("http_401", "rejected", sent=True), HealthState.REJECTED),
        (AuthFailed("http_401", "rejected", sent=False), HealthState.REJECTED),
        (RateLimited("http_429", "slow down", retry_after_s=1, sent=True), HealthState.SLOW_DOWN),
    ],
)
def test_each_failure_has_its_word(health: HealthMonitor, error: GatewayError, state: HealthState) -> None:
    health.failed(error)
    assert (health.current.state, health.current.problem_code) == (state, error.code)
    assert health.current.last_answer_at is None


def test_a_definite_no_is_an_answer(health: HealthMonitor) -> None:
    health.failed(Refused("1001", "no"))
    assert (health.current.state, health.current.last_answer_at) == (HealthState.ANSWERING, NOON)
    assert health.current.problem_code is None


def test_an_answer_takes_the_failure_back_and_every_change_is_told(
    health: HealthMonitor, clock: FakeClock, told: list[Event]
) -> None:
    health.failed(NotSent("dns", "no name"))
    clock.advance(5)
    health.failed(NotSent("refused", "nobody there"))
    assert (health.current.since, health.current.problem_code) == (NOON, "refused")
    clock.advance(5)
    health.answered()
    assert health.current.state is HealthState.ANSWERING
    assert health.current.since == health.current.last_answer_at == clock.now()
    assert health.current.problem_code is None
    clock.advance(5)
    health.failed(NotSent("dns", "no name"))
    assert health.current.last_answer_at is not None, "how old the last answer is stays known"
    assert told[-1] == HealthChanged(health.current)
    assert len(told) == 4


def test_a_ledger_in_trouble_outweighs_an_answering_gateway(health: HealthMonitor) -> None:
    health.answered()
    health.ledger_failed("disk_full")
    health.answered()
    health.failed(NotSent("dns", "no name"))
    assert (health.current.state, health.current.problem_code) == (HealthState.LEDGER, "disk_full")
    health.ledger_works()
    assert (health.current.state, health.current.problem_code) == (HealthState.UNASKED, None)
    health.answered()
    assert health.current.state is HealthState.ANSWERING


def test_a_ledger_that_always_worked_is_no_news(health: HealthMonitor, told: list[Event]) -> None:
    health.ledger_works()
    assert told == []


def test_how_many_are_watched_is_told_when_it_changes(health: HealthMonitor, told: list[Event]) -> None:
    health.watching(0)
    assert told == []
    health.watching(3)
    health.watching(3)
    assert health.current.watched == 3
    assert len(told) == 1


# --- the clock -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told, measured, becomes",
    [
        (None, None, None),
        (None, 0.4, 0),
        (5, None, 5),
        (5, 34.4, 5),
        (5, 35.0, 35),
        (5, -25.0, -25),
        (119, 121.0, 121),
        (121, 119.0, 119),
        (-119, -121.0, -121),
        (3600, 3629.0, 3600),
        (3600, -3600.0, -3600),
    ],
)
def test_a_clocks_difference_is_told_when_it_noticeably_changes(
    told: int | None, measured: float | None, becomes: int | None
) -> None:
    assert noticed(told, measured) == becomes


@pytest.mark.parametrize("ahead_s, off", [(None, False), (0, False), (120, False), (121, True), (-121, True)])
def test_two_minutes_are_worth_telling(ahead_s: float | None, *, off: bool) -> None:
    assert is_off(ahead_s) is off


def test_an_answer_brings_the_difference_into_the_health(clock: FakeClock, told: list[Event]) -> None:
    measured = [3600.0]
    health = HealthMonitor(clock, told.append, lambda: measured[0])
    assert health.current.clock_ahead_s is None
    health.answered()
    assert health.current.clock_ahead_s == 3600
    measured[0] = 3610.0
    health.failed(Refused("1001", "no"))
    assert health.current.clock_ahead_s == 3600


# --- what it means for everyone --------------------------------------------------------------------------


def test_a_429_slows_everyone_down_whichever_call_heard_it(health: HealthMonitor, clock: FakeClock) -> None:
    health.failed(RateLimited("http_429", "slow down", retry_after_s=90, sent=True))
    assert health.slow_down.wait_s(PollClass.BACKGROUND, clock.monotonic()) == 90
    assert health.slow_down.wait_s(PollClass.SHOWN, clock.monotonic()) == 60
    clock.advance(121)
    health.answered()
    assert health.slow_down.extra_s == 2.5


@pytest.mark.parametrize(
    "error, silence, odd",
    [
        (NotSent("dns", "w"), True, False),
        (OutcomeUnknown("timeout", "w"), True, False),
        (AuthFailed("http_401", "w", sent=True), True, False),
        (Malformed("captive_portal", "w"), True, False),
        (Malformed("id_unusable", "w"), True, True),
        (Malformed("too_deep", "w"), True, True),
        (Refused("1001", "w"), False, False),
        (RateLimited("http_429", "w", retry_after_s=None, sent=True), False, False),
        (LedgerError("disk_full", "w"), False, False),
    ],
)
def test_what_counts_as_silence_and_what_as_one_odd_answer(
    error: GatewayError | LedgerError, *, silence: bool, odd: bool
) -> None:
    assert (is_silence(error), is_odd_answer(error)) == (silence, odd)
