"""Something that lies over the whole window: nothing behind it takes a key, a click or the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QShortcut
from PySide6.QtWidgets import QWidget

from posapp.ui.theme import color, tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent


class Veil(QWidget):
    """Covers its window once `lay` was called.

    Signals:
        lifted(): It was put away; the focus belongs to the page again.
    """

    lifted = Signal()

    def __init__(self, window: QWidget, *, opaque: bool) -> None:
        super().__init__(window)
        self._window = window
        self._opaque = opaque
        self._silenced: list[QShortcut] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.installEventFilter(self)
        self.hide()

    def lay(self) -> None:
        """Cover the window."""
        if self.isHidden():
            # Shortcuts work wherever the focus is, so those that there are now are silenced one by one.
            self._silenced = [one for one in self._window.findChildren(QShortcut) if one.isEnabled()]
            for shortcut in self._silenced:
                shortcut.setEnabled(False)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def lift(self) -> None:
        """Show the window again."""
        if self.isHidden():
            return
        self.hide()
        for shortcut in self._silenced:
            shortcut.setEnabled(True)
        self._silenced = []
        self.lifted.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab within."""
        places = [one for one in self.findChildren(QWidget) if _takes_tab(one)]
        if not places:
            return True
        now = self.focusWidget()
        at = places.index(now) if now in places else (-1 if forward else 0)
        places[(at + (1 if forward else -1)) % len(places)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let no key through."""
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let no click through."""
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the window."""
        if event.type() is QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground: nothing of what is behind shows through an opaque one."""
        look = tokens_of(self)
        if self._opaque:
            QPainter(self).fillRect(self.rect(), color(look.canvas))
            return
        veil = QColor("#000000")
        veil.setAlphaF(0.55 if look.dark else 0.35)
        QPainter(self).fillRect(self.rect(), veil)


def _takes_tab(widget: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus.value
    return bool(widget.focusPolicy().value & tab) and widget.isVisible() and widget.isEnabled()
