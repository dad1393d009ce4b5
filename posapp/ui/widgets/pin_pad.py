"""A pad for PINs: what was typed is shown as dots, by touch and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from posapp.domain.staff import PIN_DIGITS
from posapp.ui.icons import Icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.widgets.keypad import KeypadButton

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

_DOT: Final = 14
_GAP: Final = 10
_PLACES: Final = ((7, 0, 0), (8, 0, 1), (9, 0, 2), (4, 1, 0), (5, 1, 1), (6, 1, 2), (1, 2, 0), (2, 2, 1), (3, 2, 2))


class PinDots(QWidget):
    """One dot for each digit typed, and rings for the fewest that a PIN has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Show that many."""
        self._count = count
        self.setAccessibleName(self.tr("%n digits of the PIN typed", "", count))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dots in the middle."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = max(self._count, PIN_DIGITS[0])
        x = (self.width() - places * _DOT - (places - 1) * _GAP) / 2
        for place in range(places):
            filled = place < self._count
            painter.setPen(Qt.PenStyle.NoPen if filled else QPen(color(look.line_strong), 1.5))
            painter.setBrush(color(look.ink) if filled else Qt.BrushStyle.NoBrush)
            inset = 0.0 if filled else 0.75
            box = QRectF(x, (self.height() - _DOT) / 2, _DOT, _DOT).adjusted(inset, inset, -inset, -inset)
            painter.drawEllipse(box)
            x += _DOT + _GAP


class PinPad(QWidget):
    """Collects digits and hands them out once; keeps none afterwards.

    Signals:
        entered(str): A PIN was typed and confirmed.
        typed(): A key was pressed.
    """

    entered = Signal(str)
    typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pin = ""
        self.dots = PinDots(self)
        grid = QGridLayout()
        grid.setSpacing(8)
        for digit, row, column in _PLACES:
            grid.addWidget(self._digit(digit), row, column)
        self.back = self._key("back", Icon.BACKSPACE, self.tr("Take back the last digit"))
        self.back.clicked.connect(self.take_back)
        self.done = self._key("enter", Icon.TICK, self.tr("Enter the PIN"))
        self.done.clicked.connect(self.enter)
        for column, key in enumerate((self.back, self._digit(0), self.done)):
            grid.addWidget(key, 3, column)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.dots)
        column.addLayout(grid, 1)
        self._show()

    def sizeHint(self) -> QSize:
        """Keys as tall as a thumb is wide."""
        return QSize(288, 336)

    def clear(self) -> None:
        """Forget what was typed."""
        self._pin = ""
        self._show()

    def take_back(self) -> None:
        """Take back the last digit."""
        self._pin = self._pin[:-1]
        self._show()
        self.typed.emit()

    def press(self, digit: int) -> None:
        """Type a digit; more than a PIN can have are ignored."""
        if len(self._pin) < PIN_DIGITS[-1]:
            self._pin += str(digit)
        self._show()
        self.typed.emit()

    def enter(self) -> None:
        """Hand the PIN out and forget it."""
        pin, self._pin = self._pin, ""
        self._show()
        if len(pin) in PIN_DIGITS:
            self.entered.emit(pin)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key that means something here; returns whether it was one."""
        text = event.text()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.isEnabled() and not event.isAutoRepeat():
                self.enter()
            return True
        if event.key() == Qt.Key.Key_Backspace:
            if self.isEnabled():
                self.take_back()
            return True
        if len(text) == 1 and text.isascii() and text.isdigit():
            if self.isEnabled() and not event.isAutoRepeat():
                self.press(int(text))
            return True
        return False

    def _show(self) -> None:
        self.dots.set_count(len(self._pin))
        self.done.setEnabled(len(self._pin) in PIN_DIGITS)
        self.back.setEnabled(bool(self._pin))

    def _digit(self, digit: int) -> KeypadButton:
        key = KeypadButton(str(digit), str(digit), self)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard has digits of its own
        key.clicked.connect(lambda: self.press(digit))
        return key

    def _key(self, name: str, icon: Icon, says: str) -> KeypadButton:
        key = KeypadButton(name, "", self, icon)
        key.set_words("", says)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return key
