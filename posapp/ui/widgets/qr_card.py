"""The white card with the code: black on white in every look, whole device pixels for every module."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from posapp.ui.qr_code import module_pixels
from posapp.ui.tokens import RADIUS

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.ui.qr_code import QrMatrix

LEAST_MODULE: Final = 4
"""Device pixels of a module below which no code is shown at all: phones could not read it."""
INSET: Final = 4
"""How far inside the card's edges a square has to lie so that the round corners cut nothing off it: r(1 - 1/√2)."""


class QrCard(QWidget):
    """Shows one code, or nothing but white.

    Signals:
        painted(): The code was drawn for the first time since `set_matrix`.
        too_small(): There is no room to draw it so that it can be scanned.
    """

    painted = Signal()
    too_small = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("qrCard")
        self._matrix: QrMatrix | None = None
        self._runs: list[QRect] = []
        self._told = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(192, 192)

    @property
    def matrix(self) -> QrMatrix | None:
        """The code that is shown."""
        return self._matrix

    def set_matrix(self, matrix: QrMatrix | None) -> None:
        """Show another code, or none; what was there leaves the screen at once."""
        self._matrix = matrix
        self._runs = [] if matrix is None else _runs(matrix)
        self._told = False
        self.setAccessibleName(self.tr("Payment code") if matrix else "")
        if matrix is None and self.isVisible():
            self.repaint()
        else:
            self.update()

    def module_pixels(self) -> int:
        """Return how many device pixels a module has now; 0 without a code."""
        if self._matrix is None:
            return 0
        side = min(self.width(), self.height()) - 2 * INSET
        return module_pixels(self._matrix, int(side * self.devicePixelRatioF()))

    def card_rect(self) -> QRect:
        """Return the white square, in this widget's coordinates."""
        side = min(self.width(), self.height())
        return QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def sizeHint(self) -> QSize:
        """Large: the shopper stands a metre away."""
        return QSize(480, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell again whether the code fits."""
        super().resizeEvent(event)
        self._told = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, and the code where it fits."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(self.card_rect(), RADIUS, RADIUS)
        pixels = self.module_pixels()
        if self._matrix is None:
            return
        if pixels >= LEAST_MODULE:
            self._draw_code(painter, self._matrix, pixels)
        if not self._told:
            self._told = True
            (self.painted if pixels >= LEAST_MODULE else self.too_small).emit()

    def _draw_code(self, painter: QPainter, matrix: QrMatrix, pixels: int) -> None:
        """Draw in device pixels, so that no module is ever wider than another."""
        device = painter.deviceTransform()
        ratio = device.m11()
        side = matrix.size * pixels
        x = round(device.dx() + (self.width() * ratio - side) / 2)
        y = round(device.dy() + (self.height() * ratio - side) / 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        place = QTransform.fromTranslate(x, y)
        painter.setWorldTransform(place.scale(pixels, pixels) * device.inverted()[0])
        painter.setBrush(QColor("#000000"))
        painter.drawRects(self._runs)
        painter.restore()


def _runs(matrix: QrMatrix) -> list[QRect]:
    """Return the black modules as rectangles one module high."""
    result: list[QRect] = []
    for y, row in enumerate(matrix.rows):
        x = 0
        for black, group in groupby(row):
            width = sum(1 for _ in group)
            if black:
                result.append(QRect(x, y, width, 1))
            x += width
    return result
