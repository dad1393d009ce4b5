"""The keypad: digits as on a number pad, and the three keys that are not digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Signal, SignalInstance
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.tokens import TARGET
from posapp.ui.widgets.button import Button, ButtonKind

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_LARGE: Final = 32
_LARGE_FROM: Final = 84


class KeypadButton(Button):
    """A key that grows with the pad."""

    def __init__(self, name: str, text: str, parent: QWidget, icon: Icon | None = None) -> None:
        super().__init__(text, ButtonKind.KEY, icon=icon, parent=parent)
        self.setObjectName(f"key_{name}")
        self.set_size(fonts.TITLE, TARGET)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the digit grow with its key."""
        super().resizeEvent(event)
        size = _LARGE if event.size().height() >= _LARGE_FROM else fonts.TITLE
        if size != self._size:
            self.set_size(size, TARGET)

    def sizeHint(self) -> QSize:
        """As tall as a thumb is wide."""
        return QSize(80, 64)

    def minimumSizeHint(self) -> QSize:
        """Never smaller than a finger."""
        return QSize(TARGET, TARGET)


class Keypad(QWidget):
    """Lets go of what was pressed and knows nothing of amounts.

    Signals:
        digit_pressed(int): 0 to 9.
        double_zero_pressed(), plus_pressed(), back_pressed(), clear_pressed(): The other keys.
    """

    digit_pressed = Signal(int)
    double_zero_pressed = Signal()
    plus_pressed = Signal()
    back_pressed = Signal()
    clear_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        places = ((7, 0, 0), (8, 0, 1), (9, 0, 2), (4, 1, 0), (5, 1, 1), (6, 1, 2), (1, 2, 0), (2, 2, 1), (3, 2, 2))
        for digit, row, column in places:
            grid.addWidget(self._digit(digit), row, column)
        grid.addWidget(self._digit(0), 3, 0, 1, 2)
        grid.addWidget(self._key("00", "00", self.tr("Two zeros"), self.double_zero_pressed), 3, 2)
        grid.addWidget(
            self._key("back", "", self.tr("Take back the last digit"), self.back_pressed, Icon.BACKSPACE), 0, 3
        )
        grid.addWidget(self._key("clear", self.tr("C", "the clear key"), self.tr("Clear"), self.clear_pressed), 1, 3)
        grid.addWidget(self._key("plus", "", self.tr("Add the next price"), self.plus_pressed, Icon.PLUS), 2, 3, 2, 1)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        for row in range(4):
            grid.setRowStretch(row, 1)

    def _digit(self, digit: int) -> KeypadButton:
        key = KeypadButton(str(digit), str(digit), self)
        key.clicked.connect(lambda: self.digit_pressed.emit(digit))
        return key

    def _key(self, name: str, text: str, says: str, signal: SignalInstance, icon: Icon | None = None) -> KeypadButton:
        key = KeypadButton(name, text, self, icon)
        key.set_words(text, says)
        key.clicked.connect(signal.emit)
        return key
