"""A file that is there while the window runs, so that the next start can tell a kill or power cut from an end."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MARKER_NAME: Final = "running"


class RunMarker:
    """One window at a time: whoever uses it holds the window's lock."""

    def __init__(self, folder: Path) -> None:
        """Keep the marker in this folder."""
        self._file = folder / MARKER_NAME
        self._begun = False

    def begin(self) -> str | None:
        """Note that a run has begun.

        Returns:
            When the run before began, where it did not end as it should; an ISO time, UTC.
        """
        if self._begun:
            return None
        before = None
        with suppress(OSError):
            before = _instant(self._file.read_bytes()[:64])
        with suppress(OSError):  # a folder that cannot be written: nobody is worse off
            self._file.write_text(datetime.now(UTC).isoformat(timespec="seconds") + "\n", encoding="ascii")
            self._begun = True
        return before

    def end(self) -> None:
        """Note that the run ended as it should."""
        if self._begun:
            with suppress(OSError):
                self._file.unlink()


def _instant(content: bytes) -> str:
    try:
        return datetime.fromisoformat(content.decode("ascii").strip()).astimezone(UTC).isoformat(timespec="seconds")
    except ValueError:
        return "an unknown time"
