"""The page in place of the others while the till is not open: what it offers, and what no accident does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from posapp.domain.errors import Problem
from posapp.domain.start import StartChoice
from posapp.ui.presenters.start import HOLD_S
from posapp.ui.tokens import TARGET
from posapp.ui.views import start_view
from tests.ui.fake_till import BACKUPS, FakeTill
from tests.ui.hands import click, double_click, press, type_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow
    from posapp.ui.views.start_view import StartView

C = StartChoice
HOLD_MS = round(HOLD_S * 1000) + 50


def damaged(till: FakeTill) -> None:
    till.fail_to_start("ledger_corrupt", *C, backups=BACKUPS)


@pytest.fixture
def page(window: MainWindow, till: FakeTill) -> StartView:
    damaged(till)
    return window.pages.start


def offered(page: StartView) -> set[StartChoice]:
    return {choice for choice, button in page.buttons.items() if button.isVisible()}


def test_it_stands_in_place_of_the_pages(window: MainWindow, page: StartView) -> None:
    assert page.isVisible()
    assert page.title.text() == "The till's ledger is damaged"
    assert "What customers have paid already is safe" in page.advice.text()
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F3):
        press(window, key)
        assert page.isVisible()
    assert [entry.isEnabled() for entry in window.rail.entries] == [False, False, False, False, True]
    assert not any(entry.isChecked() for entry in window.rail.entries)


def test_the_log_can_be_read_meanwhile_and_leads_back(window: MainWindow, till: FakeTill, page: StartView) -> None:
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.log.isVisible()
    damaged(till)  # a try of its own failed again: that takes nobody away from what is being read
    assert window.pages.log.isVisible()
    press(window.pages.log, Qt.Key.Key_Escape)
    assert page.isVisible()


@pytest.mark.parametrize(
    "choices", [(C.RETRY,), (C.RETRY, C.VIEW), (C.RETRY, C.FRESH), tuple(C)], ids=lambda choices: str(len(choices))
)
def test_only_what_may_be_done_is_offered(window: MainWindow, till: FakeTill, choices: tuple[StartChoice, ...]) -> None:
    till.fail_to_start("ledger_corrupt", *choices, backups=BACKUPS)
    assert offered(window.pages.start) == set(choices)


def test_five_backups_with_the_newest_chosen(page: StartView) -> None:
    rows = page.backups.rows()
    assert len(rows) == 5
    assert [row.isChecked() for row in rows] == [True, False, False, False, False]
    assert rows[0].accessibleName() == "Sat 22 Nov 2025, 14:03, Orders: 1204 · newest 13:57"
    assert all(row.height() >= TARGET for row in rows)


def test_restoring_takes_two_presses(till: FakeTill, page: StartView, qtbot: QtBot) -> None:
    click(page.backups.rows()[1])
    button = page.buttons[C.RESTORE]
    click(button)
    double_click(button)
    assert till.called("restore") == []
    assert button.text() == "Press again to restore it"
    qtbot.wait(HOLD_MS)
    till.held.add("restore")
    click(button)
    assert till.called("restore") == [(BACKUPS[1].name,)]
    assert page.title.text() == "Restoring the backup…"
    assert not any(one.isEnabled() for one in page.buttons.values())


def test_a_first_press_is_forgotten(page: StartView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    click(page.buttons[C.FRESH])
    assert page.buttons[C.FRESH].text() == "Press again to start empty"
    for timer in page.findChildren(start_view.QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly):
        timer.setInterval(1)
    qtbot.waitUntil(lambda: page.buttons[C.FRESH].text() == "Start with an empty ledger", timeout=1000)


def test_open_again_with_what_came_of_it(window: MainWindow, till: FakeTill, page: StartView, qtbot: QtBot) -> None:
    button = page.buttons[C.RESTORE]
    click(button)
    qtbot.wait(HOLD_MS)
    click(button)
    qtbot.waitUntil(lambda: window.news.done_banner.is_wanted, timeout=1000)
    till.signals.ready.emit()
    assert window.charge_view.isVisible()
    assert all(entry.isEnabled() for entry in window.rail.entries)
    notice = window.news.done_banner.notice
    assert notice.title() == "The backup of Sat 22 Nov 2025, 14:03 is the ledger now"
    assert "3" in notice.body()
    click(notice.second)
    assert not window.news.done_banner.isVisible()


def test_what_failed_is_said_and_may_be_tried_again(till: FakeTill, page: StartView, qtbot: QtBot) -> None:
    till.failures["restore"] = Problem("disk_full", "full")
    button = page.buttons[C.RESTORE]
    click(button)
    qtbot.wait(HOLD_MS)
    click(button)
    qtbot.waitUntil(page.notice.isVisible, timeout=1000)
    assert page.notice.title() == "This PC's disk is full"
    assert button.isEnabled()


def test_an_empty_ledger_says_where_the_old_orders_are(
    window: MainWindow, till: FakeTill, page: StartView, qtbot: QtBot
) -> None:
    click(page.buttons[C.FRESH])
    qtbot.wait(HOLD_MS)
    click(page.buttons[C.FRESH])
    assert till.called("start_fresh") == [()]
    till.signals.ready.emit()
    assert window.news.done_banner.notice.title() == "This till has begun an empty ledger"
    assert "kept under another name" in window.news.done_banner.notice.body()


def test_f5_tries_again(window: MainWindow, till: FakeTill, page: StartView) -> None:
    press(window, Qt.Key.Key_F5)
    assert till.called("start_again") == [()]
    assert page.title.text() == "Starting…"
    damaged(till)
    assert page.title.text() == "The till's ledger is damaged"


def test_typing_charges_nothing(window: MainWindow, till: FakeTill, page: StartView) -> None:
    type_keys(window, "500")
    press(window, Qt.Key.Key_Return)
    assert till.calls == []
    assert window.charge_view.display.text() == "HKD 0.00"


def test_everything_can_be_reached_with_tab(page: StartView, qtbot: QtBot) -> None:
    page.backups.rows()[0].setFocus()
    seen: set[str] = set()
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.add(focus.objectName() or focus.accessibleName())
        press(focus, Qt.Key.Key_Tab)
    assert {"startRetry", "startView", "startRestore", "startFresh"} <= seen


def test_a_code_on_screen_goes_when_the_till_closes(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
    damaged(till)
    assert till.on_screen is None
    assert window.pages.start.isVisible()


@pytest.mark.parametrize("size", [(680, 440), (960, 540), (1024, 768)])
def test_nothing_is_cut_off(open_window: Callable[..., MainWindow], till: FakeTill, size: tuple[int, int]) -> None:
    window = open_window(till, size=size)
    damaged(till)
    page = window.pages.start
    assert window.pages.horizontalScrollBar().maximum() == 0
    assert page.height() >= page.minimumSizeHint().height()
    if size == (1024, 768):
        assert window.pages.verticalScrollBar().maximum() == 0
