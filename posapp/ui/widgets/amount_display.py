"""The big amount: currency code and digits, shrinking only when they would not fit, the working underneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, ToneName

if TYPE_CHECKING:
    from posapp.ui.tokens import Tokens

_PAD: Final = 24
_LEAST: Final = 24
_STEP: Final = 4
_LOW: Final = 150
"""Pixels of height below which the amount has the whole card while nothing stands underneath."""


class AmountDisplay(QWidget):
    """Shows what is being typed. It holds the keyboard's focus while nothing else does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("amountDisplay")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._code = ""
        self._digits = ""
        self._working = ""
        self._refusal = ""
        self._zero = True

    def text(self) -> str:
        """Return the amount as it is shown, like `HKD 128.50`."""
        return f"{self._code} {self._digits}"

    def refusal(self) -> str:
        """Return why the last key or text was refused; empty where it was not."""
        return self._refusal

    def working(self) -> str:
        """Return the numbers added up so far, as they are shown."""
        return self._working

    def show_amount(self, code: str, digits: str, *, working: str, refusal: str, zero: bool) -> None:
        """Show an amount, how it came about, and why the last key was refused."""
        self._code, self._digits, self._working, self._refusal, self._zero = code, digits, working, refusal, zero
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(refusal or working)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the largest type and two lines."""
        return QSize(480, 152)

    def minimumSizeHint(self) -> QSize:
        """Room for a shrunk amount."""
        return QSize(240, 104)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, amount and what stands underneath."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        focused = self.hasFocus()
        if focused:
            box.adjust(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(color(look.focus if focused else look.line), 2 if focused else 1))
        painter.setBrush(color(look.surface))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        low = self.height() < _LOW
        foot = 32.0 if low else 40.0
        above = QRectF(_PAD, 8, self.width() - 2 * _PAD, self.height() - foot - 8)
        size = self._fitting_size(above)
        if low and not (self._refusal or self._working):
            above = QRectF(_PAD, 0, above.width(), self.height())  # nothing underneath: in the middle of the card
        self._draw_amount(painter, look, above, size)
        self._draw_foot(painter, look, QRectF(_PAD, self.height() - foot - 2, above.width(), foot - 8))

    def _draw_amount(self, painter: QPainter, look: Tokens, room: QRectF, size: int) -> None:
        face = fonts.font(size, fonts.STRONG, tabular=True)
        code_face = fonts.font(max(fonts.BODY, size * 3 // 8), fonts.MEDIUM)
        metrics, code_metrics = QFontMetricsF(face), QFontMetricsF(code_face)
        baseline = room.center().y() + metrics.capHeight() / 2
        x = room.right() - metrics.horizontalAdvance(self._digits)
        painter.setFont(face)
        painter.setPen(color(look.ink_faint if self._zero else look.ink))
        painter.drawText(int(x), int(baseline), self._digits)
        painter.setFont(code_face)
        painter.setPen(color(look.ink_faint))
        painter.drawText(int(x - code_metrics.horizontalAdvance(self._code) - size * 0.22), int(baseline), self._code)

    def _fitting_size(self, room: QRectF) -> int:
        for size in range(fonts.DISPLAY, _LEAST, -_STEP):
            width = QFontMetricsF(fonts.font(size, fonts.STRONG, tabular=True)).horizontalAdvance(self._digits)
            code = QFontMetricsF(fonts.font(max(fonts.BODY, size * 3 // 8), fonts.MEDIUM))
            if width + code.horizontalAdvance(self._code) + size * 0.22 <= room.width() and size * 1.1 <= room.height():
                return size
        return _LEAST

    def _draw_foot(self, painter: QPainter, look: Tokens, room: QRectF) -> None:
        text = self._refusal or self._working
        if not text:
            return
        face = fonts.font(fonts.BODY, fonts.MEDIUM if self._refusal else fonts.REGULAR, tabular=True)
        metrics = QFontMetricsF(face)
        ink = look.tones[ToneName.REFUSED].ink if self._refusal else look.ink_soft
        icon = 22.0 if self._refusal else 0.0
        mode = Qt.TextElideMode.ElideRight if self._refusal else Qt.TextElideMode.ElideLeft
        shown = metrics.elidedText(text, mode, room.width() - icon)
        x = room.right() - metrics.horizontalAdvance(shown)
        if icon:
            paint_icon(painter, Icon.BANG, QRectF(x - icon, room.center().y() - 9, 18, 18), color(ink), 2.0)
        painter.setFont(face)
        painter.setPen(color(ink))
        painter.drawText(QRectF(x, room.y(), room.width(), room.height()), Qt.AlignmentFlag.AlignVCenter, shown)
