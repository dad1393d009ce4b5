"""Locking by itself: after a while without a key, a touch or the mouse, but never while a payment waits."""

from __future__ import annotations

from time import monotonic, time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

_LOOK_MS: Final = 1000
_INPUT: Final = frozenset({
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TabletPress,
})  # fmt: skip


class AutoLock(QObject):
    """Counts while it runs. Lives on the GUI thread.

    Signals:
        due(): Nobody touched the window for long enough.
    """

    due = Signal()

    def __init__(self, window: QWidget, after_s: int, is_busy: Callable[[], bool]) -> None:
        """Count in this window.

        Args:
            window: Whose keys and touches count.
            after_s: After how many seconds without any; 0 for never.
            is_busy: Whether something runs that must not be covered; the count begins anew after it.
        """
        super().__init__(window)
        self._window = window
        self._after_s = after_s
        self._is_busy = is_busy
        self._touched = (monotonic(), time())
        self._listening = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def run(self, *, running: bool) -> None:
        """Begin to count anew, or stop."""
        if not self._listening and self._window.internalWinId():
            self._listening = True
            self._window.windowHandle().installEventFilter(self)  # hears all of them first, instead of every widget
        self._touch()
        if running and self._after_s > 0:
            self._timer.start()
        else:
            self._timer.stop()

    def look(self) -> None:
        """See whether it is time."""
        if self._is_busy():
            self._touch()
            return
        since, wall = self._touched
        # The steady clock stands still while the computer sleeps; waking up locked is what is wanted then.
        if max(monotonic() - since, time() - wall) >= self._after_s:
            self._timer.stop()
            self.due.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that somebody is there; the event goes on."""
        del watched
        if event.type() in _INPUT:
            self._touch()
        return False

    def _touch(self) -> None:
        self._touched = (monotonic(), time())
