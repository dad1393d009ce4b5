"""The locked till: nothing of it can be read or pressed, PINs by touch and keys, switching, locking by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from posapp.domain.errors import Problem
from posapp.domain.inbox import InboxAction
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.status import AlarmKind, AttemptState
from posapp.ui.auto_lock import AutoLock
from posapp.ui.widgets.keypad import KeypadButton
from posapp.ui.widgets.refund_sheet import RefundSheet
from tests.ui.fake_staff_desk import CASHIER, MANAGER, OWNER, PIN
from tests.ui.hands import click, press, type_keys

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow
    from posapp.ui.widgets.lock_cover import LockCover
    from tests.ui.fake_till import FakeTill

AMOUNT = Money(12850, "HKD")
F10 = Qt.Key.Key_F10
popup = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
"""Of the offscreen platform, which has neither."""


def cover_of(window: MainWindow) -> LockCover:
    cover = window.door.cover
    assert cover is not None
    return cover


def is_locked(window: MainWindow) -> bool:
    return window.door.cover is not None and window.door.cover.isVisible()


@pytest.fixture
def locked(window: MainWindow, till: FakeTill) -> LockCover:
    """A till that was just started."""
    till.staff.set_up(CASHIER, MANAGER, OWNER)
    return cover_of(window)


def test_without_people_nothing_is_locked(window: MainWindow, till: FakeTill) -> None:
    press(window, F10)
    assert window.door.cover is None
    assert till.staff.called("lock") == []


def test_a_start_with_people_is_covered_edge_to_edge(window: MainWindow, locked: LockCover) -> None:
    assert locked.isVisible()
    assert locked.geometry() == window.rect()
    on_top = window.childAt(window.rect().center())
    assert on_top is not None
    assert on_top is locked or locked.isAncestorOf(on_top)
    window.resize(1024, 700)
    assert locked.geometry() == window.rect()


def test_nothing_shows_through(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    """The picture of a locked window is the same whatever is behind the cover."""
    till.staff.set_up(CASHIER, MANAGER, signed_in=CASHIER)
    till.staff.set_up(CASHIER, MANAGER)
    over_the_keypad = window.grab().toImage()
    till.staff.set_up(CASHIER, MANAGER, signed_in=CASHIER)
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    qtbot.waitUntil(lambda: till.on_screen is not None)
    with_code = window.grab().toImage()
    till.staff.set_up(CASHIER, MANAGER)
    assert window.grab().toImage() == over_the_keypad
    assert with_code != over_the_keypad


def test_no_key_gets_through(qtbot: QtBot, window: MainWindow, till: FakeTill, locked: LockCover) -> None:
    window.activateWindow()
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_Escape):
        press(locked, key)
    type_keys(locked, "77x")
    press(locked, Qt.Key.Key_Return)
    qtbot.wait(5)
    assert window.pages.stack.current() is window.charge_view
    assert window.charge_view.display.text() == "HKD 0.00"
    assert till.called("charge") == []
    assert locked.isVisible()
    for _ in range(12):
        press(locked, Qt.Key.Key_Tab)
        focus = window.focusWidget()
        assert focus is locked or locked.isAncestorOf(focus)


def test_a_pin_by_keys_opens_it(qtbot: QtBot, window: MainWindow, till: FakeTill, locked: LockCover) -> None:
    type_keys(locked, PIN)
    press(locked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not locked.isVisible())
    assert till.staff.called("sign_in") == [(CASHIER.person_id, PIN)]
    assert window.top_bar.person.accessibleName() == "At the till: Chris Lam"
    type_keys(window.charge_view.display, "7")
    assert window.charge_view.display.text() == "HKD 0.07"
    press(window, Qt.Key.Key_F3)
    assert window.pages.stack.current() is window.orders_view


def test_a_pin_by_touch_opens_it(qtbot: QtBot, till: FakeTill, locked: LockCover) -> None:
    click(next(one for one in locked.panel.names.buttons if one.person == MANAGER))
    for digit in PIN:
        key = locked.panel.pad.findChild(KeypadButton, f"key_{digit}")
        assert key is not None
        click(key)
    locked.panel.pad.done.click()
    qtbot.waitUntil(lambda: not locked.isVisible())
    assert till.staff.called("sign_in") == [(MANAGER.person_id, PIN)]


def test_up_and_down_choose_the_name(till: FakeTill, locked: LockCover) -> None:
    press(locked, Qt.Key.Key_Down)
    press(locked, Qt.Key.Key_Down)
    press(locked, Qt.Key.Key_Down)
    press(locked, Qt.Key.Key_Up)
    type_keys(locked, PIN)
    press(locked, Qt.Key.Key_Return)
    assert till.staff.called("sign_in") == [(MANAGER.person_id, PIN)]


def test_a_wrong_pin_says_so_and_the_pad_forgets_it(qtbot: QtBot, locked: LockCover) -> None:
    type_keys(locked, "9999")
    press(locked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: locked.panel.said.words() == "That is not the PIN.")
    assert locked.isVisible()
    assert locked.panel.pad.dots.accessibleName().startswith("0")
    type_keys(locked, "1")
    assert locked.panel.said.words() == ""


def test_too_many_say_how_long_to_wait_and_count_down(
    qtbot: QtBot, window: MainWindow, till: FakeTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("posapp.ui.widgets.pin_panel.monotonic", lambda: now)
    till.staff.waits[CASHIER.person_id] = 62
    till.staff.set_up(CASHIER, MANAGER)
    cover = cover_of(window)
    qtbot.waitUntil(lambda: cover.panel.said.words() == "Too many wrong PINs. Try again in 1:02.")
    assert not cover.panel.pad.isEnabled()
    type_keys(cover, PIN)
    press(cover, Qt.Key.Key_Return)
    assert till.staff.called("sign_in") == []
    now = 1061.5
    qtbot.waitUntil(lambda: cover.panel.said.words() == "Too many wrong PINs. Try again in 0:01.", timeout=3000)
    now = 1062.0
    qtbot.waitUntil(cover.panel.pad.isEnabled, timeout=3000)
    assert cover.panel.said.words() == ""


def test_a_wait_is_one_persons_alone(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    till.staff.waits[CASHIER.person_id] = 62
    till.staff.set_up(CASHIER, MANAGER)
    cover = cover_of(window)
    qtbot.waitUntil(lambda: not cover.panel.pad.isEnabled())
    press(cover, Qt.Key.Key_Down)
    assert cover.panel.pad.isEnabled()
    qtbot.wait(5)
    assert cover.panel.pad.isEnabled()


def test_a_failure_is_a_sentence(qtbot: QtBot, till: FakeTill, locked: LockCover) -> None:
    till.staff.failures["sign_in"] = Problem("pin_key_missing", "lost")
    type_keys(locked, PIN)
    press(locked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "lost the key" in locked.panel.said.words())
    assert locked.panel.pad.isEnabled()


def test_what_rings_is_read_on_the_cover(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    till.staff.set_up(CASHIER, signed_in=CASHIER)
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    qtbot.waitUntil(lambda: till.on_screen is not None)
    till.staff.set_up(CASHIER)
    cover = cover_of(window)
    assert not cover.alarm.isVisible()
    (order_id,) = till.orders_by_id
    till.signals.alarm_raised.emit(till.pay(order_id, alarm=AlarmKind.PAID_LATE))
    assert cover.alarm.isVisible()
    assert "128.50" in cover.alarm.notice.title()
    till.staff.set_up(CASHIER, signed_in=CASHIER)
    assert window.news.alarm_banner.is_wanted  # under the cover nobody has looked at it


@popup
def test_somebody_else_signs_in_over_who_stands_there(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    chip = window.top_bar.person
    chip.click()
    assert chip.menu_card is not None
    chip.menu_card.switch.click()
    cover = cover_of(window)
    assert [one.person for one in cover.panel.names.buttons] == [MANAGER, OWNER]
    press(cover, Qt.Key.Key_Escape)
    assert not cover.isVisible()
    assert till.staff.called("lock") == []
    window.door.switch()
    type_keys(cover, PIN)
    press(cover, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not cover.isVisible())
    assert till.staff.crew.signed_in == MANAGER


def test_f10_locks_and_the_last_one_is_chosen(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    till.staff.set_up(CASHIER, MANAGER, OWNER)
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=OWNER)
    press(window, F10)
    qtbot.waitUntil(lambda: is_locked(window))
    assert cover_of(window).panel.who.text() == "Olivia Wong"


@popup
def test_the_menu_leads_to_the_people(window: MainWindow, till: FakeTill) -> None:
    window.top_bar.person.click()
    assert window.pages.stack.current() is window.pages.people
    window.next_customer()
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=OWNER)
    window.top_bar.person.click()
    assert window.top_bar.person.menu_card is not None
    window.top_bar.person.menu_card.people.click()
    assert window.pages.stack.current() is window.pages.people


class Time:
    """Both clocks of the auto lock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steady = self.wall = 5000.0
        monkeypatch.setattr("posapp.ui.auto_lock.monotonic", lambda: self.steady)
        monkeypatch.setattr("posapp.ui.auto_lock.time", lambda: self.wall)

    def passes(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def test_it_locks_by_itself(qtbot: QtBot, window: MainWindow, till: FakeTill, time: Time) -> None:
    till.staff.set_up(CASHIER, MANAGER, signed_in=CASHIER)
    time.passes(119)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == []
    time.passes(1)
    window.door.auto_lock.look()
    qtbot.waitUntil(lambda: is_locked(window))


@pytest.mark.parametrize("what", ["key", "mouse"])
def test_a_key_or_the_mouse_begins_the_count_anew(window: MainWindow, till: FakeTill, time: Time, what: str) -> None:
    till.staff.set_up(CASHIER, MANAGER, signed_in=CASHIER)
    time.passes(100)
    if what == "key":
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_7)
    else:
        QTest.mouseMove(window.windowHandle(), window.rect().center())
        QApplication.processEvents()
    time.passes(100)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == []
    time.passes(20)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == [()]


