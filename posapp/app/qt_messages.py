"""Qt's own messages go into the log; a fatal one is written down before Qt ends the program."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext

_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_MOST_ALIKE: Final = 3
"""A message that comes with every paint says nothing new the fourth time."""

_MOST_KINDS: Final = 500

log = logging.getLogger("posapp.qt")


def log_qt_messages() -> None:
    """Take Qt's messages from now on."""
    qInstallMessageHandler(_QtMessages().take)


class _QtMessages:
    """Takes messages on whatever thread they come from."""

    def __init__(self) -> None:
        self._inside = threading.local()
        self._seen: dict[str, int] = {}

    def take(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        """Log a message, unless it is about what logging one did, or was logged often enough."""
        if getattr(self._inside, "busy", False):
            return
        count = self._seen.get(text, 0) + 1
        if text in self._seen or len(self._seen) < _MOST_KINDS:
            self._seen[text] = count
        if count > _MOST_ALIKE and kind is not QtMsgType.QtFatalMsg:
            return
        self._inside.busy = True
        try:
            category = getattr(context, "category", None) or "default"
            log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, text)
        finally:
            self._inside.busy = False
