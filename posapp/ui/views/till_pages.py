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
    from posapp.ui.approvals import Approvals
    from posapp.ui.shortcuts import Action
    from posapp.ui.views.day_view import DayView
    from posapp.ui.views.inbox_view import InboxView
    from posapp.ui.views.log_view import LogView
    from posapp.ui.views.orders_view import OrdersView
    from posapp.ui.views.payment_view import PaymentView
    from posapp.ui.views.people_view import PeopleView
    from posapp.ui.views.start_view import StartView
    from posapp.ui.widgets.export_places import DayFiles, OrdersFiles


class PageName(IntEnum):
    """The pages that the rail leads to, from top to bottom, and those that it does not."""

    CHARGE = 0
    ORDERS = 1
    INBOX = 2
    DAY = 3
    LOG = 4
    START = -1
    PEOPLE = -2


class TillPages(Pages):
    """Builds the pages and keeps what holds for all of them. Lives on the GUI thread.

    Signals:
        charged(OrderSnapshot): An order was committed; its code is on the way.
        order_opened(OrderSnapshot): Somebody wants to see one of the last orders.
        next_requested(): Back to the keypad.
        show_code_requested(str): The order's payment page is wanted.
        order_wanted(str): The order's details are wanted.
        inbox_wanted(): What waits for a person is wanted.
        started_over(str, str, str): What came of a choice on the start page: title, words, small print.
    """

    charged = Signal(object)
    order_opened = Signal(object)
    next_requested = Signal()
    show_code_requested = Signal(str)
    order_wanted = Signal(str)
    inbox_wanted = Signal()
    started_over = Signal(str, str, str)

    def __init__(
        self, facade: TillFacade, approvals: Approvals, return_after_s: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._facade = facade
        self.approvals = approvals
        self._return_after_s = return_after_s
        self._view_only: Problem | None = None
        self.charge = ChargeView(facade)
        self.built_payment: PaymentView | None = None
        self.built_orders: OrdersView | None = None
        self.orders_files: OrdersFiles | None = None
        self.day_files: DayFiles | None = None
        self.built_inbox: InboxView | None = None
        self.built_day: DayView | None = None
        self.built_people: PeopleView | None = None
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

            page = self.built_payment = PaymentView(self._facade, self.approvals, return_after_s=self._return_after_s)
            page.next_requested.connect(self.next_requested)
            page.show_code_requested.connect(self.show_code_requested)
            page.set_room(self.room)
            self.room_changed.connect(page.set_room)
            self.stack.add_page(page)
        return self.built_payment

    @property
    def orders(self) -> OrdersView:
        """The order list."""
        if self.built_orders is None:
            from posapp.ui.views.orders_view import OrdersView

            page = self.built_orders = OrdersView(self._facade, self, approvals=self.approvals)
            page.show_code_requested.connect(self.show_code_requested)
            page.back_requested.connect(self.next_requested)
            page.set_view_only(self._view_only)
            from posapp.ui.widgets.export_places import OrdersFiles

            self.orders_files = OrdersFiles(page, self._facade, self.approvals)
            self.stack.add_page(page)
        return self.built_orders

    @property
    def inbox(self) -> InboxView:
        """What waits for a person."""
        if self.built_inbox is None:
            from posapp.ui.views.inbox_view import InboxView

            page = self.built_inbox = InboxView(self._facade, self.approvals, self)
            page.back_requested.connect(self.next_requested)
            page.order_wanted.connect(self.order_wanted)
            page.show_code_requested.connect(self.show_code_requested)
            page.set_view_only(self._view_only)
            self.stack.add_page(page)
        return self.built_inbox

    @property
    def day(self) -> DayView:
        """What the day adds up to."""
        if self.built_day is None:
            from posapp.ui.views.day_view import DayView

            page = self.built_day = DayView(self._facade, self.approvals, self)
            page.back_requested.connect(self.next_requested)
            page.order_wanted.connect(self.order_wanted)
            page.inbox_wanted.connect(self.inbox_wanted)
            from posapp.ui.widgets.export_places import DayFiles

            self.day_files = DayFiles(page, self._facade, self.approvals)
            self.stack.add_page(page)
        return self.built_day

    @property
    def people(self) -> PeopleView:
        """Who works at this till."""
        if self.built_people is None:
            from posapp.ui.views.people_view import PeopleView

            page = self.built_people = PeopleView(self._facade, self.approvals, self)
            page.back_requested.connect(self.next_requested)
            self.stack.add_page(page)
        return self.built_people

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
        if self.built_inbox is not None:
            self.built_inbox.set_view_only(problem)

    @property
    def is_busy(self) -> bool:
        """Whether something runs on the page that is shown that must not be covered while nobody touches the till."""
        current = self.stack.current()
        if self.built_payment is not None and current is self.built_payment:
            return self.built_payment.is_waiting
        if self.built_inbox is not None and current is self.built_inbox:
            return self.built_inbox.is_sending
        return self.built_orders is not None and current is self.built_orders and self.built_orders.drawer.is_sending

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for on the page that is shown."""
        current = self.stack.current()
        for page in (
            self.charge,
            self.built_payment,
            self.built_orders,
            self.built_inbox,
            self.built_log,
            self.built_start,
        ):
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
        places = (
            (self.built_orders, PageName.ORDERS),
            (self.built_inbox, PageName.INBOX),
            (self.built_day, PageName.DAY),
            (self.built_log, PageName.LOG),
            (self.built_people, PageName.PEOPLE),
        )
        return next((place for page, place in places if page is current), PageName.START)

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
