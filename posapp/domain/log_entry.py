"""One entry of the log, as a person reads it in the window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class LogLevel(StrEnum):
    """How grave an entry is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRASH = "crash"  # the program ended without being asked to


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry, already free of secrets and of control characters.

    Attributes:
        at: When it was written, UTC.
        level: How grave it is.
        source: Which part of the program wrote it.
        text: What it says; untrusted plain text of one line.
        unread: Whether it is an error that nobody has looked at yet.
    """

    at: datetime
    level: LogLevel
    source: str
    text: str
    unread: bool = False
