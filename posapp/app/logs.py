"""The log files: small, private, one line a record, and without secrets."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from posapp.app.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_BYTES: Final = 5 * 1024 * 1024
KEPT_FILES: Final = 9
MAX_LINE: Final = 32 * 1024
"""Characters; what is longer says nothing more, and a few of them would push everything else out of the files."""
_MOST_READ: Final = 4 * MAX_LINE
_LONGEST_SECRET: Final = 4096
LOG_NAME: Final = "posapp.log"
RECENT: Final = 500


class OneLine(logging.Formatter):
    """One record, one line: text from outside can neither forge a line nor carry a secret into the file.

    Times are UTC, like `2026-03-14T04:00:00.123Z`.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Write the record with control characters escaped and anything that looks like a secret blanked."""
        return one_line(super().format(record))


def one_line(text: str) -> str:
    """Return a text that fits on one line of the log: no control characters, no secrets, no end of it cut unsaid."""
    clean = redacted(text[:_MOST_READ])
    if len(text) > _MOST_READ:
        clean = clean[:-_LONGEST_SECRET]  # the cut may have gone through a secret
    if len(clean) > MAX_LINE or len(text) > _MOST_READ:
        clean = f"{clean[:MAX_LINE]} … ({len(text) - MAX_LINE} more characters)"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in clean)


class LogFile(logging.Handler):
    """The log file, opened at the first record: what rotates it costs 6 ms of imports, and most starts say nothing.

    A file or folder that somebody takes away is made anew; one that cannot be written is no reason to stop selling.
    """

    def __init__(self, file: Path) -> None:
        """Write into this file once there is something to write."""
        super().__init__()
        self._file = file
        self._rotating: logging.FileHandler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; `handle` has the lock."""
        if self._rotating is not None and self._is_gone():
            self._let_go()
        if self._rotating is None:
            self._rotating = self._opened()
        self._rotating.emit(record)

    def close(self) -> None:
        """Close the file."""
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._rotating is not None:
            with suppress(OSError):  # a full disk: what could not be written so far is lost, and so is nothing else
                self._rotating.close()
            self._rotating = None

    def _opened(self) -> logging.FileHandler:
        from logging.handlers import RotatingFileHandler  # imports nothing that logs

        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in self._file.parent.glob(f"{self._file.name}*"):
                if path.stat().st_size > MAX_BYTES + 4 * MAX_LINE:
                    os.truncate(path, MAX_BYTES)  # we write none so large, so somebody else did
        rotating = RotatingFileHandler(
            self._file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
        rotating.setFormatter(self.formatter)
        return rotating

    def _is_gone(self) -> bool:
        """Tell whether our file is no more the one of that name: deleted, or rotated by another process."""
        stream = self._rotating.stream if self._rotating is not None else None
        if stream is None:  # not opened yet, or it could not be: `emit` tries again
            return False
        try:
            return not os.path.samestat(os.fstat(stream.fileno()), self._file.stat())
        except (OSError, ValueError):
            return True


class Noted(NamedTuple):
    """A record as the window's log keeps it: seconds since 1970, `logging`'s level and name, and one line of text."""

    created: float
    level: int
    name: str
    text: str


class Recent(logging.Handler):
    """Keeps the newest warnings and errors of this run in memory, where no disk can be full. Any thread.

    Attributes:
        errors: How many errors there were since the start.
        listener: Called after every error, on its thread.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        super().__init__(logging.WARNING)
        self.setFormatter(OneLine("%(message)s"))
        self._notes: deque[Noted] = deque(maxlen=RECENT)
        self.errors = 0
        self.listener: Callable[[], None] | None = None

    def copy(self) -> list[Noted]:
        """Return the newest, oldest first."""
        self.acquire()
        try:
            return list(self._notes)
        finally:
            self.release()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record; `handle` has the lock."""
        try:
            self._notes.append(Noted(record.created, record.levelno, record.name, self.format(record)))
            if record.levelno >= logging.ERROR:
                self.errors += 1
                if self.listener is not None:
                    self.listener()
        except Exception:  # noqa: BLE001 - arguments that do not fit their text, say
            self.handleError(record)


def keep_recent() -> Recent:
    """Keep what is logged from now on in memory, too."""
    recent = Recent()
    logging.getLogger().addHandler(recent)
    return recent


def start_logging(folder: Path) -> None:
    """Log into `posapp.log` in the folder; an unwritable folder is no reason not to sell.

    Args:
        folder: Made where it is missing.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for name in ("httpx", "httpcore", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)  # httpx logs whole URLs at INFO
    formatter = OneLine("%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler: logging.Handler = LogFile(folder / LOG_NAME)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root.addHandler(handler)
    logging.raiseExceptions = False  # a full disk must not print tracebacks over a cashier's terminal
