"""The bar above the order list: which day, which state, what to search for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.order_query import StateFilter
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.order_text import filter_word
from posapp.ui.presenters.orders_clock import days_name
from posapp.ui.tokens import GRID
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import FAINT, ElidedLabel, Label
from posapp.ui.widgets.order_chip import OrderChip
from posapp.ui.widgets.order_day_picker import OrderDayPicker
from posapp.ui.widgets.order_name_choice import OrderNameChoice
from posapp.ui.widgets.order_search_field import OrderSearchField

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QResizeEvent

    from posapp.domain.order_query import Origins
    from posapp.ui.presenters.orders_filter import OrdersScope

_ICONS = {
    StateFilter.ALL: None,
    StateFilter.WAITING: Icon.HOURGLASS,
    StateFilter.PAID: Icon.TICK,
    StateFilter.UNPAID: Icon.CROSS,
    StateFilter.NEEDS_LOOK: Icon.EYE,
    StateFilter.REFUNDED: Icon.RETURN,
}
_ROOMY = 1000
_TITLED = 900
_NARROW = 876


class OrderFilterBar(QWidget):
    """Shows a scope and tells what a person wants instead; it never changes the scope by itself.

    Signals:
        day_stepped(int): So many days on, or back below zero.
        day_picked(date): One business day.
        days_picked(date, date): The days from one to another.
        span_picked(DaySpan): Days that follow today, or all of them.
        cashier_picked(object): A cashier's name, or None for everybody.
        till_picked(object): A till's name, or None for every till.
        state_picked(StateFilter): A chip.
        search_changed(str): The search text.
    """

    day_stepped = Signal(int)
    day_picked = Signal(object)
    days_picked = Signal(object, object)
    span_picked = Signal(object)
    cashier_picked = Signal(object)
    till_picked = Signal(object)
    state_picked = Signal(object)
    search_changed = Signal(str)

    def __init__(self, search_key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today: date | None = None
        self._shown: tuple[date, date] | None = None
        self.search = OrderSearchField(search_key)
        self.search.setObjectName("orderSearch")
        self.search.search_changed.connect(self.search_changed)
        self._title = Label(self.tr("Orders"), size=fonts.TITLE, weight=fonts.STRONG)
        self._before = Button(kind=ButtonKind.SECONDARY, icon=Icon.CHEVRON_LEFT)
        self._before.set_words("", self.tr("Day before"))
        self._day = Button(kind=ButtonKind.SECONDARY, icon=Icon.DAY)
        self._day.setObjectName("orderDay")
        self._after = Button(kind=ButtonKind.SECONDARY, icon=Icon.CHEVRON_RIGHT)
        self._after.set_words("", self.tr("Day after"))
        self.cashier = OrderNameChoice(
            Icon.PERSON, self.tr("Everyone"), self.tr("Nobody signed in"), self.tr("Cashier: {name}")
        )
        self.till = OrderNameChoice(Icon.SHOP, self.tr("Every till"), self.tr("No name"), self.tr("Till: {name}"))
        self.cashier.setObjectName("orderCashier")
        self.till.setObjectName("orderTill")
        self.cashier.picked.connect(self.cashier_picked)
        self.till.picked.connect(self.till_picked)
        self.tools = QHBoxLayout()  # what else may be done with the list; others put their buttons there
        self._count = ElidedLabel(size=fonts.SMALL, rank=FAINT)
        self._count.setMinimumWidth(1)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._group = QButtonGroup(self)
        self.chips: dict[StateFilter, OrderChip] = {}
        self._before.clicked.connect(lambda: self.day_stepped.emit(-1))
        self._after.clicked.connect(lambda: self.day_stepped.emit(1))
        self._day.clicked.connect(self.pick_day)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._top_row())
        column.addLayout(self._chip_row())

    def show_scope(self, scope: OrdersScope, today: date) -> None:
        """Show what is looked at; fires nothing."""
        self._today = today
        first, last = scope.days(today)
        self._shown = None if first is None or last is None else (first, last)
        words = days_name(first, last, today)
        self._day.set_words(words, self.tr("Day: {day}").format(day=words))
        self._after.setEnabled(scope.can_step_on(today))
        self.search.show_text(scope.text)
        self.chips[scope.state].setChecked(True)
        self.cashier.show_name(scope.cashier)
        self.till.show_name(scope.till)
        self._share_room()

    def show_origins(self, origins: Origins) -> None:
        """Offer the cashiers and tills that there are."""
        self.cashier.set_names(origins.cashiers)
        self.till.set_names(origins.tills)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where it is narrow."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        for choice in (self.cashier, self.till):
            choice.set_narrow(narrow=self.width() < _ROOMY)
        narrow = self.width() < _NARROW
        self._title.setVisible(self.width() >= _TITLED)
        self._count.setVisible(not narrow)
        crowded = narrow and (self.cashier.has_name or self.till.has_name)
        for step in (self._before, self._after):
            step.setVisible(not crowded)
        for chip in self.chips.values():
            chip.set_narrow(narrow=narrow)

    def show_count(self, words: str) -> None:
        """Show how many orders there are."""
        self._count.setText(words)

    def pick_day(self) -> OrderDayPicker | None:
        """Open the month to pick a day from."""
        if self._today is None:
            return None
        picker = OrderDayPicker(self._today, self)
        picker.day_picked.connect(self.day_picked)
        picker.days_picked.connect(self.days_picked)
        picker.span_picked.connect(self.span_picked)
        picker.open_at(self._day.mapToGlobal(QPoint(0, self._day.height() + 4)), self._shown)
        return picker

    def _top_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._title.setContentsMargins(0, 0, GRID, 0)
        row.addWidget(self._title)
        row.addWidget(self._before)
        row.addWidget(self._day)
        row.addWidget(self._after)
        row.addSpacing(4)
        row.addWidget(self.cashier)
        row.addWidget(self.till)
        row.addStretch(1)
        row.addSpacing(GRID)
        self.search.setMinimumWidth(96)
        self.search.setMaximumWidth(360)
        row.addWidget(self.search, 3)
        row.addSpacing(4)
        row.addLayout(self.tools)
        return row

    def _chip_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for state in StateFilter:
            chip = OrderChip(filter_word(state), _ICONS[state])
            chip.setObjectName(f"orderChip_{state.value}")
            chip.clicked.connect(lambda _checked=False, state=state: self.state_picked.emit(state))
            self._group.addButton(chip)
            self.chips[state] = chip
            row.addWidget(chip)
        row.addWidget(self._count, 1)
        return row
