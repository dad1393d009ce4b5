"""The pages, one at a time, in a frame that scrolls only where a window is too small for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


class CurrentSized(QWidget):
    """Shows one of its pages, and needs as much room as that one: unlike Qt's stack, not as the largest of all.

    Signals:
        room_wanted(): What it needs may have changed.
    """

    room_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def current(self) -> QWidget | None:
        """Return the page that is shown."""
        return self._current

    def add_page(self, page: QWidget) -> None:
        """Add a page; the first one is shown."""
        self._column.addWidget(page)
        if self._current is None:
            self._current = page
        else:
            page.hide()

    def show_page(self, page: QWidget) -> None:
        """Show one page and hide the one before."""
        if page is self._current:
            return
        before, self._current = self._current, page
        self.setUpdatesEnabled(False)
        if before is not None:
            before.hide()
        page.show()
        self.setUpdatesEnabled(True)

    def least_height(self, width: int) -> int:
        """Return the height below which something would be cut off, at a width."""
        if self._column.hasHeightForWidth():
            return self._column.minimumHeightForWidth(width)
        return self._column.minimumSize().height()

    def event(self, event: QEvent) -> bool:
        """Tell when what it needs has changed."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.room_wanted.emit()
        return done


class Pages(QScrollArea):
    """The pages of the window.

    Signals:
        room_changed(QSize): What a page has without scrolling; it may give up air to stay within.
    """

    room_changed = Signal(QSize)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = CurrentSized()
        # A viewport of our own: asking Qt for its one costs 13 ms of type discovery at every start.
        self._seen = QWidget()
        self.setViewport(self._seen)
        self.setWidget(self.stack)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._seen.setAutoFillBackground(False)
        self.stack.setAutoFillBackground(False)
        self.stack.room_wanted.connect(self._fit)

    @property
    def room(self) -> QSize:
        """What a page has without scrolling."""
        return self._seen.size()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the pages how much of them can be seen; Qt calls this for the viewport's changes too."""
        super().resizeEvent(event)
        self.room_changed.emit(self.room)
        self._fit()

    def _fit(self) -> None:
        """Give the page all there is, and more only where it would be cut off."""
        seen = self._seen.width()
        width = max(seen, self.stack.minimumSizeHint().width())
        self.stack.resize(width, max(self._seen.height(), self.stack.least_height(width)))
        if self._seen.width() != seen:
            # A scroll bar came or went meanwhile, and Qt counted with the width from before.
            self.horizontalScrollBar().setRange(0, max(0, self.stack.width() - self._seen.width()))
