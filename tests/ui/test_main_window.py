"""The shell: pages, chips, banners, keys, training, and what closing means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.status import AlarmKind, AttemptState
from posapp.domain.till import HealthState
from posapp.ui.main_window import MainWindow
from posapp.ui.presenters import open_orders
from posapp.ui.tokens import DARK, LIGHT
from posapp.ui.views.charge_view import ChargeView
from posapp.ui.widgets import news_strip
from posapp.ui.widgets.training_frame import FRAME
from tests.ui.fake_till import CODE_URL, FakeTill, facts
from tests.ui.hands import click, press, type_keys
from tests.ui.test_qr_card import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot

HKD = Money(12850, "HKD")
S = AttemptState


def late(till: FakeTill) -> OrderSnapshot:
    return till.add(HKD, state=S.SUCCEEDED, paid_at=datetime.now(UTC), alarm=AlarmKind.PAID_LATE)


def test_it_opens_on_the_keypad_with_shop_till_and_day(window: MainWindow) -> None:
    assert window.charge_view.isVisible()
    assert window.top_bar.shop.text() == "Harbour Tea"
    assert window.top_bar.till.text().startswith("Till T1, ")
    assert window.windowTitle() == "Harbour Tea, till T1"


def test_the_constructor_asks_the_till_for_nothing(till: FakeTill, open_window: Callable[..., MainWindow]) -> None:
    open_window(till)
    assert till.calls == []


def test_the_function_keys(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F3)
    assert window.orders_view.isVisible()
    assert window.rail.entries[1].isChecked()
    press(window, Qt.Key.Key_F2)
    assert window.charge_view.isVisible()
    assert window.rail.entries[0].isChecked()
    click(window.rail.entries[1])
    assert window.orders_view.isVisible()


def test_help_shows_every_key_and_goes_away(window: MainWindow, qtbot: QtBot) -> None:
    from posapp.ui.widgets.help_panel import HelpPanel

    press(window, Qt.Key.Key_F1)
    panel = window.findChild(HelpPanel)
    assert panel is not None
    assert panel.isVisible()
    type_keys(panel, "55")
    press(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert window.charge_view.display.text() == "HKD 0.00"
    qtbot.waitUntil(window.charge_view.display.hasFocus, timeout=1000)
    press(window, Qt.Key.Key_F1)
    press(window, Qt.Key.Key_F1)
    assert not panel.isVisible()


def test_health_in_words(window: MainWindow, till: FakeTill) -> None:
    assert window.top_bar.health.text() == "CBTIS was not asked yet"
    till.health(HealthState.ANSWERING, seconds_ago=2)
    assert window.top_bar.health.text() == "CBTIS answered 2 s ago"
    till.health(HealthState.SILENT, seconds_ago=1)
    assert window.top_bar.health.text() == "CBTIS did not answer just now and is being asked again"
    till.health(HealthState.SILENT, seconds_ago=40)
    assert window.top_bar.health.text().startswith("No answer from CBTIS for 40 s")


def test_the_age_grows_while_it_is_seen(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.health(HealthState.ANSWERING, seconds_ago=5)
    qtbot.waitUntil(lambda: window.top_bar.health.text() == "CBTIS answered 6 s ago", timeout=2500)


def test_keys_reach_the_page_that_is_shown(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    order = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), code=till.code)
    press(window, Qt.Key.Key_F7)
    press(window, Qt.Key.Key_F6)
    assert till.called("give_up") == till.called("new_code") == []
    window.show_orders()
    qtbot.waitUntil(lambda: window.orders_view.model.rowCount() == 1, timeout=1000)
    window.orders_view.open_order(order.order.order_id)
    press(window, Qt.Key.Key_F7)
    assert till.called("give_up") == [(order.order.order_id,)]
    qtbot.waitUntil(lambda: till.orders_by_id[order.order.order_id].leading.given_up_at is not None, timeout=1000)
    till.change(order.order.order_id, state=S.CANCELLED)
    press(window, Qt.Key.Key_F6)
    assert till.called("new_code") == [(order.order.order_id,)]


class WindowWatch(QObject):
    """Notes every widget that comes up as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_no_part_of_the_window_ever_comes_up_as_a_window(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert app is not None
    watch = WindowWatch()
    app.installEventFilter(watch)
    order = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), code=till.code)
    till.signals.ready.emit()
    window.open_order(order)
    qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
    window.show_orders()
    window.orders_view.open_order(order.order.order_id)
    till.signals.alarm_raised.emit(late(till))
    till.pay(order.order.order_id)
    window.toggle_help()
    qtbot.wait(50)
    app.removeEventFilter(watch)
    assert watch.seen == []
    assert window.isActiveWindow()


