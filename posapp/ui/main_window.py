"""The window: rail, bar, chips and banners around the pages, and the way from one page to another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from posapp.ui.approvals import Approvals
from posapp.ui.door import Door
from posapp.ui.icons import Icon
from posapp.ui.navigator import Navigator
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
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.inbox_watch import InboxWatch
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
        self._inbox_watch: InboxWatch | None = None
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
            (Icon.EYE, self.tr("Needs a look"), KEYS[Action.INBOX]),
            (Icon.DAY, self.tr("Day"), KEYS[Action.DAY]),
            (Icon.LOG, self.tr("Log"), KEYS[Action.LOG]),
        )
        self.rail = Rail(entries, KEYS[Action.HELP])
        self.top_bar = TopBar(facts)
        self.news = NewsStrip(self._facade)
        self.approvals = Approvals(self._facade, self)
        self.pages = TillPages(self._facade, self.approvals, self._return_after_s)
        self.navigator = Navigator(self._facade, self.rail, self.news, self.pages, self)
        self.door = Door(self._facade, self, self.top_bar, self.news, self.pages)
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
        if facts.training:
            TrainingFrame(centre, partial(self.pages.code_places, centre)).raise_()

    def _bind_keys(self) -> None:
        bind(self, KEYS[Action.HELP], self.toggle_help)
        bind(self, KEYS[Action.NEW_CHARGE], self.navigator.next_customer)
        bind(self, KEYS[Action.ORDERS], self.navigator.show_orders)
        bind(self, KEYS[Action.INBOX], self.navigator.show_inbox)
        bind(self, KEYS[Action.DAY], self.navigator.show_day)
        bind(self, KEYS[Action.LOG], self.navigator.show_log)
        for action in (Action.ASK, Action.NEW_CODE, Action.GIVE_UP):
            bind(self, KEYS[action], partial(self.pages.press, action))
        bind(self, KEYS[Action.SEARCH], self.navigator.search)
        bind(self, KEYS[Action.LOCK], self.door.lock)

    def _connect(self) -> None:
        self.rail.help_pressed.connect(self.toggle_help)
        self.top_bar.person.people_pressed.connect(self.navigator.show_people)
        self._facade.signals.health_changed.connect(self.top_bar.set_health)
        self._facade.signals.ready.connect(self._watch_inbox)

    def open_order(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the payment page; `show_code` brings a code back that was given up."""
        self.navigator.open_order(snapshot, show_code=show_code)

    def next_customer(self) -> None:
        """Back to the keypad; an order that was on the page keeps being watched."""
        self.navigator.next_customer()

    def show_orders(self) -> None:
        """Open the order list."""
        self.navigator.show_orders()

    def show_log(self) -> None:
        """Open the log."""
        self.navigator.show_log()

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

    def _watch_inbox(self) -> None:
        """Count what needs a look, from the first time that the till is open."""
        if self._inbox_watch is None:
            from posapp.ui.inbox_watch import InboxWatch

            self._inbox_watch = InboxWatch(self._facade, self.rail.entries[PageName.INBOX], self.news, self)

    def _after_paint(self) -> None:
        """Do what the first paint need not wait for."""
        if self._keeper is None:
            self._keeper = KeepOnScreen(self)
        self.pages.payment  # noqa: B018 - built, so that the first sale does not wait for it
