"""Lets signals end the window in good order: Python only looks at them while its own code runs."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier

from posapp.app.ending import ending_signals

if TYPE_CHECKING:
    from types import FrameType

    from PySide6.QtWidgets import QApplication


class QuitOnSignal:
    """Ends the event loop at a signal that asks for it. Lives on the GUI thread."""

    def __init__(self, app: QApplication) -> None:
        """Listen from now on."""
        self._app = app
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._reader.setblocking(False)
        self._before = signal.set_wakeup_fd(self._writer.fileno())
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)
        for number in ending_signals():
            signal.signal(number, self._quit)

    def _quit(self, _number: int, _frame: FrameType | None) -> None:
        self._app.quit()

    def _drain(self) -> None:
        self._reader.recv(64)  # the handler itself has run by now, since Python code runs

    def close(self) -> None:
        """Give the wake-up channel back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        self._reader.close()
        self._writer.close()