def test_late_money_rings_until_it_is_looked_at(
    window: MainWindow, till: FakeTill, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(1))
    type_keys(window.charge_view.display, "99")
    till.signals.alarm_raised.emit(late(till))
    banner = window.news.alarm_banner
    assert beeps == [1]
    assert banner.isVisible()
    assert banner.notice.title().startswith("Money arrived late: HKD 128.50")
    # It interrupts nothing: the amount stands, and typing goes on.
    type_keys(window.charge_view.display, "5")
    assert window.charge_view.display.text() == "HKD 9.95"
    click(banner.notice.first)
    assert not banner.isVisible()
    assert window.pages.inbox.isVisible()


def test_two_alarms_wait_for_each_other(window: MainWindow, till: FakeTill) -> None:
    first, second = late(till), late(till)
    till.signals.alarm_raised.emit(first)
    till.signals.alarm_raised.emit(second)
    assert window.news.alarm_banner.isVisible()
    window.open_order(first)
    assert window.news.alarm_banner.isVisible()
    window.open_order(second)
    assert not window.news.alarm_banner.isVisible()


def test_background_failures_stay_until_they_are_put_away(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.signals.problem_raised.emit(Problem("disk_full", "full"))
    banner = window.news.problem_banner
    assert banner.notice.title() == "This PC's disk is full"
    click(banner.notice.second)
    assert not banner.isVisible()


def test_orders_left_open_are_chips_after_a_start(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    open_one = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), code=till.code)
    till.add(Money(100, "HKD"), state=S.SUCCEEDED)
    till.signals.ready.emit()
    qtbot.waitUntil(lambda: len(window.news.chips.chips()) == 1, timeout=1000)
    chip = window.news.chips.chips()[0]
    assert chip.accessibleName() == f"Waiting, HKD 128.50, {open_one.order.order_id[-6:]}"


def test_a_chip_turns_paid_and_goes_when_it_is_looked_at(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    order = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), quiet=False)
    qtbot.waitUntil(lambda: len(window.news.chips.chips()) == 1, timeout=1000)
    till.pay(order.order.order_id)
    qtbot.waitUntil(lambda: window.news.chips.chips()[0].accessibleName().startswith("Paid"), timeout=1000)
    click(window.news.chips.chips()[0])
    assert window.payment_view.paid_pane.isVisible()
    window.next_customer()
    assert window.news.chips.chips() == ()


def test_a_thousand_open_orders_are_a_few_chips(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    now = datetime.now(UTC)
    for place in range(1000):
        till.add(HKD, at=now - timedelta(seconds=place), state=S.PENDING, shown_at=now, quiet=False)
    qtbot.waitUntil(lambda: len(window.news.chips.chips()) > 1, timeout=1000)
    assert len(window.news.chips.chips()) < 8
    assert all(chip.x() + chip.width() < window.news.width() for chip in window.news.chips.chips())


def test_a_settled_chip_goes_in_its_time_however_much_else_happens(
    open_window: Callable[..., MainWindow], till: FakeTill, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_strip, "_SWEEP_MS", 300)
    monkeypatch.setattr(open_orders, "KEEP_PAID_S", 0.0)
    window = open_window(till)
    settled = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), quiet=False)
    busy = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), quiet=False)
    qtbot.waitUntil(lambda: len(window.news.chips.chips()) == 2, timeout=1000)
    till.pay(settled.order.order_id)

    def only_the_busy_one_is_left() -> bool:
        till.change(busy.order.order_id, shown_at=datetime.now(UTC))  # something new, faster than the sweep
        return len(window.news.chips.chips()) == 1

    qtbot.waitUntil(only_the_busy_one_is_left, timeout=3000)


def test_older_news_do_not_reach_a_chip(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    order = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), quiet=False)
    till.pay(order.order.order_id)
    till.signals.order_changed.emit(order)
    qtbot.waitUntil(lambda: len(window.news.chips.chips()) == 1, timeout=1000)
    assert window.news.chips.chips()[0].accessibleName().startswith("Paid")


def test_opening_an_old_snapshot_shows_the_newest(window: MainWindow, till: FakeTill) -> None:
    order = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), quiet=False)
    till.pay(order.order.order_id)
    window.open_order(order)
    assert window.payment_view.paid_pane.isVisible()


def test_asking_from_the_charge_page_asks_about_the_last_order(
    window: MainWindow, till: FakeTill, qtbot: QtBot
) -> None:
    order = till.add(HKD, state=S.PENDING, quiet=False)
    press(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: till.called("ask_now") == [(order.order.order_id,)], timeout=1000)


