"""One entry of the log in full: plain text that can be selected and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from posapp.domain.log_entry import LogLevel
from posapp.ui import fonts
from posapp.ui.log_words import entry_place, level_look
from posapp.ui.plain_text import visible
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, ElidedLabel
from posapp.ui.widgets.pill import Pill

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from posapp.domain.log_entry import LogEntry
    from posapp.domain.till import TillFacts

HEIGHT: Final = 164
DENSE: Final = 92


class LogDetail(Card):
    """Shows the chosen entry."""

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._pill = Pill(level_look(LogLevel.INFO))
        self._place = ElidedLabel(size=fonts.SMALL, rank=SOFT)
        self.text = QPlainTextEdit()
        self.text.setObjectName("logText")
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(fonts.font(fonts.BODY))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("The whole entry"))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.document().setDocumentMargin(0)
        ground = QPalette()
        ground.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.text.setPalette(ground)
        self.text.installEventFilter(self)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._pill)
        head.addWidget(self._place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self.set_dense(dense=False)

    def set_dense(self, *, dense: bool) -> None:
        """Take less room where the window is short."""
        self.setFixedHeight(DENSE if dense else HEIGHT)

    def show_entry(self, entry: LogEntry) -> None:
        """Show an entry, from its beginning."""
        self._pill.set_look(level_look(entry.level))
        self._place.setText(entry_place(entry, self._facts))
        text = visible(entry.text)
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw the ring when the keyboard comes and goes."""
        if event.type() in (event.Type.FocusIn, event.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface, and the focus ring around it."""
        super().paintEvent(event)
        if self.text.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(tokens_of(self).focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
