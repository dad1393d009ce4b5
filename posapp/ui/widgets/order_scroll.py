"""The scrolling part of the drawer: reached by Tab, moved by the arrow keys, and seen to have the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent


class OrderScroll(QScrollArea):
    """Scrolls downwards only and lets the card behind it show through."""

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidget(body)
        for ground in (body, self.viewport()):
            ground.setAutoFillBackground(False)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Order details"))

    def focusInEvent(self, arg__1: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(arg__1)
        self.viewport().update()

    def focusOutEvent(self, arg__1: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(arg__1)
        self.viewport().update()

    def paintEvent(self, arg__1: QPaintEvent) -> None:
        """Draw the focus ring beneath the contents, which leave its place free."""
        super().paintEvent(arg__1)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(tokens_of(self).focus), 2))
            box = QRectF(self.viewport().rect()).adjusted(6, 1, -6, -6)
            painter.drawRoundedRect(box, RADIUS - 4, RADIUS - 4)
