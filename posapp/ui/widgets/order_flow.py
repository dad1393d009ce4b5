"""A row of widgets that begins a new line where there is no more room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from posapp.ui.tokens import GRID

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


class FlowRow(QWidget):
    """Wraps like words do; hidden widgets take no room. `arrange` has to be told when one was shown or hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Take one more widget at the end."""
        widget.setParent(self)
        self._widgets.append(widget)

    def arrange(self) -> None:
        """Put everything in its place again."""
        self.updateGeometry()
        self._place(self.width(), move=True)

    def heightForWidth(self, arg__1: int) -> int:
        """Return how high it gets."""
        return self._place(arg__1, move=False)

    def sizeHint(self) -> QSize:
        """Wide enough for the widest widget, high enough for its present width."""
        return QSize(self._widest(), self._place(max(self.width(), self._widest()), move=False))

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest widget."""
        return QSize(self._widest(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put everything in its place."""
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _widest(self) -> int:
        return max((widget.sizeHint().width() for widget in self._shown()), default=0)

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _place(self, room: int, *, move: bool) -> int:
        x = y = line = 0
        for widget in self._shown():
            size = widget.sizeHint()
            if line and x + size.width() > room:
                x, y, line = 0, y + line + GRID, 0
            if move:
                widget.setGeometry(x, y, min(size.width(), room), size.height())
            x += size.width() + GRID
            line = max(line, size.height())
        return y + line
