"""What stands in the list's place while there are no rows to show: loading, nothing there, could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.order_row_delegate import CELL_SIDE, ROW_HEIGHT
from posapp.ui.widgets.order_table import HEADER_HEIGHT

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

_DISC: Final = 72
_TEXT_WIDTH: Final = 420
_LEAST_WIDTH: Final = 260
_LEAST_HEIGHT: Final = 180
_DISC_FITS: Final = 320


class SkeletonRows(QWidget):
    """Grey rows where orders will be; shown only when reading takes long enough to be noticed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The orders are being read"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars where state, time, amount and note will be."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(look.sunken))
        y = HEADER_HEIGHT
        while y < self.height():
            middle = y + ROW_HEIGHT / 2
            painter.drawRoundedRect(QRectF(CELL_SIDE, middle - 14, 104, 28), 14, 14)
            for left, width in ((186, 72), (320, 96), (456, 168)):
                if left + width < self.width():
                    painter.drawRoundedRect(QRectF(left, middle - 7, width, 14), 7, 7)
            y += ROW_HEIGHT


class IconDisc(QWidget):
    """A large icon on a quiet disc."""

    def __init__(self, icon: Icon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._tone: ToneName | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: Icon, tone: ToneName | None = None) -> None:
        """Draw another icon, in the colour of a meaning or in none."""
        self._icon, self._tone = icon, tone
        self.update()

    def sizeHint(self) -> QSize:
        """The disc's size."""
        return QSize(_DISC, _DISC)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw disc and icon."""
        look = tokens_of(self)
        tone = look.tones[self._tone] if self._tone else None
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(tone.soft if tone else look.sunken))
        painter.drawEllipse(QRectF(self.rect()))
        inner = QRectF(self.rect()).adjusted(22, 22, -22, -22)
        paint_icon(painter, self._icon, inner, color(tone.ink if tone else look.ink_faint))


class ListMessage(QWidget):
    """An icon, what is the matter, what to do about it, and one or two buttons that do it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._disc = IconDisc(Icon.ORDERS)
        self._title = Label(size=fonts.LARGE, weight=fonts.STRONG, wrap=True)
        self._text = Label(rank=SOFT, wrap=True)
        self._support = Label(size=fonts.SMALL, rank=FAINT, wrap=True)
        self.action = Button(kind=ButtonKind.PRIMARY)
        self.second = Button(kind=ButtonKind.SECONDARY)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, GRID, 3 * GRID, GRID)
        column.setSpacing(GRID)
        column.addStretch(2)
        column.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(GRID)
        column.addLayout(self._words())
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.action)
        buttons.addWidget(self.second)
        buttons.addStretch()
        column.addSpacing(2 * GRID)
        column.addLayout(buttons)
        column.addStretch(3)

    def _words(self) -> QHBoxLayout:
        words = QWidget()
        words.setMaximumWidth(_TEXT_WIDTH)
        lines = QVBoxLayout(words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(GRID)
        for label in (self._title, self._text, self._support):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            lines.addWidget(label)
        row = QHBoxLayout()  # one that stretches: a wrapped label cannot guess its own width
        row.addStretch(1)
        row.addWidget(words, 1000)
        row.addStretch(1)
        return row

    def minimumSizeHint(self) -> QSize:
        """Small enough for the lowest window; the picture goes before the words do."""
        return QSize(_LEAST_WIDTH, _LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Do without the picture where there is no room for it."""
        super().resizeEvent(event)
        self._disc.setVisible(self.height() >= _DISC_FITS)

    def say(self, icon: Icon, title: str, text: str, support: str = "", tone: ToneName | None = None) -> None:
        """Show another message."""
        self._disc.show_icon(icon, tone)
        self._title.setText(title)
        self._text.setText(text)
        self._support.setText(support)
        self._support.setVisible(bool(support))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def offer(self, action: str, second: str = "") -> None:
        """Put words on the buttons; an empty one goes away."""
        for button, words in ((self.action, action), (self.second, second)):
            button.set_words(words)
            button.setVisible(bool(words))

    @property
    def title(self) -> str:
        """What is the matter."""
        return self._title.text()
