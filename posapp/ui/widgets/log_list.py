"""The log's list: two lines an entry, its level as a pill, what is new in strong type and with a dot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QPainter, QPalette, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate

from posapp.domain.log_entry import LogLevel
from posapp.ui import fonts
from posapp.ui.log_words import entry_line, entry_place, level_look
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.pill import HEIGHT as PILL_HEIGHT
from posapp.ui.widgets.pill import paint_pill, pill_width

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

    from posapp.domain.log_entry import LogEntry
    from posapp.domain.till import TillFacts
    from posapp.ui.models.log_model import LogModel
    from posapp.ui.tokens import Tokens

ROW_HEIGHT: Final = 60
_SIDE: Final = 14
_DOT: Final = 8
_ROW_RADIUS: Final = 10.0

Index = QModelIndex | QPersistentModelIndex


class LogDelegate(QStyledItemDelegate):
    """Draws one entry."""

    def __init__(self, model: LogModel, facts: TillFacts, parent: LogList) -> None:
        super().__init__(parent)
        self._model = model
        self._facts = facts
        self._list = parent
        self._pill = max(pill_width(level_look(level)) for level in LogLevel)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row is as high as the others."""
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw ground, pill and words."""
        look = tokens_of(self._list)
        entry = self._model.entry_at(index.row())
        row = self._list.visualRect(index)
        chosen = self._list.selectionModel().isSelected(index)
        painter.save()
        painter.setClipRect(row)  # letters with towers of marks stay in their row
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = look.accent.soft if chosen else look.sunken if index.row() == self._list.hovered else ""
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(ground))
            painter.drawRoundedRect(QRectF(row).adjusted(0, 1, 0, -1), _ROW_RADIUS, _ROW_RADIUS)
        elif index.row() + 1 < self._model.rowCount():
            painter.fillRect(row.x() + _SIDE, row.bottom(), row.width() - 2 * _SIDE, 1, color(look.line))
        self._draw_entry(painter, entry, row, look)
        painter.restore()

    def _draw_entry(self, painter: QPainter, entry: LogEntry, row: QRect, look: Tokens) -> None:
        x = row.x() + _SIDE + _DOT + 6
        if entry.unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(look.tones[ToneName.REFUSED].solid))
            painter.drawEllipse(QRectF(row.x() + _SIDE - 2, row.center().y() - _DOT / 2, _DOT, _DOT))
        pill = QRectF(x, row.center().y() + 1 - PILL_HEIGHT / 2, self._pill, PILL_HEIGHT)
        paint_pill(painter, level_look(entry.level), pill, look)
        left = int(x + self._pill + 16)
        room = QRect(left, row.y() + 9, row.right() - left - _SIDE, 22)
        face = fonts.font(fonts.BODY, fonts.STRONG if entry.unread else fonts.MEDIUM)
        _draw_line(painter, entry_line(entry), room, face, look.ink)
        small = fonts.font(fonts.SMALL, tabular=True)
        _draw_line(painter, entry_place(entry, self._facts), room.translated(0, 22), small, look.ink_soft)


def _draw_line(painter: QPainter, words: str, room: QRect, face: fonts.QFont, ink: str) -> None:
    painter.setFont(face)
    painter.setPen(color(ink))
    shown = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class LogList(QListView):
    """The entries.

    Attributes:
        hovered: Row under the mouse; -1 for none.

    Signals:
        entry_chosen(LogEntry): An entry became the chosen one.
        copy_pressed(): The keys for copying were pressed.
    """

    entry_chosen = Signal(object)
    copy_pressed = Signal()

    def __init__(self, model: LogModel, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log = model
        self.hovered = -1
        self.setObjectName("logList")
        self.setModel(model)
        self.setItemDelegate(LogDelegate(model, facts, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Log"))
        quiet = QPalette()
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            quiet.setColor(role, QColor(Qt.GlobalColor.transparent))  # the delegate draws the chosen row
        self.setPalette(quiet)

    def choose(self, row: int) -> None:
        """Make a row the chosen one."""
        self.setCurrentIndex(self._log.index(row))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which entry is the chosen one."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.entry_chosen.emit(self._log.entry_at(current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the keys that copy everywhere."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which entry is under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the entry under the mouse."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, then the focus ring around the chosen one."""
        super().paintEvent(event)
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(tokens_of(self).focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.visualRect(current)).adjusted(1, 2, -1, -2), 9, 9)
