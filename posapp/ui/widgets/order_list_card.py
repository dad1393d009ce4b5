"""The card that holds the order list: its rows, or what stands in their place, and a failure to read further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from posapp.ui.icons import Icon
from posapp.ui.models.orders_model import ListState
from posapp.ui.presenters.orders_empty import EmptyAction, EmptyMessage
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.notice import Notice
from posapp.ui.widgets.order_list_states import ListMessage, SkeletonRows
from posapp.ui.widgets.order_table import OrderTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.errors import Problem
    from posapp.ui.models.orders_model import OrdersModel

SKELETON_MS: Final = 150
"""Reading that takes less than this shows nothing: it would only flicker."""


class OrderListCard(Card):
    """Follows its model: rows, grey rows while reading takes long, an empty or failed list with the way out.

    Signals:
        way_out_pressed(EmptyAction): A button of the message that stands in the list's place.
    """

    way_out_pressed = Signal(object)

    def __init__(self, model: OrdersModel, empty: Callable[[], EmptyMessage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._empty = empty
        self._actions: tuple[EmptyAction, ...] = ()
        self.table = OrderTable(model)
        self.message = ListMessage()
        self.skeleton = SkeletonRows()
        self.more_problem = Notice(compact=True)
        self.more_problem.hide()
        self._stack = QStackedLayout()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(GRID, 4, 4, GRID)
        inside.addLayout(self._stack, 1)
        # Only now: a stack outside the card would show its first pane as a window, which takes the keyboard away.
        for pane in (self.table, self.skeleton, self.message):
            self._stack.addWidget(pane)
        inside.addWidget(self.more_problem)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SKELETON_MS)
        self._slow.timeout.connect(self._on_slow)
        model.state_changed.connect(self._on_state)
        model.count_changed.connect(self._show_pane)
        model.more_failed.connect(self._on_more_failed)
        self.message.action.clicked.connect(lambda: self.way_out_pressed.emit(self._actions[0]))
        self.message.second.clicked.connect(lambda: self.way_out_pressed.emit(self._actions[1]))
        self.more_problem.first_pressed.connect(self._on_retry_more)

    @property
    def pane(self) -> QWidget:
        """What is shown: `table`, `skeleton` or `message`."""
        return self._stack.currentWidget()

    def count_words(self) -> str:
        """Say how many orders there are, as far as they are read."""
        count = self._model.rowCount()
        if self._model.problem is not None or count == 0 or self.pane is not self.table:
            return ""
        if self._model.is_complete:
            return self.tr("Orders: {count}").format(count=count)
        return self.tr("First {count} orders; scroll for more").format(count=count)

    def _on_state(self, state: ListState) -> None:
        if state is ListState.LOADING:
            self._slow.start()
            return
        self._slow.stop()
        self.more_problem.hide()
        wanted = self._model.wanted
        one_day = wanted is None or wanted.is_one_day
        self.table.set_with_day(not one_day)
        self._show_pane()

    def _on_slow(self) -> None:
        self._stack.setCurrentWidget(self.skeleton)

    def _show_pane(self) -> None:
        if self._model.state is ListState.LOADING:
            return
        if self._model.problem is not None:
            self._say_failed(self._model.problem)
        elif self._model.rowCount() == 0:
            self._say_empty(self._empty())
        else:
            self._stack.setCurrentWidget(self.table)

    def _say_failed(self, problem: Problem) -> None:
        title, mend = problem_text(problem, Situation.INPUT)
        self.message.say(Icon.WARNING, title, mend, support_line(problem), ToneName.NOT_KNOWN)
        self._actions = (EmptyAction.RETRY,)
        self.message.offer(self.tr("Try again"))
        self._stack.setCurrentWidget(self.message)

    def _say_empty(self, message: EmptyMessage) -> None:
        self.message.say(message.icon, message.title, message.text)
        self._actions = tuple(action for action, _ in message.actions)
        self.message.offer(*(words for _, words in message.actions))
        self._stack.setCurrentWidget(self.message)

    def _on_more_failed(self, problem: Problem) -> None:
        title, _ = problem_text(problem, Situation.INPUT)
        failed = self.tr("Older orders could not be read")
        self.more_problem.say(Icon.WARNING, ToneName.NOT_KNOWN, failed, title, support_line(problem))
        self.more_problem.offer(self.tr("Try again"))
        self.more_problem.show()

    def _on_retry_more(self) -> None:
        self.more_problem.hide()
        self._model.retry()
