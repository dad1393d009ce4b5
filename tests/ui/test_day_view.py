"""The day page with a fake till: what it shows, who may see it, and how a day is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from posapp.domain.day_report import Totals
from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.progress import Progress
from posapp.domain.shift import Shift, ShiftBoard
from posapp.domain.staff import Crew, Person, Role
from posapp.ui.approvals import Approvals
from posapp.ui.presenters.day_page import CloseStep
from posapp.ui.views.day_view import DayView
from tests.ui.fake_day_desk import NOW, TODAY, sample_rows
from tests.ui.fake_till import FakeTill

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

YESTERDAY = TODAY - timedelta(days=1)
ADA, BO = Person("1", "Ada", Role.MANAGER), Person("2", "Bo", Role.CASHIER)


class Page:
    """The page with its till."""

    def __init__(self, qtbot: QtBot) -> None:
        self.till = FakeTill()
        self.desk = self.till.day
        self.bot = qtbot
        self.approvals = Approvals(self.till)
        self.view = DayView(self.till, self.approvals)
        qtbot.addWidget(self.view)
        self.view.resize(1180, 720)

    def show(self) -> None:
        """Show it and let the answers come."""
        self.view.show()
        self.settle()

    def settle(self, ms: int = 30) -> None:
        """Let what waits happen."""
        QTest.qWait(ms)

    def texts(self) -> str:
        """Return what can be read in the notices and the panel."""
        notices = self.view.notices
        shown = [n for n in (notices.open, notices.after, notices.unclosed, notices.trouble) if n.isVisible()]
        return "\n".join(f"{notice.title()} {notice.body()}" for notice in shown)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    """A page that nobody has looked at yet."""
    return Page(qtbot)


def test_nothing_is_read_before_somebody_looks(page: Page) -> None:
    assert page.till.calls == []
    page.show()
    assert page.till.called("day_page") == [(None, None)]


def test_the_figures_are_the_reports(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.show()
    (total,) = page.desk.report(TODAY).totals
    (row,) = page.view.body.tiles.rows
    assert row.net.figure.text() == f"HKD {Money(total.net_minor, 'HKD').grouped()}"
    assert row.count.figure.text() == str(total.sales)
    (chart,) = page.view.body.charts
    assert sum(bar.minor for bar in chart.bars) == total.gross_minor
    assert len(chart.bars) == 25  # 24 hours, and what was paid outside of them
    assert "outside the day's hours" in chart.accessibleDescription()


def test_the_chart_is_read_with_the_arrow_keys(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.show()
    (chart,) = page.view.body.charts
    assert chart.spoken().startswith("Strongest hour")
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.spoken() == "04:00–05:00: HKD 0.00, sales: 0"
    for _ in range(40):
        QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.spoken().startswith("outside")


def test_zone_and_cut_off_are_printed(page: Page) -> None:
    page.show()
    words = page.view.header.facts_line()
    assert "Asia/Hong_Kong, a day begins at 04:00" in words


def test_a_line_opens_its_order(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.show()
    rows = page.view.body.odd[1].rows
    wanted: list[str] = []
    page.view.order_wanted.connect(wanted.append)
    rows[0].click()
    assert wanted == [page.desk.report(TODAY).odd[0].order_id]


def test_open_orders_and_days_that_were_never_closed_are_told_before_a_close(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.show()
    assert "Orders still open: 4" in page.texts()
    assert "Earlier days that were never closed: 2" in page.texts()
    with page.bot.waitSignal(page.view.inbox_wanted):
        page.view.notices.open.first.click()
    page.view.notices.unclosed.first.click()
    page.settle()
    assert page.till.called("day_page")[-1] == (TODAY - timedelta(days=2), None)


def test_days_are_turned_with_the_buttons_and_no_further_than_today(page: Page) -> None:
    page.show()
    assert not page.view.header.after.isEnabled()
    page.view.header.before.click()
    page.settle()
    assert page.view.state.page is not None
    assert page.view.state.page.report.day == YESTERDAY
    page.view.header.after.click()
    page.settle()
    assert page.view.state.page.report.day == TODAY


def test_a_close_is_asked_twice_followed_and_told(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.till.held.add("close_day")
    page.show()
    page.view.header.close_button.click()
    assert page.view.close_panel.notice.title() == "Close Sat 14 Mar 2026?"
    assert page.till.called("close_day") == []
    page.view.close_panel.notice.first.click()
    assert page.till.called("close_day") == [(TODAY, None)]
    page.till.signals.progressed.emit(Progress("close_day", 3, 7))
    assert "3 of 7" in page.view.close_panel.notice.body()
    assert not page.view.header.close_button.isEnabled()
    page.view.close_panel.notice.first.click()
    assert page.till.called("hurry_close") == [()]
    page.view.close_panel.notice.second.click()
    assert page.till.called("cancel_close") == [()]
    page.till.release("close_day")
    page.settle()
    assert page.view.close_panel.notice.title() == "Z 0001 is written"
    assert page.view.header.state.look.word == "Closed, Z 0001"
    assert not page.view.header.close_button.isVisible()
    assert len(page.view.closes.rows) == 1


def test_a_close_that_was_not_confirmed_does_nothing(page: Page) -> None:
    page.show()
    page.view.header.close_button.click()
    QTest.keyClick(page.view, Qt.Key.Key_Escape)
    assert not page.view.close_panel.isVisible()
    assert page.till.called("close_day") == []


def test_a_close_that_failed_says_why_and_can_be_tried_again(page: Page) -> None:
    page.till.failures["close_day"] = Problem("disk_full", "no space")
    page.show()
    page.view.header.close_button.click()
    page.view.close_panel.notice.first.click()
    page.settle()
    assert page.view.close_panel.notice.title() == "The day is not closed"
    page.view.close_panel.notice.first.click()
    page.settle()
    assert page.view.state.step is CloseStep.DONE


def test_a_close_that_was_called_off_leaves_the_page_as_it_was(page: Page) -> None:
    page.till.failures["close_day"] = Problem("close_cancelled", "called off")
    page.show()
    page.view.header.close_button.click()
    page.view.close_panel.notice.first.click()
    page.settle()
    assert page.view.state.step is CloseStep.NONE
    assert not page.view.close_panel.isVisible()


def test_a_copy_shows_its_count_and_gives_the_same_text(page: Page) -> None:
    page.desk.rows[YESTERDAY] = sample_rows(YESTERDAY, odd=False)
    page.desk.close(YESTERDAY)
    text = page.desk.zs[0][1]
    page.show()
    for count in (1, 2):
        page.view.closes.rows[0].copy_button.click()
        page.settle()
        assert page.view.closes.copy_notice.title() == f"Z 0001, COPY {count}"
    page.view.closes.copy_notice.first.click()
    assert QApplication.clipboard().text() == f"COPY 2\n{text}\n"


def test_money_after_the_close_is_said_and_not_added(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY, odd=False)
    page.desk.close(TODAY)
    page.desk.after_close = page.desk.page_of(TODAY)
    page.show()
    page.view.open_day(TODAY)
    page.settle()
    assert "After the close: HKD 44.00" in page.texts()
    (total,) = page.desk.report(TODAY).totals
    assert page.view.body.tiles.rows[0].net.figure.text() == f"HKD {Money(total.net_minor, 'HKD').grouped()}"


def test_a_cashier_sees_no_totals_and_a_manager_does(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.show()
    page.till.signals.crew_changed.emit(Crew((ADA, BO), BO))
    page.settle()
    assert page.view.state.page is None
    assert not page.view.body.isVisible()
    assert page.view.message.isVisible()
    assert page.view.shift.isVisible()
    page.till.signals.crew_changed.emit(Crew((ADA, BO), ADA))
    page.settle()
    assert page.view.body.isVisible()


def test_an_answer_that_comes_after_the_manager_left_is_not_shown(page: Page) -> None:
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.till.held.add("day_page")
    page.show()
    page.till.signals.crew_changed.emit(Crew((ADA, BO), BO))
    page.till.release("day_page")
    page.settle()
    assert page.view.state.page is None


def test_the_day_is_added_up_anew_when_an_order_changes(page: Page) -> None:
    page.show()
    page.view.calm.setInterval(10)
    page.desk.rows[TODAY] = sample_rows(TODAY)
    page.till.pay(page.till.add(Money(100, "HKD")).order.order_id)
    page.settle(60)
    assert page.view.state.page is not None
    assert page.view.state.page.report.totals != ()


def test_a_day_that_cannot_be_read_says_why(page: Page) -> None:
    page.till.failures["day_page"] = Problem("ledger_failed", "disk")
    page.show()
    assert page.view.message.isVisible()
    page.view.message.action.click()
    page.settle()
    assert page.view.body.isVisible()


def test_a_day_without_sales_is_a_calm_zero(page: Page) -> None:
    page.show()
    assert page.view.body.tiles.rows[0].net.figure.text() == "HKD 0.00"
    assert page.view.body.charts[0].spoken() == "Nothing was paid in this currency."
    assert page.desk.report(TODAY).totals == ()
    assert Totals("HKD").net_minor == 0


def test_a_shift_is_counted(page: Page) -> None:
    page.show()
    page.view.shift.open_button.click()
    page.settle()
    card = page.view.shift
    card.count.edit.setText("1,280.50")
    card.close_button.click()
    assert page.till.called("close_shift") == []
    assert "digits" in card.outcome.title()
    card.count.edit.setText("1280.00")
    card.close_button.click()
    page.settle()
    assert page.till.called("close_shift") == [((Money(128000, "HKD"),), "", None)]
    assert "HKD -0.50" in card.outcome.body()
    assert card.past.cells[0][1:] == ["HKD 1,280.50", "HKD 1,280.00", "HKD -0.50"]


def test_a_blind_count_is_not_told_what_is_expected(page: Page) -> None:
    page.desk.board = ShiftBoard(Shift(1, NOW, "Bo", 1), None)
    page.show()
    words = page.view.shift.words()
    assert "Count first" in words
    assert "Expected" not in words


def test_more_than_a_screenful_of_lines_is_shown_on_demand(page: Page) -> None:
    rows = sample_rows(TODAY)
    many = tuple(replace(rows.odd[0], merchant_order_id=f"M{number}") for number in range(250))
    page.desk.rows[TODAY] = replace(rows, odd=many)
    page.show()
    lines = page.view.body.odd[1]
    assert len(lines.rows) == 12
    lines.more.click()
    lines.more.click()
    assert len(lines.rows) == 212
    assert lines.more.text() == "Show 38 more"
