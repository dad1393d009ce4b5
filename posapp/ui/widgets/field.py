"""A one-line text field with an icon, painted like everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, TARGET

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


class _Edit(QLineEdit):
    """Tells its frame when the focus comes or goes."""

    focus_changed = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()


class Field(QWidget):
    """A frame, an icon and a `QLineEdit` (`edit`)."""

    def __init__(self, icon: Icon, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.edit = _Edit(self)
        self.edit.focus_changed.connect(self.update)
        self.edit.setFrame(False)
        self.edit.setFont(fonts.font())
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder)
        self.edit.setStyleSheet("background: transparent; border: none;")
        self.setFocusProxy(self.edit)
        self.setFixedHeight(TARGET + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(44, 2, 12, 2)
        row.addWidget(self.edit)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame and icon."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        edge = 1.0 if focused else 0.5
        painter.setPen(QPen(color(look.focus if focused else look.line_strong), 2 if focused else 1))
        painter.setBrush(color(look.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), RADIUS, RADIUS)
        paint_icon(painter, self._icon, QRectF(14, (self.height() - 20) / 2, 20, 20), color(look.ink_faint))
        painter.setPen(Qt.PenStyle.NoPen)
