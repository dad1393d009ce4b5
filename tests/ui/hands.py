"""What a cashier's hands do: press keys, click, click twice. Typed, unlike the same of pytest-qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def type_keys(widget: QWidget, text: str) -> None:
    """Type a text, one real key event after the other."""
    QTest.keyClicks(widget, text)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press one key."""
    QTest.keyClick(widget, key, modifiers)


def click(widget: QWidget) -> None:
    """Click into the middle."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def double_click(widget: QWidget) -> None:
    """Click into the middle a second time, as fast as a double click."""
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton)
