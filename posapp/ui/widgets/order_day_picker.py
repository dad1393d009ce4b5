"""A small month to pick a business day from: arrows move, Page Up and Down change the month, Enter picks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QLocale, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import long_day
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, RADIUS
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

CELL: Final = 44
_WEEK: Final = 7
_WEEKS: Final = 6
_TITLES: Final = 32
_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_WEEK,
    Qt.Key.Key_Down: _WEEK,
}


def month_first(day: date, months: int = 0) -> date:
    """Return the first day of the month so many months away."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


class MonthGrid(QWidget):
    """The days of one month; days to come cannot be picked.

    Signals:
        day_picked(date): By click or Enter.
        month_changed(): Another month is shown.
    """

    day_picked = Signal(object)
    month_changed = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._day = today
        self._chosen: date | None = None
        self._hovered: date | None = None
        self.setFixedSize(_WEEK * CELL, _TITLES + _WEEKS * CELL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def day(self) -> date:
        """The day that the keys are on; its month is shown."""
        return self._day

    def show_day(self, day: date, chosen: date | None) -> None:
        """Put the keys on a day and mark the chosen one."""
        self._chosen = chosen
        self._move(day)

    def turn(self, months: int) -> None:
        """Show another month."""
        first = month_first(self._day, months)
        last = month_first(first, 1) - timedelta(days=1)
        self._move(first.replace(day=min(self._day.day, last.day)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move over the days, turn the months, pick."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._move(self._day + timedelta(days=_STEPS[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn(-1 if key is Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.day_picked.emit(self._day)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which day is under the mouse."""
        self._hovered = self._day_at(event.position().toPoint())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick the day under the mouse."""
        day = self._day_at(event.position().toPoint())
        if day is not None and day <= self._today:
            self.day_picked.emit(day)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the days' names and the days."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.font(fonts.SMALL, fonts.MEDIUM))
        painter.setPen(color(look.ink_faint))
        first = self._first_cell()
        for column in range(_WEEK):
            name = QLocale().dayName((first + timedelta(days=column)).isoweekday(), QLocale.FormatType.ShortFormat)
            painter.drawText(QRectF(column * CELL, 0, CELL, _TITLES), Qt.AlignmentFlag.AlignCenter, name)
        for place in range(_WEEK * _WEEKS):
            day = first + timedelta(days=place)
            if day.month == self._day.month:
                corner = QPoint(place % _WEEK * CELL, _TITLES + place // _WEEK * CELL)
                self._draw_day(painter, day, QRectF(corner.x(), corner.y(), CELL, CELL))

    def _draw_day(self, painter: QPainter, day: date, cell: QRectF) -> None:
        look = tokens_of(self)
        patch = cell.adjusted(3, 3, -3, -3)
        ink = look.disabled if day > self._today else look.ink
        if day == self._chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(look.accent.solid))
            painter.drawEllipse(patch)
            ink = look.accent.on_solid
        elif day == self._hovered and day <= self._today:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(look.sunken))
            painter.drawEllipse(patch)
        if day == self._day and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color(look.focus), 2))
            painter.drawEllipse(cell.adjusted(2, 2, -2, -2))
        weight = fonts.STRONG if day in (self._today, self._chosen) else fonts.REGULAR
        painter.setFont(fonts.font(fonts.BODY, weight, tabular=True))
        painter.setPen(color(look.accent.ink if day == self._today and day != self._chosen else ink))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(day.day))

    def _move(self, day: date) -> None:
        self._day = min(day, self._today)
        self.setAccessibleName(long_day(self._day))
        self.month_changed.emit()
        self.update()

    def _first_cell(self) -> date:
        first = month_first(self._day)
        starts = QLocale().firstDayOfWeek().value
        return first - timedelta(days=(first.isoweekday() - starts) % _WEEK)

    def _day_at(self, point: QPoint) -> date | None:
        column, row = point.x() // CELL, (point.y() - _TITLES) // CELL
        if point.y() < _TITLES or not (0 <= column < _WEEK and 0 <= row < _WEEKS):
            return None
        day = self._first_cell() + timedelta(days=row * _WEEK + column)
        return day if day.month == self._day.month else None


class OrderDayPicker(QFrame):
    """The popup: a month, *Today* and *All days*. Not modal; a click elsewhere or Esc closes it.

    Signals:
        day_picked(date): A business day was picked.
        all_days_picked(): Every day is wanted.
    """

    day_picked = Signal(object)
    all_days_picked = Signal()

    def __init__(self, today: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._today = today
        self._title = Label(weight=fonts.STRONG)
        self.grid = MonthGrid(today)
        self.grid.month_changed.connect(self._on_month)
        self.grid.day_picked.connect(self._pick)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        column.setSpacing(4)
        column.addLayout(self._head())
        column.addWidget(self.grid)
        column.addLayout(self._foot())

    def open_at(self, corner: QPoint, shown: date | None) -> None:
        """Open below a point (global), on the day that is shown now."""
        self.grid.show_day(shown or self._today, shown)
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
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(before)
        row.addWidget(self._title, 1)
        row.addWidget(after)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        today = Button(self.tr("Today"))
        every = Button(self.tr("All days"))
        today.clicked.connect(lambda: self._pick(self._today))
        every.clicked.connect(self._on_every_day)
        row.addWidget(today, 1)
        row.addWidget(every, 1)
        return row

    def _on_month(self) -> None:
        day = self.grid.day
        pattern = self.tr("MMMM yyyy", "a month as Qt's date format")
        self._title.setText(QLocale().toString(QDate(day.year, day.month, 1), pattern))

    def _pick(self, day: date) -> None:
        self.day_picked.emit(day)
        self.close()

    def _on_every_day(self) -> None:
        self.all_days_picked.emit()
        self.close()
