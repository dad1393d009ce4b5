"""The end of an unknown outcome: two weeks and seven days of "not found", which no turned clock can stand for."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import zip_longest

from hypothesis import given
from hypothesis import strategies as st

from posapp.services.poll_schedule import TAIL_S
from posapp.services.tail import DAYS, counts_anew, is_over
from tests.fakes import NOON

TAIL = timedelta(seconds=TAIL_S)
DAY = timedelta(days=1)


def test_both_the_days_and_the_two_weeks_are_needed() -> None:
    heard = [NOON + DAY * day for day in range(DAYS)]
    after = NOON + TAIL + timedelta(seconds=1)
    assert is_over(NOON, heard, after)
    assert not is_over(NOON, heard, NOON + TAIL)
    assert not is_over(NOON, heard[1:], after)


def test_a_day_counts_once_whichever_way_the_clock_was_turned() -> None:
    assert counts_anew([], NOON)
    assert not counts_anew([NOON], NOON + timedelta(hours=19))
    assert not counts_anew([NOON], NOON - timedelta(hours=19))
    assert counts_anew([NOON], NOON + timedelta(hours=20))
    assert counts_anew([NOON], NOON - DAY)
    assert not counts_anew([NOON, NOON + DAY], NOON + timedelta(hours=30))


@given(
    turns=st.lists(st.integers(-400, 400), max_size=DAYS - 2),
    asks=st.lists(st.integers(1, 600), max_size=40),
)
def test_a_few_turns_of_the_clock_within_hours_never_end_it(turns: list[int], asks: list[int]) -> None:
    """However far the clock is turned, an attempt of today that is asked about all day stays."""
    now, heard = NOON, list[datetime]()
    for seconds, turn in zip_longest(asks, turns, fillvalue=0):
        now += timedelta(seconds=seconds, days=turn)
        if counts_anew(heard, now):
            heard.append(now)
        assert not is_over(NOON, heard, now)
