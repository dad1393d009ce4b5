"""News that reach the cashier on every page: what rings, what failed, and the orders open behind the page."""

from __future__ import annotations

from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.ui.presenters.alarms import Alarms
from posapp.ui.presenters.clock_skew import ClockSkew
from posapp.ui.presenters.open_orders import OpenOrders
from posapp.ui.widgets.banners import (
    AlarmBanner,
    BannerStack,
    ClockBanner,
    DoneBanner,
    LookBanner,
    ProblemBanner,
    ViewOnlyBanner,
)
from posapp.ui.widgets.order_chips import OrderChips

if TYPE_CHECKING:
    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderPage
    from posapp.domain.till import GatewayHealth

_SWEEP_MS: Final = 5_000
_REDRAW_MS: Final = 50


class NewsStrip(QWidget):
    """Takes no room while there is nothing to say. Lives on the GUI thread.

    Signals:
        order_chosen(OrderSnapshot): The cashier wants an open order back on the page.
        list_wanted(): There are more open orders than chips fit.
        alarm_opened(str): Order id; someone looks at what rings.
        log_wanted(): Someone wants to read more about what failed.
        inbox_wanted(): Someone wants to see what needs a look.
        alarm_changed(): `alarm` is another one, or rings no longer.
    """

    order_chosen = Signal(object)
    list_wanted = Signal()
    alarm_opened = Signal(str)
    log_wanted = Signal()
    inbox_wanted = Signal()
    alarm_changed = Signal()

    def __init__(self, facade: TillFacade, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._open = OpenOrders()
        self._alarms = Alarms()
        self._shown: str | None = None
        self._skew = ClockSkew()
        self._stack = BannerStack(self)
        self.chips = OrderChips(facade.facts, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._stack, self.chips):
            column.addWidget(part)
        self._sweeper = QTimer(self)
        self._sweeper.setInterval(_SWEEP_MS)
        self._sweeper.timeout.connect(self._sweep)
        # A thousand orders that change at once are one redraw, not a thousand.
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._show_chips)
        self.chips.chosen.connect(self._on_chip)
        self.chips.more_pressed.connect(self.list_wanted.emit)
        signals = facade.signals
        signals.ready.connect(self._on_ready)
        signals.order_changed.connect(self._on_order_changed)
        signals.alarm_raised.connect(self._on_alarm)
        signals.problem_raised.connect(self._on_problem)
        signals.health_changed.connect(self._on_health)

    # Each banner is built when it first has something to say: most starts need none of them.

    @cached_property
    def alarm_banner(self) -> AlarmBanner:
        """Money that arrived when nobody looked."""
        banner = self._stack.place(0, AlarmBanner(self._facade.facts, self))
        banner.opened.connect(self._on_alarm_opened)
        return banner

    @cached_property
    def view_only_banner(self) -> ViewOnlyBanner:
        """That nothing can be written."""
        return self._stack.place(1, ViewOnlyBanner(self))

    @cached_property
    def problem_banner(self) -> ProblemBanner:
        """Failures that nobody waits for."""
        banner = self._stack.place(2, ProblemBanner(self))
        banner.log_wanted.connect(self.log_wanted.emit)
        return banner

    @cached_property
    def done_banner(self) -> DoneBanner:
        """What came of something large."""
        return self._stack.place(3, DoneBanner(self))

    @cached_property
    def clock_banner(self) -> ClockBanner:
        """That this computer's clock is wrong."""
        return self._stack.place(4, ClockBanner(self))

    @property
    def alarm(self) -> tuple[OrderSnapshot | None, int]:
        """What rings first, and how many ring."""
        return self._alarms.first, self._alarms.count

    @cached_property
    def look_banner(self) -> LookBanner:
        """That orders need a look."""
        banner = self._stack.place(5, LookBanner(self))
        banner.opened.connect(self.inbox_wanted.emit)
        return banner

    def stop_ringing(self) -> None:
        """Ring for nothing any more: somebody has all of it before the eyes."""
        self._alarms.opened_all()
        self._show_alarm()

    def say_to_look_at(self, count: int) -> None:
        """Say once how many orders need a look; 0 takes it away."""
        if count or self._has("look_banner"):
            self.look_banner.show_count(count)

    def set_view_only(self, problem: Problem | None) -> None:
        """Say why nothing can be written, or that it can be again."""
        if problem is not None or self._has("view_only_banner"):
            self.view_only_banner.show_reason(problem)

    def say_done(self, title: str, body: str, small: str) -> None:
        """Say what came of something large."""
        self.done_banner.show_done(title, body, small)

    def newest(self, snapshot: OrderSnapshot) -> OrderSnapshot:
        """Return the newest news of an order: these, or what is known here already."""
        self._open.take(snapshot, monotonic())
        known = self._open.get(snapshot.order.order_id)
        return known if known is not None and known.version >= snapshot.version else snapshot

    def set_shown(self, order_id: str | None) -> None:
        """Say which order is on the page: it needs no chip, and rings no longer."""
        self._shown = order_id
        self._look_at_shown()
        self._show_chips()

    def set_room(self, height: int) -> None:
        """Say less where the window is short."""
        self._stack.set_room(height)

    def _look_at_shown(self) -> None:
        if self._shown is not None and self.window().isVisible() and self.isEnabled():
            self._open.looked_at(self._shown)
            self._alarms.opened(self._shown)
            self._show_alarm()

    def _on_ready(self) -> None:
        self._facade.orders(OrderFilter(state=StateFilter.WAITING), None, self._on_page)

    def _on_page(self, page: OrderPage) -> None:
        for snapshot in page.orders:
            self._open.take(snapshot, monotonic())
        self._show_chips()

    def _on_order_changed(self, snapshot: OrderSnapshot) -> None:
        before = self.alarm
        self._alarms.refresh(snapshot)
        if self.alarm != before:
            self._show_alarm()
        if self._open.take(snapshot, monotonic()):
            self._look_at_shown()
            if not self._redraw.isActive():
                self._redraw.start()

    def _on_alarm(self, snapshot: OrderSnapshot) -> None:
        self._alarms.take(snapshot)
        QApplication.beep()
        self._look_at_shown()
        self._show_alarm()

    def _on_alarm_opened(self, order_id: str) -> None:
        self._alarms.opened(order_id)
        self._show_alarm()
        self.alarm_opened.emit(order_id)

    def _on_chip(self, order_id: str) -> None:
        snapshot = self._open.get(order_id)
        if snapshot is not None:
            self.order_chosen.emit(snapshot)

    def _on_problem(self, problem: Problem) -> None:
        self.problem_banner.show_problem(problem)

    def _on_health(self, health: GatewayHealth) -> None:
        self._skew.take(health.clock_ahead_s)
        if self._skew.ahead_s is not None or self._has("clock_banner"):
            self.clock_banner.show_skew(self._skew.ahead_s)

    def _has(self, banner: str) -> bool:
        return banner in vars(self)

    def _show_alarm(self) -> None:
        if self._alarms.count == 0 and not self._has("alarm_banner"):
            return
        self.alarm_banner.show_alarm(self._alarms.first, self._alarms.count)
        self.alarm_changed.emit()

    def _show_chips(self) -> None:
        self.chips.show_orders(self._open.others(self._shown))
        if self._open.has_settled:
            if not self._sweeper.isActive():  # to start it anew would put the sweep off for as long as there are news
                self._sweeper.start()
        else:
            self._sweeper.stop()

    def _sweep(self) -> None:
        if self._open.sweep(monotonic()):
            self._show_chips()
