"""Lines of single orders on the day page: state, what is to be known, amount; a press opens the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import TARGET
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.pill import HEIGHT, paint_pill, pill_width

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from posapp.ui.text import Look

AT_FIRST: Final = 12
AT_ONCE: Final = 100
_SIDE: Final = 8
_TALL: Final = 56


@dataclass(frozen=True, slots=True)
class DayLine:
    """One line: `name` is its id or time, `words` the small print, `figure` at the right."""

    order_id: str
    look: Look
    name: str
    words: str
    figure: str


class _Line(QAbstractButton):
    """One line that can be pressed."""

    def __init__(self, line: DayLine, pill: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.line = line
        self._pill = pill
        self._split = False
        self.setAccessibleName(", ".join((line.look.word, line.name, line.figure, line.words)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One line that a finger hits."""
        return QSize(320, TARGET)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the small print below the name where it would be cut off beside it: an amount may stand at its end."""
        super().resizeEvent(event)
        face, small = fonts.font(fonts.BODY, fonts.MEDIUM, tabular=True), fonts.font(fonts.SMALL, tabular=True)
        needed = 2 * _SIDE + self._pill + 12 + QFontMetrics(face).horizontalAdvance(self.line.name) + 12
        needed += QFontMetrics(small).horizontalAdvance(self.line.words) + 14
        needed += QFontMetrics(face).horizontalAdvance(self.line.figure)
        self._split = needed > event.size().width()
        self.setFixedHeight(_TALL if self._split else TARGET)

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw pill, name, words and figure."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(color(look.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(color(look.sunken) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 8, 8)
        pill = QRectF(_SIDE, (self.height() - HEIGHT) / 2, self._pill, HEIGHT)
        paint_pill(painter, self.line.look, pill, look)
        face = fonts.font(fonts.BODY, fonts.MEDIUM, tabular=True)
        figure = QFontMetrics(face).horizontalAdvance(self.line.figure)
        upper = self.height() / 2 + 4 if self._split else self.height()
        right = QRectF(self.width() - _SIDE - figure, 0, figure, upper)
        painter.setFont(face)
        painter.setPen(color(look.ink))
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.line.figure)
        x = pill.right() + 12
        name = QFontMetrics(face).horizontalAdvance(self.line.name)
        painter.drawText(QRectF(x, 0, name + 2, upper), Qt.AlignmentFlag.AlignVCenter, self.line.name)
        small = fonts.font(fonts.SMALL, tabular=True)
        room = QRectF(x + name + 12, 0, right.left() - x - name - 24, self.height())
        if self._split:
            room = QRectF(x, upper - 4, self.width() - _SIDE - x, self.height() - upper)
        painter.setFont(small)
        painter.setPen(color(look.ink_soft))
        words = QFontMetrics(small).elidedText(self.line.words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class DayLines(QWidget):
    """The lines, the first of them at once.

    Signals:
        order_wanted(str): One was pressed.
    """

    order_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[DayLine, ...] = ()
        self._rows: list[_Line] = []
        self.more = Button(kind=ButtonKind.QUIET)
        self.more.clicked.connect(self._on_more)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def rows(self) -> tuple[QAbstractButton, ...]:
        """The lines that can be pressed."""
        return tuple(self._rows)

    def show_lines(self, lines: tuple[DayLine, ...]) -> None:
        """Show these; as many as before where more had been asked for."""
        if lines == self._lines:
            return
        shown = max(AT_FIRST, len(self._rows))
        self._lines = lines
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        self._grow(shown)

    def _on_more(self) -> None:
        first = len(self._rows)
        self._grow(first + AT_ONCE)
        if first < len(self._rows):
            self._rows[first].setFocus(Qt.FocusReason.TabFocusReason)

    def _grow(self, count: int) -> None:
        pill = max((pill_width(line.look) for line in self._lines), default=0)
        for line in self._lines[len(self._rows) : count]:
            row = _Line(line, pill, self)
            row.clicked.connect(lambda _=False, wanted=line.order_id: self.order_wanted.emit(wanted))
            self._column.insertWidget(len(self._rows), row)
            self._rows.append(row)
        left = len(self._lines) - len(self._rows)
        self.more.set_words(self.tr("Show %n more", "", left))
        self.more.setVisible(left > 0)
