"""What the lasting notices go by: failures said once each, a clock that is wrong, text from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.errors import Problem
from posapp.ui.health_text import clock_words
from posapp.ui.plain_text import visible
from posapp.ui.presenters.clock_skew import ClockSkew
from posapp.ui.presenters.problems import QUIET_S, Problems
from posapp.ui.time_text import long_span_text

FULL, BUSY = Problem("disk_full", "full"), Problem("ledger_busy", "busy")


def test_the_same_failure_is_one_however_often_it_happens() -> None:
    problems = Problems()
    for second in range(100):
        problems.take(FULL, second)
    assert problems.count == 1
    assert problems.first is not None
    assert problems.first.times == 100


def test_another_failure_is_shown_before_it_and_given_back_afterwards() -> None:
    problems = Problems()
    problems.take(FULL, 0)
    problems.take(BUSY, 1)
    assert problems.first is not None
    assert problems.first.problem == BUSY
    problems.put_away(2)
    assert problems.first.problem == FULL


def test_one_that_was_put_away_stays_away_for_a_while() -> None:
    problems = Problems()
    problems.take(FULL, 10)
    problems.put_away(11)
    problems.take(FULL, 11 + QUIET_S - 0.1)
    assert problems.first is None
    problems.take(FULL, 11 + QUIET_S)
    assert problems.first is not None


def test_putting_nothing_away_is_harmless() -> None:
    problems = Problems()
    problems.put_away(1)
    assert problems.count == 0


@pytest.mark.parametrize("seconds", [0, 1, -1, 120, -120, None])
def test_a_clock_that_is_right_enough_is_not_spoken_of(seconds: int | None) -> None:
    skew = ClockSkew()
    skew.take(seconds)
    assert skew.ahead_s is None


@pytest.mark.parametrize(
    "seconds, said",
    [(121, 120), (-121, -120), (3 * 3600 + 12 * 60 + 59, 3 * 3600 + 12 * 60), (-365 * 86400, -365 * 86400)],
)
def test_a_wrong_clock_is_spoken_of_in_whole_minutes(seconds: int, said: int) -> None:
    skew = ClockSkew()
    skew.take(seconds)
    assert skew.ahead_s == said


def test_a_clock_on_the_edge_does_not_flicker() -> None:
    skew = ClockSkew()
    said: list[bool] = []
    for seconds in (121, 119, 121, 118, 100, 91):
        skew.take(seconds)
        said.append(skew.ahead_s is not None)
    assert all(said)
    skew.take(90)
    assert skew.ahead_s is None


def test_an_answer_that_tells_no_time_changes_nothing() -> None:
    skew = ClockSkew()
    skew.take(7200)
    skew.take(None)
    assert skew.ahead_s == 7200


def test_the_clocks_words() -> None:
    title, advice = clock_words(3 * 3600 + 12 * 60)
    assert title == "This computer's clock is 3 h 12 min ahead of the gateway's"
    assert advice == "Set it right; payments are not affected."
    assert clock_words(-120)[0] == "This computer's clock is 2 min behind the gateway's"


@pytest.mark.parametrize(
    "seconds, words",
    [(5, "5 s"), (60, "1 min"), (61, "1 min 1 s"), (7200, "2 h"), (7230, "2 h"), (90_000, "1 d 1 h"), (-3, "0 s")],
)
def test_spans_in_two_units(seconds: int, words: str) -> None:
    assert long_span_text(seconds) == words


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain", "plain"),
        ("a\nb\tc\x00d", "a\\nb\\tc\\x00d"),
        ("\u202eevil\u202c", "\\u202eevil\\u202c"),
        ("\u2066x\u2069\u200f", "\\u2066x\\u2069\\u200f"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\ud800", "\\ud800"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
        ("海港茶餐廳 🍵 مرحبا", "海港茶餐廳 🍵 مرحبا"),
    ],
)
def test_what_would_turn_a_line_around_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(), st.integers(1, 50))
def test_it_is_always_one_bounded_line_of_printable_text(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
