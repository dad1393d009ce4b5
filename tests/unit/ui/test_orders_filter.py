"""What is listed, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.ui.presenters.orders_filter import (
    MAX_SEARCH_CHARS,
    DaySpan,
    OrdersScope,
    belongs,
    search_words,
)
from tests.unit.ui.order_samples import a_snapshot, with_refund, with_second

TODAY = date(2025, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)


def test_today_follows_the_shop_over_its_cut_off() -> None:
    scope = OrdersScope()
    assert scope.wanted(TODAY) == OrderFilter(TODAY, None)
    tomorrow = TODAY + timedelta(days=1)
    assert scope.wanted(tomorrow) == OrderFilter(tomorrow, None)


def test_what_is_charged_after_the_days_close_is_found_where_today_is_looked_at() -> None:
    after = replace(PAID, order=replace(PAID.order, business_day=TODAY + timedelta(days=1)))
    for span in (DaySpan.TODAY, DaySpan.WEEK, DaySpan.MONTH):
        assert belongs(after, OrdersScope().over(span).wanted(TODAY))
    assert OrdersScope().wanted(TODAY).is_one_day
    assert not OrdersScope().over(DaySpan.MONTH).wanted(TODAY.replace(day=1)).is_one_day
    assert not belongs(after, OrdersScope().over(DaySpan.YESTERDAY).wanted(TODAY))


def test_a_fixed_day_stays_over_the_cut_off() -> None:
    scope = OrdersScope().on_day(YESTERDAY, TODAY)
    assert scope.wanted(TODAY + timedelta(days=1)).first_day == YESTERDAY


def test_stepping_back_and_on_again_ends_at_today() -> None:
    back = OrdersScope().step(-1, TODAY)
    assert (back.span, back.day) == (DaySpan.ONE, YESTERDAY)
    assert back.can_step_on(TODAY)
    on = back.step(1, TODAY)
    assert on.span is DaySpan.TODAY
    assert not on.can_step_on(TODAY)
    assert on.step(1, TODAY).shown_day(TODAY) == TODAY


def test_all_days_have_no_bounds_and_lead_to_today() -> None:
    scope = OrdersScope().all_days()
    assert scope.wanted(TODAY) == OrderFilter(None, None)
    assert scope.step(-1, TODAY).span is DaySpan.TODAY


def test_spans_follow_today() -> None:
    week, month, yesterday = (OrdersScope().over(span) for span in (DaySpan.WEEK, DaySpan.MONTH, DaySpan.YESTERDAY))
    assert week.days(TODAY) == (date(2025, 11, 16), TODAY)
    assert month.days(date(2025, 12, 1)) == (date(2025, 12, 1), date(2025, 12, 1))
    assert yesterday.shown_day(TODAY) == YESTERDAY
    assert yesterday.step(1, TODAY).span is DaySpan.TODAY


def test_days_from_one_to_another_in_either_order() -> None:
    early = TODAY - timedelta(days=9)
    for scope in (OrdersScope().between(early, YESTERDAY, TODAY), OrdersScope().between(YESTERDAY, early, TODAY)):
        assert scope.wanted(TODAY) == OrderFilter(early, YESTERDAY)
        assert scope.wanted(TODAY + timedelta(days=1)) == OrderFilter(early, YESTERDAY)
    assert OrdersScope().between(early, TODAY + timedelta(days=9), TODAY).days(TODAY) == (early, TODAY)
    assert OrdersScope().between(TODAY, TODAY, TODAY).span is DaySpan.TODAY


def test_one_cashiers_orders_at_one_till() -> None:
    scope = OrdersScope().of_cashier("").of_till("T1")
    assert scope.is_narrowed
    assert belongs(PAID, scope.wanted(TODAY))
    assert not belongs(PAID, scope.of_cashier("Ada").wanted(TODAY))
    assert not belongs(PAID, scope.of_till("T2").wanted(TODAY))
    assert scope.cleared() == OrdersScope()


def test_clearing_keeps_the_day() -> None:
    scope = OrdersScope().on_day(YESTERDAY, TODAY).with_state(StateFilter.PAID).with_text("tea")
    assert scope.is_narrowed
    cleared = scope.cleared()
    assert not cleared.is_narrowed
    assert cleared.wanted(TODAY) == OrderFilter(YESTERDAY, YESTERDAY)


def test_blanks_narrow_nothing() -> None:
    assert not OrdersScope().with_text("   ").is_narrowed


@pytest.mark.parametrize(
    "typed,sought",
    [
        ("  tea ", "tea"),
        ("1,280.50", "1280.50"),
        ("HKD 1,280.50", "1280.50"),
        ("hkd128.50", "128.50"),
        ("128.50", "128.50"),
        ("…7K3M9Q", "7K3M9Q"),
        ("1,28", "1,28"),
        ("table 12", "table 12"),
        ("x" * 200, "x" * MAX_SEARCH_CHARS),
    ],
)
def test_what_is_typed_becomes_what_the_ledger_looks_for(typed: str, sought: str) -> None:
    assert search_words(typed) == sought


PENDING = a_snapshot(1)
PAID = a_snapshot(2, AttemptState.SUCCEEDED)
LATE = a_snapshot(3, AttemptState.SUCCEEDED, alarm=AlarmKind.PAID_LATE)
CANCELLED = a_snapshot(4, AttemptState.CANCELLED)
REFUSED = a_snapshot(5, AttemptState.REFUSED)
UNKNOWN = a_snapshot(6, AttemptState.UNKNOWN)
LAPSED = a_snapshot(7, AttemptState.LAPSED)
DOUBTED = a_snapshot(8, review=ReviewReason.AMOUNT_DIFFERS)
TWICE = with_second(PAID, AttemptState.SUCCEEDED)
BACK = with_refund(a_snapshot(9, AttemptState.SUCCEEDED), 2000)


@pytest.mark.parametrize(
    "state,members",
    [
        (StateFilter.WAITING, [PENDING, UNKNOWN, DOUBTED]),
        (StateFilter.PAID, [PAID, LATE, TWICE, BACK]),
        (StateFilter.UNPAID, [CANCELLED, REFUSED]),
        (StateFilter.NEEDS_LOOK, [LATE, UNKNOWN, LAPSED, DOUBTED, TWICE]),
        (StateFilter.REFUNDED, [BACK]),
    ],
)
def test_a_chip_takes_its_states_and_no_others(state: StateFilter, members: list[object]) -> None:
    everyone = [PENDING, PAID, LATE, CANCELLED, REFUSED, UNKNOWN, LAPSED, DOUBTED, TWICE, BACK]
    assert [one for one in everyone if belongs(one, OrderFilter(state=state))] == members
    assert all(belongs(one, OrderFilter()) for one in everyone)


def test_days_are_inclusive_bounds() -> None:
    assert belongs(PAID, OrderFilter(TODAY, TODAY))
    assert not belongs(PAID, OrderFilter(first_day=TODAY + timedelta(days=1)))
    assert not belongs(PAID, OrderFilter(last_day=YESTERDAY))


@pytest.mark.parametrize("minor,found", [(17999, False), (18000, True), (18050, True), (18099, True), (18100, False)])
def test_an_amount_without_its_cents_is_found_too(minor: int, found: bool) -> None:
    assert belongs(a_snapshot(42, minor=minor), OrderFilter(text="180")) is found
    assert belongs(a_snapshot(42, minor=minor), OrderFilter(text="180.00")) is (minor == 18000)


@pytest.mark.parametrize(
    "text,found",
    [
        ("1280.5", True),
        ("1280.50", True),
        ("1280", True),
        ("128", False),
        ("12805", False),
        ("1281", False),
        ("12, ool", True),
        ("2, ool", False),
        ("long", False),
        ("42", False),
        ("042", True),
        ("OOLONG", True),
        ("0000042", True),
        ("T1-00", False),
        ("int_000042", True),
        ("int_", False),
        ("nothing", False),
    ],
)
def test_search_finds_amount_note_and_ends_of_ids(text: str, found: bool) -> None:
    order = a_snapshot(42, minor=128050, note="Table 12, oolong")
    assert belongs(order, OrderFilter(text=text)) is found
