"""The log page: what went wrong, newest first, in words that can be copied for the support desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.log_words import support_text
from posapp.ui.models.log_model import LogModel
from posapp.ui.presenters.log_book import LogPresenter, LogState
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import Label
from posapp.ui.widgets.log_detail import LogDetail
from posapp.ui.widgets.log_list import LogList
from posapp.ui.widgets.order_chip import OrderChip
from posapp.ui.widgets.order_list_states import ListMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.log_entry import LogEntry
    from posapp.ui.shortcuts import Action

SEEN_MS: Final = 1000
"""The errors count as looked at once the page has been visible for so long."""
_MORE_MS: Final = 400
_COPIED_MS: Final = 2000
_DENSE_BELOW: Final = 480
_ALL, _ERRORS = 0, 1


class LogView(QWidget):
    """The page. Lives on the GUI thread; reads whenever it is shown.

    Signals:
        back_requested(): The person wants to leave it.
    """

    back_requested = Signal()

    def __init__(self, facade: TillFacade, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facade.facts
        self._chosen: LogEntry | None = None
        self.model = LogModel(self._facts, self)
        self.list = LogList(self.model, self._facts)
        self.detail = LogDetail(self._facts)
        self.message = ListMessage()
        self.copy_button = Button(self.tr("Copy for support"), icon=Icon.COPY)
        self.copy_button.setObjectName("logCopy")
        self.all_chip = OrderChip(self.tr("All"))
        self.errors_chip = OrderChip(self.tr("Errors only"), Icon.BANG)
        self._group = QButtonGroup(self)
        self._lay_out()
        self._presenter = LogPresenter(facade, self._render)
        self._seen = self._timer(SEEN_MS, self._on_seen)
        self._more = self._timer(_MORE_MS, self._presenter.read)
        self._copied = self._timer(_COPIED_MS, self._on_copied_over)
        self._connect()

    @property
    def state(self) -> LogState:
        """What the page shows."""
        return self._presenter.state

    def take_unread(self) -> None:
        """There may be something new: read it where somebody looks; a storm of errors is read now and then."""
        if self.isVisible() and not self._more.isActive():
            self._more.start()

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for here: nothing."""

    def set_room(self, room: QSize) -> None:
        """Give up air where the window is short."""
        self.detail.set_dense(dense=room.height() < _DENSE_BELOW)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the log."""
        super().showEvent(event)
        self._presenter.read()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody looks at is not seen."""
        super().hideEvent(event)
        self._seen.stop()
        self._more.stop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to the entries, or to the way out."""
        super().focusInEvent(event)
        place = self.list if self._stack.currentWidget() is self._entries else self.message.action
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def _render(self, state: LogState) -> None:
        chosen = self._chosen
        self.model.show_entries(state.shown)
        self.copy_button.setEnabled(bool(state.shown))
        if state.problem is not None:
            reason, _ = problem_text(state.problem, Situation.INPUT)
            title = self.tr("The log could not be read")
            self.message.say(Icon.WARNING, title, reason, support_line(state.problem), ToneName.NOT_KNOWN)
            self._offer(self.tr("Try again"))
        elif state.shown:
            row = self.model.row_of(chosen) if chosen is not None else None
            self.list.choose(row or 0)
            self._stack.setCurrentWidget(self._entries)
            self._seen.start()
        elif state.is_read:
            self._say_empty(has_more=bool(state.entries))
            self._seen.start()
        if self.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_empty(self, *, has_more: bool) -> None:
        if has_more:
            self.message.say(Icon.TICK, self.tr("No errors"), self.tr("There are only warnings and notes."))
            self._offer(self.tr("Show all"))
        else:
            words = self.tr("What fails at this till is written down here, with its time.")
            self.message.say(Icon.TICK, self.tr("Nothing went wrong."), words)
            self._offer("")

    def _offer(self, action: str) -> None:
        self.message.offer(action)
        self._stack.setCurrentWidget(self._empty)

    def _on_way_out(self) -> None:
        if self.state.problem is not None:
            self._presenter.read()
        else:
            self.all_chip.click()

    def _on_chosen(self, entry: LogEntry) -> None:
        self._chosen = entry
        self.detail.show_entry(entry)

    def _on_chip(self, which: int) -> None:
        self._presenter.show_errors_only(errors_only=which == _ERRORS)

    def _on_seen(self) -> None:
        if not self.window().isMinimized():
            self._presenter.seen()

    def _on_copy(self) -> None:
        self._put_into_clipboard(self.state.shown)
        self.copy_button.set_icon(Icon.TICK)
        self.copy_button.set_words(self.tr("Copied"))
        self._copied.start()

    def _on_copy_one(self) -> None:
        if self._chosen is not None:
            self._put_into_clipboard((self._chosen,))

    def _put_into_clipboard(self, entries: tuple[LogEntry, ...]) -> None:
        QGuiApplication.clipboard().setText(support_text(entries, self._facts))

    def _on_copied_over(self) -> None:
        self.copy_button.set_icon(Icon.COPY)
        self.copy_button.set_words(self.tr("Copy for support"))

    def _timer(self, after_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(call)
        return timer

    def _connect(self) -> None:
        self.list.entry_chosen.connect(self._on_chosen)
        self.list.copy_pressed.connect(self._on_copy_one)
        self.message.action.clicked.connect(self._on_way_out)
        self.copy_button.clicked.connect(self._on_copy)
        self._group.idClicked.connect(self._on_chip)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Label(self.tr("Log"), size=fonts.TITLE, weight=fonts.STRONG))
        head.addSpacing(GRID)
        for which, chip in ((_ALL, self.all_chip), (_ERRORS, self.errors_chip)):
            self._group.addButton(chip, which)
            head.addWidget(chip)
        self.all_chip.setChecked(True)
        head.addStretch(1)
        head.addWidget(self.copy_button)
        self._entries = QWidget()
        rows = QVBoxLayout(self._entries)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2 * GRID)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(GRID, GRID, 4, GRID)
        inside.addWidget(self.list)
        rows.addWidget(card, 1)
        rows.addWidget(self.detail)
        empty = Card()
        self._stack = QStackedLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(head)
        column.addLayout(self._stack, 1)
        # Only now: a stack outside the page would show its first pane as a window, which takes the keyboard away.
        QVBoxLayout(empty).addWidget(self.message)
        self._empty = empty
        self._stack.addWidget(self._entries)
        self._stack.addWidget(empty)
