"""Last-resort hooks: what nobody caught is written down, wherever it happened, and the program goes on."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from typing import TYPE_CHECKING, Final

from posapp.bridge.patience import Repeats

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

CRASH_NAME: Final = "crash.log"
"""Native crashes, as `faulthandler` leaves them; empty unless there was one since the last window opened."""

log = logging.getLogger(__name__)


def install_crash_hooks(folder: Path) -> None:
    """Write uncaught exceptions to the log, and native crashes to `crash.log` in the folder."""
    hooks = _LastResort()
    sys.excepthook = hooks.uncaught
    threading.excepthook = hooks.uncaught_in_thread
    sys.unraisablehook = hooks.unraisable
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Open for the program's whole life. Appending, so that a report that was taken out leaves no hole.
        file = (folder / CRASH_NAME).open("a", encoding="utf-8")
    except OSError as error:
        log.warning("native crashes will not be recorded: %s", error.strerror)
        return
    faulthandler.enable(file)


class _LastResort:
    """Logs what nobody caught; the same again and again, as from a table's cells, only now and then. Any thread."""

    def __init__(self) -> None:
        self._repeats = Repeats()

    def uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Note what left the main thread's code, or a slot of Qt's."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._note("uncaught", error, trace)

    def uncaught_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        """Note what ended a thread."""
        error = caught.exc_value or RuntimeError("no exception object")
        self._note(f"uncaught in thread {caught.thread.name if caught.thread else '?'}", error, caught.exc_traceback)

    def unraisable(self, caught: sys.UnraisableHookArgs) -> None:
        """Note what failed where nobody can catch it; the object itself is not shown, for it may hold a secret."""
        error = caught.exc_value or RuntimeError("no exception object")
        where = getattr(caught.object, "__qualname__", type(caught.object).__name__)
        self._note(f"uncaught in {where}", error, caught.exc_traceback)

    def _note(self, what: str, error: BaseException, trace: TracebackType | None) -> None:
        quiet = self._repeats.kept_quiet(error)
        if quiet is None:
            return
        more = f" ({quiet} more like it were not logged)" if quiet else ""
        log.critical("%s%s", what, more, exc_info=(type(error), error, trace))
