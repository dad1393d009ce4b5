"""Training mode over every page: a coloured frame and a calm watermark that never covers a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from posapp.ui import fonts
from posapp.ui.theme import color, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME: Final = 4
_ANGLE: Final = -24
_ALPHA: Final = 0.08
_SIZE: Final = 22
_EVERY_X: Final = 300
_EVERY_Y: Final = 110


class TrainingFrame(QWidget):
    """Lies over its parent, lets every click through, and leaves free what `spared` returns (in its coordinates)."""

    def __init__(self, parent: QWidget, spared: Callable[[], list[QRect]]) -> None:
        super().__init__(parent)
        self._spared = spared
        self._text = self.tr("TRAINING")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the parent, and stay on top."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw watermark and frame."""
        tone = tokens_of(self).training
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        free = QRegion(self.rect())
        for box in self._spared():
            free -= QRegion(box)
        painter.setClipRegion(free)
        ink = QColor(tone.solid)
        ink.setAlphaF(_ALPHA)
        painter.setPen(ink)
        painter.setFont(fonts.font(_SIZE, fonts.STRONG))
        painter.save()
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(_ANGLE)
        reach = self.width() + self.height()
        for row, y in enumerate(range(-reach // 2, reach // 2, _EVERY_Y)):
            for x in range(-reach // 2 + (row % 2) * _EVERY_X // 2, reach // 2, _EVERY_X):
                painter.drawText(x, y, self._text)
        painter.restore()
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        pen = QPen(color(tone.solid), FRAME)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = FRAME / 2
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))
