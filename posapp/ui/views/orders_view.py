"""The order list: today's orders by default, newest first and live, with filters, search and a drawer of details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui.approvals import Approvals
from posapp.ui.models.orders_model import ListState, OrdersModel
from posapp.ui.presenters.orders_clock import shop_today
from posapp.ui.presenters.orders_empty import EmptyAction, empty_message
from posapp.ui.presenters.orders_filter import OrdersScope, belongs
from posapp.ui.presenters.orders_row_text import RowWriter
from posapp.ui.shortcuts import KEYS, Action
from posapp.ui.tokens import GRID
from posapp.ui.views.order_drawer import WIDTH as DRAWER_WIDTH
from posapp.ui.views.order_drawer import OrderDrawer
from posapp.ui.widgets.order_filter_bar import OrderFilterBar
from posapp.ui.widgets.order_list_card import OrderListCard

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order_query import OrderDetails, StateFilter
    from posapp.ui.presenters.orders_filter import DaySpan

_DAY_CHECK_MS: Final = 15_000
_MARGIN: Final = 3 * GRID
_LIST_LEAST: Final = 430
"""Narrower than this the list gives way to the drawer altogether."""
_HEIGHT_LEAST: Final = 520
"""Lower than this the drawer takes the whole page."""
_ANY_WIDTH: Final = 16_777_215
"""What Qt takes for no limit."""


class OrdersView(QWidget):
    """The page. Lives on the GUI thread; reads when it is first shown.

    Signals:
        show_code_requested(str): The order's payment page is wanted.
        back_requested(): The person wants the keypad back.
    """

    show_code_requested = Signal(str)
    back_requested = Signal()

    def __init__(
        self, facade: TillFacade, parent: QWidget | None = None, *, approvals: Approvals | None = None
    ) -> None:
        super().__init__(parent)
        self._facade = facade
        self._scope = OrdersScope()
        self._today = shop_today(facade.facts.day)
        self.model = OrdersModel(facade, RowWriter(facade.facts), self)
        self.card = OrderListCard(self.model, lambda: empty_message(self._scope, self._today))
        self.table = self.card.table
        self.bar = OrderFilterBar(KEYS[Action.SEARCH])
        self.drawer = OrderDrawer(facade, approvals or Approvals(facade, self))
        self._day_check = QTimer(self)
        self._day_check.setInterval(_DAY_CHECK_MS)
        self._day_check.timeout.connect(self._check_day)
        self._lay_out()
        self._connect()
        self.bar.show_scope(self._scope, self._today)

    # what the main window asks for

    def open_order(self, order_id: str) -> None:
        """Choose an order and open its details; the list goes to its day where it does not hold it."""
        row = self.model.row_of(order_id)
        if row is not None:
            self.table.choose(row)
            self._open_row(row)
        else:
            self._facade.details(order_id, self._on_found)

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for here: to the order in the drawer; asking opens the chosen one."""
        match action:
            case Action.ASK:
                self._ask_now()
            case Action.NEW_CODE:
                self.drawer.presenter.new_code()
            case Action.GIVE_UP:
                self.drawer.presenter.give_up()
            case _:
                pass

    def _ask_now(self) -> None:
        if self.drawer.presenter.state is None and self.table.currentIndex().isValid():
            self._open_row(self.table.currentIndex().row())
        self.drawer.presenter.ask_now()

    def set_view_only(self, problem: Problem | None) -> None:
        """Let nothing be asked or changed while there is a reason; None allows it again."""
        self.drawer.set_view_only(problem)

    def focus_search(self) -> None:
        """Put the keys into the search field."""
        self.bar.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.edit.selectAll()

    @property
    def scope(self) -> OrdersScope:
        """What is looked at."""
        return self._scope

    # events

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list at the first visit, after a long absence, and whenever the day has changed meanwhile."""
        super().showEvent(event)
        self._day_check.start()
        self._check_day()
        if self.model.wanted is None:
            self._read()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to what is there: the rows, or the way out of an empty list."""
        super().focusInEvent(event)
        self._take_keys()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._day_check.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give list and drawer their room."""
        super().resizeEvent(event)
        self._share_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step back with Esc: first the drawer, then the filters, then the page."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.drawer.presenter.state is not None:
            self.drawer.close_order()
        elif self._scope.is_narrowed:
            self._look_at(self._scope.cleared())
        else:
            self.back_requested.emit()

    # the scope

    def _look_at(self, scope: OrdersScope) -> None:
        self._scope = scope
        self.bar.show_scope(scope, self._today)
        if scope.wanted(self._today) != self.model.wanted:
            self._read()

    def _read(self) -> None:
        self.model.show_list(self._scope.wanted(self._today))

    def _check_day(self) -> None:
        today = shop_today(self._facade.facts.day)
        if today != self._today:
            self._today = today
            self._look_at(self._scope)

    def _on_ready(self) -> None:
        if self.model.wanted is not None and self.model.state is not ListState.READY:
            self._read()

    # the list

    def _on_state(self, state: ListState) -> None:
        if state is not ListState.LOADING:
            self._choose_open_order()

    def _show_count(self) -> None:
        self.bar.show_count(self.card.count_words())

    def _on_way_out(self, action: EmptyAction) -> None:
        match action:
            case EmptyAction.RETRY:
                self.model.retry()
            case EmptyAction.NEW_CHARGE:
                self.back_requested.emit()
            case EmptyAction.TODAY:
                self._look_at(self._scope.on_day(self._today, self._today))
            case EmptyAction.CLEAR:
                self._look_at(self._scope.cleared())
            case EmptyAction.ALL_DAYS:
                self._look_at(self._scope.all_days())

    # the drawer

    def _open_row(self, row: int) -> None:
        snapshot = self.model.snapshot_at(row)
        if snapshot is not None:  # else it is being read again
            self.drawer.open_order(snapshot)
            self._share_room()

    def _on_chosen(self, row: int) -> None:
        snapshot = self.model.snapshot_at(row)
        if snapshot is not None and self.drawer.presenter.state is not None:
            self.drawer.open_order(snapshot)

    def _on_found(self, details: OrderDetails) -> None:
        snapshot = details.snapshot
        self.drawer.open_order(snapshot)
        self._share_room()
        if not belongs(snapshot, self._scope.wanted(self._today)):
            self._look_at(self._scope.cleared().on_day(snapshot.order.business_day, self._today))

    def _on_drawer_closed(self) -> None:
        self._share_room()
        self._take_keys()

    def _take_keys(self) -> None:
        place = self.card.message.action if self.card.pane is self.card.message else self.table
        if self.card.isHidden():
            place = self.drawer  # it has the page to itself; Qt would put the keys into a list that nobody sees
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_open_order(self) -> None:
        order_id = self.drawer.presenter.order_id
        row = self.model.row_of(order_id) if order_id is not None else None
        if row is not None:
            self.table.choose(row)

    def _share_room(self) -> None:
        is_open = self.drawer.presenter.state is not None
        room = self.width() - 2 * _MARGIN - 2 * GRID - DRAWER_WIDTH
        alone = is_open and (room < _LIST_LEAST or self.height() < _HEIGHT_LEAST)
        self.card.setVisible(not alone)
        self.bar.setVisible(not alone)
        self.drawer.setMinimumWidth(0 if alone else DRAWER_WIDTH)
        self.drawer.setMaximumWidth(_ANY_WIDTH if alone else DRAWER_WIDTH)

    # the making

    def _connect(self) -> None:
        self.bar.day_stepped.connect(self._on_step)
        self.bar.day_picked.connect(self._on_day)
        self.bar.days_picked.connect(self._on_days)
        self.bar.span_picked.connect(self._on_span)
        self.bar.cashier_picked.connect(self._on_cashier)
        self.bar.till_picked.connect(self._on_till)
        self.model.origins_known.connect(self.bar.show_origins)
        self.bar.state_picked.connect(self._on_chip)
        self.bar.search_changed.connect(self._on_search)
        self.table.order_opened.connect(self._open_row)
        self.table.order_chosen.connect(self._on_chosen)
        self.drawer.closed.connect(self._on_drawer_closed)
        self.drawer.show_code_requested.connect(self.show_code_requested)
        self.model.state_changed.connect(self._on_state)
        self.model.state_changed.connect(self._show_count)
        self.model.count_changed.connect(self._show_count)
        self.card.way_out_pressed.connect(self._on_way_out)
        self._facade.signals.ready.connect(self._on_ready)

    def _on_day(self, day: date) -> None:
        self._look_at(self._scope.on_day(day, self._today))

    def _on_days(self, first: date, last: date) -> None:
        self._look_at(self._scope.between(first, last, self._today))

    def _on_span(self, span: DaySpan) -> None:
        self._look_at(self._scope.over(span))

    def _on_cashier(self, name: str | None) -> None:
        self._look_at(self._scope.of_cashier(name))

    def _on_till(self, name: str | None) -> None:
        self._look_at(self._scope.of_till(name))

    def _on_step(self, days: int) -> None:
        self._look_at(self._scope.step(days, self._today))

    def _on_search(self, text: str) -> None:
        self._look_at(self._scope.with_text(text))

    def _on_chip(self, state: StateFilter) -> None:
        self._look_at(self._scope.with_state(state))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.card, 1)
        row.addWidget(self.drawer)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 2 * GRID, _MARGIN, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.bar)
        column.addLayout(row, 1)
