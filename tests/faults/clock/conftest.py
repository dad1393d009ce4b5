"""What these tests share: tills on a real sandbox, one that watches under a turned clock, and one in virtual time."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import make_till, provider, sandbox, sandbox_process, till
from tests.faults.clock.turned import WallClock
from tests.unit.services.conftest import bench, folder, loaded_dice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from tests.e2e.sandbox_process import SandboxProcess

__all__ = ["bench", "folder", "loaded_dice", "make_till", "provider", "sandbox", "sandbox_process", "till"]

ROOT = Path(__file__).parents[3]


@dataclass
class WatchingTill:
    """A till in a process of its own that watches some orders, and the hand on its wall clock."""

    process: subprocess.Popen[bytes]
    clock: WallClock
    folder: Path
    sandbox: SandboxProcess

    def next_line(self) -> dict[str, Any]:
        """Return the next thing that it says."""
        pipe: IO[bytes] | None = self.process.stdout
        assert pipe is not None
        return json.loads(pipe.readline())

    def until(self, event: str) -> dict[str, Any]:
        """Read on to what it says of a kind."""
        while (said := self.next_line())["event"] != event:
            pass
        return said

    def queries(self) -> dict[str, int]:
        """Return how often the gateway was asked about each order so far."""
        return {str(seen["merchant_order_id"]): int(str(seen["queries"])) for seen in self.sandbox.seen()}


@pytest.fixture
def watching(
    sandbox: SandboxProcess, tmp_path: Path, child_env: dict[str, str]
) -> Iterator[Callable[..., WatchingTill]]:
    """Return what starts such a till: `watching(provider, orders, ahead_s)`; it is killed after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(provider: str = "cbtis", orders: int = 3, ahead_s: int = 0) -> WatchingTill:
        clock = WallClock(tmp_path)
        clock.turn(ahead_s)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.clock.watching_till", str(tmp_path), str(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clock.env(child_env),
            cwd=ROOT,
        )
        started.append(process)
        assert process.stdin is not None
        settings = {**sandbox.credentials(provider), "base_url": sandbox.base_url, "provider": provider}
        process.stdin.write(json.dumps(settings).encode())
        process.stdin.close()
        return WatchingTill(process, clock, tmp_path, sandbox)

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