def test_training_cannot_be_overlooked(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(facts(training=True))
    window = open_window(till)
    image = window.grab().toImage()
    frame = QColor(LIGHT.training.solid)
    corners = ((1, 1), (image.width() - 2, 1), (1, image.height() - 2), (image.width() // 2, FRAME - 1))
    assert all(image.pixelColor(x, y) == frame for x, y in corners)
    plain = open_window(FakeTill()).grab().toImage()
    assert plain.pixelColor(1, 1) != frame


def test_the_watermark_never_touches_a_code(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(facts(training=True))
    window = open_window(till)
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
    image = window.grab().toImage()
    assert read(image) == [CODE_URL]
    card = window.payment_view.qr_card
    place = card.card_rect().translated(card.mapTo(window, card.rect().topLeft()))
    colors = {
        image.pixelColor(x, y).name()
        for x in range(place.left() + 12, place.right() - 12)
        for y in range(place.top() + 12, place.bottom() - 12)
    }
    assert colors == {"#000000", "#ffffff"}


def test_dark_is_dark(open_window: Callable[..., MainWindow], till: FakeTill) -> None:
    image = open_window(till, theme_mode="dark").grab().toImage()
    assert image.pixelColor(image.width() - 3, image.height() - 3) == QColor(DARK.canvas)


@pytest.mark.parametrize("size", [(1024, 768), (960, 540), (1920, 1080), (720, 480), (683, 472)])
@pytest.mark.parametrize("name", ["charge", "payment", "paid"])
def test_nothing_is_cut_off(
    open_window: Callable[..., MainWindow], qtbot: QtBot, size: tuple[int, int], name: str
) -> None:
    till = FakeTill(facts(shop="海港茶餐廳（尖沙咀海港城店） The Harbour City Tea House and Bakery of Tsim Sha Tsui"))
    window = open_window(till, size=size)
    if name != "charge":
        order = till.add(HKD, state=S.PENDING, shown_at=datetime.now(UTC), code=till.code)
        window.open_order(order)
        qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
        if name == "paid":
            till.pay(order.order.order_id)
        window.open_order(till.orders_by_id[order.order.order_id])
        qtbot.wait(5)
    assert window.size().toTuple() == size
    scroll = window.pages.verticalScrollBar()
    assert scroll.maximum() == 0
    assert window.pages.horizontalScrollBar().maximum() == 0


def test_the_order_list_fits_the_smallest_window(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(facts(training=True))
    window = open_window(till)
    window.show_orders()
    window.resize(window.minimumSize())
    qtbot.wait(5)
    assert window.width() <= 683  # 1024 at a device scale of 1.5
    assert window.pages.horizontalScrollBar().maximum() == 0


def test_a_smaller_window_gives_up_air_and_a_larger_one_takes_it_back(window: MainWindow, qtbot: QtBot) -> None:
    button = window.charge_view.charge_button
    roomy = button.height()
    window.resize(960, 540)
    qtbot.waitUntil(lambda: button.height() < roomy, timeout=1000)
    assert window.pages.stack.height() == window.pages.room.height()
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: button.height() == roomy, timeout=1000)


def test_closing_with_open_orders_is_immediate(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.add(HKD, state=S.PENDING, quiet=False)
    window.close()
    assert not window.isVisible()
    assert QApplication.activeModalWidget() is None


def test_a_window_can_be_made_twice(till: FakeTill, open_window: Callable[..., MainWindow]) -> None:
    first = open_window(till)
    second = open_window(till)
    till.add(HKD, state=S.PENDING, quiet=False)
    assert isinstance(second.charge_view, ChargeView)
    assert first.charge_view.recent.rows()
    assert second.charge_view.recent.rows()


def test_news_after_the_window_is_gone_hurt_nobody(till: FakeTill, qtbot: QtBot) -> None:
    window = MainWindow(till, theme_mode="light")
    window.open_order(till.add(HKD, state=S.CREATING))
    window.deleteLater()
    qtbot.waitSignal(window.destroyed, timeout=1000).wait()
    till.pay(next(iter(till.orders_by_id)))
    till.health(HealthState.SILENT)


def test_news_without_change_redraw_no_chip(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    order = till.add(HKD, state=S.PENDING, quiet=False)
    qtbot.waitUntil(lambda: len(window.news.chips.chips()) == 1, timeout=1000)
    chip = window.news.chips.chips()[0]
    till.signals.order_changed.emit(replace(order, version=order.version))
    qtbot.wait(80)
    assert window.news.chips.chips() == (chip,)


@pytest.mark.parametrize("size", [(680, 440), (960, 540), (1024, 768)])
def test_every_key_of_the_help_is_whole(
    open_window: Callable[..., MainWindow], till: FakeTill, size: tuple[int, int]
) -> None:
    from posapp.ui.widgets.help_panel import HelpPanel, KeyCap

    window = open_window(till, size=size)
    window.toggle_help()
    panel = window.findChild(HelpPanel)
    assert panel is not None
    cut = [cap.text() for cap in panel.findChildren(KeyCap) if cap.height() < cap.sizeHint().height()]
    assert cut == []
    assert panel.close_button.mapTo(window, panel.close_button.rect().topLeft()).y() >= 0
