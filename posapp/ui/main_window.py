"""The window: rail, bar, chips and banners around the pages, and the way from one page to another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from posapp.ui.icons import Icon
from posapp.ui.shortcuts import KEYS, Action, bind
from posapp.ui.theme import ThemeMode, apply_theme
from posapp.ui.views.charge_view import ChargeView
from posapp.ui.widgets.news_strip import NewsStrip
from posapp.ui.widgets.pages import Pages
from posapp.ui.widgets.rail import Rail
from posapp.ui.widgets.top_bar import TopBar
from posapp.ui.widgets.training_frame import FRAME, TrainingFrame

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails
    from posapp.ui.views.orders_view import OrdersView
    from posapp.ui.views.payment_view import PaymentView
    from posapp.ui.widgets.help_panel import HelpPanel

_CHARGE, _ORDERS = 0, 1
_SMALLEST: Final = (680, 440)
_USUAL: Final = (1280, 800)
_BRIEF_BELOW: Final = 640
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
        self._payment: PaymentView | None = None
        self._orders: OrdersView | None = None
        self._help: HelpPanel | None = None
        self.setWindowTitle(self.tr("{shop}, till {till}").format(shop=facade.facts.shop, till=facade.facts.till))
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_USUAL)
        self._lay_out()
        self._bind_keys()
        self._connect()

    @property
    def charge_view(self) -> ChargeView:
        """The charge page."""
        return self._charge

    @property
    def payment_view(self) -> PaymentView:
        """The payment page; built when first needed."""
        if self._payment is None:
            from posapp.ui.views.payment_view import PaymentView

            self._payment = PaymentView(self._facade, return_after_s=self._return_after_s)
            self._payment.next_requested.connect(self.next_customer)
            self._payment.set_room(self.pages.room)
            self.pages.room_changed.connect(self._payment.set_room)
            self.pages.stack.add_page(self._payment)
        return self._payment

    @property
    def orders_view(self) -> OrdersView:
        """The order list; built when first needed."""
        if self._orders is None:
            from posapp.ui.views.orders_view import OrdersView

            self._orders = OrdersView(self._facade, self)
            self._orders.show_code_requested.connect(self._show_code_of)
            self._orders.back_requested.connect(self.next_customer)
            self.pages.stack.add_page(self._orders)
        return self._orders

    def _lay_out(self) -> None:
        facts = self._facade.facts
        entries = (
            (Icon.CHARGE, self.tr("Charge"), KEYS[Action.NEW_CHARGE]),
            (Icon.ORDERS, self.tr("Orders"), KEYS[Action.ORDERS]),
        )
        self.rail = Rail(entries, KEYS[Action.HELP])
        self.top_bar = TopBar(facts)
        self.news = NewsStrip(self._facade)
        self.pages = Pages()
        self._charge = ChargeView(self._facade)
        self.pages.stack.add_page(self._charge)
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
        self.rail.set_open(_CHARGE)
        if facts.training:
            TrainingFrame(centre, self._code_places).raise_()

    def _bind_keys(self) -> None:
        bind(self, KEYS[Action.HELP], self.toggle_help)
        bind(self, KEYS[Action.NEW_CHARGE], self.next_customer)
        bind(self, KEYS[Action.ORDERS], self.show_orders)
        for action in (Action.ASK, Action.NEW_CODE, Action.GIVE_UP):
            bind(self, KEYS[action], partial(self._press, action))
        bind(self, KEYS[Action.SEARCH], self.search)

    def _connect(self) -> None:
        self.rail.chosen.connect(self._on_rail)
        self.rail.help_pressed.connect(self.toggle_help)
        self.pages.room_changed.connect(self._charge.set_room)
        self.news.order_chosen.connect(self.open_order)
        self.news.list_wanted.connect(self.show_orders)
        self.news.alarm_opened.connect(self._open_alarm)
        self._charge.charged.connect(self._on_charged)
        self._charge.order_opened.connect(self.open_order)
        self._facade.signals.health_changed.connect(self.top_bar.set_health)
        self._facade.signals.ready.connect(self._charge.load_recent)

    def open_order(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the payment page; `show_code` brings a code back that was given up."""
        self.payment_view.open(self.news.newest(snapshot), show_code=show_code)
        self._go(self.payment_view)

    def next_customer(self) -> None:
        """Back to the keypad; an order that was on the page keeps being watched."""
        self._go(self._charge)

    def show_orders(self) -> None:
        """Open the order list."""
        self._go(self.orders_view)

    def search(self) -> None:
        """Open the order list with the keyboard in its search field."""
        self.show_orders()
        self.orders_view.focus_search()

    def toggle_help(self) -> None:
        """Show the keys, or put them away."""
        if self._help is None:
            from posapp.ui.widgets.help_panel import HelpPanel

            self._help = HelpPanel(self.centralWidget())
            self._help.dismissed.connect(self._focus_page)
        self._help.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the page what was typed while the focus was on the rail or the bar."""
        current = self.pages.stack.current()
        pages = (self._charge, self._payment)
        taken = any(page is not None and page is current and page.take_key(event) for page in pages)
        if not taken:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less on top where the window is short, and be slimmer at the side where it is narrow."""
        super().resizeEvent(event)
        self.rail.set_narrow(narrow=event.size().width() < _SLIM_BELOW)
        self.news.set_brief(brief=event.size().height() < _BRIEF_BELOW)

    def showEvent(self, event: QShowEvent) -> None:
        """Build the payment page once the keypad is there, so that the first sale does not wait for it."""
        super().showEvent(event)
        QTimer.singleShot(_BUILD_AHEAD_MS, self, lambda: self.payment_view)

    def _go(self, page: QWidget) -> None:
        if page is not self._payment and self._payment is not None:
            self._payment.leave()
        self.pages.stack.show_page(page)
        self.rail.set_open(_ORDERS if page is self._orders else _CHARGE)
        self.news.set_shown(self._payment.order_id if page is self._payment and self._payment else None)
        self._focus_page()

    def _press(self, action: Action) -> None:
        current = self.pages.stack.current()
        for page in (self._charge, self._payment, self._orders):
            if page is not None and page is current:
                page.press(action)

    def _on_charged(self, snapshot: OrderSnapshot) -> None:
        self.payment_view.hold()
        self.open_order(snapshot)

    def _focus_page(self) -> None:
        current = self.pages.stack.current()
        if current is not None:
            current.setFocus()

    def _on_rail(self, place: int) -> None:
        (self.next_customer, self.show_orders)[place]()
        self.rail.set_open(place)

    def _open_alarm(self, order_id: str) -> None:
        self.show_orders()
        self.orders_view.open_order(order_id)

    def _show_code_of(self, order_id: str) -> None:
        def done(details: OrderDetails) -> None:
            self.open_order(details.snapshot, show_code=True)

        self._facade.details(order_id, done)

    def _code_places(self) -> list[QRect]:
        """Return where a code is on screen: nothing may be painted over it."""
        if self._payment is None or not self._payment.qr_card.isVisible():
            return []
        card = self._payment.qr_card
        return [card.card_rect().translated(card.mapTo(self.centralWidget(), QPoint(0, 0)))]
