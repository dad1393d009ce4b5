"""The order list as a Qt table model: fed by pages on demand, kept live by the till's news."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from posapp.domain.order_query import OrderFilter
from posapp.ui.presenters.orders_row_text import OrderColumn, RowText, RowWriter, column_title
from posapp.ui.presenters.orders_rows import OrderRows, RowEffect

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderPage, PageKey

Index = QModelIndex | QPersistentModelIndex

_NO_PARENT = QModelIndex()
_COLUMNS = len(OrderColumn)
KEPT: Final = 300
"""So many orders are kept while nobody looks; a till that runs for weeks must not hold all of them."""


class ListState(Enum):
    """How the list is doing."""

    LOADING = "loading"  # a first page is on its way; what is shown is still the list before
    READY = "ready"
    FAILED = "failed"  # the first page could not be read


class ListRole(IntEnum):
    """What the model tells beyond Qt's own roles."""

    ORDER_ID = Qt.ItemDataRole.UserRole


class OrdersModel(QAbstractTableModel):
    """One row per order, newest first. Lives on the GUI thread and never does I/O.

    Replies to an earlier filter are ignored, and so are snapshots older than what is shown.

    Signals:
        state_changed(ListState): A list is on its way, has come, or could not be read.
        more_failed(Problem): A further page could not be read; `retry` asks again.
        count_changed(): There are more rows, fewer rows, or no further page.
    """

    state_changed = Signal(object)
    more_failed = Signal(object)
    count_changed = Signal()

    def __init__(self, facade: TillFacade, writer: RowWriter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._writer = writer
        self._rows = OrderRows()
        self._coming: OrderRows | None = None
        self._wanted: OrderFilter | None = None
        self._next_key: PageKey | None = None
        self._generation = 0
        self._fetching = False
        self._stuck = False
        self._problem: Problem | None = None
        self._with_day = False
        self._resting = False
        self._texts: dict[str, RowText] = {}
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
        """What was asked for last; None before that, and after a long list was let go."""
        return self._wanted

    @property
    def is_complete(self) -> bool:
        """Whether every matching order is in the list."""
        return self._rows.is_complete

    def show_list(self, wanted: OrderFilter) -> None:
        """Ask for another list; the present rows stay until its first page has come."""
        self._generation += 1
        self._wanted = wanted
        self._coming = OrderRows()
        self._coming.reset(wanted)
        self._problem = None
        self._fetching = True
        generation = self._generation
        self.state_changed.emit(self.state)
        self._facade.orders(
            wanted,
            None,
            lambda page: self._on_first_page(generation, page),
            lambda problem: self._on_first_failed(generation, problem),
        )

    def rest(self, *, resting: bool) -> None:
        """Say whether anybody looks: a list that grows long while nobody does is let go."""
        self._resting = resting

    def retry(self) -> None:
        """Ask again for what could not be read: the list, or its next page."""
        if self._stuck:
            self._stuck = False
            self.fetchMore(_NO_PARENT)
        elif self._wanted is not None:
            self.show_list(self._wanted)

    def snapshot_at(self, row: int) -> OrderSnapshot:
        """Return the order in a row."""
        return self._rows[row]

    def row_of(self, order_id: str) -> int | None:
        """Return the row of an order, or None where the list does not hold it."""
        return self._rows.row_of(order_id)

    def text_at(self, row: int) -> RowText:
        """Return a row's written texts; made once per version of the order."""
        snapshot = self._rows[row]
        order_id = snapshot.order.order_id
        text = self._texts.get(order_id)
        if text is None:
            text = self._texts[order_id] = self._writer.write(snapshot, with_day=self._with_day)
        return text

    # what Qt asks

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Return how many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else _COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; cheap, since rows are written once."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_at(index.row()).cells[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.text_at(index.row()).spoken[index.column()]
        if role == ListRole.ORDER_ID:
            return self._rows[index.row()].order.order_id
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < _COLUMNS:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column_title(OrderColumn(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether the ledger has a further page that may be asked for now."""
        return not parent.isValid() and self._next_key is not None and not self._fetching and not self._stuck

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page."""
        if self._wanted is None or not self.canFetchMore(parent):
            return
        self._fetching = True
        generation = self._generation
        self._facade.orders(
            self._wanted,
            self._next_key,
            lambda page: self._on_next_page(generation, page),
            lambda problem: self._on_next_failed(generation, problem),
        )

    # what comes back

    def _on_first_page(self, generation: int, page: OrderPage) -> None:
        wanted = self._wanted
        if generation != self._generation or self._coming is None or wanted is None:
            return
        self.beginResetModel()
        self._with_day = wanted.first_day is None or wanted.first_day != wanted.last_day
        self._rows, self._coming = self._coming, None
        self._texts.clear()
        self._rows.append(self._rows.page_rows(page.orders), complete=page.next_key is None)
        self._next_key = page.next_key
        self._fetching = False
        self._stuck = False
        self.endResetModel()
        self._place_late_comers()
        self.state_changed.emit(self.state)
        self.count_changed.emit()

    def _on_first_failed(self, generation: int, problem: Problem) -> None:
        if generation != self._generation:
            return
        self._coming = None
        self._fetching = False
        self._next_key = None  # it belonged to the list before
        self._problem = problem
        self.state_changed.emit(self.state)

    def _on_next_page(self, generation: int, page: OrderPage) -> None:
        if generation != self._generation:
            return
        fresh = self._rows.page_rows(page.orders)
        first = len(self._rows)
        if fresh:
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
        self._rows.append(fresh, complete=page.next_key is None)
        self._next_key = page.next_key
        self._fetching = False
        if fresh:
            self.endInsertRows()
        self._place_late_comers()
        self.count_changed.emit()

    def _on_next_failed(self, generation: int, problem: Problem) -> None:
        if generation != self._generation:
            return
        self._fetching = False
        self._stuck = True  # else every scroll step would ask again
        self.more_failed.emit(problem)

    def _on_order_changed(self, snapshot: OrderSnapshot) -> None:
        if self._wanted is None:
            return
        if self._coming is not None:
            self._coming.plan(snapshot)
        self._take(snapshot)
        if self._resting and self._rows.seen > KEPT and self._coming is None:
            self._let_go()

    def _let_go(self) -> None:
        self.beginResetModel()
        self._generation += 1  # a page that is on its way belongs to nothing any more
        self._rows.reset(OrderFilter())
        self._texts.clear()
        self._wanted = self._next_key = None
        self._fetching = self._stuck = False
        self.endResetModel()
        self.count_changed.emit()

    def _place_late_comers(self) -> None:
        for snapshot in self._rows.late_comers():
            self._take(snapshot)

    def _take(self, snapshot: OrderSnapshot) -> None:
        change = self._rows.plan(snapshot)
        if change.effect is RowEffect.NONE:
            return
        self._texts.pop(snapshot.order.order_id, None)
        if change.effect is RowEffect.UPDATE:
            self._rows.apply(change)
            self.dataChanged.emit(self.index(change.row, 0), self.index(change.row, _COLUMNS - 1))
            return
        if change.effect is RowEffect.INSERT:
            self.beginInsertRows(QModelIndex(), change.row, change.row)
            self._rows.apply(change)
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), change.row, change.row)
            self._rows.apply(change)
            self.endRemoveRows()
        self.count_changed.emit()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == OrderColumn.AMOUNT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
