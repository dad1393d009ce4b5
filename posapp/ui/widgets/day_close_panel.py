"""The close of a day, in the page: asked twice, followed while it asks the gateway, and told how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posapp.ui.day_words import hash_words, z_name
from posapp.ui.icons import Icon
from posapp.ui.presenters.day_page import CloseStep
from posapp.ui.presenters.orders_clock import long_day, moment
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from posapp.domain.day_close import DayPage
    from posapp.domain.till import TillFacts
    from posapp.ui.presenters.day_page import DayState


class ProgressLine(QWidget):
    """A thin bar that fills from left to right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = 0.0
        self.setFixedHeight(6)

    def show_part(self, done: int, total: int) -> None:
        """Show how much of it is done."""
        self._part = done / total if total else 0.0
        self.setAccessibleName(self.tr("{done} of {total}").format(done=done, total=total))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and what is done of it."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(look.sunken))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setBrush(color(look.accent.solid))
        if self._part:
            painter.drawRoundedRect(QRectF(0, 0, max(6.0, self.width() * self._part), self.height()), 3, 3)


class DayClosePanel(QWidget):
    """Takes no room while nothing is being closed.

    Signals:
        confirmed(), put_away(): The first step's two answers; `put_away` also ends what was told at the end.
        hurried(), called_off(): While it asks: wait for no more answers; write nothing.
    """

    confirmed = Signal()
    put_away = Signal()
    hurried = Signal()
    called_off = Signal()

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._step = CloseStep.NONE
        self.notice = Notice()
        self.progress = ProgressLine()
        self.notice.first_pressed.connect(self._on_first)
        self.notice.second_pressed.connect(self._on_second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.notice)
        column.addWidget(self.progress)
        self.hide()

    def show_state(self, state: DayState) -> None:
        """Show how far it is."""
        before, self._step = self._step, state.step
        page = state.page
        self.setVisible(state.step is not CloseStep.NONE)
        self.progress.setVisible(state.step is CloseStep.ASKING)
        if state.step is CloseStep.CONFIRM and page is not None:
            self._ask(page)
        elif state.step is CloseStep.ASKING:
            self._follow(state)
        elif state.step is CloseStep.FAILED and state.close_problem is not None:
            reason, advice = problem_text(state.close_problem, Situation.INPUT)
            small = support_line(state.close_problem)
            title = self.tr("The day is not closed")
            self.notice.say(Icon.WARNING, ToneName.REFUSED, title, f"{reason} {advice}".strip(), small)
            self.notice.offer(self.tr("Try again"), self.tr("Not now"))
        elif state.step is CloseStep.DONE and state.closed is not None:
            title = self.tr("{z} is written").format(z=z_name(state.closed.number))
            body = self.tr("{day} was closed on {at}. New orders belong to the next day.")
            words = body.format(day=long_day(state.closed.day), at=moment(state.closed.closed_at, self._facts.day))
            self.notice.say(Icon.TICK_CIRCLE, ToneName.PAID, title, words, hash_words(state.closed.hash))
            self.notice.offer(self.tr("OK"))
        if state.step is not before and state.step is CloseStep.CONFIRM:
            self.notice.second.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self, page: DayPage) -> None:
        open_ = len(page.report.open_orders)
        body = self.tr(
            "Every open order is asked about once more. Then the day's Z is written: it never changes any more, and "
            "new orders belong to the next day."
        )
        small = self.tr("Orders of this day that are open now: {count}").format(count=open_) if open_ else ""
        title = self.tr("Close {day}?").format(day=long_day(page.report.day))
        self.notice.say(Icon.LOCK, ToneName.ACCENT, title, body, small)
        self.notice.offer(self.tr("Close the day"), self.tr("Not yet"))

    def _follow(self, state: DayState) -> None:
        title = self.tr("Asking about the open orders")
        if state.total:
            words = self.tr("{done} of {total} have been asked about.")
            body = words.format(done=state.done, total=state.total)
        else:
            body = self.tr("This takes a moment.")
        small = self.tr("What brings no answer stands in the Z as not known yet.")
        self.notice.say(Icon.REFRESH, ToneName.WAITING, title, body, small)
        self.notice.offer(self.tr("Close without waiting"), self.tr("Call it off"))
        self.progress.show_part(state.done, state.total)

    def _on_first(self) -> None:
        if self._step is CloseStep.ASKING:
            self.hurried.emit()
        elif self._step is CloseStep.DONE:
            self.put_away.emit()
        else:
            self.confirmed.emit()

    def _on_second(self) -> None:
        (self.called_off if self._step is CloseStep.ASKING else self.put_away).emit()
