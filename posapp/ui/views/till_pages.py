"""The pages of the till: which there are, and that each but the keypad is built when it is first needed."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Signal

from posapp.ui.views.charge_view import ChargeView
from posapp.ui.widgets.pages import Pages

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.ui.shortcuts import Action
    from posapp.ui.views.log_view import LogView
    from posapp.ui.views.orders_view import OrdersView
    from posapp.ui.views.payment_view import PaymentView
    from posapp.ui.views.start_view import StartView


class PageName(IntEnum):
    """The pages that the rail leads to, from top to bottom, and the one that stands in place of all."""

    CHARGE = 0
    ORDERS = 1
    LOG = 2
    START = -1


class TillPages(Pages):
    """Builds the pages and keeps what holds for all of them. Lives on the GUI thread.

    Signals:
        charged(OrderSnapshot): An order was committed; its code is on the way.
        order_opened(OrderSnapshot): Somebody wants to see one of the last orders.
        next_requested(): Back to the keypad.
        show_code_requested(str): The order's payment page is wanted.
        started_over(str, str, str): What came of a choice on the start page: title, words, small print.
    """

    charged = Signal(object)
    order_opened = Signal(object)
    next_requested = Signal()
    show_code_requested = Signal(str)
    started_over = Signal(str, str, str)

    def __init__(self, facade: TillFacade, return_after_s: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._return_after_s = return_after_s
        self._view_only: Problem | None = None
        self.charge = ChargeView(facade)
        self.built_payment: PaymentView | None = None
        self.built_orders: OrdersView | None = None
        self.built_log: LogView | None = None
        self.built_start: StartView | None = None
        self.stack.add_page(self.charge)
        self.room_changed.connect(self.charge.set_room)
        self.charge.charged.connect(self.charged)
        self.charge.order_opened.connect(self.order_opened)

    @property
    def payment(self) -> PaymentView:
        """The payment page."""
        if self.built_payment is None:
            from posapp.ui.views.payment_view import PaymentView

            page = self.built_payment = PaymentView(self._facade, return_after_s=self._return_after_s)
            page.next_requested.connect(self.next_requested)
            page.set_room(self.room)
            self.room_changed.connect(page.set_room)
            self.stack.add_page(page)
        return self.built_payment

    @property
    def orders(self) -> OrdersView:
        """The order list."""
        if self.built_orders is None:
            from posapp.ui.views.orders_view import OrdersView

            page = self.built_orders = OrdersView(self._facade, self)
            page.show_code_requested.connect(self.show_code_requested)
            page.back_requested.connect(self.next_requested)
            page.set_view_only(self._view_only)
            self.stack.add_page(page)
        return self.built_orders

    @property
    def log(self) -> LogView:
        """The log page."""
        if self.built_log is None:
            from posapp.ui.views.log_view import LogView

            page = self.built_log = LogView(self._facade, self)
            page.back_requested.connect(self.next_requested)
            page.set_room(self.room)
            self.room_changed.connect(page.set_room)
            self.stack.add_page(page)
        return self.built_log

    @property
    def start(self) -> StartView:
        """The page that says why the till is not open."""
        if self.built_start is None:
            from posapp.ui.views.start_view import StartView

            page = self.built_start = StartView(self._facade, self)
            page.done.connect(self.started_over)
            page.set_room(self.room)
            self.room_changed.connect(page.set_room)
            self.stack.add_page(page)
        return self.built_start

    @property
    def view_only(self) -> Problem | None:
        """Why nothing can be written; None where all is well."""
        return self._view_only

    def set_view_only(self, problem: Problem | None) -> None:
        """Say why nothing can be charged or asked, or that it can be again."""
        self._view_only = problem
        self.charge.set_view_only(problem)
        if self.built_orders is not None:
            self.built_orders.set_view_only(problem)

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for on the page that is shown."""
        current = self.stack.current()
        for page in (self.charge, self.built_payment, self.built_orders, self.built_log, self.built_start):
            if page is not None and page is current:
                page.press(action)

    def take_key(self, event: QKeyEvent) -> bool:
        """Give the page what was typed elsewhere; returns whether it meant something there."""
        current = self.stack.current()
        return any(
            page is not None and page is current and page.take_key(event) for page in (self.charge, self.built_payment)
        )

    @property
    def place(self) -> PageName:
        """Which entry of the rail the page that is shown belongs to."""
        current = self.stack.current()
        if current is None or current in (self.charge, self.built_payment):
            return PageName.CHARGE
        if current is self.built_orders:
            return PageName.ORDERS
        return PageName.LOG if current is self.built_log else PageName.START

    def code_places(self, over: QWidget) -> list[QRect]:
        """Return where a code is on screen, in the coordinates of a widget around: nothing may be painted over it."""
        if self.built_payment is None or not self.built_payment.qr_card.isVisible():
            return []
        card = self.built_payment.qr_card
        return [card.card_rect().translated(card.mapTo(over, QPoint(0, 0)))]

    def focus_current(self) -> None:
        """Put the keyboard on the page that is shown."""
        current = self.stack.current()
        if current is not None:
            current.setFocus()
