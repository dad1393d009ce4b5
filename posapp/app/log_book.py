"""The log as a person reads it in the window: the newest warnings and errors of this run and of those before it."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from posapp.app.crash_report import take_crashes
from posapp.app.logs import KEPT_FILES, LOG_NAME, RECENT, one_line
from posapp.app.run_marker import RunMarker
from posapp.domain.errors import Problem
from posapp.domain.log_entry import LogEntry, LogLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from posapp.app.crash_report import Crash
    from posapp.app.logs import Recent

READ_BYTES: Final = 256 * 1024
"""Of what earlier runs wrote no more is read: it is seconds old or nobody's worry any more."""

MOST_TEXT: Final = 8_000
SEEN_NAME: Final = "seen"
_AHEAD: Final = timedelta(minutes=5)
_CRASH_LOGGER: Final = "posapp.crash"
_LINE: Final = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z (?P<level>WARNING|ERROR|CRITICAL) (?P<name>\S{1,200}) (?P<text>.+)"
)

log = logging.getLogger(__name__)
_crash_log = logging.getLogger(_CRASH_LOGGER)


class LogBook:
    """Implements `posapp.bridge.recourse.LogBook`. Reads files, so never on the GUI thread but where it says so.

    An error is unread until somebody has looked at the log; the moment of that is kept in `logs/seen`.
    """

    def __init__(self, folder: Path, recent: Recent) -> None:
        """Read this folder's log files, and what this run keeps in memory."""
        self._folder = folder
        self._recent = recent
        self._marker = RunMarker(folder)
        self._seen: datetime | None = None
        self._unread_before = 0
        self._errors_seen = 0

    def open(self) -> Problem | None:
        """Put away what a crash left, note that this run has begun, and count what is unread.

        Returns:
            `crashed_last_time` where the program crashed since the window was last opened.
        """
        crashes = self._crashes()
        for crash in crashes:
            _crash_log.critical("posapp crashed at %s: %s", crash.at.isoformat(timespec="seconds"), crash.text)
        began = self._marker.begin()
        if began is not None and not crashes:
            log.warning("the last run, begun at %s, ended without being closed: killed, or a power cut", began)
        self._seen = self._read_seen()
        self._unread_before = sum(entry.unread for entry in self._before(self._mine()))
        if not crashes:
            return None
        return Problem(
            "crashed_last_time", "posapp crashed when it last ran; the orders are safe.", detail=crashes[-1].text
        )

    def close(self) -> None:
        """Note that this run ended as it should; short enough for the GUI thread's last moment."""
        self._marker.end()

    def listen(self, listener: Callable[[], None] | None) -> None:
        """Call this at every new error, on whatever thread it happened."""
        self._recent.listener = listener

    def unread(self) -> int:
        """Return how many errors nobody has looked at; any thread."""
        return self._unread_before + self._recent.errors - self._errors_seen

    def entries(self) -> tuple[LogEntry, ...]:
        """Return the newest entries, newest first."""
        mine = self._mine()
        both = [*mine, *self._before(mine)]
        both.sort(key=lambda entry: entry.at, reverse=True)  # stable: what shares a millisecond stays as it is
        return tuple(both[:RECENT])

    def mark_seen(self) -> None:
        """Note that somebody has looked."""
        self._seen = datetime.now(UTC)
        self._unread_before, self._errors_seen = 0, self._recent.errors
        with suppress(OSError):  # a folder that cannot be written: unread again after the next start
            (self._folder / SEEN_NAME).write_text(self._seen.isoformat() + "\n", encoding="ascii")

    def _crashes(self) -> tuple[Crash, ...]:
        try:
            return take_crashes(self._folder)
        except OSError as error:
            log.warning("what a crash may have left cannot be read: %s", error.strerror)
            return ()

    def _mine(self) -> list[LogEntry]:
        """Return what this run keeps in memory, newest first."""
        notes = reversed(self._recent.copy())
        return [self._entry(_moment(note.created), note.level, note.name, note.text) for note in notes]

    def _before(self, mine: list[LogEntry]) -> Iterator[LogEntry]:
        """Read the end of the log files without what is in memory; what is no line of ours is left out."""
        known = {(entry.at, entry.text) for entry in mine}
        for line in _last_lines(self._folder):
            found = _LINE.fullmatch(line)
            if found is None:
                continue
            with suppress(ValueError):  # the 31st of February
                at = datetime.fromisoformat(found["at"]).replace(tzinfo=UTC)
                level = logging.getLevelNamesMapping()[found["level"]]
                entry = self._entry(at, level, found["name"], found["text"])
                if (entry.at, entry.text) not in known:
                    yield entry

    def _entry(self, at: datetime, number: int, name: str, text: str) -> LogEntry:
        level = _level(name, number)
        grave = level in (LogLevel.ERROR, LogLevel.CRASH)
        unread = grave and (self._seen is None or at > self._seen)
        return LogEntry(at, level, one_line(name), one_line(text)[:MOST_TEXT], unread=unread)

    def _read_seen(self) -> datetime | None:
        """Return when somebody last looked; None where nobody did, or where the stamp is odd."""
        try:
            stamp = (self._folder / SEEN_NAME).read_bytes()[:64].decode("ascii").strip()
            seen = datetime.fromisoformat(stamp).astimezone(UTC)
        except (OSError, ValueError, OverflowError):
            return None
        return None if seen > datetime.now(UTC) + _AHEAD else seen  # a clock that was wrong must not hide errors


def _level(name: str, number: int) -> LogLevel:
    if name == _CRASH_LOGGER:
        return LogLevel.CRASH
    return LogLevel.ERROR if number >= logging.ERROR else LogLevel.WARNING


def _moment(created: float) -> datetime:
    """Return a record's moment in the milliseconds that the log file gives it."""
    whole = int(created)
    return datetime.fromtimestamp(whole, UTC) + timedelta(milliseconds=int((created - whole) * 1000))


def _last_lines(folder: Path) -> Iterator[str]:
    """Yield the last whole lines of the log files, newest first, as far as `READ_BYTES` go."""
    left = READ_BYTES
    for name in (LOG_NAME, *(f"{LOG_NAME}.{number}" for number in range(1, KEPT_FILES + 1))):
        if left <= 0:
            return
        try:
            with (folder / name).open("rb") as file:
                size = file.seek(0, 2)
                start = max(0, size - left)
                file.seek(start)
                content = file.read(left)
        except OSError:
            continue
        left -= len(content)
        lines = content.split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in reversed(lines[1 if start else 0 :]))
