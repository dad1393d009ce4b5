"""What a crash left behind: read at the next start, put into few words, and put away."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from posapp.app.crash import CRASH_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES: Final = 1024 * 1024
KEPT_FILES: Final = 3
_READ_BYTES: Final = 256 * 1024
_MOST_REPORTS: Final = 5
_MOST_FRAMES: Final = 8
_BEGINNING: Final = re.compile(r"(?m)^(?=Fatal Python error: |Windows fatal exception: )")
_CAUSE: Final = re.compile(r"^(?:Fatal Python error|Windows fatal exception): (?P<cause>.{1,200})")
_CULPRIT: Final = re.compile(r"(?ms)^Current thread [^\n]*\n(?P<frames>(?:  [^\n]*\n?)*)")
_FRAME: Final = re.compile(r'^  File "(?P<file>[^"\n]*)", line (?P<line>\d+) in (?P<function>[^\n]{1,100})$', re.M)
_THREAD_START: Final = "_bootstrap"


@dataclass(frozen=True, slots=True)
class Crash:
    """One native crash.

    Attributes:
        at: When, UTC, as far as the file's date tells.
        text: Signal, thread and the innermost calls, without the machine's folders and without values.
    """

    at: datetime
    text: str


def take_crashes(folder: Path) -> tuple[Crash, ...]:
    """Return what `crash.log` holds, oldest first, and put it away as `crash.1.log`, of which three are kept.

    The file itself stays where it is and is emptied: every program that runs here has it open for its own crash.

    Raises:
        OSError: The folder cannot be read or written.
    """
    file = folder / CRASH_NAME
    with suppress(FileNotFoundError):
        facts = file.stat()
        if facts.st_size:
            content = _tail(file, MAX_BYTES)
            _put_away(folder, content)
            if file.stat().st_size == facts.st_size:  # else another program crashed just now: told at the next start
                os.truncate(file, 0)
            at = datetime.fromtimestamp(facts.st_mtime, UTC)
            text = content[-_READ_BYTES:].decode("utf-8", "replace")
            return tuple(Crash(at, said) for said in list(_reports(text))[-_MOST_REPORTS:])
    return ()


def _put_away(folder: Path, content: bytes) -> None:
    names = [folder / f"crash.{number}.log" for number in range(KEPT_FILES, 0, -1)]
    for older, newer in pairwise(names):
        with suppress(FileNotFoundError):
            newer.replace(older)
    names[-1].write_bytes(content)


def _reports(text: str) -> Iterator[str]:
    for section in _BEGINNING.split(text):
        cause = _CAUSE.match(section)
        if cause is not None:
            yield f"{cause['cause']} in {_where(section)}"
        elif section.strip():
            yield "a report that cannot be read"


def _where(section: str) -> str:
    culprit = _CULPRIT.search(section)
    frames = list(_FRAME.finditer(culprit["frames"])) if culprit else []
    if not frames:
        return "no code of ours"
    thread = "a side thread" if frames[-1]["function"].startswith(_THREAD_START) else "the main thread"
    calls = [f"{_place(frame['file'])}:{frame['line']} {frame['function']}" for frame in frames[:_MOST_FRAMES]]
    return f"{thread}: {' < '.join(calls)}"


def _place(file: str) -> str:
    """Name a source file by its last two parts; the folders before it are the machine's own business."""
    return "/".join(file.replace("\\", "/").split("/")[-2:])


def _tail(file: Path, most: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - most))
        return opened.read(most)
