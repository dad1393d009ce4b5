"""Text on the screen: plain, elided where it does not fit, coloured by its rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.tooltip import set_tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

INK = QPalette.ColorRole.WindowText
SOFT = QPalette.ColorRole.Mid
FAINT = QPalette.ColorRole.PlaceholderText


class Label(QLabel):
    """Plain text that follows light and dark by itself; never rich text, whatever it holds."""

    def __init__(
        self,
        text: str = "",
        *,
        size: int = fonts.BODY,
        weight: QFont.Weight = fonts.REGULAR,
        rank: QPalette.ColorRole = INK,
        tabular: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(fonts.font(size, weight, tabular=tabular))
        self.setForegroundRole(rank)
        self.setWordWrap(wrap)
        self.setText(text)


class ElidedLabel(Label):
    """One line that ends in a mark where it does not fit; the whole text is its tooltip then."""

    def __init__(
        self,
        text: str = "",
        *,
        size: int = fonts.BODY,
        weight: QFont.Weight = fonts.REGULAR,
        rank: QPalette.ColorRole = INK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, size=size, weight=weight, rank=rank, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Shrink to a few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        whole = self.text()
        shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, self.contentsRect().width())
        set_tooltip(self, whole if shown != whole else "")
        painter = QPainter(self)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(group, self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()), shown)


class ShrinkingLabel(Label):
    """One line, whole in every width: its type gets smaller where it would be cut off. For amounts."""

    def __init__(self, *, size: int, least: int, weight: QFont.Weight = fonts.REGULAR) -> None:
        super().__init__(size=size, weight=weight, tabular=True)
        self._size, self._least, self._weight = size, least, weight
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_size(self, size: int) -> None:
        """Change the largest size of its type."""
        self._size = size
        self.setFont(fonts.font(size, self._weight, tabular=True))

    def minimumSizeHint(self) -> QSize:
        """Room for the smallest type."""
        metrics = QFontMetrics(fonts.font(self._least, self._weight, tabular=True))
        return QSize(metrics.horizontalAdvance(self.text()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw in the largest type that fits."""
        room = self.contentsRect()
        size = self._size
        while size > self._least and QFontMetrics(self._face(size)).horizontalAdvance(self.text()) > room.width():
            size -= 2
        painter = QPainter(self)
        painter.setFont(self._face(size))
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(self.alignment()), self.text())

    def _face(self, size: int) -> QFont:
        return fonts.font(size, self._weight, tabular=True)
