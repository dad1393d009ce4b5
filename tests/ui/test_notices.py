"""The banners: the gravest first, each kind once, what lasts goes when it is over; and a till for viewing alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.status import AlarmKind, AttemptState
from posapp.domain.till import HealthState
from posapp.ui.presenters.payment_state import PaymentPhase
from posapp.ui.views.till_pages import PageName
from posapp.ui.widgets.banners import Banner
from tests.ui.fake_till import FakeTill
from tests.ui.hands import click, press, type_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot
    from posapp.ui.main_window import MainWindow

HKD = Money(12850, "HKD")
S = AttemptState
READ_ONLY = Problem("ledger_read_only", "read-only")


def banners(window: MainWindow) -> list[str]:
    """The banners that are seen, from the top."""
    seen = [banner for banner in window.news.findChildren(Banner) if banner.isVisible()]
    return [banner.objectName() for banner in sorted(seen, key=lambda banner: banner.y())]


def waiting(till: FakeTill) -> OrderSnapshot:
    return till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), code=till.code)


def viewing(till: FakeTill) -> None:
    till.signals.view_only.emit(READ_ONLY)
    till.signals.ready.emit()


# banners


def test_a_network_that_comes_and_goes_is_one_banner(window: MainWindow, till: FakeTill) -> None:
    for _ in range(60):
        till.signals.problem_raised.emit(Problem("timeout", "late"))
        till.health(HealthState.SILENT, seconds_ago=1)
        till.health(HealthState.ANSWERING, seconds_ago=0)
    assert banners(window) == ["problemBanner"]
    click(window.news.problem_banner.notice.second)
    till.signals.problem_raised.emit(Problem("timeout", "late"))
    assert banners(window) == []


def test_two_failures_wait_for_each_other(window: MainWindow, till: FakeTill) -> None:
    till.signals.problem_raised.emit(Problem("backup_failed", "no room"))
    till.signals.problem_raised.emit(Problem("disk_full", "full"))
    notice = window.news.problem_banner.notice
    assert notice.title() == "This PC's disk is full"
    click(notice.second)
    assert notice.title() == "The daily backup of the ledger could not be made"
    click(notice.second)
    assert banners(window) == []


def test_the_clock_is_one_lasting_notice(window: MainWindow, till: FakeTill) -> None:
    for seconds in range(7200, 7260):
        till.health(HealthState.ANSWERING, clock_ahead_s=seconds)
    assert banners(window) == ["clockBanner"]
    notice = window.news.clock_banner.notice
    assert notice.title() == "This computer's clock is 2 h ahead of the gateway's"
    till.health(HealthState.SILENT)
    assert banners(window) == ["clockBanner"]
    till.health(HealthState.ANSWERING, clock_ahead_s=-3)
    assert banners(window) == []


@pytest.mark.parametrize("height, seen", [(768, 3), (600, 2), (440, 1)])
def test_only_the_gravest_are_shown_where_there_is_little_room(
    open_window: Callable[..., MainWindow], till: FakeTill, height: int, seen: int
) -> None:
    window = open_window(till, size=(1024, height))
    till.health(HealthState.ANSWERING, clock_ahead_s=9000)
    till.signals.problem_raised.emit(Problem("disk_full", "full"))
    viewing(till)
    late = till.add(HKD, state=S.SUCCEEDED, paid_at=datetime.now(UTC), alarm=AlarmKind.PAID_LATE)
    till.signals.alarm_raised.emit(late)
    assert banners(window) == ["alarmBanner", "viewOnlyBanner", "problemBanner"][:seen]
    window.news.alarm_banner.show_alarm(None, 0)
    assert banners(window) == ["viewOnlyBanner", "problemBanner", "clockBanner"][:seen]


# the bar


def test_the_bar_names_what_is_wrong_with_the_ledger(window: MainWindow, till: FakeTill) -> None:
    till.health(HealthState.LEDGER, problem="disk_full")
    assert window.top_bar.health.text() == "This PC's disk is full: nothing new can be charged"
    till.health(HealthState.LEDGER, problem="nobody_knows_this")
    assert window.top_bar.health.text() == "This till cannot write its ledger: nothing new can be charged"


def test_the_bar_says_that_the_program_has_stopped_asking(window: MainWindow, till: FakeTill) -> None:
    till.health(HealthState.STOPPED)
    assert "has stopped and is being started again" in window.top_bar.health.text()


# viewing alone


def test_view_only_lasts_and_says_why(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    viewing(till)
    assert banners(window) == ["viewOnlyBanner"]
    assert window.news.view_only_banner.notice.title() == "View only: The till's ledger may not be written"
    page = window.charge_view
    type_keys(page.display, "12850")
    press(window, Qt.Key.Key_Return)
    page.charge()
    qtbot.wait(20)
    assert till.called("charge") == till.called("recent_unpaid") == []
    assert page.display.text() == "HKD 0.00"
    assert not page.charge_button.isEnabled()
    assert not page.keypad.isEnabled()
    assert page.why_not.isVisible()
    assert page.why_not.words() == "The till's ledger may not be written"


def test_view_only_asks_nobody(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    order = waiting(till)
    viewing(till)
    qtbot.waitUntil(lambda: len(window.charge_view.recent.rows()) == 1, timeout=1000)
    press(window, Qt.Key.Key_F5)
    click(window.charge_view.recent.rows()[0].ask)
    assert not window.charge_view.recent.rows()[0].ask.isEnabled()
    window.open_order(order)
    drawer = window.orders_view.drawer
    qtbot.waitUntil(drawer.isVisible, timeout=1000)
    buttons = drawer.buttons
    for key in (Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7):
        press(window, key)
    for button in (buttons.ask, buttons.show_code, buttons.give_up):
        assert button.isVisible()
        assert not button.isEnabled()
        assert "may not be written" in button.toolTip()
        click(button)
    assert buttons.copy.isEnabled()
    assert {name for name, *_ in till.calls} <= {"orders", "details", "count"}


def test_an_order_list_that_is_built_later_knows_it_too(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    order = waiting(till)
    window.orders_view.open_order(order.order.order_id)
    viewing(till)
    qtbot.waitUntil(lambda: window.orders_view.drawer.presenter.state is not None, timeout=1000)
    assert not window.orders_view.drawer.buttons.ask.isEnabled()


def test_it_can_be_written_again_after_a_start_that_says_nothing_of_it(window: MainWindow, till: FakeTill) -> None:
    order = waiting(till)
    viewing(till)
    window.open_order(order)
    till.signals.ready.emit()
    assert banners(window) == []
    window.next_customer()
    type_keys(window.charge_view.display, "5")
    assert window.charge_view.charge_button.isEnabled()
    assert not window.charge_view.why_not.isVisible()
    assert window.orders_view.drawer.buttons.ask.isEnabled()
    assert "F5" in window.orders_view.drawer.buttons.ask.toolTip()


def test_a_payment_page_gives_way(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    window.open_order(waiting(till))
    qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
    till.signals.view_only.emit(READ_ONLY)
    assert till.on_screen is None
    assert window.pages.place is PageName.CHARGE
    assert window.charge_view.isVisible()


# a code that could not be shown


def test_a_code_that_could_not_be_shown_can_be_shown_later(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.failures["show_code"] = Problem("disk_full", "full")
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    page = window.payment_view

    def phase() -> PaymentPhase | None:
        return page.state.phase if page.state is not None else None

    qtbot.waitUntil(lambda: phase() is PaymentPhase.NOT_SHOWN, timeout=2000)
    assert page.side.notice.title() == "This PC's disk is full"
    assert page.side.show_again_button.isVisible()
    assert page.side.show_again_button.text() == "Show the code"
    qtbot.waitUntil(lambda: not page.side.is_held, timeout=2000)
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
    assert not page.side.notice.isVisible()
