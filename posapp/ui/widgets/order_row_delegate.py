"""Paints the rows of the order list: roomy, one rounded patch across the row, the state as a pill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.presenters.orders_row_text import NOT_HERE, OrderColumn
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.pill import HEIGHT as PILL_HEIGHT
from posapp.ui.widgets.pill import paint_pill, pill_width

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

    from posapp.ui.models.order_table_model import OrderTableModel
    from posapp.ui.presenters.orders_row_text import RowText
    from posapp.ui.tokens import Tokens
    from posapp.ui.widgets.order_table import OrderTable

ROW_HEIGHT: Final = 56
CELL_SIDE: Final = 12
_ROW_RADIUS: Final = 10.0
_BELL: Final = 18
_ARROW: Final = 16

Index = QModelIndex | QPersistentModelIndex


class OrderRowDelegate(QStyledItemDelegate):
    """Draws one cell; what a row says is written by the model once, so a cell costs little."""

    def __init__(self, model: OrderTableModel, table: OrderTable) -> None:
        super().__init__(table)
        self._model = model
        self._table = table
        self._plain = fonts.font(fonts.BODY, tabular=True)
        self._strong = fonts.font(fonts.BODY, fonts.STRONG, tabular=True)
        self._small = fonts.font(fonts.SMALL, tabular=True)
        self._alert = fonts.font(fonts.SMALL, fonts.MEDIUM)
        self._metrics = {id(face): QFontMetrics(face) for face in (self._plain, self._strong, self._small, self._alert)}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row is as high as the others."""
        return QSize(80, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row's patch as far as it lies in this cell, then the cell."""
        look = tokens_of(self._table)
        row, column = index.row(), index.column()
        cell = self._table.visualRect(self._model.index(row, column))
        painter.save()
        self._draw_ground(painter, cell, row, look)
        text = self._model.text_at(row)
        if text is NOT_HERE:
            self._draw_blank(painter, cell, column, look)
            painter.restore()
            return
        room = cell.adjusted(CELL_SIDE, 0, -CELL_SIDE, 0)
        if column == OrderColumn.STATE:
            self._draw_state(painter, text, room, look, lined=bool(self._table.row_ground(row, look)))
        else:
            self._draw_cell(painter, OrderColumn(column), text, room, look)
        painter.restore()

    def _draw_ground(self, painter: QPainter, cell: QRect, row: int, look: Tokens) -> None:
        ground = self._table.row_ground(row, look)
        width = self._table.rows_width()
        if ground:
            painter.save()
            painter.setClipRect(cell)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(ground))
            painter.drawRoundedRect(QRectF(0, cell.y() + 1, width, cell.height() - 2), _ROW_RADIUS, _ROW_RADIUS)
            painter.restore()
        elif not self._table.row_ground(row + 1, look) and row + 1 < self._model.rowCount():
            left = max(cell.x(), CELL_SIDE)
            right = min(cell.right() + 1, width - CELL_SIDE)
            painter.fillRect(left, cell.bottom(), right - left, 1, color(look.line))

    def _draw_cell(self, painter: QPainter, column: OrderColumn, text: RowText, room: QRect, look: Tokens) -> None:
        match column:
            case OrderColumn.AMOUNT:
                self._draw_amount(painter, text, room, look)
            case OrderColumn.PAYMENT:
                tone = ToneName.REFUSED if text.attention else ToneName.REFUNDED if text.refunded else None
                ink = look.ink_faint if tone is None else look.tones[tone].ink
                self._draw_text(painter, text.cells[column], room, self._small if tone is None else self._alert, ink)
            case OrderColumn.NOTE:
                self._draw_text(painter, text.cells[column], room, self._plain, look.ink_soft)
            case OrderColumn.TIME:
                self._draw_text(painter, text.cells[column], room, self._plain, look.ink)
            case _:
                self._draw_text(painter, f"…{text.cells[column]}", room, self._small, look.ink_faint)

    def _draw_state(self, painter: QPainter, text: RowText, room: QRect, look: Tokens, *, lined: bool) -> None:
        bell = _BELL + GRID if text.rings else 0
        width = min(pill_width(text.look), room.width() - bell)
        top = room.center().y() + 1 - PILL_HEIGHT / 2
        pill = QRectF(room.x(), top, width, PILL_HEIGHT)
        paint_pill(painter, text.look, pill, look)
        if lined:  # on a coloured row the pill's own ground is hardly seen
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(look.tones[text.look.tone].line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), PILL_HEIGHT / 2, PILL_HEIGHT / 2)
        if text.rings:
            box = QRectF(room.x() + width + GRID, room.center().y() + 1 - _BELL / 2, _BELL, _BELL)
            paint_icon(painter, Icon.BELL, box, color(look.tones[ToneName.REFUSED].ink), 2.0)

    def _draw_amount(self, painter: QPainter, text: RowText, room: QRect, look: Tokens) -> None:
        metrics = self._metrics[id(self._strong)]
        baseline = room.center().y() + 1 + (metrics.ascent() - metrics.descent()) // 2
        x = room.right() + 1 - metrics.horizontalAdvance(text.digits)
        painter.setFont(self._strong)
        painter.setPen(color(look.ink))
        painter.drawText(x, baseline, text.digits)
        x -= self._metrics[id(self._small)].horizontalAdvance(text.currency) + 6
        painter.setFont(self._small)
        painter.setPen(color(look.ink_faint))
        painter.drawText(x, baseline, text.currency)
        if text.refunded:
            box = QRectF(x - _ARROW - 6, room.center().y() + 1 - _ARROW / 2, _ARROW, _ARROW)
            paint_icon(painter, Icon.RETURN, box, color(look.tones[ToneName.REFUNDED].ink), 2.0)

    def _draw_blank(self, painter: QPainter, cell: QRect, column: int, look: Tokens) -> None:
        """Draw grey bars where a row is being read."""
        if column not in (OrderColumn.STATE, OrderColumn.TIME, OrderColumn.AMOUNT):
            return
        pill = column == OrderColumn.STATE
        height = PILL_HEIGHT if pill else 14
        width = min(cell.width() - 2 * CELL_SIDE, 104 if pill else 72)
        left = cell.right() - CELL_SIDE - width if column == OrderColumn.AMOUNT else cell.x() + CELL_SIDE
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(look.sunken))
        painter.drawRoundedRect(QRectF(left, cell.center().y() - height / 2, width, height), height / 2, height / 2)

    def _draw_text(self, painter: QPainter, words: str, room: QRect, face: QFont, ink: str) -> None:
        if not words:
            return
        painter.setFont(face)
        painter.setPen(color(ink))
        shown = self._metrics[id(face)].elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
