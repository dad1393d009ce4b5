"""A measured process: started, listened to line by line, and ended for certain."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from typing import TYPE_CHECKING, Final, Self, cast

from tests.benchmarks.figures import BenchError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from types import TracebackType

Line = dict[str, str | float]
PATIENCE_S: Final = 60.0
_END_S: Final = 15.0
_CHUNK_BYTES: Final = 65536
_TOLD_CHARACTERS: Final = 300


class Process:
    """A child that says what happens as JSON lines. Use as a context manager: at its end the child is gone."""

    def __init__(self, command: Sequence[str], env: dict[str, str], errors: Path) -> None:
        """Start it; the clock of `seconds` starts right before.

        Args:
            command: Program and words.
            env: Its whole environment.
            errors: File for what it writes to stderr; shown when something goes wrong.
        """
        self._errors = errors
        self._seen = b""
        with errors.open("wb") as stderr:
            self._began = time.perf_counter()
            self._process = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def seconds(self) -> float:
        """Return how long ago it was started."""
        return time.perf_counter() - self._began

    def wait_for(self, event: str) -> Line:
        """Return the next line with this event; other lines are passed over.

        Raises:
            BenchError: It ended, or was silent for a minute.
        """
        return next(line for line in self.lines() if line["event"] == event)

    def lines(self) -> Generator[Line]:
        """Yield every line as it comes, without end.

        Raises:
            BenchError: It ended, or was silent for a minute.
        """
        while True:
            yield cast("Line", json.loads(self._line()))  # our own scenes' words

    def _line(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        while b"\n" not in self._seen:
            if not select.select([stdout], [], [], PATIENCE_S)[0]:
                raise BenchError(f"nothing was heard for {PATIENCE_S:.0f} s{self._last_words()}")
            chunk = os.read(stdout.fileno(), _CHUNK_BYTES)
            if not chunk:
                raise BenchError(f"the process ended with code {self._process.wait()}{self._last_words()}")
            self._seen += chunk
        line, _, self._seen = self._seen.partition(b"\n")
        return line

    def _last_words(self) -> str:
        words = self._errors.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(words) if line.strip()), "")
        return f"; its last words: {last[:_TOLD_CHARACTERS]}" if last else ""

    def join(self) -> None:
        """Wait until it ends by itself.

        Raises:
            BenchError: It did not, or not well.
        """
        try:
            code = self._process.wait(_END_S)
        except subprocess.TimeoutExpired as error:
            raise BenchError(f"the process did not end{self._last_words()}") from error
        if code:
            raise BenchError(f"the process ended with code {code}{self._last_words()}")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """See to it that it is gone."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
