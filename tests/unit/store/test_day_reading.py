"""Reading a day: through indexes alone, by the audit's order, and with refunds that ended late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.business_day import BusinessDay
from posapp.domain.day_sums import DayFrame, day_report
from posapp.domain.day_text import report_from
from posapp.domain.money import Money
from posapp.domain.refund import Refund, RefundRequest, RefundState
from posapp.domain.staff import Authority
from posapp.domain.status import AttemptState
from posapp.store import day_reading, shifts
from posapp.store.day_closes import DayCloses
from posapp.store.day_reading import read_day, unclosed_days
from posapp.store.refunds import RefundStore
from tests.fakes import NOON, ref

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.day_report import DayReport
    from tests.unit.store.books import Books

DAY = date(2026, 3, 14)
FRAME = DayFrame("Harbour Tea", "T1", training=False, rule=BusinessDay("UTC", time(0)))
AGES = timedelta(days=1)
QUERIES = {
    "of_day": day_reading.OF_DAY,
    "paid_within": day_reading.PAID_WITHIN,
    "learned_after": day_reading.LEARNED_AFTER,
    "paid_since": day_reading.PAID_SINCE,
    "refunds_of_day": day_reading.REFUNDS_OF_DAY,
    "refunded_after": day_reading.REFUNDED_AFTER,
    "open_until": day_reading.OPEN_UNTIL,
    "unclosed": day_reading.UNCLOSED,
    "shift_paid": shifts.PAID,
    "shift_refunded": shifts.REFUNDED,
}


def sell(books: Books, serial: int, at: datetime = NOON, paid_at: datetime | None = None) -> None:
    """Sell an order of the day of `at`."""
    settled = paid_at or at
    books.sell(serial, at=at, state=AttemptState.SUCCEEDED, paid_at=settled, final_at=settled)


def report(books: Books, day: date = DAY) -> DayReport:
    """Add a day up."""
    rows = read_day(books.connection, day, FRAME.rule.bounds(day))
    return day_report(FRAME, day, rows, NOON)


def close(books: Books, day: date) -> None:
    """Write a day's Z."""
    DayCloses(books.ledger).add(FRAME, day, Authority("Ada"), NOON)


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_of_a_day_scans_the_ledger(books: Books, name: str) -> None:
    """In a ledger of a million orders and without statistics, as a till's is."""
    query = QUERIES[name]
    values = {"seq": 0, "day": "2026-03-14", "most": 31} if ":" in query else [0] * query.count("?")
    plan = [row[3] for row in books.connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    scans = [step for step in plan if step.startswith("SCAN")]
    allowed = ("SCAN z", "SCAN days", "SCAN a USING INDEX attempts_non_final", "SCAN CONSTANT ROW")
    assert all(step.startswith(allowed) for step in scans), plan
    assert scans == [] or name in {"learned_after", "unclosed", "open_until"}, plan


def test_a_sale_is_in_the_day_of_its_order_alone(books: Books) -> None:
    tomorrow = NOON + AGES
    sell(books, 1)
    sell(books, 2, paid_at=tomorrow)
    sell(books, 3, at=tomorrow)
    today, next_day = report(books), report(books, DAY + AGES)
    assert [line.order_id for line in today.sales or ()] == [ref(1), ref(2)]
    assert [line.order_id for line in today.crossed] == [ref(2)]
    assert [line.order_id for line in next_day.sales or ()] == [ref(3)]
    assert [line.order_id for line in next_day.late] == [ref(2)]


def test_what_was_paid_exactly_at_the_end_of_the_day_crossed(books: Books) -> None:
    midnight = FRAME.rule.start(DAY + AGES)
    sell(books, 1, paid_at=midnight - timedelta(microseconds=1))
    sell(books, 2, paid_at=midnight)
    assert [line.order_id for line in report(books).crossed] == [ref(2)]
    assert [line.order_id for line in report(books, DAY + AGES).late] == [ref(2)]


def test_open_days_with_orders_are_named_newest_first(books: Books) -> None:
    for number in range(5):
        sell(books, number + 1, at=NOON + AGES * number)
    close(books, DAY + AGES)
    named = unclosed_days(books.connection, DAY + 4 * AGES)
    assert named == (DAY + 3 * AGES, DAY + 2 * AGES, DAY)
    assert unclosed_days(books.connection, DAY + 4 * AGES, most=2) == named[:2]


def refund(books: Books, serial: int, day: date) -> Refund:
    """Ask for a refund of a paid order."""
    request = RefundRequest(f"R{serial}", f"request-{serial}", ref(serial), None, Money(100, "HKD"))
    made = Refund(request, ref(serial), "cbtis", day, NOON, asked_by="Ada")
    RefundStore(books.ledger).add(made, "owner", seen_minor=0)
    return made


def end(books: Books, made: Refund, state: RefundState) -> None:
    """Let a refund come to its end."""
    store = RefundStore(books.ledger)
    assert store.change(made, replace(made, state=state, final_at=NOON), NOON) is not None


def test_a_refund_is_subtracted_on_the_day_it_was_asked_for(books: Books) -> None:
    for serial in (1, 2):
        sell(books, serial)
    end(books, refund(books, 1, DAY + AGES), RefundState.SUCCEEDED)
    refund(books, 2, DAY + AGES)
    assert report(books).totals[0].refunds == 0
    (total,) = report(books, DAY + AGES).totals
    assert (total.sales, total.refunds, total.refunded_minor, total.under_way, total.under_way_minor) == (
        0, 1, 100, 1, 100,
    )  # fmt: skip
    assert total.net_minor == -100


def test_a_refund_that_ends_after_the_close_is_listed_once_and_in_no_total(books: Books) -> None:
    sell(books, 1)
    made = refund(books, 1, DAY)
    close(books, DAY)
    end(books, made, RefundState.SUCCEEDED)
    for day in (DAY + AGES, DAY + 2 * AGES):
        sell(books, day.day, at=NOON + (day - DAY))
        close(books, day)
    found = books.connection.execute("SELECT report FROM day_closes ORDER BY number").fetchall()
    first, second, third = (report_from(text) for (text,) in found)
    assert (first.totals[0].refunds, first.totals[0].under_way) == (0, 1)
    assert [line.merchant_refund_id for line in second.late_refunds] == ["R1"]
    assert second.late_totals[0].refunded_minor == 100
    assert second.totals[0].refunds == 0
    assert third.late_refunds == ()


def test_a_z_cannot_be_deleted(books: Books) -> None:
    close(books, DAY)
    with pytest.raises(Exception, match="never deleted"):
        books.connection.execute("DELETE FROM day_closes")
