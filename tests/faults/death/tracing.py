"""A life under strace: its system calls one after the other, and a SIGKILL at any one of them."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.death.life import Job
    from tests.faults.death.nursery import Nursery

ATTACH_S: Final = 10.0
SWEPT: Final = (
    "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "link", "connect", "sendto", "recvfrom",
)  # fmt: skip
"""Every call by which a till's process changes something outside itself, or learns something from the gateway."""
_CALL: Final = re.compile(r"^(\w+)\((.*)", re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """One system call of a life.

    Attributes:
        name: Like `fdatasync`.
        nth: The how-manyeth of that name it was, from 1.
        subject: The file or socket it was about.
    """

    name: str
    nth: int
    subject: str

    def __str__(self) -> str:
        return f"{self.name} {self.nth} on {self.subject}"


def strace() -> str:
    """Return the tracer, or skip the test."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed: see packaging/dev/system-packages.sh")
    return found


def calls_of(nursery: Nursery, job: Job, folder: Path) -> list[Call]:
    """Let a life run to its end and return its calls, in order."""
    log = folder / "calls.strace"
    code = traced(nursery, job, log, ["-y", "-e", f"trace={','.join(SWEPT)}"])
    assert code == 0, f"a life that nobody killed ended with {code}"
    return read_calls(log)


def read_calls(log: Path) -> list[Call]:
    """Read calls as strace wrote them down."""
    counts: dict[str, int] = {}
    calls: list[Call] = []
    for name, rest in _CALL.findall(log.read_text("utf-8", errors="replace")):
        counts[name] = counts.get(name, 0) + 1
        subject = re.search(r"<([^>]*)>|\"([^\"]*)\"", rest)
        calls.append(Call(name, counts[name], (subject[1] or subject[2]) if subject else "?"))
    return calls


def killed_at(nursery: Nursery, job: Job, folder: Path, call: Call) -> list[Call] | None:
    """Kill a life as it is about to make a call; returns the calls it had made, None where it never came to that."""
    log = folder / "killed.strace"
    kill = f"inject={call.name}:signal=SIGKILL:when={call.nth}"
    code = traced(nursery, job, log, ["-y", "-e", f"trace={','.join(SWEPT)}", "-e", kill])
    return read_calls(log)[:-1] if code < 0 else None


def traced(nursery: Nursery, job: Job, log: Path, words: Sequence[str]) -> int:
    """Run a job to its end under strace; returns its exit code."""
    gate = log.with_suffix(".gate")
    gate.unlink(missing_ok=True)
    os.mkfifo(gate)
    pid = nursery.begin(replace(job, gate=str(gate)))
    tracer = subprocess.Popen(
        [strace(), "-e", "signal=none", "-o", str(log), "-p", str(pid), *words], stderr=subprocess.PIPE
    )
    assert tracer.stderr is not None
    with tracer.stderr:
        ready, _, _ = select.select([tracer.stderr], [], [], ATTACH_S)
        said = os.read(tracer.stderr.fileno(), 1000) if ready else b""
        if b"attached" not in said:
            nursery.kill(pid)
            tracer.wait(ATTACH_S)
            raise AssertionError(f"strace did not attach: {said!r}")
        gate.write_bytes(b"")
        code = nursery.end(pid)
        tracer.wait(ATTACH_S)
    gate.unlink()
    return code
