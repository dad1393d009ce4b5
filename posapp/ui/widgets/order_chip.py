"""A filter chip: one of a few choices, as a rounded button with icon and word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import TARGET

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_HEIGHT: Final = 36
_SIDE: Final = 14
_ICON: Final = 16
_GAP: Final = 6


class OrderChip(QAbstractButton):
    """Checkable; the patch is a little lower than what the finger may hit."""

    def __init__(self, word: str, icon: Icon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = self._icon = icon
        self.setText(word)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(word)

    def set_narrow(self, *, narrow: bool) -> None:
        """Do with the word alone where there is little room."""
        self._icon = None if narrow else self._picture
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for icon and word."""
        words = QFontMetrics(fonts.font(fonts.BODY, fonts.MEDIUM)).horizontalAdvance(self.text())
        icon = _ICON + _GAP if self._icon else 0
        side = _SIDE if self._icon is self._picture else _SIDE - 4
        return QSize(max(TARGET, words + icon + 2 * side), TARGET)

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw the patch, icon and word; the chosen one in the accent."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - _HEIGHT) / 2 + 0.5, self.width() - 1, _HEIGHT - 1)
        if self.isChecked():
            ground, ink, line = look.accent.soft, look.accent.ink, look.accent.ink
        else:
            ground, ink, line = look.sunken if self.underMouse() else look.surface, look.ink_soft, look.line
        painter.setPen(QPen(color(line), 1))
        painter.setBrush(color(ground))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        self._draw_words(painter, ink)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color(look.focus), 2))
            ring = box.adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)

    def _draw_words(self, painter: QPainter, ink: str) -> None:
        face = fonts.font(fonts.BODY, fonts.MEDIUM)
        width = QFontMetrics(face).horizontalAdvance(self.text()) + (_ICON + _GAP if self._icon else 0)
        x = (self.width() - width) / 2
        if self._icon is not None:
            paint_icon(painter, self._icon, QRectF(x, (self.height() - _ICON) / 2, _ICON, _ICON), color(ink), 2.0)
            x += _ICON + _GAP
        painter.setFont(face)
        painter.setPen(color(ink))
        painter.drawText(QRectF(x, 0, self.width() - x, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
