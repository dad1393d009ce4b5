"""The start page: why the till is not open, what is safe, and what may be done about it now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.start import StartChoice
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.presenters.start import StartPresenter, StartState
from posapp.ui.shortcuts import KEYS, Action
from posapp.ui.start_words import (
    choice_words,
    doing_words,
    empty_words,
    fresh_words,
    missing_words,
    restored_words,
)
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.backup_list import BackupList
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.notice import Notice
from posapp.ui.widgets.stage import Roundel

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.backups import Restored
    from posapp.domain.start import StartTrouble

ARMED_MS: Final = 6000
"""A first press that no second one follows is forgotten after this."""
_WIDTH: Final = 760
_DENSE_BELOW: Final = 560


class StartView(QWidget):
    """The page. Lives on the GUI thread; stands in place of the others until the till is open.

    Signals:
        done(str, str, str): What came of starting over, where it came from, small print.
    """

    done = Signal(str, str, str)

    def __init__(self, facade: TillFacade, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facade.facts
        self._mark = Roundel(72)
        self.title = Label(size=fonts.TITLE, weight=fonts.STRONG, wrap=True)
        self.advice = Label(rank=SOFT, wrap=True)
        self._support = Label(size=fonts.SMALL, rank=FAINT, wrap=True)
        self._support.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice = Notice()
        self.backups = BackupList(self._facts)
        self._missing = Label(size=fonts.SMALL, rank=SOFT, wrap=True)
        self._fresh_words = Label(size=fonts.SMALL, rank=SOFT, wrap=True)
        self.buttons = {
            StartChoice.RESTORE: Button(kind=ButtonKind.PRIMARY, icon=Icon.BACKUP),
            StartChoice.RETRY: Button(icon=Icon.REFRESH, key=KEYS[Action.ASK]),
            StartChoice.VIEW: Button(icon=Icon.EYE),
            StartChoice.FRESH: Button(kind=ButtonKind.QUIET),
        }
        self._lay_out()
        self._presenter = StartPresenter(facade, self._render, self._on_restored, self._on_started_empty)
        self._armed = QTimer(self)
        self._armed.setSingleShot(True)
        self._armed.setInterval(ARMED_MS)
        self._armed.timeout.connect(self._presenter.disarm)
        self.backups.picked.connect(self._presenter.pick)
        for choice, button in self.buttons.items():
            button.setObjectName(f"start{choice.value.capitalize()}")
            button.clicked.connect(partial(self._presenter.choose, choice))

    @property
    def state(self) -> StartState | None:
        """What the page shows; None while there is no trouble."""
        return self._presenter.state

    def take_trouble(self, trouble: StartTrouble) -> None:
        """Show why the till is not open."""
        self._presenter.take_trouble(trouble)

    def ready(self) -> None:
        """The till is open: there is nothing to choose any more."""
        self._armed.stop()
        self._presenter.ready()

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for here."""
        if action is Action.ASK:
            self._presenter.choose(StartChoice.RETRY)

    def set_room(self, room: QSize) -> None:
        """Give up air where the window is short."""
        dense = room.height() < _DENSE_BELOW
        edge = 12 if dense else 24
        self._page.setContentsMargins(24, edge, 24, edge)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(GRID if dense else 2 * GRID)
        self._mark.set_side(48 if dense else 72)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to what there is to choose."""
        super().focusInEvent(event)
        if not self.backups.focus_chosen():
            self.buttons[StartChoice.RETRY].setFocus(Qt.FocusReason.OtherFocusReason)

    def _render(self, state: StartState) -> None:
        title, advice = problem_text(state.trouble.problem, Situation.STARTING)
        busy = state.doing is not None
        self._mark.show_mark(Icon.WARNING, ToneName.WAITING if busy else ToneName.NOT_KNOWN, turning=busy)
        self.title.setText(title if state.doing is None else doing_words(state.doing))
        self.advice.setText(advice)
        self.setAccessibleName(title)
        self.setAccessibleDescription(advice)
        self._support.setText(support_line(state.trouble.problem))
        self._render_notice(state)
        self._render_backups(state)
        for choice, button in self.buttons.items():
            button.setVisible(state.offers(choice))
            button.setEnabled(not busy)
            words = choice_words(choice, state)
            if button.text() != words:
                button.set_words(words)
        self.buttons[StartChoice.RETRY].set_kind(ButtonKind.SECONDARY if state.backups else ButtonKind.PRIMARY)
        self._fresh_words.setText(fresh_words(state.trouble.problem))
        self._fresh_words.setVisible(state.offers(StartChoice.FRESH))
        self._armed.start() if state.armed is not None else self._armed.stop()

    def _render_notice(self, state: StartState) -> None:
        self.notice.setVisible(state.problem is not None)
        if state.problem is not None:
            title, mend = problem_text(state.problem, Situation.INPUT)
            self.notice.say(Icon.BANG, ToneName.REFUSED, title, mend, support_line(state.problem))

    def _render_backups(self, state: StartState) -> None:
        chosen = state.chosen
        self._restoring.setVisible(chosen is not None)
        self.backups.show_backups(state.backups, state.backup)
        self.backups.setEnabled(state.doing is None)
        if chosen is not None:
            self._missing.setText(missing_words(chosen, self._facts))

    def _on_restored(self, restored: Restored) -> None:
        self.done.emit(*restored_words(restored, self._facts))

    def _on_started_empty(self, trouble: StartTrouble) -> None:
        self.done.emit(empty_words(), fresh_words(trouble.problem), "")

    def _lay_out(self) -> None:
        card = Card()
        card.setMaximumWidth(_WIDTH)
        self._column = QVBoxLayout(card)
        self._column.addLayout(self._head())
        self._column.addWidget(self.notice)
        self._column.addWidget(self._backup_room())
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for choice in (StartChoice.RESTORE, StartChoice.RETRY, StartChoice.VIEW):
            row.addWidget(self.buttons[choice])
        row.addStretch(1)
        self._column.addLayout(row)
        last = QHBoxLayout()
        last.setSpacing(2 * GRID)
        last.addWidget(self._fresh_words, 1)
        last.addWidget(self.buttons[StartChoice.FRESH])
        self._column.addLayout(last)
        self._page = QVBoxLayout(self)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 1000)
        middle.addStretch(1)
        self._page.addStretch(1)
        self._page.addLayout(middle)
        self._page.addStretch(2)
        self.set_room(QSize(_WIDTH, _DENSE_BELOW))

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(6)
        for label in (self.title, self.advice, self._support):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _backup_room(self) -> QWidget:
        self._restoring = QWidget()
        room = QVBoxLayout(self._restoring)
        room.setContentsMargins(0, 0, 0, 0)
        room.setSpacing(GRID)
        room.addWidget(Label(self.tr("Restore a backup"), weight=fonts.STRONG))
        room.addWidget(self.backups)
        room.addWidget(self._missing)
        return self._restoring
