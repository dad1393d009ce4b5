"""A list that opens to choose one thing from, painted like a text field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QListView, QSizePolicy, QStyledItemDelegate, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, TARGET

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QWheelEvent

_SIDE: Final = 14
_CHEVRON: Final = 18
_AT_ONCE: Final = 8
_NOTHING: Final = -1
"""What the first item of a list stands for where it means that nothing was chosen."""
_RULES: Final = """
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView { background: palette(light); color: palette(text); border: 1px solid palette(dark);
    padding: 4px; outline: none; selection-background-color: palette(highlight);
    selection-color: palette(highlighted-text); }
QComboBox QAbstractItemView::item { min-height: 40px; padding: 0 8px; border-radius: 6px; }
QComboBox QAbstractItemView::item:selected { background: palette(highlight); color: palette(highlighted-text); }
"""


class Choice(QComboBox):
    """Drops its list below itself; an item whose data is -1 stands for nothing and is written faintly."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(fonts.font())
        self.setFixedHeight(TARGET)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(4)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(_AT_ONCE)
        self.setView(QListView())
        self.setItemDelegate(QStyledItemDelegate(self))  # the one of a combo box knows nothing of the rules
        self.setStyleSheet(_RULES)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def wheelEvent(self, e: QWheelEvent) -> None:
        """Leave the wheel to the page: who scrolls past must not choose something else without seeing it."""
        e.ignore()

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw frame, what is chosen, and the sign that there is a list."""
        del e
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus() or self.view().isVisible()
        edge = 1.0 if focused else 0.5
        painter.setPen(QPen(color(look.focus if focused else look.line_strong), 2 if focused else 1))
        painter.setBrush(color(look.sunken if self.underMouse() and not focused else look.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), RADIUS, RADIUS)
        top = (self.height() - _CHEVRON) / 2
        chevron = QRectF(self.width() - _SIDE - _CHEVRON, top, _CHEVRON, _CHEVRON)
        paint_icon(painter, Icon.CHEVRON_DOWN, chevron, color(look.ink_soft))
        room = QRectF(_SIDE, 0, chevron.left() - _SIDE - 8, self.height())
        words = QFontMetrics(self.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.setFont(self.font())
        painter.setPen(color(look.ink_faint if self.currentData() == _NOTHING else look.ink))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
