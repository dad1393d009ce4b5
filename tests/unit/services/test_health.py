"""How the gateway and the ledger are doing: which word follows from what."""

from __future__ import annotations

import pytest

from posapp.domain.till import HealthState
from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.services.events import Event, HealthChanged
from posapp.services.health import HealthMonitor
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
