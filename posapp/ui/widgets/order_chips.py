"""Chips for orders that are open behind the page: live state, one click back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.text import money_text, order_tail, standing_look
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import TARGET
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.ui.text import Look

_SIDE: Final = 14
_ICON: Final = 18
_CHIP_WIDTH: Final = 224
_MORE_WIDTH: Final = 160


class OpenChip(QAbstractButton):
    """One order; pressing it puts it back on the page."""

    def __init__(self, snapshot: OrderSnapshot, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._look: Look = standing_look(snapshot.standing)
        self.snapshot = snapshot
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_order(snapshot)

    def show_order(self, snapshot: OrderSnapshot) -> None:
        """Show newer news."""
        self.snapshot = snapshot
        self._look = standing_look(snapshot.standing)
        self.setText(money_text(snapshot.order.money, self._facts))
        self.setAccessibleName(f"{self._look.word}, {self.text()}, {order_tail(snapshot.order.order_id)}")
        set_tooltip(self, self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Icon, word and amount."""
        word = QFontMetrics(fonts.font(fonts.SMALL, fonts.MEDIUM)).horizontalAdvance(self._look.word)
        amount = QFontMetrics(fonts.font(fonts.BODY, fonts.STRONG, tabular=True)).horizontalAdvance(self.text())
        return QSize(word + amount + _ICON + 2 * _SIDE + 16, TARGET)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        look = tokens_of(self)
        tone = look.tones[self._look.tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = QPen(color(look.focus), 2) if self.hasFocus() else QPen(color(tone.line), 1)
        painter.setPen(edge)
        painter.setBrush(color(look.surface if self.underMouse() else tone.soft))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        ink = color(tone.ink)
        paint_icon(painter, self._look.icon, QRectF(_SIDE, (self.height() - _ICON) / 2, _ICON, _ICON), ink, 2.0)
        x = _SIDE + _ICON + 6
        face = fonts.font(fonts.SMALL, fonts.MEDIUM)
        painter.setFont(face)
        painter.setPen(ink)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(x, 0, self.width(), self.height()), middle, self._look.word)
        x += QFontMetrics(face).horizontalAdvance(self._look.word) + 8
        painter.setFont(fonts.font(fonts.BODY, fonts.STRONG, tabular=True))
        painter.drawText(QRectF(x, 0, self.width(), self.height()), middle, self.text())


class OrderChips(QWidget):
    """A strip of as many chips as fit, newest first; hidden while there are none.

    Signals:
        chosen(str): Order id.
        more_pressed(): There are more than fit, and the cashier wants to see them.
    """

    chosen = Signal(str)
    more_pressed = Signal()

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._orders: tuple[OrderSnapshot, ...] = ()
        self._chips: dict[str, OpenChip] = {}
        self.setAccessibleName(self.tr("Open orders"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._more = Button("", ButtonKind.QUIET, icon=Icon.ORDERS, parent=self)
        self._more.clicked.connect(self.more_pressed.emit)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 12, 24, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self.hide()

    def chips(self) -> tuple[OpenChip, ...]:
        """Return the chips that are shown, newest first."""
        return tuple(self._chips.values())

    def show_orders(self, orders: tuple[OrderSnapshot, ...]) -> None:
        """Show these orders, as far as they fit."""
        self._orders = orders
        fitting = orders[: self._room()]
        wanted = {snapshot.order.order_id: snapshot for snapshot in fitting}
        for order_id in [one for one in self._chips if one not in wanted]:
            chip = self._chips.pop(order_id)
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for place, (order_id, snapshot) in enumerate(wanted.items()):
            self._place(place, order_id, snapshot)
        self._chips = {order_id: self._chips[order_id] for order_id in wanted}
        more = len(orders) - len(fitting)
        self._more.set_words(self.tr("%n more", "", more))
        self._more.setVisible(more > 0)
        self.setVisible(bool(orders))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or fewer."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.show_orders(self._orders)

    def _room(self) -> int:
        return max(1, (self.width() - _MORE_WIDTH) // _CHIP_WIDTH)

    def _place(self, place: int, order_id: str, snapshot: OrderSnapshot) -> None:
        chip = self._chips.get(order_id)
        if chip is None:
            chip = OpenChip(snapshot, self._facts, self)
            chip.clicked.connect(lambda: self.chosen.emit(order_id))
            self._chips[order_id] = chip
            self._row.insertWidget(place, chip)
        elif chip.snapshot != snapshot:
            chip.show_order(snapshot)
        if self._row.indexOf(chip) != place:
            self._row.removeWidget(chip)
            self._row.insertWidget(place, chip)
