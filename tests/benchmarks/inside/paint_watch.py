"""Notes when a widget's paints are finished."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class PaintWatch(QObject):
    """Keeps the time of the first paint since `arm` that shows what is waited for. Lives on the GUI thread.

    The time is taken from the event loop after the paint: by then everything that is painted together has been handed
    to the window system.
    """

    def __init__(self, widget: QWidget, shows: Callable[[], bool]) -> None:
        """Watch a widget.

        Args:
            widget: Whose paint events are watched.
            shows: Asked at a paint event whether this is the paint that is waited for.
        """
        super().__init__(widget)
        self._shows = shows
        self._armed = False
        self.at: float | None = None
        widget.installEventFilter(self)

    def arm(self) -> None:
        """Wait for the next paint."""
        self._armed = True
        self.at = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._armed and event.type() is QEvent.Type.Paint and self._shows():
            self._armed = False
            QTimer.singleShot(0, self._finished)
        return False

    def _finished(self) -> None:
        self.at = time.perf_counter()
