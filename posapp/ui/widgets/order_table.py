"""The order list's table: whole rows to hover, choose and focus, and columns that make room when it gets narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from posapp.domain.status import Standing
from posapp.ui import fonts
from posapp.ui.presenters.orders_row_text import OrderColumn
from posapp.ui.text import standing_look
from posapp.ui.theme import color, tokens_of
from posapp.ui.widgets.order_row_delegate import CELL_SIDE, ROW_HEIGHT, OrderRowDelegate
from posapp.ui.widgets.pill import pill_width

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QItemSelection, QRect
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from posapp.ui.models.orders_model import OrdersModel
    from posapp.ui.tokens import Tokens

HEADER_HEIGHT: Final = 40
_STEPS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_NOTE_LEAST: Final = 120
_STATE_LEAST: Final = 120
_PAYMENT_MORE: Final = 140
_GIVES_WAY: Final = (OrderColumn.ORDER, OrderColumn.NOTE, OrderColumn.PAYMENT)
"""Columns that leave first when there is no room; the drawer says all of it."""


Index = QModelIndex | QPersistentModelIndex


class OrderHeader(QHeaderView):
    """Quiet column titles."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFixedHeight(HEADER_HEIGHT)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(48)
        self.setStretchLastSection(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw one title."""
        look = tokens_of(self)
        side = Qt.AlignmentFlag.AlignRight if logicalIndex == OrderColumn.AMOUNT else Qt.AlignmentFlag.AlignLeft
        title = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal))
        painter.save()
        painter.fillRect(rect, color(look.surface))
        painter.setFont(fonts.font(fonts.SMALL, fonts.MEDIUM))
        painter.setPen(color(look.ink_faint))
        room = rect.adjusted(CELL_SIDE, 0, -CELL_SIDE, 0)
        words = QFontMetrics(painter.font()).elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw the titles and the line beneath them."""
        super().paintEvent(e)
        painter = QPainter(self.viewport())
        look = tokens_of(self)
        width = self.viewport().width()
        painter.fillRect(self.length(), 0, width - self.length(), self.height(), color(look.surface))
        painter.fillRect(CELL_SIDE, self.height() - 1, width - 2 * CELL_SIDE, 1, color(look.line))


class OrderTable(QTableView):
    """Shows orders a row each.

    Signals:
        order_chosen(int): A row became the chosen one, by mouse, arrow keys or program.
        order_opened(int): A row was opened by a click or Enter.
    """

    order_chosen = Signal(int)
    order_opened = Signal(int)

    def __init__(self, model: OrdersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = -1
        self._by_key = False
        self._choosing = True
        self._with_day = False
        self._orders = model
        self.setHorizontalHeader(OrderHeader(self))
        self.setModel(model)
        self.setItemDelegate(OrderRowDelegate(model, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT // 2)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self.setAccessibleName(self.tr("Orders"))
        quiet = QPalette()
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            quiet.setColor(role, QColor(Qt.GlobalColor.transparent))  # the delegate draws the chosen row
        self.setPalette(quiet)
        self.clicked.connect(self._on_clicked)
        model.modelReset.connect(self._on_reset)
        model.rowsRemoved.connect(self._on_reset)
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.modelReset.connect(self._tell_view)
        self.verticalScrollBar().valueChanged.connect(self._tell_view)

    def set_with_day(self, with_day: bool) -> None:
        """Make room for the day beside the time, or take it back."""
        if with_day != self._with_day:
            self._with_day = with_day
            self._lay_out_columns()

    def rows_width(self) -> int:
        """How wide a row's patch is."""
        return min(self.viewport().width(), self.horizontalHeader().length())

    def row_ground(self, row: int, look: Tokens) -> str:
        """Name the colour behind a row; empty for none."""
        if self.selectionModel().isRowSelected(row, QModelIndex()):
            return look.accent.soft
        return look.sunken if row == self._hovered else ""

    def choose(self, row: int) -> None:
        """Make a row the chosen one and bring it into view."""
        self.setCurrentIndex(self.model().index(row, 0))
        self.scrollTo(self.model().index(row, 0))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which row is the chosen one; redraw whole rows."""
        super().selectionChanged(selected, deselected)
        self.viewport().update()
        rows = self.selectionModel().selectedRows()
        if rows and self._choosing:
            self.order_chosen.emit(rows[0].row())

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        """Choose nothing instead of a neighbour: an order that leaves the list takes no other's place in the drawer."""
        gone = start <= self.currentIndex().row() <= end
        self._choosing = False
        super().rowsAboutToBeRemoved(parent, start, end)
        if gone:
            self.selectionModel().clearSelection()
        self._choosing = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the chosen order with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.order_opened.emit(self.currentIndex().row())
        elif event.key() in _STEPS and not self.selectionModel().hasSelection() and self.model().rowCount():
            self.choose(max(0, self.currentIndex().row()))  # the first step lands on a row, it does not pass it by
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring at once to who comes by keyboard."""
        self._by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which row is under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the row under the mouse."""
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns their room."""
        super().resizeEvent(event)
        self._lay_out_columns()
        self._tell_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, then the focus ring around the chosen one."""
        super().paintEvent(event)
        current = self.currentIndex()
        chosen = self._by_key or self.selectionModel().isSelected(current)
        if not self.hasFocus() or not current.isValid() or not chosen:
            return
        look = tokens_of(self)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(look.focus), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        row = self.visualRect(current)
        painter.drawRoundedRect(QRectF(1, row.y() + 2, self.rows_width() - 2, row.height() - 4), 9, 9)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.order_opened.emit(index.row())

    def _on_inserted(self, _parent: Index, first: int, last: int) -> None:
        """Keep what is read in its place while orders come in above it."""
        bar = self.verticalScrollBar()
        if bar.value() >= ROW_HEIGHT and first * ROW_HEIGHT < bar.value():
            self.updateGeometries()
            bar.setValue(bar.value() + (last - first + 1) * ROW_HEIGHT)
        self._tell_view()

    def _on_removed(self, _parent: Index, first: int, last: int) -> None:
        bar = self.verticalScrollBar()
        above = bar.value() // ROW_HEIGHT
        if first < above:
            bar.setValue(bar.value() - (min(last, above) - first + 1) * ROW_HEIGHT)
        self._tell_view()

    def _tell_view(self) -> None:
        top = self.verticalScrollBar().value() // ROW_HEIGHT
        self._orders.look_at(top, top + self.viewport().height() // ROW_HEIGHT + 1)

    def _on_reset(self) -> None:
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def _lay_out_columns(self) -> None:
        widths = self._widths()
        room = self.viewport().width()
        shown = set(OrderColumn)
        for column in _GIVES_WAY:
            if sum(widths[kept] for kept in shown) <= room:
                break
            shown.discard(column)
        spare = room - sum(widths[kept] for kept in shown)
        if spare < 0:  # long words in another language: rather a shorter word beside its icon than half an amount
            widths[OrderColumn.STATE] -= min(-spare, widths[OrderColumn.STATE] - _STATE_LEAST)
            spare = 0
        if OrderColumn.NOTE in shown:
            more = min(spare // 3, _PAYMENT_MORE)
            widths[OrderColumn.PAYMENT] += more
            widths[OrderColumn.NOTE] += spare - more
        else:
            widths[OrderColumn.AMOUNT] += spare
        for column in OrderColumn:
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, widths[column])

    def _widths(self) -> dict[OrderColumn, int]:
        plain = QFontMetrics(fonts.font(fonts.BODY, tabular=True))
        small = QFontMetrics(fonts.font(fonts.SMALL, tabular=True))
        time_sample = self.tr("22 Nov, 00:00:00") if self._with_day else "00:00:00"
        sides = 2 * CELL_SIDE
        pills = max(pill_width(standing_look(standing)) for standing in Standing)
        return {
            OrderColumn.STATE: pills + sides + 26,
            OrderColumn.TIME: plain.horizontalAdvance(time_sample) + sides + 8,
            OrderColumn.AMOUNT: plain.horizontalAdvance("HKD 99,999.99") + sides + 36,
            OrderColumn.NOTE: _NOTE_LEAST,
            OrderColumn.ORDER: small.horizontalAdvance("…MMMMMM") + sides,
            OrderColumn.PAYMENT: small.horizontalAdvance(self.tr("Given up at 00:00:00")) + sides + 24,
        }
