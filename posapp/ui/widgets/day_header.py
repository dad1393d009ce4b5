"""The head of the day page: which day, the way to others, whether it is open, and what may be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.day_words import hour_text, z_name
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import day_name, long_day, moment, short_day
from posapp.ui.text import Look, local
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import FAINT, Label
from posapp.ui.widgets.pill import Pill

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.domain.day_close import DayPage
    from posapp.domain.till import TillFacts

_NARROW = 900
_BAR = 12  # of the scroll bar below, beside which the figures end


class DayHeader(QWidget):
    """Two lines: the day with its buttons, and what it is made of.

    Signals:
        stepped(int): One day back or forth.
        picked(date): Another day.
        close_wanted(): The day shall be closed.
    """

    stepped = Signal(int)
    picked = Signal(object)
    close_wanted = Signal()

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._page: DayPage | None = None
        self._title = Label(self.tr("Day"), size=fonts.TITLE, weight=fonts.STRONG)
        self.before = Button(kind=ButtonKind.QUIET, icon=Icon.CHEVRON_LEFT)
        self.before.set_words("", self.tr("Day before"))
        self.after = Button(kind=ButtonKind.QUIET, icon=Icon.CHEVRON_RIGHT)
        self.after.set_words("", self.tr("Day after"))
        self.day = Button(kind=ButtonKind.SECONDARY, icon=Icon.DAY)
        self.state = Pill(self._open_look())
        self.close_button = Button(self.tr("Close day"), ButtonKind.PRIMARY, icon=Icon.LOCK)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(GRID)
        self._facts_line = Label(size=fonts.SMALL, rank=FAINT, wrap=True, tabular=True)
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.day.clicked.connect(self._on_pick)
        self.close_button.clicked.connect(self.close_wanted)
        self._lay_out()
        self.clear()

    def clear(self) -> None:
        """Show no day."""
        self._page = None
        for widget in (self.before, self.after, self.day, self.state, self.close_button):
            widget.hide()
        self._facts_line.setText("")

    def show_page(self, page: DayPage, *, closing: bool) -> None:
        """Show which day it is and whether it is open."""
        self._page = page
        report = page.report
        for widget in (self.before, self.after, self.day, self.state):
            widget.show()
        self.day.set_words(self._day_words(page), self.tr("Choose a day"))
        self.before.setEnabled(not closing)
        self.day.setEnabled(not closing)
        self.after.setEnabled(report.day < page.today and not closing)
        close = page.close
        self.state.set_look(self._open_look() if close is None else self._closed_look(close.number))
        self.close_button.setVisible(close is None and report.day <= page.clock_day)
        self.close_button.setEnabled(not closing)
        self._facts_line.setText(self._facts_of(page))

    def facts_line(self) -> str:
        """Return what the second line says."""
        return self._facts_line.text()

    def _day_words(self, page: DayPage) -> str:
        day, name = page.report.day, day_name(page.report.day, page.clock_day)
        if name == long_day(day):
            return name
        return self.tr("{name}, {day}", "like Today, 14 Mar").format(name=name, day=short_day(day))

    def _facts_of(self, page: DayPage) -> str:
        report = page.report
        span = self.tr("{zone}, a day begins at {hour}: {start}, {from_} to {end}, {until}")
        first = span.format(
            zone=report.zone,
            hour=f"{report.starts_at:%H:%M}",
            start=short_day(local(report.begins, self._facts.day).date()),
            from_=hour_text(report.begins, self._facts),
            end=short_day(local(report.ends, self._facts.day).date()),
            until=hour_text(report.ends, self._facts),
        )
        if page.close is None:
            return first
        at = moment(page.close.closed_at, self._facts.day)
        if page.close.closed_by:
            second = self.tr("Closed on {at} by {name}").format(at=at, name=page.close.closed_by)
        else:
            second = self.tr("Closed on {at}").format(at=at)
        return f"{second} · {first}"

    def _open_look(self) -> Look:
        return Look(self.tr("Open"), ToneName.WAITING, Icon.CLOCK)

    def _closed_look(self, number: int) -> Look:
        return Look(self.tr("Closed, {z}").format(z=z_name(number)), ToneName.PAID, Icon.LOCK)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Do without the page's name where there is little room: the rail says it."""
        super().resizeEvent(event)
        self._title.setVisible(self.width() >= _NARROW)

    def _on_pick(self) -> None:
        if self._page is None:
            return
        from posapp.ui.widgets.day_popup import DayPopup  # not before it is wanted

        picker = DayPopup(self._page.today, self)
        picker.day_picked.connect(self.picked)
        picker.open_at(self.day.mapToGlobal(QPoint(0, self.day.height() + 4)), self._page.report.day)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._title)
        row.addSpacing(GRID)
        row.addWidget(self.before)
        row.addWidget(self.day)
        row.addWidget(self.after)
        row.addSpacing(GRID)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addLayout(self.tools)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, GRID + _BAR, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._facts_line)

    def day_words(self) -> str:
        """Return the shown day in full."""
        return long_day(self._page.report.day) if self._page is not None else ""
