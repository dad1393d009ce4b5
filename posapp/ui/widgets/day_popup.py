"""A small popup to pick one business day: arrows move, Page Up and Down change the month, Enter picks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, RADIUS
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import Label
from posapp.ui.widgets.order_month_grid import MonthGrid

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QPaintEvent


class DayPopup(QFrame):
    """Not modal; a click elsewhere or Esc closes it.

    Signals:
        day_picked(date): A day was picked.
    """

    day_picked = Signal(object)

    def __init__(self, today: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._today = today
        self._title = Label(weight=fonts.STRONG)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.grid = MonthGrid(today)
        self.grid.month_changed.connect(self._on_month)
        self.grid.day_picked.connect(self._pick)
        today_button = Button(self.tr("Today"))
        today_button.clicked.connect(lambda: self._pick(self._today))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        self._column.setSpacing(4)
        self._column.addLayout(self._head())
        self._column.addWidget(self.grid)
        self._column.addWidget(today_button)

    def open_at(self, corner: QPoint, shown: date) -> None:
        """Open below a point (global), on the day that is shown now."""
        self.grid.show_day(shown, (shown, shown))
        self._on_month()
        self.adjustSize()
        screen, size = self.screen().availableGeometry(), self.sizeHint()
        x = max(screen.left(), min(corner.x(), screen.right() - size.width()))
        y = max(screen.top(), min(corner.y(), screen.bottom() - size.height()))
        self.move(x, y)
        self.show()
        self.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def sizeHint(self) -> QSize:
        """As large as its contents."""
        return self._column.sizeHint()

    def paintEvent(self, arg__1: QPaintEvent) -> None:
        """Draw a raised card."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(look.line_strong), 1))
        painter.setBrush(color(look.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        before = Button(kind=ButtonKind.QUIET, icon=Icon.CHEVRON_LEFT)
        before.set_words("", self.tr("Month before"))
        after = Button(kind=ButtonKind.QUIET, icon=Icon.CHEVRON_RIGHT)
        after.set_words("", self.tr("Month after"))
        before.clicked.connect(lambda: self.grid.turn(-1))
        after.clicked.connect(lambda: self.grid.turn(1))
        row.addWidget(before)
        row.addWidget(self._title, 1)
        row.addWidget(after)
        return row

    def _on_month(self) -> None:
        day = self.grid.day
        pattern = self.tr("MMMM yyyy", "a month as Qt's date format")
        self._title.setText(QLocale().toString(QDate(day.year, day.month, 1), pattern))

    def _pick(self, day: date) -> None:
        self.day_picked.emit(day)
        self.close()
