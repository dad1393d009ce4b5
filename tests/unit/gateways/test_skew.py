"""How far this computer's clock is from the gateway's: what is read out of a Date, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from posapp.gateways.exchange import Reply
from posapp.gateways.skew import ClockSkew

TRUE = datetime(2026, 3, 14, 12, 0, 0, 500_000, tzinfo=UTC)
DAY = 86_400


def skew_at(ahead_s: float) -> ClockSkew:
    """A measurement on a computer whose clock is wrong by so much."""
    return ClockSkew(lambda: TRUE.timestamp() + ahead_s)


def answered(date: str | None, took_s: float = 0.0) -> Reply:
    return Reply(200, "application/json", b"{}", date=date, took_s=took_s)


def dated(at: datetime, took_s: float = 0.0) -> Reply:
    return answered(format_datetime(at.replace(microsecond=0), usegmt=True), took_s)


def test_before_any_answer_nothing_is_known() -> None:
    assert ClockSkew().ahead_s is None


@pytest.mark.parametrize("ahead_s", [0, 7200, -7200, 365 * DAY, -365 * DAY])
def test_the_difference_is_ours_less_theirs(ahead_s: float) -> None:
    skew = skew_at(ahead_s)
    skew.believe(dated(TRUE))
    assert skew.ahead_s == pytest.approx(ahead_s)


def test_half_of_the_round_trip_is_taken_off() -> None:
    skew = skew_at(0)
    skew.believe(dated(TRUE - timedelta(seconds=4), took_s=8.0))
    assert skew.ahead_s == pytest.approx(0)


def test_one_odd_answer_among_three_says_nothing_and_a_turned_clock_shows_with_the_second() -> None:
    skew = skew_at(0)
    for ahead in (0, 0, 3600):
        skew.believe(dated(TRUE - timedelta(seconds=ahead)))
    assert skew.ahead_s == pytest.approx(0)
    skew.believe(dated(TRUE - timedelta(seconds=3600)))
    assert skew.ahead_s == pytest.approx(3600)


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "yesterday",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat, 14 Mar 2026 12:00:00",
        "Sat, 14 Mar 2026 12:00:00 -0000",
        "Sat, 14 Mar 99999999999 12:00:00 GMT",
        "Sat, 32 Mar 2026 12:00:00 GMT",
        "0",
    ],
)
def test_an_absent_or_odd_date_is_no_reading(date: str | None) -> None:
    skew = skew_at(0)
    skew.believe(answered(date))
    assert skew.ahead_s is None
