"""The window: rail, bar, chips and banners around the pages, and the way from one page to another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from posapp.ui.icons import Icon
from posapp.ui.opening import Opening
from posapp.ui.screens import KeepOnScreen, fitting
from posapp.ui.shortcuts import KEYS, Action, bind
from posapp.ui.theme import ThemeMode, apply_theme
from posapp.ui.views.till_pages import PageName, TillPages
from posapp.ui.widgets.news_strip import NewsStrip
from posapp.ui.widgets.rail import Rail
from posapp.ui.widgets.top_bar import TopBar
from posapp.ui.widgets.training_frame import FRAME, TrainingFrame

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails
    from posapp.domain.start import StartTrouble
    from posapp.ui.views.charge_view import ChargeView
    from posapp.ui.views.orders_view import OrdersView
    from posapp.ui.views.payment_view import PaymentView
    from posapp.ui.widgets.help_panel import HelpPanel

_SMALLEST: Final = (680, 440)
_USUAL: Final = (1280, 800)
_SLIM_BELOW: Final = 800
_BUILD_AHEAD_MS: Final = 300


class MainWindow(QMainWindow):
    """Everything the cashier sees. Cheap to make: pages other than *Charge* are built at their first visit."""

    def __init__(self, facade: TillFacade, *, theme_mode: ThemeMode = "system", return_after_s: int = 6) -> None:
        super().__init__()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, theme_mode)
        self._facade = facade
        self._return_after_s = return_after_s
        self._help: HelpPanel | None = None
        self._keeper: KeepOnScreen | None = None
        self._opening = Opening(facade.signals, self)
        self.setWindowTitle(self.tr("{shop}, till {till}").format(shop=facade.facts.shop, till=facade.facts.till))
        self.setMinimumSize(*_SMALLEST)
        self.resize(fitting(QSize(*_USUAL), self.screen().availableGeometry()))
        self._lay_out()
        self._bind_keys()
        self._connect()

    @property
    def charge_view(self) -> ChargeView:
        """The charge page."""
        return self.pages.charge

    @property
    def payment_view(self) -> PaymentView:
        """The payment page; built when first needed."""
        return self.pages.payment

    @property
    def orders_view(self) -> OrdersView:
        """The order list; built when first needed."""
        return self.pages.orders

    def _lay_out(self) -> None:
        facts = self._facade.facts
        entries = (
            (Icon.CHARGE, self.tr("Charge"), KEYS[Action.NEW_CHARGE]),
            (Icon.ORDERS, self.tr("Orders"), KEYS[Action.ORDERS]),
            (Icon.LOG, self.tr("Log"), KEYS[Action.LOG]),
        )
        self.rail = Rail(entries, KEYS[Action.HELP])
        self.top_bar = TopBar(facts)
        self.news = NewsStrip(self._facade)
        self.pages = TillPages(self._facade, self._return_after_s)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.news)
        column.addWidget(self.pages, 1)
        centre = QWidget()
        edge = FRAME if facts.training else 0
        row = QHBoxLayout(centre)
        row.setContentsMargins(edge, edge, edge, edge)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self.setCentralWidget(centre)
        self.rail.set_open(PageName.CHARGE)
        if facts.training:
            TrainingFrame(centre, partial(self.pages.code_places, centre)).raise_()

    def _bind_keys(self) -> None:
        bind(self, KEYS[Action.HELP], self.toggle_help)
        bind(self, KEYS[Action.NEW_CHARGE], self.next_customer)
        bind(self, KEYS[Action.ORDERS], self.show_orders)
        bind(self, KEYS[Action.LOG], self.show_log)
        for action in (Action.ASK, Action.NEW_CODE, Action.GIVE_UP):
            bind(self, KEYS[action], partial(self.pages.press, action))
        bind(self, KEYS[Action.SEARCH], self.search)

    def _connect(self) -> None:
        self.rail.chosen.connect(self._on_rail)
        self.rail.help_pressed.connect(self.toggle_help)
        self.news.order_chosen.connect(self.open_order)
        self.news.list_wanted.connect(self.show_orders)
        self.news.alarm_opened.connect(self._open_alarm)
        self.news.log_wanted.connect(self.show_log)
        self.pages.charged.connect(self._on_charged)
        self.pages.order_opened.connect(self.open_order)
        self.pages.next_requested.connect(self.next_customer)
        self.pages.show_code_requested.connect(self._show_code_of)
        self.pages.started_over.connect(self.news.say_done)
        signals = self._facade.signals
        signals.health_changed.connect(self.top_bar.set_health)
        signals.log_unread.connect(self._on_log_unread)
        self._opening.closed.connect(self._on_closed)
        self._opening.opened.connect(self._on_opened)
        self._opening.view_only_changed.connect(self._on_view_only)

    def open_order(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the payment page; `show_code` brings a code back that was given up.

        Where nothing can be written no code may be shown, so its details are opened instead.
        """
        if self.pages.view_only is not None:
            self._open_alarm(snapshot.order.order_id)
            return
        self.payment_view.open(self.news.newest(snapshot), show_code=show_code)
        self._go(self.payment_view)

    def next_customer(self) -> None:
        """Back to the keypad; an order that was on the page keeps being watched."""
        self._go(self.pages.charge)

    def show_orders(self) -> None:
        """Open the order list."""
        self._go(self.orders_view)

    def search(self) -> None:
        """Open the order list with the keyboard in its search field."""
        self.show_orders()
        if not self._opening.is_closed:
            self.orders_view.focus_search()

    def show_log(self) -> None:
        """Open the log; that works even where the till could not be opened."""
        self._go(self.pages.log)

    def toggle_help(self) -> None:
        """Show the keys, or put them away."""
        if self._help is None:
            from posapp.ui.widgets.help_panel import HelpPanel

            self._help = HelpPanel(self.centralWidget())
            self._help.dismissed.connect(self.pages.focus_current)
        self._help.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the page what was typed while the focus was on the rail or the bar."""
        if not self.pages.take_key(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less on top where the window is short, and be slimmer at the side where it is narrow."""
        super().resizeEvent(event)
        self.rail.set_narrow(narrow=event.size().width() < _SLIM_BELOW)
        self.news.set_room(event.size().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Put off what can wait until the keypad is there."""
        super().showEvent(event)
        QTimer.singleShot(_BUILD_AHEAD_MS, self, self._after_paint)

    def _after_paint(self) -> None:
        """Do what the first paint need not wait for."""
        if self._keeper is None:
            self._keeper = KeepOnScreen(self)
        self.pages.payment  # noqa: B018 - built, so that the first sale does not wait for it

    def _go(self, page: QWidget) -> None:
        pages = self.pages
        if self._opening.is_closed and page is not pages.built_log:
            page = pages.start
        payment = pages.built_payment
        if page is not payment and payment is not None:
            payment.leave()
        pages.stack.show_page(page)
        self.rail.set_open(pages.place)
        self.news.set_shown(payment.order_id if page is payment and payment else None)
        pages.focus_current()

    def _on_closed(self, trouble: StartTrouble) -> None:
        start = self.pages.start
        start.take_trouble(trouble)
        self._let_in(open_=False)
        if self.pages.stack.current() is not self.pages.built_log:
            self._go(start)

    def _on_opened(self) -> None:
        self._let_in(open_=True)
        if self.pages.built_start is not None:
            self.pages.built_start.ready()
            if self.pages.stack.current() is self.pages.built_start:
                self.next_customer()
        self.charge_view.load_recent()

    def _on_view_only(self, problem: Problem | None) -> None:
        self.pages.set_view_only(problem)
        self.news.set_view_only(problem)
        if problem is not None and self.pages.stack.current() is self.pages.built_payment:
            self.next_customer()

    def _let_in(self, *, open_: bool) -> None:
        for place in (PageName.CHARGE, PageName.ORDERS):
            self.rail.entries[place].setEnabled(open_)

    def _on_log_unread(self, count: int) -> None:
        self.rail.entries[PageName.LOG].set_badge(count, self.tr("unread errors: {count}").format(count=count))
        if self.pages.built_log is not None:
            self.pages.built_log.take_unread()

    def _on_charged(self, snapshot: OrderSnapshot) -> None:
        self.payment_view.hold()
        self.open_order(snapshot)

    def _on_rail(self, place: int) -> None:
        (self.next_customer, self.show_orders, self.show_log)[place]()
        self.rail.set_open(self.pages.place)  # the press itself has marked the entry, wherever it led

    def _open_alarm(self, order_id: str) -> None:
        self.show_orders()
        self.orders_view.open_order(order_id)

    def _show_code_of(self, order_id: str) -> None:
        def done(details: OrderDetails) -> None:
            self.open_order(details.snapshot, show_code=True)

        self._facade.details(order_id, done)
