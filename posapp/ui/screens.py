"""Keeping the window where it can be seen: no larger than the screen, and back from a monitor that went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRect, QSize, QTimer
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget

_SEEN_WIDTH: Final = 160
_SEEN_HEIGHT: Final = 120
"""With less than this of it on any screen nobody can sell with a window."""
_FRAME: Final = QSize(16, 40)
"""Room for the system's frame around a window, roughly."""
_SETTLE_MS: Final = 400
"""Monitors that go and come move windows several times; only where they end counts."""


def fitting(wanted: QSize, screen: QRect) -> QSize:
    """Return the size that a new window takes: what is wanted, or what the screen has room for."""
    return wanted.boundedTo(screen.size() - _FRAME)


def brought_back(window: QRect, screens: Sequence[QRect]) -> QRect | None:
    """Return where a window has to go to be seen; None where it may stay.

    Args:
        window: Where it is.
        screens: What can be seen, the main screen first.
    """
    if not screens:
        return None
    for screen in screens:
        seen = window.intersected(screen)
        if seen.width() >= min(_SEEN_WIDTH, window.width()) and seen.height() >= min(_SEEN_HEIGHT, window.height()):
            return None
    main = screens[0]
    place = QRect(main.topLeft(), window.size().boundedTo(main.size()))
    place.moveCenter(main.center())
    return place


class KeepOnScreen(QObject):
    """Watches a window and the screens; brings the window back when no screen shows it. Lives on the GUI thread."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLE_MS)
        self._soon.timeout.connect(self._look)
        window.installEventFilter(self)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._watch)
            app.screenRemoved.connect(self._soon.start)
            app.primaryScreenChanged.connect(self._soon.start)
            for screen in app.screens():
                self._watch(screen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again after a move."""
        if event.type() is QEvent.Type.Move:
            self._soon.start()
        return False

    def _watch(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._soon.start)
        self._soon.start()

    def _look(self) -> None:
        window = self._window
        if not window.isVisible() or window.isMinimized() or window.isMaximized() or window.isFullScreen():
            return
        main = QGuiApplication.primaryScreen()
        screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not main)
        place = brought_back(window.frameGeometry(), [screen.availableGeometry() for screen in screens])
        if place is not None:
            window.setGeometry(place)
