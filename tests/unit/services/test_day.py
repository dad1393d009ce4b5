"""Which day it is, what a day adds up to, and its close, on a real ledger in virtual time."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.day_close import check_chain
from posapp.domain.day_report import OddReason, Totals
from posapp.domain.day_text import report_from
from posapp.domain.errors import DomainError, Problem
from posapp.domain.money import Money
from posapp.domain.progress import Progress
from posapp.domain.status import AttemptState
from posapp.services.events import Progressed
from posapp.services.viewing import TillView
from posapp.store.day_closes import close_rows
from posapp.store.ledger import open_ledger_to_view
from posapp.store.verify import verify
from tests.scripted_gateway import lost_before
from tests.unit.services.bench import AMOUNT, facts

if TYPE_CHECKING:
    from posapp.domain.day_close import DayClose
    from posapp.domain.day_report import DayReport
    from tests.unit.services.bench import Bench

TODAY = date(2026, 3, 14)
TOMORROW = date(2026, 3, 15)
HOURS = 3600.0


def close(bench: Bench, day: date = TODAY) -> DayClose:
    """Close a day."""
    return bench.run(bench.services.day_close.close(day))


def report(bench: Bench, day: date = TODAY) -> DayReport:
    """Add a day up."""
    return bench.services.day.report(day)


def z_text(bench: Bench, number: int = 1) -> str:
    """Return a Z as it lies in the ledger."""
    (text,) = bench.till.ledger.connection.execute(
        "SELECT report FROM day_closes WHERE number = ?", (number,)
    ).fetchone()
    return str(text)


def test_a_day_adds_up(bench: Bench) -> None:
    bench.paid()
    bench.paid(Money(50, "HKD"))
    waiting = bench.charge_and_show(Money(1, "HKD"))
    made = report(bench)
    assert made.day == TODAY
    assert made.totals == (Totals("HKD", 2, 12900),)
    assert [(line.order_id, line.reason) for line in made.open_orders] == [(waiting.order_id, OddReason.WAITING)]
    assert made.sales is not None
    assert [line.money.minor for line in made.sales] == [12850, 50]


def test_new_orders_belong_to_the_first_open_day(bench: Bench) -> None:
    assert bench.charge().order.business_day == TODAY
    close(bench)
    assert bench.services.day.today() == TOMORROW
    assert bench.charge().order.business_day == TOMORROW
    bench.let_pass(8 * HOURS)  # now it is the 15th by the clock, too
    assert bench.charge().order.business_day == TOMORROW
    close(bench, TOMORROW)
    assert bench.charge().order.business_day == date(2026, 3, 16)


def test_a_z_is_written_once_and_knows_who_and_when(bench: Bench) -> None:
    bench.paid()
    made = close(bench)
    assert (made.number, made.day, made.closed_at) == (1, TODAY, bench.clock.now())
    told = report_from(z_text(bench))
    assert (told.close_number, told.totals) == (1, (Totals("HKD", 1, 12850),))
    with pytest.raises(DomainError) as refused:
        close(bench)
    assert refused.value.code == "day_closed"
    assert len(bench.services.day.closes()) == 1


def test_a_day_that_has_not_begun_cannot_be_closed(bench: Bench) -> None:
    with pytest.raises(DomainError) as refused:
        close(bench, TOMORROW)
    assert refused.value.code == "day_future"
    close(bench)
    with pytest.raises(DomainError) as refused:
        close(bench, TOMORROW)  # new orders belong to it already, and it still has not begun
    assert refused.value.code == "day_future"


def test_zs_are_a_chain_and_the_ledger_stays_whole(bench: Bench) -> None:
    for day in range(3):
        bench.paid(Money(day + 1, "HKD"))
        close(bench, TODAY + timedelta(days=day))
        bench.let_pass(24 * HOURS)
    rows = list(close_rows(bench.till.ledger.connection))
    assert [row.number for row in rows] == [1, 2, 3]
    assert check_chain(rows) is None
    assert verify(bench.till.ledger).is_whole
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        bench.till.ledger.connection.execute("UPDATE day_closes SET closed_by = 'Eve'")


def test_a_close_asks_every_open_order_again(bench: Bench) -> None:
    paid = bench.charge_and_show()
    bench.charge_and_show(Money(7, "HKD"))
    bench.truth.pay(paid.merchant_order_id)
    close(bench)
    told = report_from(z_text(bench))
    assert told.totals == (Totals("HKD", 1, 12850),)
    assert [line.reason for line in told.open_orders] == [OddReason.WAITING]
    progress = [event.progress for event in bench.till.events if isinstance(event, Progressed)]
    assert progress == [Progress("close_day", 0, 2), Progress("close_day", 1, 2), Progress("close_day", 2, 2)]


def test_a_close_asks_about_open_orders_of_earlier_open_days_and_names_these(bench: Bench) -> None:
    late = bench.charge_and_show()
    bench.let_pass(24 * HOURS)
    bench.truth.pay(late.merchant_order_id)
    close(bench, TOMORROW)
    assert bench.attempt(late.merchant_order_id).state is AttemptState.SUCCEEDED
    told = report_from(z_text(bench))
    assert told.unclosed_days == (TODAY,)
    assert told.totals == ()
    assert [line.money for line in told.late] == [AMOUNT]  # it came in on this day, and is the other one's


def test_a_silent_gateway_keeps_no_shop_from_closing(bench: Bench) -> None:
    for number in range(9):
        bench.charge_and_show(Money(number + 1, "HKD"))
    bench.gateway.weather["query"] = lost_before()
    before = bench.clock.monotonic()
    close(bench)
    assert bench.clock.monotonic() - before <= 46
    assert len(report_from(z_text(bench)).open_orders) == 9


def test_a_close_can_be_called_off_while_it_asks(bench: Bench) -> None:
    bench.charge_and_show()
    bench.gateway.weather["query"] = lost_before()
    bench.loop.call_later(1, bench.services.day_close.cancel)
    with pytest.raises(DomainError) as refused:
        close(bench)
    assert refused.value.code == "close_cancelled"
    assert bench.services.day.closes() == ()
    bench.gateway.weather.clear()
    assert close(bench).number == 1


def test_a_close_in_a_hurry_waits_for_no_more_answers(bench: Bench) -> None:
    bench.charge_and_show()
    bench.gateway.weather["query"] = lost_before()
    before = bench.clock.monotonic()
    bench.loop.call_later(1, bench.services.day_close.hurry)
    assert close(bench).number == 1
    assert bench.clock.monotonic() - before == pytest.approx(1)


def test_only_one_close_at_a_time(bench: Bench) -> None:
    bench.charge_and_show()
    bench.gateway.weather["query"] = lost_before()
    bench.till.background(bench.services.day_close.close(TODAY))
    bench.let_pass(0.1)
    with pytest.raises(DomainError) as refused:
        close(bench)
    assert refused.value.code == "close_running"
    bench.let_pass(60)
    assert len(bench.services.day.closes()) == 1


def test_money_that_is_learned_of_after_the_close_is_in_no_total_and_once_in_a_list(bench: Bench) -> None:
    """Whatever the clocks say: the gateway's time of payment lies long before the close."""
    late = bench.charge_and_show()
    close(bench)
    before = z_text(bench)
    bench.truth.pay(late.merchant_order_id)
    bench.run(bench.services.checkout.ask(late.order_id))
    page = bench.run(bench.services.day.page(TODAY))
    assert page.report.totals == ()
    assert page.report.sales == ()
    assert page.after_close == (Totals("HKD", 1, 12850),)
    bench.let_pass(24 * HOURS)
    close(bench, TOMORROW)
    second = report_from(z_text(bench, 2))
    assert second.totals == ()
    assert [line.merchant_order_id for line in second.late] == [late.merchant_order_id]
    assert second.late_totals == (Totals("HKD", 1, 12850),)
    bench.let_pass(24 * HOURS)
    close(bench, TOMORROW + timedelta(days=1))
    assert report_from(z_text(bench, 3)).late == ()
    assert z_text(bench) == before


