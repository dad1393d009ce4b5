"""The log page: its badge, its list, and that what is in it is shown as the plain text it is."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel

from posapp.domain.errors import Problem
from posapp.domain.log_entry import LogLevel
from posapp.ui.views.log_view import SEEN_MS
from posapp.ui.views.till_pages import PageName
from tests.ui.fake_till import FakeTill
from tests.ui.hands import click, press, type_keys
from tests.ui.trouble_scenes import some_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow

EVIL = "<img src=x onerror=1> \u202eSLIAF\u202c \x1b[31m" + "wide " * 4000


def opened(window: MainWindow, till: FakeTill, qtbot: QtBot) -> MainWindow:
    till.write_log(*some_log())
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.pages.log.model.rowCount() > 0, timeout=1000)
    return window


def test_the_badge_counts_what_nobody_has_looked_at(window: MainWindow, till: FakeTill) -> None:
    entry = window.rail.entries[PageName.LOG]
    assert entry.badge() == ""
    till.write_log(*some_log())
    assert entry.badge() == "2"
    assert entry.accessibleName() == "Log, unread errors: 2"
    till.signals.log_unread.emit(1234)
    assert entry.badge() == "99+"
    till.signals.log_unread.emit(0)
    assert entry.badge() == ""
    assert entry.accessibleName() == "Log"


def test_a_badge_builds_no_page_and_reads_nothing(window: MainWindow, till: FakeTill) -> None:
    till.write_log(*some_log())
    assert window.pages.built_log is None
    assert till.calls == []


def test_looking_for_a_second_makes_it_read(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    began = time.monotonic()
    opened(window, till, qtbot)
    qtbot.waitUntil(lambda: till.called("log_seen") == [()], timeout=SEEN_MS + 3000)
    assert time.monotonic() - began >= SEEN_MS / 1000 - 0.06  # Qt's coarse timers may be 5 % early
    assert window.rail.entries[PageName.LOG].badge() == ""


def test_a_glance_does_not(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    opened(window, till, qtbot)
    press(window, Qt.Key.Key_F2)
    qtbot.wait(SEEN_MS + 200)
    assert till.called("log_seen") == []
    assert window.rail.entries[PageName.LOG].badge() == "2"


def test_what_comes_while_it_is_open_is_read_once_for_all(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    opened(window, till, qtbot)
    chosen = window.pages.log.model.entry_at(3)
    window.pages.log.list.choose(3)
    before = len(till.called("log_entries"))
    newest = replace(some_log()[0], text="the newest")
    for _ in range(50):
        till.write_log(newest, *some_log())
    qtbot.waitUntil(lambda: window.pages.log.model.entry_at(0).text == "the newest", timeout=2000)
    assert len(till.called("log_entries")) == before + 1
    row = window.pages.log.model.row_of(chosen)
    assert row is None or window.pages.log.list.currentIndex().row() == row


def test_errors_only(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    page = opened(window, till, qtbot).pages.log
    assert page.model.rowCount() == len(some_log())
    click(page.errors_chip)
    assert page.model.rowCount() == 2
    till.log = tuple(entry for entry in till.log if entry.level is LogLevel.WARNING)
    till.signals.log_unread.emit(5)
    qtbot.waitUntil(lambda: page.message.title == "No errors", timeout=2000)
    click(page.message.action)
    assert page.model.rowCount() > 2


def test_nothing_went_wrong(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    window.show_log()
    page = window.pages.log
    qtbot.waitUntil(lambda: page.message.title == "Nothing went wrong.", timeout=1000)
    assert not page.copy_button.isEnabled()
    press(page, Qt.Key.Key_Escape)
    assert window.charge_view.isVisible()


def test_a_log_that_cannot_be_read_says_so(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.log = some_log()
    till.failures["log_entries"] = Problem("internal", "odd")
    window.show_log()
    page = window.pages.log
    qtbot.waitUntil(lambda: page.message.title == "The log could not be read", timeout=1000)
    click(page.message.action)
    qtbot.waitUntil(page.list.isVisible, timeout=1000)
    assert till.called("log_seen") == []


def test_markup_and_direction_marks_are_shown_as_what_they_are(
    window: MainWindow, till: FakeTill, qtbot: QtBot
) -> None:
    till.write_log(replace(some_log()[0], text=EVIL, source="\u202e<b>x</b>\n"))
    window.show_log()
    page = window.pages.log
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=1000)
    shown = page.detail.text.toPlainText()
    assert shown.startswith("<img src=x onerror=1> \\u202eSLIAF\\u202c \\x1b[31mwide")
    assert "\u202e" not in shown
    labels = [label for label in page.findChildren(QLabel) if label.isVisible()]
    assert labels
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert not any("\u202e" in label.text() for label in labels)
    assert window.pages.horizontalScrollBar().maximum() == 0


def test_the_support_desk_gets_what_is_shown(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    page = opened(window, till, qtbot).pages.log
    click(page.errors_chip)
    click(page.copy_button)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("posapp ")
    assert "disk_full" in lines[1]
    assert page.copy_button.text() == "Copied"


def test_the_copy_keys_copy_the_chosen_entry(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    page = opened(window, till, qtbot).pages.log
    page.list.setFocus()
    press(page.list, Qt.Key.Key_Down)
    press(page.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert "CRASH" in lines[1]
    assert page.detail.text.toPlainText().startswith("Fatal Python error")


def test_the_keyboard_starts_in_the_list(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    page = opened(window, till, qtbot).pages.log
    qtbot.waitUntil(page.list.hasFocus, timeout=1000)
    type_keys(page.list, "5")
    assert window.charge_view.display.text() == "HKD 0.00"


def test_the_model_keeps_qts_rules(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    model = opened(window, till, qtbot).pages.log.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    model.show_entries(())
    model.show_entries(some_log())
    assert "Warning" in str(model.data(model.index(3), Qt.ItemDataRole.AccessibleTextRole))


def test_a_crash_offers_the_log(window: MainWindow, till: FakeTill) -> None:
    till.signals.problem_raised.emit(Problem("crashed_last_time", "signal 11"))
    banner = window.news.problem_banner
    assert banner.notice.title() == "This program crashed the last time it ran"
    click(banner.notice.first)
    assert window.pages.log.isVisible()
    assert not banner.isVisible()


@pytest.mark.parametrize("size", [(680, 440), (960, 540)])
def test_it_fits(open_window: Callable[..., MainWindow], till: FakeTill, qtbot: QtBot, size: tuple[int, int]) -> None:
    window = opened(open_window(till, size=size), till, qtbot)
    assert window.pages.verticalScrollBar().maximum() == 0
    assert window.pages.horizontalScrollBar().maximum() == 0
    assert window.pages.log.list.height() > 60
