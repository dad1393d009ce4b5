"""What has to be known before a day's figures are read: what is still open, what came after, what was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posapp.ui.day_words import amount, z_name
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import short_day
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import ButtonKind
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from posapp.domain.day_close import DayPage
    from posapp.domain.errors import Problem
    from posapp.domain.till import TillFacts

_NAMED = 5


class DayNotices(QWidget):
    """The notices above the figures; takes no room where there is nothing to say.

    Signals:
        inbox_wanted(): What waits for a person is wanted.
        day_wanted(date): Another day is wanted.
    """

    inbox_wanted = Signal()
    day_wanted = Signal(object)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._page: DayPage | None = None
        self.trouble = Notice(compact=True)
        self.open = Notice(compact=True)
        self.after = Notice(compact=True)
        self.unclosed = Notice(compact=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for notice in self._all():
            notice.first.set_kind(ButtonKind.SECONDARY)  # the loud one is *Close day*
            column.addWidget(notice)
        self.trouble.first_pressed.connect(lambda: self._put_away(self.trouble))
        self.open.first_pressed.connect(self.inbox_wanted)
        self.unclosed.first_pressed.connect(self._on_unclosed)
        self.clear()

    def clear(self) -> None:
        """Say nothing."""
        for notice in self._all():
            notice.hide()
        self.hide()

    def show_page(self, page: DayPage, problem: Problem | None) -> None:
        """Say what is to be known about a day, and why what is shown is not the newest."""
        self._page = page
        count = len(page.report.open_orders) if page.close is None else 0
        self._say_open(count)
        self._say_after(page)
        self._say_unclosed(page)
        if problem is not None:
            self.show_problem(problem)
        self._fit()

    def show_problem(self, problem: Problem) -> None:
        """Say why something could not be done."""
        reason, advice = problem_text(problem, Situation.INPUT)
        self.trouble.say(Icon.WARNING, ToneName.REFUSED, reason, advice, support_line(problem))
        self.trouble.offer(self.tr("OK"))
        self.trouble.show()
        self._fit()

    def _say_open(self, count: int) -> None:
        self.open.setVisible(count > 0)
        if count:
            title = self.tr("Orders still open: {count}").format(count=count)
            body = self.tr("They are in no total until the gateway says that they are paid.")
            self.open.say(Icon.HOURGLASS, ToneName.NOT_KNOWN, title, body)
            self.open.offer(self.tr("Look at them"))

    def _say_after(self, page: DayPage) -> None:
        sums = ", ".join(amount(total.net_minor, total.currency, self._facts) for total in page.after_close)
        self.after.setVisible(bool(sums))
        if sums and page.close is not None:
            title = self.tr("After the close: {sums}").format(sums=sums)
            body = self.tr(
                "Money of this day's orders that became known after {z} was written. It is not in these figures; the "
                "next Z lists it as late."
            )
            self.after.say(Icon.INFO, ToneName.REFUNDED, title, body.format(z=z_name(page.close.number)))

    def _say_unclosed(self, page: DayPage) -> None:
        days = page.report.unclosed_days if page.close is None else ()
        self.unclosed.setVisible(bool(days))
        if days:
            title = self.tr("Earlier days that were never closed: {count}").format(count=len(days))
            named = ", ".join(short_day(day) for day in days[:_NAMED])
            more = self.tr("and %n more", "", len(days) - _NAMED) if len(days) > _NAMED else ""
            self.unclosed.say(Icon.DAY, ToneName.WAITING, title, " ".join(part for part in (named, more) if part))
            self.unclosed.offer(self.tr("Show the last of them"))

    def _on_unclosed(self) -> None:
        if self._page is not None and self._page.report.unclosed_days:
            self.day_wanted.emit(self._page.report.unclosed_days[0])

    def _put_away(self, notice: Notice) -> None:
        notice.hide()
        self._fit()

    def _fit(self) -> None:
        self.setVisible(any(not notice.isHidden() for notice in self._all()))

    def _all(self) -> tuple[Notice, ...]:
        return self.trouble, self.open, self.after, self.unclosed
