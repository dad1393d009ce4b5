"""A notice in place: icon, what happened, what is safe to do now, and up to two things to press. Never modal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import ToneName
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QColor


class IconMark(QWidget):
    """One icon in the colour of its meaning."""

    def __init__(self, icon: Icon, tone: ToneName, side: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._tone = icon, tone
        self.setFixedSize(side, side)

    def set_mark(self, icon: Icon, tone: ToneName) -> None:
        """Show another one."""
        self._icon, self._tone = icon, tone
        self.update()

    def ink(self) -> QColor:
        """Return its colour in the present look."""
        return color(tokens_of(self).tones[self._tone].ink)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        paint_icon(QPainter(self), self._icon, QRectF(self.rect()), self.ink(), 2.0)


class Reason(QWidget):
    """One line that says beside a button why it cannot be pressed; takes no room while it says nothing."""

    def __init__(self, icon: Icon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Label(size=fonts.SMALL, weight=fonts.MEDIUM, wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(IconMark(icon, ToneName.NOT_KNOWN, 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.hide()

    def say(self, words: str) -> None:
        """Show the reason, or nothing."""
        self._words.setText(words)
        self.setVisible(bool(words))

    def words(self) -> str:
        """Return what it says."""
        return self._words.text()


class Notice(Card):
    """Says one thing.

    Signals:
        first_pressed(), second_pressed(): The things to press, safest first.
    """

    first_pressed = Signal()
    second_pressed = Signal()

    def __init__(self, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(parent, tone=ToneName.WAITING)
        self._brief = False
        self._mark = IconMark(Icon.INFO, ToneName.WAITING)
        self._title = Label(weight=fonts.STRONG, wrap=True)
        self._body = Label(rank=SOFT, wrap=True)
        self._small = Label(size=fonts.SMALL, rank=SOFT, wrap=True)
        self._small.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.first = Button(kind=ButtonKind.PRIMARY)
        self.second = Button(kind=ButtonKind.SECONDARY)
        for button in (self.first, self.second):
            button.setAutoDefault(True)
            button.hide()
        self.first.clicked.connect(self.first_pressed.emit)
        self.second.clicked.connect(self.second_pressed.emit)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._title, self._body, self._small):
            words.addWidget(label)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.first)
        buttons.addWidget(self.second)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if compact:
            row.addLayout(buttons)
        else:
            buttons.addStretch(1)
            words.addSpacing(4)
            words.addLayout(buttons)

    def say(self, icon: Icon, tone: ToneName, title: str, body: str = "", small: str = "") -> None:
        """Show what happened, what is safe, and a small line of ids."""
        self.set_tone(tone)
        self._mark.set_mark(icon, tone)
        for label, text in ((self._title, title), (self._body, body), (self._small, small)):
            label.setText(text)
        self._show_words()
        self.setAccessibleName(title)
        self.setAccessibleDescription(body)

    def set_brief(self, *, brief: bool) -> None:
        """Show the title alone where the window is short; the rest becomes the tooltip."""
        self._brief = brief
        self._show_words()

    def _show_words(self) -> None:
        self._title.setVisible(bool(self._title.text()))
        for label in (self._body, self._small):
            label.setVisible(bool(label.text()) and not self._brief)
        set_tooltip(self, self._body.text() if self._brief else "")

    def offer(self, first: str = "", second: str = "") -> None:
        """Name the things to press; an empty name hides one."""
        for button, text in ((self.first, first), (self.second, second)):
            button.set_words(text)
            button.setVisible(bool(text))

    def title(self) -> str:
        """Return what it says happened."""
        return self._title.text()

    def body(self) -> str:
        """Return what it says is safe."""
        return self._body.text()
