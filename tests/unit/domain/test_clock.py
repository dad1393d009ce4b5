"""The fake clock keeps the promises of the clock's protocol, so that tests of other layers mean something."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from posapp.domain.clock import Clock
from tests.fakes import NOON, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def readings(clock: Clock) -> tuple[timedelta, float]:
    """Return how far both clocks are from where a fake one begins."""
    return clock.now() - NOON, clock.monotonic() - FakeClock().monotonic()


def test_it_stands_still_until_it_is_moved(clock: FakeClock) -> None:
    assert readings(clock) == readings(clock) == (timedelta(0), 0.0)
    assert clock.now().tzinfo is UTC


def test_time_passes_on_both_clocks(clock: FakeClock) -> None:
    clock.advance(2.5)
    assert readings(clock) == (timedelta(seconds=2.5), 2.5)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_the_steady_clock_notices_neither_a_turned_wall_clock_nor_sleep(clock: FakeClock) -> None:
    clock.set_wall(NOON - timedelta(days=1))
    assert readings(clock) == (timedelta(days=-1), 0.0)
    clock.sleep_machine(60)
    assert readings(clock) == (timedelta(days=-1, seconds=60), 0.0)
