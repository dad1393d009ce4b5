"""When to ask: the polling table number by number, back-off, budget, slow-down, circuit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.services.poll_schedule import (
    DAY_S,
    QUICK_TRIES,
    TAIL_S,
    Circuit,
    PollClass,
    SlowDown,
    TokenBucket,
    back_off_s,
    honoured_s,
    interval_s,
    jittered,
)

MINUTE, HOUR = 60.0, 3600.0


@pytest.mark.parametrize(
    "age, wanted",
    [(0, 2), (89.9, 2), (90, 3), (179.9, 3), (180, 5), (599.9, 5), (600, 10), (899, 10), (900, 60), (HOUR, 60)],
)
def test_a_code_on_screen(age: float, wanted: float) -> None:
    assert interval_s(PollClass.SHOWN, age, 50, 2.0) == wanted


@pytest.mark.parametrize("base", [1.0, 2.0, 4.5, 10.0])
def test_the_base_interval_is_what_the_shop_configured(base: float) -> None:
    assert [interval_s(PollClass.SHOWN, age, 0, base) for age in (0, 90, 180)] == [base, base * 1.5, base * 2.5]


@pytest.mark.parametrize(
    "age, wanted",
    [
        (0, 10),
        (15 * MINUTE - 1, 10),
        (15 * MINUTE, 60),
        (2 * HOUR - 1, 60),
        (2 * HOUR, 600),
        (DAY_S - 1, 600),
        (DAY_S, HOUR),
        (7 * DAY_S - 1, HOUR),
        (7 * DAY_S, DAY_S),
        (14 * DAY_S - 1, DAY_S),
        (40 * DAY_S, DAY_S),
    ],
)
def test_a_payment_on_no_screen(age: float, wanted: float) -> None:
    assert interval_s(PollClass.BACKGROUND, age, 3, 2.0) == wanted


def test_an_unknown_outcome_is_asked_for_quickly_at_first() -> None:
    quick = [interval_s(PollClass.UNKNOWN, 5.0, asked, 2.0) for asked in range(QUICK_TRIES)]
    assert quick == [1, 2, 4, 8, 15, 30]
    then = [interval_s(PollClass.UNKNOWN, age, QUICK_TRIES, 2.0) for age in (60, HOUR, 3 * HOUR, 2 * DAY_S, 8 * DAY_S)]
    assert then == [10, 60, 600, HOUR, DAY_S]


def test_a_cancelled_one_is_asked_about_for_a_week() -> None:
    asked_at: list[float] = []
    age = 0.0
    while (wait := interval_s(PollClass.SOFT_FINAL, age, len(asked_at), 2.0)) is not None:
        age += wait
        asked_at.append(age)
    assert asked_at == [300, HOUR, *(day * DAY_S for day in range(1, 8))]


def test_the_tail_is_two_weeks() -> None:
    assert TAIL_S == 14 * 24 * 3600


@pytest.mark.parametrize("dice, wanted", [(0.0, 9.0), (0.5, 10.0), (1.0, 11.0)])
def test_jitter_is_ten_per_cent_either_way(dice: float, wanted: float) -> None:
    assert jittered(10.0, dice) == pytest.approx(wanted)


@given(
    st.sampled_from(PollClass),
    st.floats(0, 100 * DAY_S),
    st.integers(0, 10_000),
    st.floats(1, 10),
)
def test_there_is_always_a_next_moment_and_it_is_bounded(
    poll_class: PollClass, age: float, asked: int, base: float
) -> None:
    wait = interval_s(poll_class, age, asked, base)
    if poll_class is PollClass.SOFT_FINAL and age >= 7 * DAY_S:
        assert wait is None
    else:
        assert wait is not None
        assert 0 < wait <= DAY_S


@pytest.mark.parametrize(
    "poll_class, failures, most",
    [
        (PollClass.SHOWN, 1, 4),
        (PollClass.SHOWN, 2, 8),
        (PollClass.SHOWN, 3, 16),
        (PollClass.SHOWN, 4, 30),
        (PollClass.SHOWN, 10_000, 30),
        (PollClass.BACKGROUND, 4, 32),
        (PollClass.BACKGROUND, 8, 300),
        (PollClass.UNKNOWN, 10_000, 300),
        (PollClass.SOFT_FINAL, 10_000, 300),
    ],
)
def test_back_off_has_full_jitter_up_to_a_cap(poll_class: PollClass, failures: int, most: float) -> None:
    assert back_off_s(poll_class, failures, 2.0, 1.0) == most
    assert back_off_s(poll_class, failures, 2.0, 0.5) == most / 2
    assert back_off_s(poll_class, failures, 2.0, 0.0) == 1.0


@pytest.mark.parametrize(
    "advice, shown, other",
    [(0, 0, 0), (7.5, 7.5, 7.5), (61, 60, 61), (86_400, 60, 600), (-5, 0, 0), (None, 5, 50)],
)
def test_a_gateways_advice_is_honoured_up_to_a_cap(advice: float | None, shown: float, other: float) -> None:
    assert honoured_s(PollClass.SHOWN, advice) == shown
    for poll_class in (PollClass.UNKNOWN, PollClass.BACKGROUND, PollClass.SOFT_FINAL):
        assert honoured_s(poll_class, advice) == other


# --- the budget ------------------------------------------------------------------------------------------


def test_the_budget_is_two_a_second() -> None:
    bucket = TokenBucket(at=100.0)
    went: list[float] = []
    now = 100.0
    while now < 110.0:
        wait = bucket.wait_s(now)
        if wait == 0:
            bucket.take(now)
            went.append(now)
        now += wait
    assert went[:4] == [100.0, 100.0, 100.5, 101.0]
    assert len(went) == 2 + 2 * 10 - 1


def test_no_more_than_two_are_saved_up() -> None:
    bucket = TokenBucket(at=0.0)
    for _ in range(2):
        assert bucket.wait_s(10_000.0) == 0
        bucket.take(10_000.0)
    assert bucket.wait_s(10_000.0) == 0.5


def test_a_persons_request_overdraws_and_the_others_wait_for_it() -> None:
    bucket = TokenBucket(at=0.0)
    for _ in range(5):
        bucket.take(0.0)
    assert bucket.wait_s(0.0) == 2.0


def test_a_clock_that_steps_back_takes_no_budget_away() -> None:
    bucket = TokenBucket(at=50.0)
    bucket.take(50.0)
    bucket.take(50.0)
    assert bucket.wait_s(10.0) == 0.5


# --- 429 -------------------------------------------------------------------------------------------------


def test_a_429_adds_five_seconds_and_two_clean_minutes_halve_them() -> None:
    slow = SlowDown()
    slow.limited(0.0, 1.0)
    slow.limited(1.0, 1.0)
    assert slow.extra_s == 10.0
    slow.clean(120.9)
    assert slow.extra_s == 10.0
    slow.clean(121.0)
    assert slow.extra_s == 5.0
    slow.clean(361.0)
    assert slow.extra_s == 1.25
    slow.clean(10_000.0)
    assert slow.extra_s == 0.0


def test_many_429s_do_not_add_up_for_ever() -> None:
    slow = SlowDown()
    for _ in range(100):
        slow.limited(0.0, None)
    assert slow.extra_s == 60.0


def test_a_429_holds_a_shown_code_up_for_a_minute_at_most_and_the_others_for_ten() -> None:
    slow = SlowDown()
    assert slow.wait_s(PollClass.SHOWN, 5.0) == 0
    slow.limited(0.0, 3600.0)
    assert slow.wait_s(PollClass.SHOWN, 10.0) == 50.0
    assert slow.wait_s(PollClass.BACKGROUND, 10.0) == 590.0
    assert slow.wait_s(PollClass.UNKNOWN, 10.0) == 590.0
    slow.limited(20.0, 1.0)  # a shorter advice does not take the longer one back
    assert slow.wait_s(PollClass.SHOWN, 20.0) == 40.0
    assert slow.wait_s(PollClass.BACKGROUND, 700.0) == 0


# --- the circuit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("random, wait", [(0.0, 7.0), (0.5, 8.5), (1.0, 10.0)])
def test_probes_keep_no_even_pace(random: float, wait: float) -> None:
    circuit = Circuit(failures=4)
    circuit.failed(100.0, random=random)
    assert circuit.wait_s(100.0) == pytest.approx(wait)


def test_five_failures_in_a_row_leave_one_probe_in_ten_seconds() -> None:
    circuit = Circuit()
    for number in range(4):
        circuit.failed(float(number))
        assert not circuit.is_open
        assert circuit.wait_s(float(number)) == 0
    circuit.failed(4.0)
    assert circuit.is_open
    assert circuit.wait_s(4.0) == 10.0
    assert circuit.wait_s(13.0) == 1.0
    assert circuit.wait_s(14.0) == 0
    circuit.failed(15.0)
    assert circuit.wait_s(15.0) == 10.0


def test_one_answer_closes_it_and_says_so_once() -> None:
    circuit = Circuit()
    for _ in range(5):
        circuit.failed(0.0)
    assert circuit.answered()
    assert not circuit.answered()
    assert circuit.wait_s(0.0) == 0


def test_an_answer_in_between_starts_the_row_anew() -> None:
    circuit = Circuit()
    for _ in range(4):
        circuit.failed(0.0)
    assert not circuit.answered()
    circuit.failed(0.0)
    assert not circuit.is_open


def test_odd_answers_about_one_order_count_once_and_about_five_orders_like_silence() -> None:
    circuit = Circuit()
    for _ in range(20):
        circuit.failed(0.0, "A")
    assert circuit.failures == 1
    for order in "BCDE":
        circuit.failed(0.0, order)
    assert circuit.is_open
    circuit.failed(30.0, "A")
    assert circuit.wait_s(30.0) == 10.0, "an open circuit probes no sooner for that"
    assert circuit.answered()
    circuit.failed(0.0, "A")
    assert circuit.failures == 1
