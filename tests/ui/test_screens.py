"""Where the window may be: on a screen, and no larger than it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QRect, QSize

from posapp.ui.screens import KeepOnScreen, brought_back, fitting

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow

MAIN = QRect(0, 0, 1920, 1080)
BESIDE = QRect(1920, 0, 1024, 768)


@pytest.mark.parametrize(
    "window, stays",
    [
        (QRect(100, 100, 1280, 800), True),
        (QRect(2000, 50, 900, 700), True),
        (QRect(-1200, 100, 1280, 800), False),
        (QRect(1800, 900, 1280, 800), False),  # a corner of it on either screen
        (QRect(5000, 3000, 1280, 800), False),
        (QRect(0, -790, 1280, 800), False),
        (QRect(1760, 960, 1280, 800), True),
        (QRect(10, 10, 80, 60), True),
    ],
)
def test_what_nobody_sees_comes_back(window: QRect, stays: bool) -> None:
    place = brought_back(window, [MAIN, BESIDE])
    assert (place is None) is stays
    if place is not None:
        assert MAIN.contains(place)


def test_it_comes_back_no_larger_than_the_screen_that_is_left() -> None:
    place = brought_back(QRect(3000, 0, 1920, 1080), [QRect(0, 0, 1024, 768)])
    assert place == QRect(0, 0, 1024, 768)


def test_without_any_screen_nothing_is_moved() -> None:
    assert brought_back(QRect(5000, 0, 100, 100), []) is None


def test_a_new_window_fits_its_screen() -> None:
    assert fitting(QSize(1280, 800), MAIN) == QSize(1280, 800)
    small = fitting(QSize(1280, 800), QRect(0, 0, 1024, 768))
    assert small.width() < 1024
    assert small.height() < 768


def test_a_window_moved_out_of_sight_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    KeepOnScreen(window)
    window.move(50_000, 50_000)
    screen = window.screen().availableGeometry()
    qtbot.waitUntil(lambda: screen.intersects(window.frameGeometry()), timeout=3000)


def test_a_window_that_is_seen_stays(window: MainWindow, qtbot: QtBot) -> None:
    KeepOnScreen(window)
    window.move(40, 30)
    place = window.geometry()
    qtbot.wait(600)
    assert window.geometry() == place
