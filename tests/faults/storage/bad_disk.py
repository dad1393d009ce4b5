"""A posapp command on a disk whose write-through fails: strace answers chosen calls with EIO."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from tests.e2e.child import parsed

if TYPE_CHECKING:
    from tests.e2e.child import JsonObject
    from tests.e2e.till import Till

_CALL: Final = re.compile(r"\b(fsync|fdatasync)\(\d+<([^>]*)>")
SYNCS: Final = "fsync,fdatasync"


@dataclass(frozen=True)
class Sold:
    """What a `charge` on that disk came to.

    Attributes:
        code: Its exit code.
        events: Its lines.
        err: What it said.
        failed: On which files a write-through failed.
    """

    code: int
    events: list[JsonObject]
    err: str
    failed: list[str]

    @property
    def names(self) -> list[str]:
        """The kinds of its lines."""
        return [str(event["event"]) for event in self.events]


def charge_on_a_bad_disk(till: Till, when: str, *, wait: float) -> Sold:
    """Charge while the `when`-th write-through of each thread (`2` the second, `2+` from then on) fails."""
    record = till.folder / "syncs.txt"
    inject = f"inject={SYNCS}:error=EIO:when={when}"
    tracer = [
        _strace(),
        "-f",
        "-y",
        "-qq",
        "-e",
        f"trace={SYNCS}",
        "-e",
        "signal=none",
        "-e",
        inject,
        "-o",
        str(record),
    ]
    files = ["--data-dir", str(till.data), "--config", str(till.config)]
    posapp = [sys.executable, "-m", "posapp", "charge", "12.50", "HKD", "--wait", f"{wait:g}", *files]
    done = subprocess.run(
        [*tracer, *posapp], env=dict(till.env), capture_output=True, text=True, timeout=60, check=False, cwd=till.folder
    )
    lines = record.read_text("utf-8", errors="replace").splitlines()
    failed = [found[2].rsplit("/", 1)[-1] for line in lines if "EIO" in line and (found := _CALL.search(line))]
    return Sold(done.returncode, [parsed(line) for line in done.stdout.splitlines()], done.stderr, failed)


def _strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed: see packaging/dev/system-packages.sh")
    return found
