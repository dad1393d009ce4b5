"""Plants each bug in a copy of the project and runs the test that has to catch it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from tests.mutants.mutant import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from tests.mutants.mutant import Mutant

COPIED: Final = ("posapp", "resources", "tests", "pyproject.toml", "README.md", "docs")
LIMIT_S: Final = 180
_PASSED, _FAILED = 0, 1


class HuntError(Exception):
    """A killer cannot be trusted: it fails without the bug, or could not be run at all."""


class Ground:
    """A copy of the project to plant bugs in."""

    def __init__(self, root: Path) -> None:
        """Copy the project into this folder."""
        self._root = root
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, root / name)

    def is_killed(self, mutant: Mutant) -> bool:
        """Plant a bug, run its killer, and mend the copy again.

        Raises:
            HuntError: The killer ended with neither a pass nor a failure.
        """
        with self._planted(mutant):
            return self._run([mutant.killer]) == _FAILED

    def check(self, killers: Iterable[str]) -> None:
        """Make sure that the killers pass where no bug is planted.

        Raises:
            HuntError: One of them does not.
        """
        if self._run(sorted(set(killers))) != _PASSED:
            raise HuntError("a killer fails although no bug is planted")

    @contextmanager
    def _planted(self, mutant: Mutant) -> Generator[None]:
        mutant.plant(self._root)
        try:
            yield
        finally:
            mutant.mend(self._root)

    def _run(self, tests: list[str]) -> int:
        options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
        # The copy comes first on the path, before the project that the environment has installed.
        env = {**os.environ, "PYTHONPATH": str(self._root), "PYTHONDONTWRITEBYTECODE": "1"}
        env.pop("POSAPP_FAULTS", None)
        command = [sys.executable, "-m", "pytest", *options, *tests]
        try:
            ended = subprocess.run(
                command, cwd=self._root, env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return _FAILED  # a bug that makes its test hang has been noticed
        if ended.returncode not in (_PASSED, _FAILED):
            raise HuntError(f"{' '.join(tests)} could not be run:\n{ended.stdout[-3000:]}{ended.stderr[-1000:]}")
        return ended.returncode


def hunt(mutants: Iterable[Mutant], grounds: list[Ground]) -> Iterator[tuple[Mutant, bool]]:
    """Tell for each bug whether its test caught it, as many at a time as there are copies."""
    free: SimpleQueue[Ground] = SimpleQueue()
    for ground in grounds:
        free.put(ground)

    def one(mutant: Mutant) -> tuple[Mutant, bool]:
        ground = free.get()
        try:
            return mutant, ground.is_killed(mutant)
        finally:
            free.put(ground)

    with ThreadPoolExecutor(len(grounds)) as pool:
        yield from pool.map(one, mutants)
