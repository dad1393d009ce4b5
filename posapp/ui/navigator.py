"""The way from one page to another, and who is kept out while the till is not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from posapp.ui.opening import Opening
from posapp.ui.views.till_pages import PageName

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails
    from posapp.domain.start import StartTrouble
    from posapp.ui.views.till_pages import TillPages
    from posapp.ui.widgets.news_strip import NewsStrip
    from posapp.ui.widgets.rail import Rail


class Navigator(QObject):
    """Opens pages. Lives on the GUI thread."""

    def __init__(self, facade: TillFacade, rail: Rail, news: NewsStrip, pages: TillPages, parent: QObject) -> None:
        super().__init__(parent)
        self._facade = facade
        self._rail = rail
        self._news = news
        self._pages = pages
        self._opening = Opening(facade.signals, self)
        self._opening.closed.connect(self._on_closed)
        self._opening.opened.connect(self._on_opened)
        self._opening.view_only_changed.connect(self._on_view_only)
        rail.set_open(PageName.CHARGE)
        rail.chosen.connect(self._on_rail)
        news.order_chosen.connect(self.open_order)
        news.list_wanted.connect(self.show_orders)
        news.alarm_opened.connect(self.show_item)
        news.inbox_wanted.connect(self.show_inbox)
        news.log_wanted.connect(self.show_log)
        pages.charged.connect(self._on_charged)
        pages.order_opened.connect(self.open_order)
        pages.order_wanted.connect(self.show_order)
        pages.inbox_wanted.connect(self.show_inbox)
        pages.next_requested.connect(self.next_customer)
        pages.show_code_requested.connect(self._show_code_of)
        pages.started_over.connect(news.say_done)
        facade.signals.log_unread.connect(self._on_log_unread)

    def open_order(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the payment page; `show_code` brings a code back that was given up.

        Where nothing can be written no code may be shown, so its details are opened instead.
        """
        if self._pages.view_only is not None:
            self.show_order(snapshot.order.order_id)
            return
        payment = self._pages.payment
        payment.open(self._news.newest(snapshot), show_code=show_code)
        self.go(payment)

    def next_customer(self) -> None:
        """Back to the keypad; an order that was on the page keeps being watched."""
        self.go(self._pages.charge)

    def show_orders(self) -> None:
        """Open the order list."""
        self.go(self._pages.orders)

    def show_order(self, order_id: str) -> None:
        """Open the order list with one order's details."""
        self.show_orders()
        self._pages.orders.open_order(order_id)

    def search(self) -> None:
        """Open the order list with the keyboard in its search field."""
        self.show_orders()
        if not self._opening.is_closed:
            self._pages.orders.focus_search()

    def show_inbox(self) -> None:
        """Open what waits for a person."""
        self.go(self._pages.inbox)
        if not self._opening.is_closed:
            self._news.say_to_look_at(0)
            self._news.stop_ringing()

    def show_item(self, order_id: str) -> None:
        """Open what waits for a person at one order."""
        self.show_inbox()
        if not self._opening.is_closed:
            self._pages.inbox.show_order(order_id)

    def show_day(self) -> None:
        """Open the day."""
        self.go(self._pages.day)

    def show_people(self) -> None:
        """Open the page of the till's people."""
        self.go(self._pages.people)

    def show_log(self) -> None:
        """Open the log; that works even where the till could not be opened."""
        self.go(self._pages.log)

    def go(self, page: QWidget) -> None:
        """Show a page; while the till is not open, the one that says why."""
        pages = self._pages
        if self._opening.is_closed and page is not pages.built_log:
            page = pages.start
        payment = pages.built_payment
        if page is not payment and payment is not None:
            payment.leave()
        pages.stack.show_page(page)
        self._rail.set_open(pages.place)
        self._news.set_shown(payment.order_id if page is payment and payment else None)
        pages.focus_current()

    def _on_closed(self, trouble: StartTrouble) -> None:
        start = self._pages.start
        start.take_trouble(trouble)
        self._let_in(open_=False)
        if self._pages.stack.current() is not self._pages.built_log:
            self.go(start)

    def _on_opened(self) -> None:
        self._let_in(open_=True)
        start = self._pages.built_start
        if start is not None:
            start.ready()
            if self._pages.stack.current() is start:
                self.next_customer()
        self._pages.charge.load_recent()

    def _on_view_only(self, problem: Problem | None) -> None:
        self._pages.set_view_only(problem)
        self._news.set_view_only(problem)
        if problem is not None and self._pages.stack.current() is self._pages.built_payment:
            self.next_customer()

    def _let_in(self, *, open_: bool) -> None:
        for place in (PageName.CHARGE, PageName.ORDERS, PageName.INBOX, PageName.DAY):
            self._rail.entries[place].setEnabled(open_)

    def _on_log_unread(self, count: int) -> None:
        self._rail.entries[PageName.LOG].set_badge(count, self.tr("unread errors: {count}").format(count=count))
        if self._pages.built_log is not None:
            self._pages.built_log.take_unread()

    def _on_charged(self, snapshot: OrderSnapshot) -> None:
        self._pages.payment.hold()
        self.open_order(snapshot)

    def _on_rail(self, place: int) -> None:
        (self.next_customer, self.show_orders, self.show_inbox, self.show_day, self.show_log)[place]()
        self._rail.set_open(self._pages.place)  # the press itself has marked the entry, wherever it led

    def _show_code_of(self, order_id: str) -> None:
        def done(details: OrderDetails) -> None:
            self.open_order(details.snapshot, show_code=True)

        self._facade.details(order_id, done)