def test_never_while_a_payment_waits_and_anew_afterwards(
    qtbot: QtBot, window: MainWindow, till: FakeTill, time: Time
) -> None:
    till.staff.set_up(CASHIER, MANAGER, signed_in=CASHIER)
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    qtbot.waitUntil(lambda: till.on_screen is not None)
    for _ in range(5):
        time.passes(600)
        window.door.auto_lock.look()
    assert till.staff.called("lock") == []
    till.pay(next(iter(till.orders_by_id)))
    time.passes(119)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == []
    time.passes(1)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == [()]


@pytest.mark.parametrize("page", ["orders", "inbox"])
def test_never_while_a_refund_is_on_its_way_and_anew_afterwards(
    qtbot: QtBot, window: MainWindow, till: FakeTill, time: Time, page: str
) -> None:
    till.staff.set_up(CASHIER, MANAGER, signed_in=MANAGER)
    alarm = AlarmKind.PAID_LATE if page == "inbox" else None
    order = till.add(Money(12850, "HKD"), state=AttemptState.SUCCEEDED, gateway_id="G1", alarm=alarm)
    order_id = order.order.order_id
    if page == "orders":
        window.navigator.show_order(order_id)
        qtbot.waitUntil(window.orders_view.drawer.buttons.refund.isVisible)
        window.orders_view.drawer.buttons.refund.click()
    else:
        window.navigator.show_item(order_id)
        qtbot.waitUntil(lambda: bool(window.pages.inbox.cards))
        next(iter(window.pages.inbox.cards.values())).buttons[InboxAction.REFUND].click()
    sheet = window.findChild(RefundSheet)
    assert sheet is not None
    type_keys(sheet.form.display, "2000")
    type_keys(sheet.form.tail.edit, order_id[-4:])
    sheet.form.send.click()
    qtbot.waitUntil(sheet.result.isVisible)
    for _ in range(5):
        time.passes(600)
        window.door.auto_lock.look()
    assert till.staff.called("lock") == []
    till.refunds.change("T1-01KR7A2M900000000000001", state=RefundState.SUCCEEDED)
    time.passes(119)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == []
    time.passes(1)
    window.door.auto_lock.look()
    assert till.staff.called("lock") == [()]


def test_a_computer_that_slept_wakes_up_locked(window: MainWindow, till: FakeTill, time: Time) -> None:
    till.staff.set_up(CASHIER, MANAGER, signed_in=CASHIER)
    time.wall += 8 * 3600
    window.door.auto_lock.look()
    assert till.staff.called("lock") == [()]


def test_zero_means_never(qtbot: QtBot, window: MainWindow, time: Time) -> None:
    lock = AutoLock(window, 0, lambda: False)
    told: list[bool] = []
    lock.due.connect(lambda: told.append(True))
    lock.run(running=True)
    time.passes(1e6)
    qtbot.wait(1100)
    assert told == []
