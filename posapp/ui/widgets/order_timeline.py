"""The life of an order as a line of dots: what happened, when, and what else the audit holds about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.theme import color, tokens_of
from posapp.ui.widgets.label import FAINT, SOFT, Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from posapp.ui.presenters.orders_timeline import TimelineRow
    from posapp.ui.tokens import ToneName

_RAIL: Final = 20
_DOT_TOP: Final = 10.0
_DOT: Final = 4.5


class TimelineStep(QWidget):
    """One row: a dot on the line, the sentence, the time at the right."""

    def __init__(self, row: TimelineRow, *, first: bool, last: bool) -> None:
        super().__init__()
        self._tone: ToneName | None = row.tone
        self._first, self._last = first, last
        self.setAccessibleName(f"{row.time} {row.title}")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(row.title, weight=fonts.MEDIUM if row.tone else fonts.REGULAR, wrap=True))
        for line in row.details:
            detail = Label(line, size=fonts.SMALL, rank=SOFT, wrap=True)
            detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(detail)
        line_up = QHBoxLayout(self)
        line_up.setContentsMargins(_RAIL, 0, 0, 0 if last else 14)
        line_up.setSpacing(12)
        line_up.addLayout(words, 1)
        line_up.addWidget(Label(row.time, size=fonts.SMALL, rank=FAINT, tabular=True), 0, Qt.AlignmentFlag.AlignTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and the dot."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(look.line), 2))
        x = _DOT + 0.5
        if not self._first:
            painter.drawLine(int(x), 0, int(x), int(_DOT_TOP))
        if not self._last:
            painter.drawLine(int(x), int(_DOT_TOP), int(x), self.height())
        painter.setPen(QPen(color(look.surface), 2))
        painter.setBrush(color(look.tones[self._tone].ink if self._tone else look.line_strong))
        painter.drawEllipse(QRectF(0, _DOT_TOP - _DOT, 2 * _DOT + 1, 2 * _DOT + 1))


class OrderTimeline(QWidget):
    """All rows, the newest first; remade only when they differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[TimelineRow, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_rows(self, rows: tuple[TimelineRow, ...]) -> None:
        """Show other rows."""
        if rows == self._rows:
            return
        self._rows = rows
        last = len(rows) - 1
        refill(self._column, [TimelineStep(row, first=at == 0, last=at == last) for at, row in enumerate(rows)])

    @property
    def rows(self) -> tuple[TimelineRow, ...]:
        """What is shown."""
        return self._rows


def refill(column: QVBoxLayout, widgets: Sequence[QWidget]) -> None:
    """Let go of everything in a column and put other widgets there."""
    while column.count():
        widget = column.takeAt(0).widget()
        widget.hide()
        widget.deleteLater()
    for widget in widgets:
        column.addWidget(widget)
        widget.show()  # now, not when the event loop comes to it: nothing flashes up half laid out
