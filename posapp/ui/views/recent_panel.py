"""The card with the last five orders: reads them, keeps them live, and asks the gateway again about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from posapp.domain.order_query import OrderFilter
from posapp.ui import fonts
from posapp.ui.order_words import asked_sentence
from posapp.ui.text import Situation, problem_text
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.recent_orders import ROWS, RecentOrders

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderPage

_LOW: Final = 200
"""Pixels of height below which the empty card says one line only."""


class RecentPanel(Card):
    """Answers "did the last customer pay?". Lives on the GUI thread.

    Signals:
        order_opened(OrderSnapshot): The cashier wants to see one of them.
    """

    order_opened = Signal(object)

    def __init__(self, facade: TillFacade, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._facts = facade.facts
        self.rows = RecentOrders(self._facts, self)
        heading = Label(self.tr("Last orders"), size=fonts.SMALL, weight=fonts.MEDIUM, rank=SOFT)
        heading.setContentsMargins(12, 0, 0, 0)
        scroll = QScrollArea()
        # A viewport of our own: asking Qt for its one costs 13 ms of type discovery at every start.
        viewport = QWidget()
        scroll.setViewport(viewport)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.rows)
        viewport.setAutoFillBackground(False)
        self.rows.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 8)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addWidget(scroll, 1)
        self.rows.ask_pressed.connect(self.ask_again)
        self.rows.opened.connect(self._open)
        facade.signals.order_changed.connect(self.rows.take)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self.rows.set_low(low=event.size().height() < _LOW)

    def load(self) -> None:
        """Read the last orders; called when the ledger is open."""
        self._facade.orders(OrderFilter(), None, self._on_page)

    def set_may_ask(self, *, may_ask: bool) -> None:
        """Let the gateway be asked, or not: an answer that cannot be written down helps nobody."""
        self.rows.set_may_ask(may_ask=may_ask)

    def ask_place(self, place: int) -> None:
        """Ask again about the order in a row, counted from 0."""
        rows = self.rows.rows()
        if place < len(rows):
            self.ask_again(rows[place].snapshot.order.order_id)

    def ask_again(self, order_id: str) -> None:
        """Ask the gateway about one of them, and say in its row what came of it."""
        row = self.rows.row_of(order_id)
        if row is None or not row.begin_asking(self.tr("Asking the gateway…")):
            return

        def done(snapshot: OrderSnapshot) -> None:
            self.rows.take(snapshot)
            self._answer(order_id, asked_sentence(snapshot, self._facts))

        def failed(problem: Problem) -> None:
            title, _ = problem_text(problem, Situation.ASKING)
            self._answer(order_id, self.tr("{reason}. Not known yet.").format(reason=title))

        self._facade.ask_now(order_id, done, failed)

    def _answer(self, order_id: str, text: str) -> None:
        """Say it where the order stands now: newer ones may have moved it down, or away."""
        row = self.rows.row_of(order_id)
        if row is not None:
            row.show_answer(text)

    def _open(self, order_id: str) -> None:
        snapshot = self.rows.snapshot(order_id)
        if snapshot is not None:
            self.order_opened.emit(snapshot)

    def _on_page(self, page: OrderPage) -> None:
        for snapshot in reversed(page.orders[:ROWS]):
            self.rows.take(snapshot)
