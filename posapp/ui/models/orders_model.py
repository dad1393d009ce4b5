"""The order list: fed by pages on demand, kept live by the till's news, holding what is near the view."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from posapp.ui.models.order_table_model import NO_PARENT, Index, OrderTableModel
from posapp.ui.presenters.orders_rows import OrderRows

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderFilter, OrderPage
    from posapp.ui.presenters.orders_row_text import RowWriter
    from posapp.ui.presenters.orders_rows import Stretch


class ListState(Enum):
    """How the list is doing."""

    LOADING = "loading"  # a first page is on its way; what is shown is still the list before
    READY = "ready"
    FAILED = "failed"  # the first page could not be read


class OrdersModel(OrderTableModel):
    """One row per order, newest first. Lives on the GUI thread and never does I/O.

    Replies to an earlier filter are ignored, and so are snapshots older than what is shown. Rows far from those that
    are looked at are let go and read again when they come near, so a list of any length takes the same memory.

    Signals:
        state_changed(ListState): A list is on its way, has come, or could not be read.
        more_failed(Problem): A further page could not be read; `retry` asks again.
        origins_known(Origins): Who and where the ledger's orders come from.
    """

    state_changed = Signal(object)
    more_failed = Signal(object)
    origins_known = Signal(object)

    def __init__(self, facade: TillFacade, writer: RowWriter, parent: QObject | None = None) -> None:
        super().__init__(writer, parent)
        self._facade = facade
        self._coming: OrderRows | None = None
        self._wanted: OrderFilter | None = None
        self._generation = 0
        self._fetching = False
        self._filling = False
        self._stuck = False
        self._problem: Problem | None = None
        self._view = (0, 0)
        facade.signals.order_changed.connect(self._on_order_changed)

    # what is asked for

    @property
    def state(self) -> ListState:
        """How the list is doing."""
        if self._coming is not None:
            return ListState.LOADING
        return ListState.FAILED if self._problem is not None else ListState.READY

    @property
    def problem(self) -> Problem | None:
        """Why the first page could not be read."""
        return self._problem

    @property
    def wanted(self) -> OrderFilter | None:
        """What was asked for last; None before that."""
        return self._wanted

    @property
    def is_complete(self) -> bool:
        """Whether every matching order is in the list."""
        return self._rows.is_complete

    def show_list(self, wanted: OrderFilter) -> None:
        """Ask for another list; the present rows stay until its first page has come."""
        self._generation += 1
        self._wanted = wanted
        self._coming = OrderRows(wanted)
        self._problem = None
        self._fetching, self._filling, self._stuck = True, False, False
        self.state_changed.emit(self.state)
        self._ask_first(self._coming)

    def look_at(self, first: int, last: int) -> None:
        """Say which rows are in view: they are read where they were let go, and those far from them are let go."""
        self._view = (first, last)
        if self._wanted is None or self._coming is not None or not self._rows:
            return
        missing = self._rows.look_at(first, last)
        if missing is not None and not self._filling and not self._stuck:
            self._fill(missing)

    def retry(self) -> None:
        """Ask again for what could not be read: the list, or its next page."""
        if self._stuck:
            self._stuck = False
            self.look_at(*self._view)
            self.fetchMore(NO_PARENT)
        elif self._wanted is not None:
            self.show_list(self._wanted)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether the ledger has a further page that may be asked for now."""
        more = self._rows.next_key is not None
        return not parent.isValid() and more and not self._fetching and not self._stuck

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page."""
        if self._wanted is None or not self.canFetchMore(parent):
            return
        self._fetching = True
        self._ask_next()

    # what comes back

    def _ask_first(self, coming: OrderRows) -> None:
        generation = self._generation
        self._facade.orders(
            coming.wanted,
            coming.next_key,
            lambda page: self._on_first_page(generation, page),
            lambda problem: self._on_first_failed(generation, problem),
        )

    def _ask_next(self) -> None:
        generation = self._generation
        self._rows.reading += 1
        self._facade.orders(
            self._rows.wanted,
            self._rows.next_key,
            lambda page: self._on_next_page(generation, page),
            lambda problem: self._on_next_failed(generation, problem),
        )

    def _fill(self, stretch: Stretch) -> None:
        generation = self._generation
        self._filling = True
        self._rows.reading += 1
        self._facade.orders(
            self._rows.wanted,
            stretch.after,
            lambda page: self._on_filled(generation, stretch, page),
            lambda problem: self._on_next_failed(generation, problem),
        )

    def _on_first_page(self, generation: int, page: OrderPage) -> None:
        coming, wanted = self._coming, self._wanted
        if generation != self._generation or coming is None or wanted is None:
            return
        if page.origins is not None:
            self.origins_known.emit(page.origins)
        coming.append(page)
        if not coming and not coming.is_complete:
            self._ask_first(coming)  # nothing among those that were looked at so far
            return
        self.beginResetModel()
        self._with_day = not wanted.is_one_day
        self._rows, self._coming = coming, None
        self._rows.announce = self._announced
        self._texts.clear()
        self._fetching = False
        self.endResetModel()
        self.state_changed.emit(self.state)
        self.count_changed.emit()

    def _on_first_failed(self, generation: int, problem: Problem) -> None:
        if generation != self._generation:
            return
        self._coming = None
        self._fetching = True  # the list before has no further page any more
        self._problem = problem
        self.state_changed.emit(self.state)

    def _on_next_page(self, generation: int, page: OrderPage) -> None:
        if generation != self._generation:
            return
        self._rows.reading -= 1
        before = len(self._rows)
        self._rows.append(page)
        if len(self._rows) == before and not self._rows.is_complete:
            self._ask_next()  # nobody would ask again for what has brought no row
            return
        self._fetching = False
        self.count_changed.emit()

    def _on_filled(self, generation: int, stretch: Stretch, page: OrderPage) -> None:
        if generation != self._generation:
            return
        self._rows.reading -= 1
        self._filling = False
        self._rows.fill(stretch, page)
        self.look_at(*self._view)

    def _on_next_failed(self, generation: int, problem: Problem) -> None:
        if generation != self._generation:
            return
        self._rows.reading -= 1
        self._fetching = self._filling = False
        self._stuck = True  # else every scroll step would ask again
        self.more_failed.emit(problem)

    def _on_order_changed(self, snapshot: OrderSnapshot) -> None:
        if self._wanted is None:
            return
        if self._coming is not None:
            self._coming.take(snapshot)
        self._texts.pop(snapshot.order.order_id, None)
        self._rows.take(snapshot)
