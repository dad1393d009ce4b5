"""The whole page in green: tick, amount, which order, when. Returns to the keypad by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, ToneName
from posapp.ui.widgets.button import Button
from posapp.ui.widgets.label import Label
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QHideEvent

_SECOND_MS: Final = 1000


class _Tick(QWidget):
    """A large tick in a circle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_side(128)

    def set_side(self, side: int) -> None:
        """Change its size."""
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = tokens_of(self).tones[ToneName.PAID]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(tone.on_solid))
        painter.drawEllipse(QRectF(self.rect()))
        edge = self.width() * 0.22
        paint_icon(painter, Icon.TICK, QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), color(tone.solid), 3.0)


class PaidPane(QWidget):
    """Says that an order is paid.

    Signals:
        next_pressed(): The cashier, or the delay, goes on to the next customer.
    """

    next_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paidPane")
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._count_down)
        self._word = Label(size=32, weight=fonts.STRONG)
        self._amount = Label(size=fonts.DISPLAY, weight=fonts.STRONG, tabular=True)
        self._facts = Label(size=fonts.LARGE, weight=fonts.MEDIUM, tabular=True, wrap=True)
        self.warning = Notice(self)
        self.warning.setMaximumWidth(640)
        self._return = Label(size=fonts.SMALL, weight=fonts.MEDIUM)
        self.next_button = Button(self.tr("Next customer"), key=self.tr("Enter", "the key"), icon=Icon.NEXT)
        self.next_button.set_size(fonts.LARGE, 64)
        self.next_button.setMinimumWidth(280)
        self.next_button.setObjectName("paidNextButton")
        self.next_button.setAutoDefault(True)
        self.next_button.clicked.connect(self.go_on)
        self._lay_out()
        self._colour()

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        self._tick = _Tick(self)
        column.addWidget(self._tick, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        for label in (self._word, self._amount, self._facts):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(8)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.warning, 8)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.next_button)
        row.addStretch(1)
        column.addLayout(row)
        self._return.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._return)
        column.addStretch(1)

    def set_dense(self, *, dense: bool) -> None:
        """Take less room where the window is short."""
        self._tick.set_side(56 if dense else 128)
        edge = 8 if dense else 24
        self._column.setContentsMargins(32, edge, 32, edge)
        self._column.setSpacing(2 if dense else 8)
        self._word.setFont(fonts.font(fonts.TITLE if dense else 32, fonts.STRONG))
        self._amount.setFont(fonts.font(40 if dense else fonts.DISPLAY, fonts.STRONG, tabular=True))
        self.next_button.set_size(fonts.LARGE, 52 if dense else 64)

    def show_paid(self, word: str, amount: str, facts: str, warning: tuple[str, str] | None, delay_s: int) -> None:
        """Show what was paid.

        Args:
            word: Like *Paid*.
            amount: The amount for people.
            facts: Order and time.
            warning: What is odd about it and what to do; keeps the page until someone presses *Next*.
            delay_s: Seconds after which the page goes away by itself; 0 to stay.
        """
        for label, text in ((self._word, word), (self._amount, amount), (self._facts, facts)):
            label.setText(text)
        if warning is not None:
            self.warning.say(Icon.BELL, ToneName.REFUSED, *warning)
        self.warning.setVisible(warning is not None)
        self.setAccessibleName(f"{word}, {amount}, {facts}")
        self._left = 0 if warning else delay_s
        self._say_return()
        if self._left:
            self._timer.start()
        else:
            self._timer.stop()

    def go_on(self) -> None:
        """Go to the next customer."""
        self._timer.stop()
        self.next_pressed.emit()

    def hold(self) -> None:
        """Stay until someone presses *Next*."""
        self._timer.stop()
        self._left = 0
        self._say_return()

    def _count_down(self) -> None:
        self._left -= 1
        self._say_return()
        if self._left <= 0:
            self.go_on()

    def _say_return(self) -> None:
        self._return.setText(self.tr("Back to the keypad in %n s", "", self._left) if self._left > 0 else "")

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop counting."""
        super().hideEvent(event)
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() is event.Type.ApplicationPaletteChange:
            self._colour()

    def _colour(self) -> None:
        """Put the writing of this page into the colour that is read on green."""
        ink = color(tokens_of(self).tones[ToneName.PAID].on_solid)
        for label in (self._word, self._amount, self._facts, self._return):
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.WindowText, ink)
            label.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the green."""
        tone = tokens_of(self).tones[ToneName.PAID]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(tone.solid), 1))
        painter.setBrush(color(tone.solid))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
