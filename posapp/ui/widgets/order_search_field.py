"""The search field of the order list: tells what was typed once the typing pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_filter import MAX_SEARCH_CHARS
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import TARGET
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.field import Field

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

DEBOUNCE_MS: Final = 150


class OrderSearchField(Field):
    """One line with a magnifier before it, and after it the key that leads here or a button that empties it.

    Signals:
        search_changed(str): What to search for; after a pause in the typing, at once with Enter or when emptied.
    """

    search_changed = Signal(str)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(Icon.SEARCH, self.tr("Amount, id, note"), parent)
        self._key = key
        self._told = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DEBOUNCE_MS)
        self._pause.timeout.connect(self._tell)
        self._clear = Button(kind=ButtonKind.QUIET, icon=Icon.CROSS, parent=self)
        self._clear.set_words("", self.tr("Clear the search"))
        self._clear.hide()
        self._clear.clicked.connect(self.empty)
        self.setFixedHeight(TARGET)
        self.edit.setMaxLength(2 * MAX_SEARCH_CHARS)
        self.edit.setTextMargins(0, 0, TARGET - 12, 0)
        set_tooltip(
            self.edit,
            self.tr("An amount like 128.50, words of the note, or the end of an order's or a gateway's id"),
        )
        self.edit.setAccessibleName(self.tr("Search orders by amount, end of an id, note or gateway id"))
        self.edit.textChanged.connect(self._on_any_change)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.returnPressed.connect(self._tell)

    def show_text(self, text: str) -> None:
        """Put a text there without searching for it; leaves alone what is being typed."""
        if text != self._told:
            self._pause.stop()
            self._told = text
            self.edit.setText(text)

    def empty(self) -> None:
        """Empty the field and say so at once."""
        self.edit.setText("")
        self._tell()
        self.edit.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty a field that has something in it with Esc."""
        if event.key() == Qt.Key.Key_Escape and self.edit.text():
            self.empty()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the clearing button at the end."""
        super().resizeEvent(event)
        self._clear.setGeometry(self.width() - TARGET, 0, TARGET, TARGET)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, and the key that leads here while it is empty."""
        super().paintEvent(event)
        if self.edit.hasFocus() or self.edit.text():
            return
        ink = color(tokens_of(self).ink_faint)
        face = fonts.font(fonts.SMALL, fonts.MEDIUM)
        width = QFontMetrics(face).horizontalAdvance(self._key) + 12
        hint = self.edit.fontMetrics().horizontalAdvance(self.edit.placeholderText())
        if self.edit.x() + hint + width + 20 > self.width():
            return
        box = QRectF(self.width() - width - 12, self.height() / 2 - 10, width, 20)
        faded = QColor(ink)
        faded.setAlphaF(0.45)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(faded, 1))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(ink)
        painter.setFont(face)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    def _on_any_change(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.update()

    def _on_edited(self) -> None:
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        if self.edit.text() != self._told:
            self._told = self.edit.text()
            self.search_changed.emit(self._told)
