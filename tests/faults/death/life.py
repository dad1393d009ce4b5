"""One life of a till's process: what it is told to do, and what it acknowledged before somebody killed it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """What a life is for.

    Attributes:
        act: A name in `tests.faults.death.acts.ACTS`.
        config: The till's configuration file.
        data: The till's data folder.
        secret: The gateway's secret.
        marks: File for what is acknowledged; one file may serve many lives.
        stderr: File for what is said on stderr.
        gate: A FIFO whose other end must be opened before the act begins; empty for none.
        options: What else an act wants to know.
    """

    act: str
    config: str
    data: str
    secret: str
    marks: str
    stderr: str
    gate: str = ""
    options: dict[str, str] = field(default_factory=dict[str, str])

    def line(self) -> bytes:
        """Return it as one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Job:
        """Read such a line."""
        return cls(**json.loads(line))


class Marks:
    """Where a life writes down what posapp has acknowledged; each mark is one write, so none is ever half there."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(self, word: str, *subjects: object) -> None:
        """Add a mark."""
        os.write(self._fd, (" ".join([word, *map(str, subjects)]) + "\n").encode())


@dataclass
class MarksReader:
    """Follows a marks file; `take` returns what is new in it."""

    path: Path
    _offset: int = 0

    def take(self) -> list[list[str]]:
        """Return the marks since the last time, each split into its words."""
        if not self.path.is_file():
            return []
        with self.path.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        self._offset += len(fresh)
        return [line.split() for line in fresh.decode().splitlines()]
