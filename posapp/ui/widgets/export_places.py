"""Where files are asked for: a button on the order list and one on the day page, each with the panel it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout

from posapp.ui.icons import Icon
from posapp.ui.presenters.export import Subject
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.export_panel import ExportPanel
from posapp.ui.widgets.reconcile_section import ReconcileSection

if TYPE_CHECKING:
    from posapp.bridge.facade import TillFacade
    from posapp.domain.day_close import DayPage
    from posapp.domain.order_query import OrderFilter
    from posapp.ui.approvals import Approvals
    from posapp.ui.views.day_view import DayView
    from posapp.ui.views.orders_view import OrdersView


class OrdersFiles:
    """What the order list shows, as a file. Lives on the GUI thread, as long as the page."""

    def __init__(self, page: OrdersView, facade: TillFacade, approvals: Approvals) -> None:
        """Put the button into the list's bar and the panel above the list."""
        self._page = page
        self.panel = ExportPanel(facade, approvals, page)
        self.button = _button()
        self.button.clicked.connect(self._open)
        page.bar.tools.addWidget(self.button)
        column = page.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(1, self.panel)

    def _open(self) -> None:
        wanted = self._page.model.wanted
        if wanted is not None:
            self.panel.open(Subject(_name_of(wanted), wanted=wanted))


class DayFiles:
    """A day as a file, and the day next to the gateway. Lives on the GUI thread, as long as the page."""

    def __init__(self, page: DayView, facade: TillFacade, approvals: Approvals) -> None:
        """Put the button among the day's tools, the panel on top and the comparison below."""
        self._page: DayPage | None = None
        self.panel = ExportPanel(facade, approvals, page)
        self.reconcile = ReconcileSection(facade, approvals, page)
        self.reconcile.order_wanted.connect(page.order_wanted)
        self.button = _button()
        self.button.clicked.connect(self._open)
        page.tools.addWidget(self.button)
        page.sections.insertWidget(0, self.panel)
        page.sections.addWidget(self.reconcile)
        page.day_shown.connect(self._on_day)
        self._on_day(page.state.page)

    def _on_day(self, page: DayPage | None) -> None:
        self._page = page
        self.button.setVisible(page is not None)
        self.reconcile.show_page(page)

    def _open(self) -> None:
        if self._page is not None:
            day, closed = self._page.report.day, self._page.close is not None
            self.panel.open(Subject(f"{'z' if closed else 'day'}-{day.isoformat()}", day=day, closed=closed))


def _button() -> Button:
    button = Button(kind=ButtonKind.SECONDARY, icon=Icon.SAVE)
    button.setObjectName("exportButton")
    button.set_words("", QCoreApplication.translate("ExportPlaces", "Save as a file"))
    return button


def _name_of(wanted: OrderFilter) -> str:
    days = [day.isoformat() for day in (wanted.first_day, wanted.last_day) if day is not None]
    return "-".join(["orders", *dict.fromkeys(days)])
