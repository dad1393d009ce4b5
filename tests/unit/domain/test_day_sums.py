"""A day adds up: the lines, the totals, the groups, the hours and the states are one and the same money."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from posapp.domain.business_day import BusinessDay
from posapp.domain.day_hours import HOUR, hour_of, hour_starts
from posapp.domain.day_orders import DayAttempt, DayOrder, sort_out
from posapp.domain.day_report import GroupKind, OddReason, SaleLine, Totals
from posapp.domain.day_sums import DayFrame, DayRows, day_report, totals_of
from posapp.domain.money import Money
from posapp.domain.order import order_standing
from posapp.domain.refund import UNFINISHED_REFUNDS, RefundState
from posapp.domain.status import NON_FINAL, AlarmKind, AttemptState, ReviewReason, Standing
from tests.fakes import an_attempt
from tests.unit.domain import day_samples as samples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posapp.domain.day_report import DayReport


@st.composite
def reports(draw: st.DrawFn) -> tuple[list[DayOrder], DayReport]:
    """A day's orders and the report of them."""
    frame, day = draw(samples.frames), draw(samples.days)
    orders = draw(samples.orders(frame.rule, day))
    found = sort_out(orders)
    rows = DayRows(7, found.sales, found.states, found.odd, draw(samples.refunds(frame.rule, day)))
    return orders, day_report(frame, day, rows, samples.NOON)


