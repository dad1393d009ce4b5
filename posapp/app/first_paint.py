"""Tells when a widget has been painted: what comes after the first paint need not be waited for before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class AfterPaint(QObject):
    """Calls back once, when the paint that a widget takes part in next is finished. Lives on the GUI thread."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        """Watch a widget.

        Args:
            widget: Whose next paint event is waited for; owns this object.
            then: Called from the event loop, so when everything that is painted together is on screen.
        """
        super().__init__(widget)
        self._then: Callable[[], None] | None = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the paint event; it goes on to the widget."""
        if event.type() is QEvent.Type.Paint and self._then is not None:
            QTimer.singleShot(0, self._then)
            self._then = None
            watched.removeEventFilter(self)
        return False
