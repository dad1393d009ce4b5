"""One run of the window: Qt, the till behind it, and a clean end whatever ends it."""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from posapp.app import exit_codes
from posapp.bridge.live_till import LiveTill
from posapp.ui.i18n import apply_language
from posapp.ui.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import FrameType

    from posapp.domain.till import TillFacts
    from posapp.services.events import Publish
    from posapp.services.till import TillServices
    from posapp.ui.theme import ThemeMode

    Build = Callable[[Publish], Awaitable[TillServices]]


class WindowSession:
    """The application, the till and the window, from start to end. Lives on the GUI thread.

    Attributes:
        app: Qt's application object.
        till: The till on its io thread.
        window: The window.
    """

    def __init__(self, facts: TillFacts, build: Build, theme: ThemeMode = "system") -> None:
        """Build the window; the till's thread starts after the first paint.

        Args:
            facts: The till's unchanging facts.
            build: Makes the services on the io thread.
            theme: The look.
        """
        self.app = cast("QApplication | None", QApplication.instance()) or QApplication(sys.argv[:1])
        self.app.setApplicationName("posapp")
        self.app.setDesktopFileName("posapp")
        apply_language(self.app)
        self.till = LiveTill(facts, build)
        self.window = MainWindow(self.till, theme_mode=theme)
        self._signals = _QuitOnSignal(self.app)

    def show(self) -> None:
        """Show the window, and start the till once it has been painted."""
        self.window.show()
        QTimer.singleShot(0, self.till.start)

    def run(self) -> int:
        """Show the window and stay until it is closed; returns the exit code."""
        self.show()
        code = self.app.exec()
        return code if self.end() else exit_codes.FAILED

    def end(self) -> bool:
        """Stop the till; False where it did not end in time."""
        self.window.hide()
        ended = self.till.stop()
        self._signals.close()
        return ended


class _QuitOnSignal:
    """Lets SIGTERM and SIGINT end the event loop: Python only looks at signals while its own code runs."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._reader.setblocking(False)
        self._before = signal.set_wakeup_fd(self._writer.fileno())
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)
        for number in (signal.SIGTERM, signal.SIGINT):
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
