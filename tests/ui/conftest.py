"""What the tests of the windows share: a till without gateway, and a window that is gone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posapp.ui.main_window import MainWindow
from posapp.ui.theme import apply_theme
from tests.ui.fake_till import FakeTill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from posapp.ui.theme import ThemeMode


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says of every window with a least size that it has no window manager to tell."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints"))


@pytest.fixture
def till() -> FakeTill:
    return FakeTill()


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Return what opens a window on a till; it is closed and deleted after the test."""
    windows: list[MainWindow] = []

    def make(
        till: FakeTill,
        *,
        theme_mode: ThemeMode = "light",
        size: tuple[int, int] = (1280, 800),
        return_after_s: int = 6,
    ) -> MainWindow:
        window = MainWindow(till, theme_mode=theme_mode, return_after_s=return_after_s)
        windows.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        qtbot.wait(1)
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    qtbot.wait(1)


@pytest.fixture
def window(till: FakeTill, open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(till)


@pytest.fixture
def light(qapp: object) -> None:
    """Show the light look, for tests of single widgets."""
    from PySide6.QtWidgets import QApplication

    assert isinstance(qapp, QApplication)
    apply_theme(qapp, "light")
