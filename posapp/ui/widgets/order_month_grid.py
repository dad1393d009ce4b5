"""A month of business days to pick one or several from: arrows move, Page Up and Down change the month, Enter picks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from posapp.ui import fonts
from posapp.ui.presenters.orders_clock import long_day
from posapp.ui.theme import color, tokens_of

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
        self._chosen: tuple[date, date] | None = None
        self._hovered: date | None = None
        self.setFixedSize(_WEEK * CELL, _TITLES + _WEEKS * CELL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def day(self) -> date:
        """The day that the keys are on; its month is shown."""
        return self._day

    def show_day(self, day: date, chosen: tuple[date, date] | None) -> None:
        """Put the keys on a day and mark the chosen ones, from the first to the last."""
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
        first, last = self._chosen or (None, None)
        inside = first is not None and last is not None and first <= day <= last
        if inside and first != last:
            band = cell.adjusted(3 if day == first else 0, 3, -3 if day == last else 0, -3)
            painter.fillRect(band, color(look.accent.soft))
        if day in (first, last):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(look.accent.solid))
            painter.drawEllipse(patch)
            ink = look.accent.on_solid
        elif day == self._hovered and day <= self._today and not inside:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(look.sunken))
            painter.drawEllipse(patch)
        if day == self._day and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color(look.focus), 2))
            painter.drawEllipse(cell.adjusted(2, 2, -2, -2))
        weight = fonts.STRONG if day in (self._today, first, last) else fonts.REGULAR
        painter.setFont(fonts.font(fonts.BODY, weight, tabular=True))
        painter.setPen(color(look.accent.ink if day == self._today and day not in (first, last) else ink))
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
