"""A surface with round corners that things lie on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, ToneName


class Card(QWidget):
    """A quiet surface; with a tone it becomes a notice."""

    def __init__(self, parent: QWidget | None = None, *, tone: ToneName | None = None) -> None:
        super().__init__(parent)
        self._tone = tone

    def set_tone(self, tone: ToneName | None) -> None:
        """Change what its colour means."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = look.tones[self._tone] if self._tone is not None else None
        painter.setPen(QPen(color(tone.line if tone else look.line), 1))
        painter.setBrush(color(tone.soft if tone else look.surface))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
