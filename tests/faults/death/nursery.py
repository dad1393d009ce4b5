"""Where lives begin: a warm process that has imported posapp and forks one child for each job.

`python -m tests.faults.death.nursery` is that process, told its jobs on stdin; `Nursery` is the hand that holds it. A
fork takes 10 ms where a start takes 600, so a thousand kills take minutes.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from tests.faults.death.life import Job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

PATIENCE_S: Final = 30.0
_CHUNK: Final = 65536


@dataclass
class Nursery:
    """The warm process. Use as a context manager: at its end every child is gone."""

    env: Mapping[str, str]
    _ended: dict[int, int] = field(default_factory=dict[int, int])
    _born: list[int] = field(default_factory=list[int])
    _unread: bytes = b""

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.death.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(self.env),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, and its children with it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()

    def begin(self, job: Job) -> int:
        """Begin a life; returns its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(job.line())
        self._process.stdin.flush()
        while not self._born:
            self._listen(PATIENCE_S)
        return self._born.pop()

    def end(self, pid: int, within_s: float = PATIENCE_S) -> int:
        """Wait for the end of a life; returns its exit code, negative for a signal."""
        until = time.monotonic() + within_s
        while pid not in self._ended:
            self._listen(max(0.0, until - time.monotonic()))
        return self._ended.pop(pid)

    def kill(self, pid: int) -> int:
        """Kill it and wait; returns its exit code, which tells whether it had ended before."""
        if pid not in self._ended:
            with suppress(ProcessLookupError):  # it ended by itself, and the nursery has already buried it
                os.kill(pid, signal.SIGKILL)
        return self.end(pid)

    def live(self, job: Job) -> int:
        """Let a life run to its end; returns its exit code."""
        return self.end(self.begin(job))

    def _listen(self, within_s: float) -> None:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], within_s)[0]:
            raise AssertionError(f"the nursery said nothing for {within_s:g} s")
        chunk = os.read(self._process.stdout.fileno(), _CHUNK)
        assert chunk, "the nursery is gone"
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if "born" in said:
                self._born.append(said["born"])
            else:
                self._ended[said["ended"]] = said["code"]


def serve() -> None:
    """Fork a child for each line of stdin and say when it ends; at the end of stdin kill those that are left."""
    from tests.faults.death import acts

    children: dict[int, int] = {}
    told, unread = select.poll(), b""
    told.register(0, select.POLLIN)
    while True:
        for descriptor, _ in told.poll():
            if descriptor in children:
                told.unregister(descriptor)
                pid, status = os.waitpid(children.pop(descriptor), 0)
                os.close(descriptor)
                _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})
                continue
            chunk = os.read(0, _CHUNK)
            if not chunk:
                _bury(children)
                return
            *lines, unread = (unread + chunk).split(b"\n")
            for line in lines:
                pid = os.fork()
                if pid == 0:
                    _live(acts.run, Job.read(line))
                pidfd = os.pidfd_open(pid)
                children[pidfd] = pid
                told.register(pidfd, select.POLLIN)
                _say({"born": pid})


def _live(run: acts.Run, job: Job) -> None:
    """Be the child, from here to its end."""
    os.close(0)
    os.close(1)
    errors = os.open(job.stderr, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    code = 1
    try:
        code = run(job)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        raise
    finally:
        os._exit(code)


def _bury(children: Mapping[int, int]) -> None:
    for pid in children.values():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _say(what: dict[str, int]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if TYPE_CHECKING:
    from tests.faults.death import acts

if __name__ == "__main__":
    serve()
