"""A state as a small coloured pill: icon and word, never the colour alone; and a function for delegates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from posapp.ui.text import Look
    from posapp.ui.tokens import Tokens

HEIGHT = 28
_ICON = 16
_SIDE = 10
_GAP = 6


def pill_width(look: Look) -> int:
    """Return how wide a pill has to be to show its word whole."""
    metrics = QFontMetrics(fonts.font(fonts.SMALL, fonts.MEDIUM))
    return metrics.horizontalAdvance(look.word) + _ICON + _GAP + 2 * _SIDE


def paint_pill(painter: QPainter, look: Look, box: QRectF, tokens: Tokens) -> None:
    """Draw a pill into a box, its word elided where the box is too narrow; for item delegates too."""
    tone = tokens.tones[look.tone]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outlined = look.tone is ToneName.REVIEW
    painter.setPen(QPen(color(tone.line), 1.5) if outlined else Qt.PenStyle.NoPen)
    painter.setBrush(color(tone.soft))
    edge = 0.75 if outlined else 0.0
    radius = box.height() / 2
    painter.drawRoundedRect(box.adjusted(edge, edge, -edge, -edge), radius, radius)
    icon = QRectF(box.x() + _SIDE, box.center().y() - _ICON / 2, _ICON, _ICON)
    paint_icon(painter, look.icon, icon, color(tone.ink), 2.0)
    face = fonts.font(fonts.SMALL, fonts.MEDIUM)
    room = box.adjusted(_SIDE + _ICON + _GAP, 0, -_SIDE + 2, 0)
    painter.setFont(face)
    painter.setPen(color(tone.ink))
    word = QFontMetrics(face).elidedText(look.word, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
    painter.restore()


class Pill(QWidget):
    """One state. Its accessible name is its word."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._brief = False
        self._least = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(look.word)

    @property
    def look(self) -> Look:
        """What it shows."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Show another state."""
        if look != self._look:
            self._look = look
            self.setAccessibleName(look.word)
            self.updateGeometry()
            self.update()

    def set_brief(self, *, brief: bool) -> None:
        """Show the icon alone where the word stands beside it anyway."""
        if brief != self._brief:
            self._brief = brief
            self.updateGeometry()
            self.update()

    def set_least_width(self, width: int) -> None:
        """Be as wide as the others in a column."""
        self._least = width
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the whole word."""
        if self._brief:
            return QSize(_ICON + 2 * _SIDE, HEIGHT)
        return QSize(max(self._least, pill_width(self._look)), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill."""
        painter = QPainter(self)
        look = replace(self._look, word="") if self._brief else self._look
        paint_pill(painter, look, QRectF(self.rect()), tokens_of(self))