def test_what_a_clock_that_was_turned_back_calls_earlier_is_late_all_the_same(bench: Bench) -> None:
    late = bench.charge_and_show()
    close(bench)
    bench.clock.turn_wall(-5 * HOURS)
    bench.truth.pay(late.merchant_order_id)
    bench.run(bench.services.checkout.ask(late.order_id))
    page = bench.run(bench.services.day.page(TOMORROW))
    assert [line.merchant_order_id for line in page.report.late] == [late.merchant_order_id]


def test_a_closed_day_is_shown_as_its_z_says(bench: Bench) -> None:
    bench.paid()
    close(bench)
    page = bench.run(bench.services.day.page(TODAY))
    assert page.close is not None
    assert not page.trading
    assert (page.today, page.clock_day) == (TOMORROW, TODAY)
    assert page.report.close_number == 1
    assert page.report.sales is not None
    assert [line.money for line in page.report.sales] == [AMOUNT]
    assert page.after_close == ()
    assert bench.run(bench.services.day.page()).trading


def test_a_reprint_has_the_same_bytes_and_is_counted(bench: Bench) -> None:
    bench.paid()
    close(bench)
    bench.paid()
    copies = [bench.services.day_close.reprint(1) for _ in range(3)]
    assert [one.copy for one in copies] == [1, 2, 3]
    assert {one.text for one in copies} == {z_text(bench)}
    told = bench.till.ledger.connection.execute("SELECT facts FROM audit WHERE event = 'reprint'").fetchall()
    assert [json.loads(facts)["copy"] for (facts,) in told] == ["1", "2", "3"]
    with pytest.raises(DomainError) as refused:
        bench.services.day_close.reprint(2)
    assert refused.value.code == "close_unknown"


def test_a_day_can_be_read_where_nothing_else_can(bench: Bench) -> None:
    bench.paid()
    view = TillView(
        open_ledger_to_view(bench.folder / "ledger.db"), bench.clock, Problem("x", "x"), facts(bench.capabilities)
    )
    try:
        page = bench.run(view.day.page(TODAY))
    finally:
        view.let_go()
    assert page.report.totals == (Totals("HKD", 1, 12850),)


def test_a_close_that_cannot_be_written_leaves_nothing(bench: Bench) -> None:
    bench.paid()
    bench.till.break_ledger(broken=True)
    with pytest.raises(Exception, match=r"written|read"):
        close(bench)
    bench.till.break_ledger(broken=False)
    assert bench.services.day.closes() == ()
    assert bench.services.day.today() == TODAY
