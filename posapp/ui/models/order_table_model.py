"""The order list's rows as Qt asks for them: one table row per order, written once per version of it."""

from __future__ import annotations

from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from posapp.ui.presenters.orders_row_text import NOT_HERE, OrderColumn, RowText, RowWriter, column_title
from posapp.ui.presenters.orders_rows import OrderRows, RowEffect

if TYPE_CHECKING:
    from collections.abc import Generator

    from PySide6.QtCore import QObject

    from posapp.domain.order import OrderSnapshot

Index = QModelIndex | QPersistentModelIndex

NO_PARENT: Final = QModelIndex()
_COLUMNS = len(OrderColumn)
_TEXTS_KEPT: Final = 2_000
"""So many rows' texts are kept; writing them again costs little."""


class ListRole(IntEnum):
    """What the model tells beyond Qt's own roles."""

    ORDER_ID = Qt.ItemDataRole.UserRole


class OrderTableModel(QAbstractTableModel):
    """Rows newest first, some of them let go for now. Lives on the GUI thread.

    Signals:
        count_changed(): There are more rows, fewer rows, or no further page.
    """

    count_changed = Signal()

    def __init__(self, writer: RowWriter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = writer
        self._rows = OrderRows(announce=self._announced)
        self._with_day = False
        self._texts: dict[str, tuple[int, RowText]] = {}

    def snapshot_at(self, row: int) -> OrderSnapshot | None:
        """Return the order in a row; None while it is being read again."""
        return self._rows.at(row)

    @property
    def held(self) -> int:
        """How many orders are in memory."""
        return self._rows.held

    def row_of(self, order_id: str) -> int | None:
        """Return the row of an order, or None where the list does not hold it now."""
        return self._rows.row_of(order_id)

    def text_at(self, row: int) -> RowText:
        """Return a row's written texts; made once per version of the order."""
        snapshot = self._rows.at(row)
        if snapshot is None:
            return NOT_HERE
        version, text = self._texts.get(snapshot.order.order_id, (-1, NOT_HERE))
        if version != snapshot.version:
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            text = self._writer.write(snapshot, with_day=self._with_day)
            self._texts[snapshot.order.order_id] = (snapshot.version, text)
        return text

    # what Qt asks

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Return how many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
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
            snapshot = self._rows.at(index.row())
            return None if snapshot is None else snapshot.order.order_id
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

    @contextmanager
    def _announced(self, effect: RowEffect, first: int, count: int) -> Generator[None]:
        match effect:
            case RowEffect.INSERT:
                self.beginInsertRows(QModelIndex(), first, first + count - 1)
                yield
                self.endInsertRows()
            case RowEffect.REMOVE:
                self.beginRemoveRows(QModelIndex(), first, first + count - 1)
                yield
                self.endRemoveRows()
            case RowEffect.UPDATE:
                yield
                self.dataChanged.emit(self.index(first, 0), self.index(first + count - 1, _COLUMNS - 1))
                return
        self.count_changed.emit()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == OrderColumn.AMOUNT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
