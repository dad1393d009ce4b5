"""Business days: every instant in exactly one, without gap or overlap, whatever the clocks of a zone have done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posapp.domain.business_day import BusinessDay

ZONES = [
    "Asia/Hong_Kong",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # skipped 30 December 2011 whole
    "Pacific/Kwajalein",  # skipped 21 August 1993 whole
    "America/Sao_Paulo",  # midnight itself was skipped
    "America/St_Johns",  # until 2011 one minute past midnight became 23:01 of the day before
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
]
rules = st.builds(
    BusinessDay, zone=st.sampled_from(ZONES), starts_at=st.times().map(lambda t: t.replace(microsecond=0))
)
instants = st.datetimes(datetime(1975, 1, 1), datetime(2060, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
APIA = BusinessDay("Pacific/Apia", time(4))


@given(rule=rules, instant=instants)
@example(rule=APIA, instant=datetime(2011, 12, 30, 13, 59, 59, tzinfo=UTC))
@example(rule=APIA, instant=datetime(2011, 12, 30, 14, 0, tzinfo=UTC))
@example(rule=BusinessDay("America/Sao_Paulo", time(0)), instant=datetime(2017, 10, 15, 3, 0, tzinfo=UTC))
@example(rule=BusinessDay("Europe/London", time(1, 30)), instant=datetime(2026, 3, 29, 1, 15, tzinfo=UTC))
@example(rule=BusinessDay("Europe/London", time(1, 30)), instant=datetime(2026, 10, 25, 0, 45, tzinfo=UTC))
def test_an_instant_is_within_its_day_and_in_no_other(rule: BusinessDay, instant: datetime) -> None:
    day = rule.of(instant)
    start, end = rule.bounds(day)
    assert start <= instant < end
    for distance in (-2, -1, 1, 2):
        other_start, other_end = rule.bounds(day + timedelta(days=distance))
        assert not other_start <= instant < other_end


@given(rule=rules, day=st.dates(date(1975, 1, 1), date(2060, 1, 1)))
@example(rule=APIA, day=date(2011, 12, 30))
def test_days_follow_each_other_without_gap_or_overlap(rule: BusinessDay, day: date) -> None:
    start, end = rule.bounds(day)
    assert start <= end
    assert rule.bounds(day + timedelta(days=1))[0] == end
    assert end - start <= timedelta(hours=49)
    assert start.tzinfo is UTC


@given(rule=rules, instant=instants, hours=st.integers(-12, 14))
def test_how_an_instant_is_written_does_not_move_it(rule: BusinessDay, instant: datetime, hours: int) -> None:
    assert rule.of(instant.astimezone(timezone(timedelta(hours=hours)))) == rule.of(instant)


@given(rule=rules, instant=instants, later=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_days_never_run_backwards(rule: BusinessDay, instant: datetime, later: timedelta) -> None:
    assert rule.of(instant) <= rule.of(instant + later)


@pytest.mark.parametrize(
    "local,day",
    [
        (datetime(2026, 3, 14, 3, 59, 59, 999999), date(2026, 3, 13)),  # noqa: DTZ001 - given the shop's zone below
        (datetime(2026, 3, 14, 4, 0), date(2026, 3, 14)),  # noqa: DTZ001
        (datetime(2026, 3, 14, 23, 59), date(2026, 3, 14)),  # noqa: DTZ001
        (datetime(2026, 3, 15, 0, 30), date(2026, 3, 14)),  # noqa: DTZ001
    ],
)
def test_a_late_evening_stays_on_its_own_day(local: datetime, day: date) -> None:
    rule = BusinessDay("Asia/Hong_Kong", time(4))
    assert rule.of(local.replace(tzinfo=ZoneInfo("Asia/Hong_Kong"))) == day


def test_a_cut_off_before_midnight_belongs_to_its_own_date() -> None:
    rule = BusinessDay("Asia/Hong_Kong", time(23))
    assert rule.of(datetime(2026, 3, 14, 14, 59, tzinfo=UTC)) == date(2026, 3, 13)
    assert rule.of(datetime(2026, 3, 14, 15, 0, tzinfo=UTC)) == date(2026, 3, 14)


@pytest.mark.parametrize(
    "zone,starts_at,day,hours",
    [
        ("Europe/London", time(4), date(2026, 3, 28), 23.0),
        ("Europe/London", time(4), date(2026, 10, 24), 25.0),
        ("America/New_York", time(4), date(2026, 3, 7), 23.0),
        ("America/New_York", time(4), date(2026, 10, 31), 25.0),
        ("Australia/Lord_Howe", time(4), date(2026, 10, 3), 23.5),
        ("Australia/Lord_Howe", time(4), date(2026, 4, 4), 24.5),
        ("Pacific/Apia", time(4), date(2011, 12, 29), 24.0),
        ("Pacific/Apia", time(4), date(2011, 12, 30), 0.0),
        ("Pacific/Apia", time(4), date(2011, 12, 31), 24.0),
        ("Asia/Hong_Kong", time(4), date(2026, 3, 28), 24.0),
    ],
)
def test_how_long_a_day_is_where_the_clocks_change(zone: str, starts_at: time, day: date, hours: float) -> None:
    start, end = BusinessDay(zone, starts_at).bounds(day)
    assert end - start == timedelta(hours=hours)


def test_a_cut_off_that_the_clocks_skip_comes_when_it_would_have_come() -> None:
    # 01:30 does not exist on this date; the day before gets its full 24 hours.
    rule = BusinessDay("Europe/London", time(1, 30))
    assert rule.start(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert rule.start(date(2026, 3, 29)).astimezone(ZoneInfo("Europe/London")).time() == time(2, 30)


def test_a_cut_off_that_comes_twice_counts_the_first_time() -> None:
    rule = BusinessDay("Europe/London", time(1, 30))
    assert rule.start(date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert rule.of(datetime(2026, 10, 25, 1, 15, tzinfo=UTC)) == date(2026, 10, 25)  # 01:15, the second time


def test_a_day_that_began_stays_begun_when_the_clocks_go_back_over_its_start() -> None:
    rule = BusinessDay("America/St_Johns", time(0))
    again_the_day_before = datetime(2010, 11, 7, 2, 45, tzinfo=UTC)
    assert again_the_day_before.astimezone(ZoneInfo("America/St_Johns")).date() == date(2010, 11, 6)
    assert rule.of(again_the_day_before) == date(2010, 11, 7)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        BusinessDay("Asia/Hong_Kong", time(4)).of(datetime(2026, 3, 14, 12))  # noqa: DTZ001
