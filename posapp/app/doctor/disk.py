"""The disk: room, permission, speed of an fsync, and what kind of volume the ledger lies on."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.app.doctor.ground import Ground

WARN_FREE: Final = 200 * 1024 * 1024
FAIL_FREE: Final = 20 * 1024 * 1024
SLOW_FSYNC_MS: Final = 150.0
_WRITES: Final = 20
_PAGE: Final = b"\0" * 4096
_OTHER_DISK: Final = "Keep the ledger on a disk of this computer (--data-dir)."
_MB: Final = 1024 * 1024


def examine(ground: Ground) -> Finding:
    """Write a little into the data folder and take it away again."""
    folder = ground.folder.root
    try:
        ground.folder.make()
        free = shutil.disk_usage(folder).free
        fsync_ms = measure_fsync(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return fail(
            f"{folder} cannot be written ({reason}).", "Free some room, or give the till's user the right to write."
        )
    return judge(folder, free, fsync_ms, _volume(folder))


def judge(folder: Path, free: int, fsync_ms: float, volume: str) -> Finding:
    """Weigh what was measured.

    Args:
        folder: The data folder.
        free: Bytes that are free for us.
        fsync_ms: How long 19 of 20 fsyncs take at most, in milliseconds.
        volume: What the folder lies on; `network` is warned about.
    """
    figures = {"folder": str(folder), "free_mb": free // _MB, "fsync_p95_ms": round(fsync_ms, 2), "volume": volume}
    said = f"{folder}: {free // _MB} MB free"
    if free < FAIL_FREE:
        return fail(f"{said}, which is too little to sell.", "Free some room now.", figures)
    if free < WARN_FREE:
        return warn(f"{said}, which will not last.", "Free some room soon.", figures)
    if volume == "memory":
        return warn(f"{folder} is gone after a restart of this computer.", _OTHER_DISK, figures)
    if volume == "network":
        return warn(
            f"{folder} is on a network volume, which may lose what it has acknowledged.",
            _OTHER_DISK,
            figures,
        )
    if fsync_ms > SLOW_FSYNC_MS:
        return warn(
            f"{said}, but writing safely takes {fsync_ms:.0f} ms, four times for each sale.",
            "The disk is slow or failing; keep the ledger on another one (--data-dir).",
            figures,
        )
    return ok(f"{said}; writing safely takes {fsync_ms:.1f} ms.", figures)


def measure_fsync(folder: Path) -> float:
    """Return the 95th percentile of a few small fsyncs, in milliseconds.

    Raises:
        OSError: The folder cannot be written.
    """
    times: list[float] = []
    with tempfile.TemporaryFile(dir=folder, prefix=".doctor-", buffering=0) as file:
        for _ in range(_WRITES):
            file.write(_PAGE)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return quantiles(times, n=20)[-1]


def _volume(folder: Path) -> str:
    from posapp.store.volume import kind_of

    return str(kind_of(folder))