def by_currency(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up by currency."""
    sums: Counter[str] = Counter()
    for currency, minor in pairs:
        sums[currency] += minor
    return {currency: minor for currency, minor in sums.items() if minor}


@given(reports())
def test_lines_totals_groups_hours_are_the_same_money(made: tuple[list[DayOrder], DayReport]) -> None:
    orders, report = made
    paid = [one for order in orders for one in order.attempts if one.state is AttemptState.SUCCEEDED]
    gross = by_currency((one.money.currency, one.money.minor) for one in paid)
    assert report.sales is not None
    assert by_currency((line.money.currency, line.money.minor) for line in report.sales) == gross
    assert by_currency((total.currency, total.gross_minor) for total in report.totals) == gross
    assert by_currency((hour.currency, hour.minor) for hour in report.hours) == gross
    assert sum(hour.count for hour in report.hours) == len(paid) == sum(total.sales for total in report.totals)
    for kind in GroupKind:
        parts = [group.totals for group in report.groups if group.kind is kind]
        assert added(parts) == {total.currency: total for total in report.totals}
    assert len({total.currency for total in report.totals}) == len(report.totals)


def added(parts: Iterable[Totals]) -> dict[str, Totals]:
    """Add totals up, field by field."""
    sums: dict[str, Totals] = {}
    for part in parts:
        before = sums.get(part.currency, Totals(part.currency))
        sums[part.currency] = Totals(
            part.currency,
            before.sales + part.sales,
            before.gross_minor + part.gross_minor,
            before.refunds + part.refunds,
            before.refunded_minor + part.refunded_minor,
            before.under_way + part.under_way,
            before.under_way_minor + part.under_way_minor,
        )
    return sums


@given(reports())
def test_refunds_are_subtracted_when_the_gateway_has_done_them(made: tuple[list[DayOrder], DayReport]) -> None:
    _, report = made
    done = [line for line in report.refunds if line.state is RefundState.SUCCEEDED]
    open_ = [line for line in report.refunds if line.state in UNFINISHED_REFUNDS]
    assert by_currency((t.currency, t.refunded_minor) for t in report.totals) == by_currency(
        (line.money.currency, line.money.minor) for line in done
    )
    assert by_currency((t.currency, t.under_way_minor) for t in report.totals) == by_currency(
        (line.money.currency, line.money.minor) for line in open_
    )
    for total in report.totals:
        assert total.net_minor == total.gross_minor - total.refunded_minor


@given(reports())
def test_every_order_is_in_one_state_and_what_brought_nothing_is_named(
    made: tuple[list[DayOrder], DayReport],
) -> None:
    orders, report = made
    assert sum(state.count for state in report.states) == len(orders)
    assert by_currency((state.currency, state.minor) for state in report.states) == by_currency(
        (order.money.currency, order.money.minor) for order in orders
    )
    named = Counter(line.order_id for line in report.odd)
    for order in orders:
        states = [one.state for one in order.attempts]
        if AttemptState.SUCCEEDED not in states:
            assert named[order.order_id] == 1
            assert any(line.is_open for line in report.open_orders if line.order_id == order.order_id) == any(
                state in NON_FINAL for state in states
            )
    places = list(OddReason)
    assert [places.index(line.reason) for line in report.odd] == sorted(places.index(one.reason) for one in report.odd)


@given(st.lists(st.tuples(st.sampled_from(samples.STATES), st.none() | st.sampled_from(ReviewReason)), min_size=1))
def test_an_order_stands_in_the_report_as_everywhere_else(
    attempts: list[tuple[AttemptState, ReviewReason | None]],
) -> None:
    money = Money(100, "HKD")
    light = tuple(DayAttempt(f"A{n}", "cbtis", money, state, review) for n, (state, review) in enumerate(attempts))
    order = DayOrder("A0", money, "", "T1", "", date(2026, 3, 14), samples.NOON, light)
    heavy = tuple(an_attempt(state=state, review=review) for state, review in attempts)
    (counted,) = sort_out([order]).states
    assert counted.standing is order_standing(heavy)


@given(rule=samples.rules, day=samples.days, data=st.data())
@example(rule=BusinessDay("Europe/London", time(4)), day=date(2026, 3, 28), data=None)
def test_an_instant_of_the_day_is_in_exactly_one_hour(rule: BusinessDay, day: date, data: st.DataObject | None) -> None:
    begins, ends = rule.bounds(day)
    starts = hour_starts(begins, ends)
    at = begins if data is None else data.draw(samples.instants(rule, day))
    hour = hour_of(at, begins, ends)
    assert (hour is None) == (not begins <= at < ends)
    if hour is not None:
        assert [start for start in starts if start <= at < start + HOUR] == [hour]
        assert hour in starts
    assert not starts or starts[-1] < ends <= starts[-1] + HOUR


def test_days_of_23_24_and_25_hours() -> None:
    london = BusinessDay("Europe/London", time(0))
    hours = [
        len(hour_starts(*london.bounds(day))) for day in (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25))
    ]
    assert hours == [23, 24, 25]


FRAME = DayFrame("Harbour Tea", "T1", training=False, rule=BusinessDay("Asia/Hong_Kong", time(4)))
DAY = date(2026, 3, 14)
BEGINS = datetime(2026, 3, 13, 20, tzinfo=UTC)


def a_sale(number: int, minor: int, at: datetime) -> SaleLine:
    """Return a sale of the day."""
    return SaleLine(f"O{number}", f"O{number}", Money(minor, "HKD"), "cbtis", "", "T1", DAY, at, at)


def test_what_was_paid_after_the_end_is_a_crossing_and_in_the_bar_outside() -> None:
    ends = BEGINS + timedelta(hours=24)
    sales = (a_sale(1, 100, BEGINS), a_sale(2, 20, ends - timedelta(microseconds=1)), a_sale(3, 3, ends))
    report = day_report(FRAME, DAY, DayRows(1, sales, (), ()), samples.NOON)
    assert [line.order_id for line in report.crossed] == ["O3"]
    assert [(hour.starts_at, hour.minor) for hour in report.hours] == [
        (BEGINS, 100),
        (BEGINS + timedelta(hours=23), 20),
        (None, 3),
    ]
    assert report.totals[0].gross_minor == 123


def test_late_money_is_listed_with_its_sum_and_in_no_total() -> None:
    late = replace(a_sale(9, 5000, BEGINS), business_day=date(2026, 3, 13))
    report = day_report(FRAME, DAY, DayRows(1, (), (), (), late=(late,)), samples.NOON)
    assert report.totals == ()
    assert report.late_totals == (Totals("HKD", 1, 5000),)


def test_the_average_is_rounded_half_up() -> None:
    assert totals_of([a_sale(1, 1, BEGINS), a_sale(2, 2, BEGINS)], ())[0].average_minor == 2
    assert totals_of([a_sale(n, m, BEGINS) for n, m in ((1, 1), (2, 1), (3, 2))], ())[0].average_minor == 1
    assert Totals("HKD").average_minor == 0


def an_order(*attempts: DayAttempt) -> DayOrder:
    """Return an order with these attempts."""
    return DayOrder("O1", Money(100, "HKD"), "Ada", "T1", "", DAY, BEGINS, attempts)


def an_attempt_of(state: AttemptState, number: int = 1, alarm: AlarmKind | None = None) -> DayAttempt:
    """Return one attempt."""
    return DayAttempt(f"O1-{number}", "cbtis", Money(100, "HKD"), state, None, alarm, "", BEGINS)


def test_a_second_payment_counts_and_is_odd_even_where_nothing_rang() -> None:
    paid = (an_attempt_of(AttemptState.SUCCEEDED), an_attempt_of(AttemptState.SUCCEEDED, 2))
    found = sort_out([an_order(*paid)])
    assert len(found.sales) == 2
    assert [(line.merchant_order_id, line.reason) for line in found.odd] == [("O1-2", OddReason.PAID_TWICE)]
    assert found.states[0].standing is Standing.REVIEW


def test_a_paid_order_names_what_is_still_open_of_it_and_not_what_ended_plainly() -> None:
    states = (AttemptState.SUCCEEDED, AttemptState.UNKNOWN, AttemptState.REFUSED, AttemptState.CANCELLED)
    found = sort_out([an_order(*(an_attempt_of(state, number) for number, state in enumerate(states)))])
    assert [(line.reason, line.is_open) for line in found.odd] == [(OddReason.NOT_KNOWN, True)]


def test_a_plain_sale_is_not_odd_and_one_that_rang_is() -> None:
    assert sort_out([an_order(an_attempt_of(AttemptState.SUCCEEDED))]).odd == ()
    for alarm in AlarmKind:
        (line,) = sort_out([an_order(an_attempt_of(AttemptState.SUCCEEDED, 1, alarm))]).odd
        assert line.reason.value == alarm.value


def test_the_reasons_are_different() -> None:
    unpaid = {state: sort_out([an_order(an_attempt_of(state))]).odd[0].reason for state in samples.STATES[:4]}
    assert all(unpaid[one] is not unpaid[other] for one, other in combinations(list(unpaid)[1:3], 2))
    assert unpaid[AttemptState.NOT_SENT] is OddReason.NOT_SENT
