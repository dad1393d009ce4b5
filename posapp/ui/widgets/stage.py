"""What stands where the code would be: a large icon in a circle, a few words, a quiet turning arc while we wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.label import INK, SOFT, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

_TURN_MS: Final = 50
_STEP: Final = 12


class Roundel(QWidget):
    """An icon in a soft circle; turning means that something is being waited for. Its timer runs only while seen."""

    def __init__(self, side: int = 112, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._tone = Icon.HOURGLASS, ToneName.WAITING
        self._turning = False
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TURN_MS)
        self._timer.timeout.connect(self._turn)
        self.setFixedSize(side, side)

    def set_side(self, side: int) -> None:
        """Change its size."""
        self.setFixedSize(side, side)

    def show_mark(self, icon: Icon, tone: ToneName, *, turning: bool) -> None:
        """Show an icon; a turning arc replaces the circle's edge."""
        self._icon, self._tone, self._turning = icon, tone, turning
        self._run()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to turn."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop turning."""
        super().hideEvent(event)
        self._timer.stop()

    def _run(self) -> None:
        if self._turning and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _turn(self) -> None:
        self._angle = (self._angle - _STEP) % 360
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw circle, arc and icon."""
        tone = tokens_of(self).tones[self._tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        outlined = self._tone is ToneName.REVIEW
        painter.setPen(QPen(color(tone.line), 3) if outlined else Qt.PenStyle.NoPen)
        painter.setBrush(color(tone.soft))
        painter.drawEllipse(box)
        if self._turning:
            pen = QPen(color(tone.solid), 4)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(box.adjusted(2, 2, -2, -2), self._angle * 16, 80 * 16)
        side = box.width() * 0.44
        place = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
        paint_icon(painter, self._icon, place, color(tone.ink))


class Stage(QWidget):
    """Roundel, title and advice in the middle of the card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roundel = Roundel()
        self._title = Label(size=fonts.TITLE, weight=fonts.STRONG, rank=INK, wrap=True)
        self._body = Label(rank=SOFT, wrap=True)
        self._values = Label(weight=fonts.MEDIUM, wrap=True, tabular=True)
        self._small = Label(size=fonts.SMALL, rank=SOFT, wrap=True)
        self._small.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = self._column = QVBoxLayout(self)
        self._middles: list[QHBoxLayout] = []
        column.addStretch(1)
        column.addWidget(self._roundel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        for label in (self._title, self._body, self._values, self._small):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            middle = QHBoxLayout()
            middle.addStretch(1)
            middle.addWidget(label, 12)
            middle.addStretch(1)
            label.setMaximumWidth(560)
            column.addLayout(middle)
            self._middles.append(middle)
        column.addStretch(1)
        self.set_dense(dense=False)

    def set_dense(self, *, dense: bool) -> None:
        """Take less room where the window is short."""
        self._roundel.set_side(56 if dense else 112)
        self._title.setFont(fonts.font(fonts.LARGE if dense else fonts.TITLE, fonts.STRONG))
        edge = 0 if dense else 16
        self._column.setContentsMargins(edge, 8, edge, 8)
        self._column.setSpacing(6 if dense else 12)
        for middle in self._middles:
            middle.setStretch(0, 0 if dense else 1)
            middle.setStretch(2, 0 if dense else 1)

    def say(self, icon: Icon, tone: ToneName, words: tuple[str, str, str, str], *, turning: bool) -> None:
        """Show a mark and title, advice, values and small print; empty ones take no room."""
        self._roundel.show_mark(icon, tone, turning=turning)
        for label, text in zip((self._title, self._body, self._values, self._small), words, strict=True):
            label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleName(words[0])
        self.setAccessibleDescription(words[1])

    def words(self) -> tuple[str, str, str, str]:
        """Return what it says."""
        return self._title.text(), self._body.text(), self._values.text(), self._small.text()
