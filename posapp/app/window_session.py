"""One run of the window: Qt, the till behind it, and a clean end whatever ends it."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from posapp.app import exit_codes
from posapp.app.first_paint import AfterPaint
from posapp.bridge.live_till import NO_RECOURSE, LiveTill
from posapp.ui.i18n import apply_language
from posapp.ui.main_window import MainWindow
from posapp.ui.theme import choose_style

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from posapp.app.quit_on_signal import QuitOnSignal
    from posapp.bridge.recourse import Recourse
    from posapp.domain.till import TillFacts
    from posapp.services.events import Publish
    from posapp.services.till import TillServices
    from posapp.ui.theme import ThemeMode

    Build = Callable[[Publish], Awaitable[TillServices]]

_START_ANYWAY_MS: Final = 1000


class WindowSession:
    """The application, the till and the window, from start to end. Lives on the GUI thread.

    Attributes:
        app: Qt's application object.
        till: The till on its io thread.
        window: The window.
    """

    def __init__(
        self, facts: TillFacts, build: Build, theme: ThemeMode = "system", recourse: Recourse = NO_RECOURSE
    ) -> None:
        """Build the window; the till's thread starts after the first paint.

        Where the garbage collector is off (it costs a start 10 ms and finds nothing), it is turned on then.

        Args:
            facts: The till's unchanging facts.
            build: Makes the services on the io thread.
            theme: The look.
            recourse: What to fall back on where that fails.
        """
        choose_style()
        self.app = cast("QApplication | None", QApplication.instance()) or QApplication(sys.argv[:1])
        self.app.setApplicationName("posapp")
        self.app.setDesktopFileName("posapp")
        apply_language(self.app)
        self.till = LiveTill(facts, build, recourse)
        self.window = MainWindow(self.till, theme_mode=theme)
        self.till.signals.ready.connect(self._draw_a_code_ahead)
        self._signals: QuitOnSignal | None = None
        self._begun = False

    def show(self) -> None:
        """Show the window, and start the till once it has been painted."""
        AfterPaint(self.window, self._begin)
        self.window.show()
        QTimer.singleShot(_START_ANYWAY_MS, self._begin)  # a window that starts minimised is not painted

    def _begin(self) -> None:
        """Do what the first paint did not have to wait for."""
        if self._begun:
            return
        self._begun = True
        if not gc.isenabled():
            gc.freeze()  # what the program is made of stays: looking through it again and again would be for nothing
            gc.enable()
        from posapp.app.quit_on_signal import QuitOnSignal

        self._signals = QuitOnSignal(self.app)
        self.till.start()

    def _draw_a_code_ahead(self) -> None:
        """Have the QR library loaded before a customer waits for it."""
        from posapp.ui.qr_code import qr_matrix

        self.till.compute(qr_matrix, "posapp", lambda _matrix: None)

    def run(self) -> int:
        """Show the window and stay until it is closed; returns the exit code."""
        self.show()
        code = self.app.exec()
        return code if self.end() else exit_codes.FAILED

    def end(self) -> bool:
        """Stop the till; False where it did not end in time."""
        self._begun = True
        self.window.hide()
        ended = self.till.stop()
        if self._signals is not None:
            self._signals.close()
        return ended
