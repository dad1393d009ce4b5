"""The log files: small, private, and without secrets."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 5 * 1024 * 1024
KEPT_FILES: Final = 9
_SECRETS: Final = (
    re.compile(r"(?i)(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]+"),
    re.compile(
        r"(?i)(client_secret|access_token|api[_-]?key|password|secret|token|authorization)"
        r"((?:['\"]*\s*[=:]|['\"]\s*,)\s*(?:b(?=['\"]))?['\"]*)(?!(?:bearer|basic)\s)[^\s&'\",)}\]]+"
    ),
)


class OneLine(logging.Formatter):
    """One record, one line: text from outside can neither forge a line nor carry a secret into the file."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record with control characters escaped and anything that looks like a secret blanked."""
        text = super().format(record)
        for pattern in _SECRETS:
            text = pattern.sub(r"\1\2***", text)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class LogFile(logging.Handler):
    """The log file, opened at the first record: what rotates it costs 6 ms of imports, and most starts say nothing."""

    def __init__(self, file: Path) -> None:
        """Write into this file, whose folder exists, once there is something to write."""
        super().__init__()
        self._file = file
        self._rotating: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; `handle` has the lock."""
        if self._rotating is None:
            from logging.handlers import RotatingFileHandler  # imports nothing that logs

            self._rotating = RotatingFileHandler(
                self._file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
            )
            self._rotating.setFormatter(self.formatter)
        self._rotating.emit(record)

    def close(self) -> None:
        """Close the file."""
        if self._rotating is not None:
            self._rotating.close()
        super().close()


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
        handler: logging.Handler = LogFile(folder / "posapp.log")
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root.addHandler(handler)
    logging.raiseExceptions = False  # a full disk must not print tracebacks over a cashier's terminal
