"""How often a paid sale makes the disk write through, counted in the operating system."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import BenchError, Measured, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (Wanted("fsyncs_per_sale", "calls", 5.0, "fsyncs of the window's process per paid order"),)
SALES: Final = 10
_CALLS: Final = ("fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "msync")
# The scene removes folders that do not exist where its count begins and ends; nothing else in a till removes folders.
_MARK: Final = re.compile(r'\brmdir\("/posapp-bench-(begin|end)"\)')
_CALL: Final = re.compile(rf"^\d+ +(?:{'|'.join(_CALLS)})\(")


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Sell under strace, the first sale for warming up."""
    strace = shutil.which("strace")
    if strace is None:
        raise BenchError("strace is not installed")
    till = around.till(base_s=1.0)
    record = till.folder / "strace.txt"
    watched = ",".join((*_CALLS, "rmdir"))
    tracer = (strace, "-f", "--seccomp-bpf", "-qq", "-e", f"trace={watched}", "-e", "signal=none", "-o", str(record))
    with till.play("sales", "--count", str(SALES + 1), traced_by=tracer) as process:
        for _ in range(SALES + 1):
            around.pay(str(process.wait_for("shown")["merchant_order_id"]))
            process.wait_for("paid")
        process.join()
    calls = _between_marks(record)
    return {"fsyncs_per_sale": Measured(calls / SALES, f"{calls} calls in {SALES} sales, counted with strace")}


def _between_marks(record: Path) -> int:
    calls: int | None = None
    for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
        mark = _MARK.search(line)
        if mark and mark[1] == "end" and calls is not None:
            return calls
        if mark:
            calls = 0
        elif calls is not None and _CALL.match(line):
            calls += 1
    raise BenchError("strace recorded no marks; may this user trace processes here?")
