"""The popup that days are picked from: a month, from one day to another, and the spans that people ask for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_filter import DaySpan
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, RADIUS
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.order_chip import OrderChip
from posapp.ui.widgets.order_month_grid import MonthGrid

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QPaintEvent


class OrderDayPicker(QFrame):
    """The popup. Not modal; a click elsewhere or Esc closes it.

    Signals:
        day_picked(date): A business day was picked.
        days_picked(date, date): Two days were picked, one after the other; everything between them is wanted.
        span_picked(DaySpan): Days that follow today, or all of them.
    """

    day_picked = Signal(object)
    days_picked = Signal(object, object)
    span_picked = Signal(object)

    def __init__(self, today: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._today = today
        self._begun: date | None = None
        self._title = Label(weight=fonts.STRONG)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.several = OrderChip(self.tr("From one day to another"))
        self.several.setObjectName("orderSeveralDays")
        self.several.toggled.connect(self._on_several)
        self._hint = Label(size=fonts.SMALL, rank=SOFT)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.grid = MonthGrid(today)
        self.grid.month_changed.connect(self._on_month)
        self.grid.day_picked.connect(self._pick)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        column.setSpacing(4)
        column.addLayout(self._head())
        column.addWidget(self.grid)
        column.addWidget(self.several, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._hint)
        column.addLayout(self._foot())
        self._on_several(False)

    def open_at(self, corner: QPoint, shown: tuple[date, date] | None) -> None:
        """Open below a point (global), on the days that are shown now."""
        self.grid.show_day(self._today if shown is None else shown[1], shown)
        self.several.setChecked(shown is not None and shown[0] != shown[1])
        self.adjustSize()
        screen = self.screen().availableGeometry()
        size = self.sizeHint()
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

    def _foot(self) -> QGridLayout:
        foot = QGridLayout()
        foot.setSpacing(GRID)
        spans = (
            (DaySpan.TODAY, self.tr("Today")),
            (DaySpan.YESTERDAY, self.tr("Yesterday")),
            (DaySpan.WEEK, self.tr("Last 7 days")),
            (DaySpan.MONTH, self.tr("This month")),
            (DaySpan.ALL, self.tr("All days")),
        )
        for place, (span, word) in enumerate(spans):
            button = Button(word)
            button.setObjectName(f"orderSpan_{span.value}")
            button.clicked.connect(lambda _checked=False, span=span: self._pick_span(span))
            wide = 2 if span is DaySpan.ALL else 1
            foot.addWidget(button, place // 2, place % 2, 1, wide)
        return foot

    def _on_month(self) -> None:
        day = self.grid.day
        pattern = self.tr("MMMM yyyy", "a month as Qt's date format")
        self._title.setText(QLocale().toString(QDate(day.year, day.month, 1), pattern))

    def _on_several(self, several: bool) -> None:
        self._begun = None
        self._hint.setText(self.tr("Pick the first day") if several else "")
        self._hint.setVisible(several)
        self.adjustSize()

    def _pick(self, day: date) -> None:
        if not self.several.isChecked():
            self.day_picked.emit(day)
        elif self._begun is None:
            self._begun = day
            self.grid.show_day(day, (day, day))
            self._hint.setText(self.tr("Pick the last day"))
            return
        else:
            self.days_picked.emit(self._begun, day)
        self.close()

    def _pick_span(self, span: DaySpan) -> None:
        self.span_picked.emit(span)
        self.close()
