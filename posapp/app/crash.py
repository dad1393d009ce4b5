"""Last-resort hooks: what nobody caught is written down, whichever thread it happened on."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

log = logging.getLogger(__name__)


def install_crash_hooks(folder: Path) -> None:
    """Write uncaught exceptions to the log, and native crashes to `crash.log` in the folder."""
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (folder / "crash.log").open("a", encoding="utf-8")  # open for the program's whole life
    except OSError as error:
        log.warning("native crashes will not be recorded: %s", error.strerror)
        return
    faulthandler.enable(file)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("uncaught", exc_info=(kind, error, trace))


def _uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    error = caught.exc_value or RuntimeError("no exception object")
    thread = caught.thread.name if caught.thread else "?"
    log.critical("uncaught in thread %s", thread, exc_info=(caught.exc_type, error, caught.exc_traceback))
