"""The day: what it adds up to, what is odd about it, and its close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QScrollBar, QVBoxLayout, QWidget

from posapp.domain.staff import Right
from posapp.ui.icons import Icon
from posapp.ui.presenters.day_page import CloseStep, DayPresenter, DayState
from posapp.ui.presenters.orders_clock import long_day
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.views.day_notices import DayNotices
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.day_close_panel import DayClosePanel
from posapp.ui.widgets.day_closes_card import DayClosesCard
from posapp.ui.widgets.day_header import DayHeader
from posapp.ui.widgets.day_sections import DaySections
from posapp.ui.widgets.order_list_states import ListMessage
from posapp.ui.widgets.shift_card import ShiftCard

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.money import Money
    from posapp.domain.shift import Shift
    from posapp.domain.staff import Crew
    from posapp.ui.approvals import Approvals

_BESIDE: Final = 1100
_CALM_MS: Final = 1500
"""After a change of an order the day is added up anew, at most so often."""


class DayView(QWidget):
    """The page. Lives on the GUI thread; reads whenever it is shown.

    Signals:
        back_requested(): The person wants the keypad back.
        order_wanted(str): The order's details are wanted.
        inbox_wanted(): What waits for a person is wanted.
        day_shown(DayPage | None): The day that is shown, whenever it may have changed; None where none may be seen.

    Attributes:
        tools: The row of buttons beside *Close day*; others put theirs there.
        calm: Waits before the day is added up anew.
        sections: The column of what the page shows; others put their sections below.
    """

    back_requested = Signal()
    order_wanted = Signal(str)
    inbox_wanted = Signal()
    day_shown = Signal(object)

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._approvals = approvals
        facts = facade.facts
        self.header = DayHeader(facts)
        self.tools = self.header.tools
        self.close_panel = DayClosePanel(facts)
        self.notices = DayNotices(facts)
        self.body = DaySections(facts)
        self.shift = ShiftCard(facts)
        self.closes = DayClosesCard(facts)
        self.message = ListMessage()
        self._message_card = Card()
        self.sections = QVBoxLayout()
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._scroll = QScrollArea()
        self._shown_close = CloseStep.NONE
        self._presenter = DayPresenter(facade, self._render)
        self.calm = QTimer(self)
        self.calm.setSingleShot(True)
        self.calm.setInterval(_CALM_MS)
        self.calm.timeout.connect(self._on_calm)
        self._lay_out()
        self._connect()
        self._render(self._presenter.state)

    @property
    def state(self) -> DayState:
        """What the page shows."""
        return self._presenter.state

    @property
    def scroll_bar(self) -> QScrollBar:
        """What moves the page up and down."""
        return self._scroll.verticalScrollBar()

    def open_day(self, day: date | None) -> None:
        """Show a day; None for the one that trades now. Whoever may not see it is asked for somebody's word."""
        if self._may_see():
            self._presenter.open(day)
        else:
            what = self.tr("See what a day adds up to")
            self._approvals.ask(Right.REPORTS, what, lambda token: self._presenter.open(day, token))

    def showEvent(self, event: QShowEvent) -> None:
        """Read the day, the Zs and the shifts."""
        super().showEvent(event)
        self._read_all()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is read any more."""
        super().hideEvent(event)
        self.calm.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shifts beside the Zs where there is room, else above them."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._pair.setDirection(ways.LeftToRight if self.width() >= _BESIDE else ways.TopToBottom)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to what can be pressed first."""
        super().focusInEvent(event)
        place = self.header.day if self.header.day.isVisible() else self.message.action
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the days with the Page keys, step back with Esc."""
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key())
        if key in steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._step(steps[key])
        elif key is Qt.Key.Key_Escape and self.state.step in (CloseStep.CONFIRM, CloseStep.FAILED, CloseStep.DONE):
            self._presenter.put_away()
        elif key is Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    # --- what is shown ------------------------------------------------------------------------------------------

    def _render(self, state: DayState) -> None:
        page = state.page
        closing = state.step is CloseStep.ASKING
        self.close_panel.show_state(state)
        self.body.setVisible(page is not None)
        self._message_card.setVisible(page is None and not (state.loading and state.may_see))
        if page is None:
            self.header.clear()
            self.notices.clear()
            self._say_why(state)
        else:
            self.header.show_page(page, closing=closing)
            self.notices.show_page(page, state.problem)
            self.body.show_report(page.report)
        self.day_shown.emit(page)
        if state.step is CloseStep.DONE and self._shown_close is not CloseStep.DONE:
            self._read_closes()
        if state.step is not self._shown_close and state.step is not CloseStep.NONE:
            self._scroll.verticalScrollBar().setValue(0)
        self._shown_close = state.step

    def _say_why(self, state: DayState) -> None:
        if state.problem is not None and state.may_see:
            reason, advice = problem_text(state.problem, Situation.INPUT)
            self.message.say(Icon.WARNING, reason, advice, support_line(state.problem), ToneName.NOT_KNOWN)
            self.message.offer(self.tr("Try again"))
            return
        title = self.tr("Only some people see what a day adds up to")
        words = self.tr("A manager can open it for one look.")
        self.message.say(Icon.LOCK, title, words)
        self.message.offer(self.tr("Ask a manager"))

    # --- what is asked ------------------------------------------------------------------------------------------

    def _may_see(self) -> bool:
        return self._approvals.crew.may(Right.REPORTS)

    def _read_all(self) -> None:
        if not self._may_see():
            self._presenter.shut()
        elif self.state.page is None or not self.state.may_see:
            self._presenter.open(None)
        else:
            self._presenter.refresh()
        self._read_closes()
        self._read_shifts()

    def _read_closes(self) -> None:
        self._facade.day.closes(self.closes.show_closes, lambda _: None)

    def _read_shifts(self) -> None:
        self._facade.day.shifts(self.shift.show_board, lambda _: self.shift.hide())

    def _step(self, days: int) -> None:
        page = self.state.page
        if page is None:
            return
        if self._may_see():
            self._presenter.step(days)

    def _on_calm(self) -> None:
        if self.isVisible():
            self._presenter.refresh()
            self._read_shifts()

    def _on_news(self) -> None:
        if self.isVisible() and not self.calm.isActive():
            self.calm.start()

    def _on_crew(self, _crew: Crew) -> None:
        """Somebody else may stand here now, who may see less."""
        self.closes.clear()
        self.shift.clear()
        if not self._may_see():
            self._presenter.shut()
        if self.isVisible():
            self._read_all()

    def _on_way_out(self) -> None:
        day = self.state.page.report.day if self.state.page is not None else None
        self.open_day(day)

    def _on_confirmed(self) -> None:
        page = self.state.page
        if page is not None:
            what = self.tr("Close {day}").format(day=long_day(page.report.day))
            self._approvals.ask(Right.CLOSE_DAY, what, self._presenter.close)

    def _on_copy(self, number: int) -> None:
        def ask(token: str | None) -> None:
            self._facade.day.reprint(number, token, self.closes.show_copy, self.notices.show_problem)

        self._approvals.ask(Right.REPRINT, self.tr("Copy Z {number}").format(number=f"{number:04}"), ask)

    def _on_shift_open(self) -> None:
        def ask(token: str | None) -> None:
            self._facade.day.open_shift(token, lambda _: self._read_shifts(), self.shift.show_problem)

        self._approvals.ask(Right.SHIFT, self.tr("Begin a shift"), ask)

    def _on_shift_close(self, counted: tuple[Money, ...], note: str) -> None:
        def done(shift: Shift) -> None:
            self.shift.show_outcome(shift)
            self._read_shifts()

        def ask(token: str | None) -> None:
            self._facade.day.close_shift(counted, note, token, done, self.shift.show_problem)

        self._approvals.ask(Right.SHIFT, self.tr("Count and close the shift"), ask)

    def _connect(self) -> None:
        self.header.stepped.connect(self._step)
        self.header.picked.connect(self.open_day)
        self.header.close_wanted.connect(self._presenter.propose_close)
        self.close_panel.confirmed.connect(self._on_confirmed)
        self.close_panel.put_away.connect(self._presenter.put_away)
        self.close_panel.hurried.connect(self._presenter.hurry)
        self.close_panel.called_off.connect(self._presenter.call_off)
        self.notices.inbox_wanted.connect(self.inbox_wanted)
        self.notices.day_wanted.connect(self.open_day)
        self.body.order_wanted.connect(self.order_wanted)
        self.message.action.clicked.connect(self._on_way_out)
        self.closes.day_wanted.connect(self.open_day)
        self.closes.copy_wanted.connect(self._on_copy)
        self.shift.open_wanted.connect(self._on_shift_open)
        self.shift.close_wanted.connect(self._on_shift_close)
        self._facade.signals.order_changed.connect(self._on_news)
        self._facade.signals.crew_changed.connect(self._on_crew)

    def _lay_out(self) -> None:
        ground = QWidget()
        self.sections.setContentsMargins(0, 0, GRID, 0)
        self.sections.setSpacing(2 * GRID)
        outer = QVBoxLayout(ground)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self.sections)
        outer.addStretch(1)
        QVBoxLayout(self._message_card).addWidget(self.message)
        for part in (self.close_panel, self.notices, self._message_card, self.body):
            self.sections.addWidget(part)
        self._pair.setSpacing(2 * GRID)
        self._pair.addWidget(self.shift, 3)
        self._pair.addWidget(self.closes, 2)
        self.sections.addLayout(self._pair)
        self._scroll.setWidget(ground)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for seen in (ground, self._scroll.viewport()):
            seen.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 2 * GRID, GRID)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self._scroll, 1)
