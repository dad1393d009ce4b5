"""The last five orders under the amount: live states, and one key each to ask the gateway again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from posapp.domain.status import Standing
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.text import clock_text, gateway_words, money_text, order_tail, standing_look
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import SOFT, ElidedLabel, Label
from posapp.ui.widgets.notice import IconMark
from posapp.ui.widgets.pill import Pill, pill_width

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import QResizeEvent

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts

ROWS: Final = 5
ROW_HEIGHT: Final = 60
_WORDS_FROM: Final = 470
_THIRD_LINE: Final = 16
_THIRD_LINE_BELOW: Final = 400


class RecentRow(QAbstractButton):
    """One order; pressing it opens it, pressing its small button asks the gateway about it.

    Signals:
        ask_pressed(str): Order id.
        opened(str): Order id.
    """

    ask_pressed = Signal(str)
    opened = Signal(str)

    def __init__(self, snapshot: OrderSnapshot, facts: TillFacts, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._answer = ""
        self._may_ask = True
        self._height = ROW_HEIGHT
        self.snapshot = snapshot
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pill = Pill(standing_look(snapshot.standing), self)
        self._amount = Label(weight=fonts.STRONG, tabular=True)
        self._facts_line = ElidedLabel(size=fonts.SMALL, rank=SOFT)
        self._answer_line = Label(size=fonts.SMALL, weight=fonts.MEDIUM, wrap=True)
        self.ask = Button(self.tr("Ask again"), ButtonKind.QUIET, icon=Icon.REFRESH, key=key, parent=self)
        self.ask.clicked.connect(lambda: self.ask_pressed.emit(self.snapshot.order.order_id))
        self.clicked.connect(lambda: self.opened.emit(self.snapshot.order.order_id))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self._amount)
        words.addWidget(self._facts_line)
        words.addWidget(self._answer_line)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(16)
        row.addWidget(self._pill)
        row.addLayout(words, 1)
        row.addWidget(self.ask)
        self.show_order(snapshot)

    def sizeHint(self) -> QSize:
        """Return one row."""
        return QSize(360, self._height)

    def minimumSizeHint(self) -> QSize:
        """Return one row at its narrowest."""
        return QSize(320, self._height)

    def show_order(self, snapshot: OrderSnapshot) -> None:
        """Show newer news of the same order, or another order."""
        if snapshot.order.order_id != self.snapshot.order.order_id or snapshot.standing is not self.snapshot.standing:
            self._answer = ""
            self.ask.setEnabled(self._may_ask)
        self.snapshot = snapshot
        look = standing_look(snapshot.standing)
        self._pill.set_look(look)
        self._amount.setText(money_text(snapshot.order.money, self._facts))
        self._facts_line.setText(self._plain_line())
        self._answer_line.setText(self._answer)
        self._facts_line.setVisible(not self._answer)
        self._answer_line.setVisible(bool(self._answer))
        self._make_room()
        said = self._answer or self._facts_line.text()
        self.setAccessibleName(f"{look.word}, {self._amount.text()}, {said}")

    def set_may_ask(self, *, may_ask: bool) -> None:
        """Let it be asked about, or not."""
        self._may_ask = may_ask
        self.ask.setEnabled(may_ask)

    def begin_asking(self, text: str) -> bool:
        """Say that the gateway is being asked; returns whether it was not already."""
        if not self.ask.isEnabled():
            return False
        self.ask.setEnabled(False)
        self._answer = text
        self.show_order(self.snapshot)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop words before anything is cut off."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Drop the button's words (its arrows say the same) and the pill's word (the answer says it)."""
        words = "" if self.width() < _WORDS_FROM else self.tr("Ask again")
        if self.ask.text() != words:
            self.ask.set_words(words, self.tr("Ask again"))
        narrow = bool(self._answer) and self.width() < _WORDS_FROM
        self._pill.set_brief(brief=narrow)
        height = ROW_HEIGHT + (_THIRD_LINE if narrow and self.width() < _THIRD_LINE_BELOW else 0)
        if self._height != height:
            self._height = height
            self.updateGeometry()

    def set_pill_width(self, width: int) -> None:
        """Give the pill the width of the widest, so that the amounts stand in line."""
        self._pill.set_least_width(width)

    def show_answer(self, text: str) -> None:
        """Say in one sentence what asking again brought."""
        self._answer = text
        self.ask.setEnabled(self._may_ask)
        self.show_order(self.snapshot)

    def answer(self) -> str:
        """Return that sentence."""
        return self._answer

    def _plain_line(self) -> str:
        order = self.snapshot.order
        parts = [clock_text(order.created_at, self._facts.day), order_tail(order.order_id)]
        note = gateway_words(order.note)
        return " · ".join([*parts, note] if note else parts)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground under the row, and its focus."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = look.pressed if self.isDown() else look.sunken if self.underMouse() else ""
        painter.setPen(QPen(color(look.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(color(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, RADIUS - 4, RADIUS - 4)


class _Empty(QWidget):
    """What stands there before the first order: what will be seen here, and what it is good for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 24)
        column.setSpacing(4)
        column.addStretch(1)
        mark = IconMark(Icon.RECEIPT, ToneName.ACCENT, 40)
        hint = self.tr("The last five stand here, each with one key to ask whether it is paid.")
        self._words = (Label(self.tr("Ready for the first order"), weight=fonts.STRONG), Label(hint, rank=SOFT))
        self._airy = (mark, self._words[1])
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        for words in self._words:
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
        column.addStretch(1)

    def set_low(self, *, low: bool) -> None:
        """Say it in one line where there is no room for more."""
        for part in self._airy:
            part.setVisible(not low)


class RecentOrders(QWidget):
    """Five rows, newest first.

    Signals:
        ask_pressed(str), opened(str): Order id.
    """

    ask_pressed = Signal(str)
    opened = Signal(str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recentList")
        self._facts = facts
        self._rows: list[RecentRow] = []
        self._orders: dict[str, OrderSnapshot] = {}
        self._may_ask = True
        self._empty = _Empty(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._empty, 1)
        self._column.addStretch(0)
        self.setAccessibleName(self.tr("Last orders"))

    def set_low(self, *, low: bool) -> None:
        """Say less while there is no order yet and little room."""
        self._empty.set_low(low=low)

    def set_may_ask(self, *, may_ask: bool) -> None:
        """Let every row be asked about, or none."""
        self._may_ask = may_ask
        for row in self._rows:
            row.set_may_ask(may_ask=may_ask)

    def rows(self) -> tuple[RecentRow, ...]:
        """Return the rows, newest first."""
        return tuple(self._rows)

    def snapshot(self, order_id: str) -> OrderSnapshot | None:
        """Return the newest news of one of them."""
        return self._orders.get(order_id)

    def take(self, snapshot: OrderSnapshot) -> None:
        """Take news of any order; older news than what is shown is ignored."""
        order_id = snapshot.order.order_id
        known = self._orders.get(order_id)
        if known is not None and snapshot.version < known.version:
            return
        if (
            known is None
            and len(self._orders) == ROWS
            and all(_age(snapshot) < _age(one) for one in self._orders.values())
        ):
            return  # older than all five
        self._orders[order_id] = snapshot
        newest = sorted(self._orders.values(), key=_age)
        kept = newest[: -ROWS - 1 : -1]
        self._orders = {one.order.order_id: one for one in kept}
        self._show(kept)

    def row_of(self, order_id: str) -> RecentRow | None:
        """Return the row of an order, if it is one of the five."""
        return next((row for row in self._rows if row.snapshot.order.order_id == order_id), None)

    def _show(self, orders: list[OrderSnapshot]) -> None:
        while len(self._rows) < len(orders):
            place = len(self._rows)
            row = RecentRow(orders[place], self._facts, f"Ctrl+{place + 1}", self)
            row.set_pill_width(max(pill_width(standing_look(standing)) for standing in Standing))
            row.set_may_ask(may_ask=self._may_ask)
            row.ask_pressed.connect(self.ask_pressed.emit)
            row.opened.connect(self.opened.emit)
            self._rows.append(row)
            self._column.insertWidget(place, row)
        for row, snapshot in zip(self._rows, orders, strict=True):
            row.show_order(snapshot)
        self._empty.setVisible(not orders)


def _age(snapshot: OrderSnapshot) -> tuple[datetime, str]:
    return snapshot.order.created_at, snapshot.order.order_id
