"""The charge page, driven with real keys and clicks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.status import AttemptState
from posapp.ui.presenters.charge import ChargePhase
from tests.ui.fake_till import FakeTill, facts
from tests.ui.hands import click, double_click, press, type_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow
    from posapp.ui.views.charge_view import ChargeView

HKD = Money(12850, "HKD")


@pytest.fixture
def page(window: MainWindow) -> ChargeView:
    return window.charge_view


def button(page: ChargeView, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def shown(page: ChargeView) -> str:
    return page.display.text()


def test_the_keyboard_is_on_the_amount_at_once(page: ChargeView, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.display.hasFocus, timeout=1000)


def test_digits_come_in_from_the_right(page: ChargeView, qtbot: QtBot) -> None:
    seen: list[str] = []
    for digit in "12850":
        type_keys(page.display, digit)
        seen.append(shown(page))
    assert seen == ["HKD 0.01", "HKD 0.12", "HKD 1.28", "HKD 12.85", "HKD 128.50"]


def test_the_keypad_does_the_same(page: ChargeView, qtbot: QtBot) -> None:
    for name in ("1", "2", "8", "5", "0"):
        click(button(page, f"key_{name}"))
    assert shown(page) == "HKD 128.50"
    click(button(page, "key_back"))
    assert shown(page) == "HKD 12.85"
    click(button(page, "key_plus"))
    click(button(page, "key_5"))
    click(button(page, "key_00"))
    assert shown(page) == "HKD 17.85"
    assert page.display.working() == "12.85 + 5.00"
    click(button(page, "key_clear"))
    assert shown(page) == "HKD 0.00"


def test_the_number_pad_does_the_same(page: ChargeView, qtbot: QtBot) -> None:
    pad = Qt.KeyboardModifier.KeypadModifier
    for key in (Qt.Key.Key_7, Qt.Key.Key_5, Qt.Key.Key_Plus, Qt.Key.Key_2):
        press(page.display, key, pad)
    assert shown(page) == "HKD 0.77"


@pytest.mark.parametrize("mark", [".", ","])
def test_a_point_is_ignored_and_multiplies_nothing(page: ChargeView, qtbot: QtBot, mark: str) -> None:
    type_keys(page.display, f"128{mark}50")
    assert shown(page) == "HKD 128.50"


def test_escape_clears(page: ChargeView, qtbot: QtBot) -> None:
    type_keys(page.display, "55")
    press(page.display, Qt.Key.Key_Escape)
    assert shown(page) == "HKD 0.00"


def test_too_many_digits_are_refused_with_the_reason(page: ChargeView, qtbot: QtBot) -> None:
    type_keys(page.display, "99999999999")
    before = shown(page)
    type_keys(page.display, "1")
    assert shown(page) == before
    assert page.display.refusal() == "That is more than a till takes in one order"
    press(page.display, Qt.Key.Key_Backspace)
    assert page.display.refusal() == ""


@pytest.mark.parametrize("letter", ["a", "-", "*", "%", " "])
def test_a_letter_is_refused_with_the_reason(
    page: ChargeView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(1))
    type_keys(page.display, f"12{letter}")
    assert shown(page) == "HKD 0.12"
    assert page.display.refusal() == "An amount has digits only"
    type_keys(page.display, "8")
    assert shown(page) == "HKD 1.28"
    assert page.display.refusal() == ""
    assert beeps == []


def test_a_letter_leaves_the_guard_where_it_is(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    guard(page, till, qtbot)
    type_keys(page.notice.first, "x")
    assert page.notice.isVisible()
    assert page.display.refusal() == "An amount has digits only"


def test_keys_with_ctrl_are_no_letters(page: ChargeView) -> None:
    press(page.display, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.display.refusal() == ""


def test_pasting_takes_an_amount_or_says_why_not(page: ChargeView, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("64.20")
    press(page.display, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert shown(page) == "HKD 64.20"
    QGuiApplication.clipboard().setText("1,280.50")
    press(page.display, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert shown(page) == "HKD 64.20"
    assert page.display.refusal().startswith("An amount is written with digits")


def test_a_currency_without_decimals(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window(FakeTill(facts(currency="JPY")))
    type_keys(window.charge_view.display, "128.")
    assert window.charge_view.display.text() == "JPY 128"
    assert window.charge_view.charge_button.text() == "Charge JPY 128"


def test_the_button_repeats_the_amount_and_is_dead_at_zero(page: ChargeView, qtbot: QtBot) -> None:
    assert not page.charge_button.isEnabled()
    type_keys(page.display, "12850")
    assert page.charge_button.text() == "Charge HKD 128.50"
    assert page.charge_button.isEnabled()


def test_pressing_disables_at_once(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    till.held.add("recent_unpaid")
    type_keys(page.display, "12850")
    page.charge_button.click()
    assert not page.charge_button.isEnabled()
    assert page.charge_button.text() == "Asking the gateway…"


def test_double_click_key_repeat_and_enter_with_click_are_one_order(
    page: ChargeView, till: FakeTill, qtbot: QtBot
) -> None:
    till.held.update({"recent_unpaid", "charge"})
    type_keys(page.display, "12850")
    click(page.charge_button)
    double_click(page.charge_button)
    press(page.display, Qt.Key.Key_Return)
    repeat = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
    QApplication.sendEvent(page.display, repeat)
    till.release("recent_unpaid")
    click(page.charge_button)
    press(page.display, Qt.Key.Key_Enter)
    till.release("charge")
    qtbot.wait(30)
    assert till.called("charge") == [(HKD, "")]
    assert len(till.orders_by_id) == 1


def test_a_held_key_types_once(page: ChargeView) -> None:
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_7, Qt.KeyboardModifier.NoModifier, "7", autorep=True)
    QApplication.sendEvent(page.display, held)
    assert shown(page) == "HKD 0.00"


def test_the_note_takes_digits_only_while_it_has_the_keyboard(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    page.note.edit.setFocus()
    type_keys(page.note.edit, "Table 4")
    assert shown(page) == "HKD 0.00"
    click(button(page, "key_9"))
    focused = QApplication.focusWidget()
    assert focused is not None
    type_keys(focused, "9")
    assert shown(page) == "HKD 0.99"
    press(page.note.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(till.called("charge")) == 1, timeout=1000)
    assert till.called("charge") == [(Money(99, "HKD"), "Table 4")]
    assert page.note.edit.text() == ""


def test_escape_in_the_note_keeps_the_amount(page: ChargeView, qtbot: QtBot) -> None:
    type_keys(page.display, "500")
    page.note.edit.setFocus()
    press(page.note.edit, Qt.Key.Key_Escape)
    assert shown(page) == "HKD 5.00"
    assert page.display.hasFocus()


def guard(page: ChargeView, till: FakeTill, qtbot: QtBot) -> str:
    earlier = till.add(HKD, state=AttemptState.PENDING, shown_at=datetime.now(UTC), code=till.code)
    type_keys(page.display, "12850")
    press(page.display, Qt.Key.Key_Return)
    qtbot.waitUntil(page.notice.isVisible, timeout=1000)
    return earlier.order.order_id


def test_the_same_amount_shows_the_open_order_first(
    page: ChargeView, window: MainWindow, till: FakeTill, qtbot: QtBot
) -> None:
    earlier = guard(page, till, qtbot)
    assert page.notice.title().startswith("HKD 128.50 was charged at")
    assert page.notice.first.hasFocus()
    assert not page.charge_button.isEnabled()
    press(page.notice.first, Qt.Key.Key_Return)
    qtbot.wait(20)
    assert till.called("charge") == []
    assert window.payment_view.order_id == earlier
    assert window.payment_view.isVisible()


def test_charging_again_is_one_more_order(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    guard(page, till, qtbot)
    double_click(page.notice.second)
    page.notice.second.click()
    qtbot.waitUntil(lambda: len(till.orders_by_id) == 2, timeout=1000)
    assert len(till.called("charge")) == 1


def test_escape_puts_the_guard_away_and_keeps_the_amount(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    guard(page, till, qtbot)
    press(page.notice.first, Qt.Key.Key_Escape)
    assert not page.notice.isVisible()
    assert shown(page) == "HKD 128.50"
    assert page.state.phase is ChargePhase.TYPING


def test_a_failure_says_what_happened_and_what_is_safe(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    till.failures["charge"] = Problem("disk_full", "no space")
    type_keys(page.display, "12850")
    press(page.display, Qt.Key.Key_Return)
    qtbot.waitUntil(page.notice.isVisible, timeout=1000)
    assert page.notice.title() == "This PC's disk is full"
    assert "Nothing was sent" in page.notice.body()
    assert page.charge_button.isEnabled()
    assert shown(page) == "HKD 128.50"


def fill(page: ChargeView, till: FakeTill, qtbot: QtBot, count: int = 7) -> list[str]:
    now = datetime.now(UTC)
    ids = [
        till.add(
            Money(100 * (place + 1), "HKD"),
            at=now - timedelta(minutes=place + 1),
            state=AttemptState.PENDING,
            shown_at=now,
        ).order.order_id
        for place in range(count)
    ]
    till.signals.ready.emit()
    qtbot.waitUntil(lambda: len(page.recent.rows()) == min(5, count), timeout=1000)
    return ids


def test_the_last_five_orders_newest_first(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    ids = fill(page, till, qtbot)
    assert [row.snapshot.order.order_id for row in page.recent.rows()] == ids[:5]


def test_a_new_order_comes_on_top_and_an_old_one_does_not_come_back(
    page: ChargeView, till: FakeTill, qtbot: QtBot
) -> None:
    ids = fill(page, till, qtbot)
    newest = till.add(Money(900, "HKD"), quiet=False)
    till.change(ids[6], state=AttemptState.CANCELLED)
    rows = [row.snapshot.order.order_id for row in page.recent.rows()]
    assert rows == [newest.order.order_id, *ids[:4]]


def test_a_row_changes_live_and_ignores_older_news(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    ids = fill(page, till, qtbot)
    old = till.orders_by_id[ids[0]]
    till.pay(ids[0])
    till.signals.order_changed.emit(old)
    row = page.recent.row_of(ids[0])
    assert row is not None
    assert row.accessibleName().startswith("Paid, HKD 1.00")


def test_asking_again_answers_in_one_sentence(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    ids = fill(page, till, qtbot)
    till.pay(ids[1], paid_at=datetime(2025, 11, 22, 6, 3, 22, tzinfo=UTC))
    press(page.display, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    row = page.recent.row_of(ids[1])
    assert row is not None
    qtbot.waitUntil(lambda: row.answer() == "Paid at 14:03:22, HKD 2.00.", timeout=1000)
    assert till.called("ask_now") == [(ids[1],)]


def test_asking_again_without_an_answer(page: ChargeView, till: FakeTill, qtbot: QtBot) -> None:
    ids = fill(page, till, qtbot)
    till.failures["ask_now"] = Problem("timeout", "late")
    click(page.recent.rows()[0].ask)
    row = page.recent.row_of(ids[0])
    assert row is not None
    wanted = "The gateway did not answer in time. Not known yet."
    qtbot.waitUntil(lambda: row.answer() == wanted, timeout=1000)
    assert row.ask.isEnabled()


def test_a_row_opens_its_order(page: ChargeView, window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    ids = fill(page, till, qtbot)
    click(page.recent.rows()[2])
    assert window.payment_view.order_id == ids[2]


def test_typing_reaches_the_amount_from_anywhere(window: MainWindow, qtbot: QtBot) -> None:
    window.rail.entries[0].setFocus()
    type_keys(window.rail.entries[0], "42")
    assert window.charge_view.display.text() == "HKD 0.42"
    assert window.charge_view.display.hasFocus()


def test_every_control_has_a_name_for_screen_readers(page: ChargeView) -> None:
    nameless = [
        one.objectName() for one in page.findChildren(QPushButton) if one.isVisible() and not one.accessibleName()
    ]
    assert nameless == []
    assert page.display.accessibleName() == "HKD 0.00"
    assert page.note.edit.accessibleName()
