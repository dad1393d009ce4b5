"""The keys, over the page: F1 shows and hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.shortcuts import key_table
from posapp.ui.theme import color, tokens_of
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.order_scroll import OrderScroll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

    from posapp.ui.shortcuts import Key


class KeyCap(Label):
    """A key as it is printed on a keyboard."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, size=fonts.SMALL, weight=fonts.MEDIUM, parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(10, 3, 10, 3)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cap under the letters."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(look.line_strong), 1))
        painter.setBrush(color(look.sunken))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
        super().paintEvent(event)


class HelpPanel(QWidget):
    """A veil with a card; goes away with Esc, F1 or a click beside the card.

    Signals:
        dismissed(): It was put away.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Keys and help"))
        self._over = parent
        parent.installEventFilter(self)
        card = Card(self)
        card.setMaximumWidth(880)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 16, 24, 20)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Keys"), size=fonts.TITLE, weight=fonts.STRONG), 1)
        self.close_button = Button(self.tr("Close"), ButtonKind.QUIET, icon=Icon.CROSS, key=self.tr("Esc", "the key"))
        self.close_button.clicked.connect(self.dismiss)
        head.addWidget(self.close_button)
        column.addLayout(head)
        column.addWidget(_Keys(), 1)
        hint = self.tr("An order that is left open stays watched and comes back as a chip above the page.")
        column.addWidget(Label(hint, size=fonts.SMALL, rank=SOFT, wrap=True))
        place = QVBoxLayout(self)
        place.setContentsMargins(16, 16, 16, 16)
        place.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 24)
        row.addStretch(1)
        place.addLayout(row)
        place.addStretch(1)
        self._card = card
        self.hide()

    def toggle(self) -> None:
        """Show it over everything, or put it away."""
        if self.isVisible():
            self.dismiss()
            return
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.close_button.setFocus()

    def dismiss(self) -> None:
        """Put it away."""
        self.hide()
        self.dismissed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away; no other key reaches the page underneath."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card puts it away."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the window."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the veil."""
        veil = QColor("#000000")
        veil.setAlphaF(0.55 if tokens_of(self).dark else 0.35)
        QPainter(self).fillRect(self.rect(), veil)


class _Keys(OrderScroll):
    """All keys, as high as they are; in a low window they are scrolled rather than cut off."""

    def __init__(self) -> None:
        self._body = QWidget()
        _fill(self._body)
        super().__init__(self._body)
        self.setAccessibleName(self.tr("Keys"))

    def sizeHint(self) -> QSize:
        """Room for all of them."""
        hint = self._body.sizeHint()
        wanted = self._body.heightForWidth(self.viewport().width()) if self._body.hasHeightForWidth() else 0
        return QSize(hint.width(), max(hint.height(), wanted))

    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        """Lines that wrap otherwise need another height."""
        super().resizeEvent(arg__1)
        self.updateGeometry()


def _fill(body: QWidget) -> None:
    """Lay out all keys in two columns."""
    columns = QHBoxLayout(body)
    columns.setContentsMargins(0, 0, 0, 0)
    columns.setSpacing(32)
    keys = key_table()
    half = (len(keys) + 1) // 2
    for part in (keys[:half], keys[half:]):
        columns.addLayout(_grid(part), 1)


def _grid(keys: Sequence[Key]) -> QVBoxLayout:
    """Lay out keys under each other, the caps in a column of their own; what is left over stays below."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for row, key in enumerate(keys):
        grid.addWidget(KeyCap(key.keys), row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(Label(key.does, wrap=True), row, 1)
    column = QVBoxLayout()
    column.addLayout(grid)
    column.addStretch(1)
    return column
