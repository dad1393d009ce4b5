"""One posapp command as a child process: its lines as they come, and everything it said when it has ended."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

PATIENCE_S = 25.0
LOOK_EVERY_S = 0.02

JsonObject = dict[str, object]


def wait_until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Look again and again until something holds."""
    pause, until = threading.Event(), time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, f"waited {patience_s:g} s in vain: {what}"
        pause.wait(LOOK_EVERY_S)


def parsed(line: str) -> JsonObject:
    """Read one line that must be a JSON object."""
    value: object = json.loads(line)
    assert isinstance(value, dict), f"not an object: {line!r}"
    return cast("JsonObject", value)


@dataclass(frozen=True)
class Ended:
    """A command that has ended: exit code (negative for a signal), everything on stdout and on stderr."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[JsonObject]:
        """What stdout says, one JSON object a line."""
        return [parsed(line) for line in self.out.splitlines()]

    @property
    def names(self) -> list[str]:
        """The kinds of the events, with the state where they tell of one."""
        return [
            f"{event['event']} {event['state']}" if event["event"] == "state" else str(event["event"])
            for event in self.events
        ]

    @property
    def last(self) -> JsonObject:
        """The last line."""
        return self.events[-1]


@dataclass
class Child:
    """A command that runs. `cmdline` is what every user of the computer can read of it.

    Lines are read on a thread, so that a test can wait for one without hanging for ever.
    """

    process: subprocess.Popen[bytes]
    stderr_file: Path
    cmdline: bytes
    lines: list[str] = field(default_factory=list[str])
    _incoming: queue.SimpleQueue[bytes | None] = field(default_factory=queue.SimpleQueue[bytes | None])
    _reader: threading.Thread | None = None

    @classmethod
    def start(
        cls,
        arguments: Sequence[str],
        env: Mapping[str, str],
        stderr_file: Path,
        *,
        stdin: bytes | None = None,
        stdout: int = subprocess.PIPE,
        module: str = "posapp",
    ) -> Child:
        """Start `posapp ...` (or another module) far away from the sources, as store IT would."""
        with stderr_file.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=stdout,
                stderr=errors,
                env=dict(env),
                cwd=stderr_file.parent,
            )
        proc = Path(f"/proc/{process.pid}/cmdline")
        child = cls(process, stderr_file, proc.read_bytes() if proc.exists() else b"")
        if process.stdin is not None:
            process.stdin.write(stdin or b"")
            process.stdin.close()
        if process.stdout is not None:
            child._read(process.stdout)
        return child

    def _read(self, pipe: IO[bytes]) -> None:
        def pump() -> None:
            with pipe:
                for line in pipe:
                    self._incoming.put(line)
            self._incoming.put(None)

        self._reader = threading.Thread(target=pump, name="stdout of posapp", daemon=True)
        self._reader.start()

    def next_line(self, patience_s: float = PATIENCE_S) -> str | None:
        """Return the next line of stdout; None at its end."""
        try:
            line = self._incoming.get(timeout=patience_s)
        except queue.Empty:
            raise AssertionError(f"no line within {patience_s:g} s; so far: {self.lines}, {self.said()}") from None
        if line is None:
            self._incoming.put(None)
            return None
        text = line.decode("utf-8")
        self.lines.append(text)
        return text

    def until(self, event: str, state: str | None = None) -> JsonObject:
        """Read on to the next event of a kind, and of a state where one is named."""
        while (line := self.next_line()) is not None:
            found = parsed(line)
            if found.get("event") == event and state in (None, found.get("state")):
                return found
        raise AssertionError(f"ended without {event!r}: {self.lines}, {self.said()}")

    def said(self) -> str:
        """Return what it has said on stderr so far."""
        return self.stderr_file.read_text("utf-8", errors="replace")

    def end(self, patience_s: float = PATIENCE_S) -> Ended:
        """Wait for its end."""
        while self.process.stdout is not None and self.next_line(patience_s) is not None:
            pass
        code = self.process.wait(patience_s)
        if self._reader is not None:
            self._reader.join(patience_s)
        return Ended(code, "".join(self.lines), self.said())

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def kill(self) -> Ended:
        """Kill it as a power cut would, and return what it had said."""
        self.process.kill()
        return self.end()

    def close(self) -> None:
        """Leave nothing running, whatever the test did."""
        if self.process.poll() is None:
            self.process.kill()
        self.end()
