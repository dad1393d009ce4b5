"""A child process whose clock can be turned while it runs, by libfaketime; its monotonic clock is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_S = 86_400
YEAR_S = 365 * DAY_S


def library() -> Path:
    """Find libfaketime; a machine that has none skips the test and says so."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed (packaging/dev/system-packages.sh test)")
    return found[0]


class WallClock:
    """The wall clock of one child. It reads its file at each look at the clock, so a turn counts at once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faketimerc"
        self.turn(0)

    def turn(self, ahead_s: int) -> None:
        """Set by how many seconds the child's wall clock is ahead of the truth."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{ahead_s:+d}s\n", "utf-8")
        fresh.replace(self._file)

    def env(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return an environment for the child."""
        return {
            **env,
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
