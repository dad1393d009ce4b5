"""Shifts: what was counted against what was expected."""

from __future__ import annotations

from dataclasses import replace

from posapp.domain.money import Money
from posapp.domain.shift import Shift, added_up
from tests.fakes import NOON

RUNNING = Shift(1, NOON, "Ada", 4)


def test_a_running_shift_has_no_difference() -> None:
    assert RUNNING.is_open
    assert RUNNING.difference == ()


def test_the_difference_is_counted_less_expected_in_each_currency() -> None:
    ended = replace(
        RUNNING,
        closed_seq=9,
        expected=(Money(1000, "HKD"), Money(500, "JPY")),
        counted=(Money(900, "HKD"), Money(7, "USD")),
    )
    assert not ended.is_open
    assert ended.difference == (Money(-100, "HKD"), Money(-500, "JPY"), Money(7, "USD"))


def test_money_is_added_up_by_currency() -> None:
    assert added_up([Money(1, "JPY"), Money(2, "HKD"), Money(3, "JPY")]) == (Money(2, "HKD"), Money(4, "JPY"))
