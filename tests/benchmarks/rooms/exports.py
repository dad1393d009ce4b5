"""A million orders into a file: how fast, and how much more memory that takes."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import Measured, Wanted
from tests.benchmarks.long_ledgers import MILLION, till_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (
    Wanted("csv_rows_per_s", "1/s", 100_000.0, "orders a second into CSV, of 1,000,000", at_least=True),
    Wanted("csv_more_mb", "MB", 20.0, "more memory while 1,000,000 orders go into CSV"),
)
ROUNDS: Final = 3
_WRITE: Final = """
import json, sys, time
from pathlib import Path
from posapp.domain.export import ExportForm, Heading
from posapp.domain.order_query import OrderFilter
from posapp.services.exports.files import Source, write_orders
from datetime import UTC, datetime
heading = Heading("Harbour Tea", "T1", False, "Asia/Hong_Kong", datetime.now(UTC), 0)
source = Source(Path(sys.argv[1]), OrderFilter())
def peak():  # of this process alone: getrusage's maximum counts from the one that started it
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
before = peak()
began = time.perf_counter()
rows = write_orders(Path(sys.argv[2]), ExportForm.CSV, source, heading, None, lambda done: None)
took = time.perf_counter() - began
more = (peak() - before) / 1024
print(json.dumps({"rows": rows, "seconds": took, "mb": more}))
"""


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Write the file several times, each in a process of its own."""
    till = till_with(around, MILLION)
    target = till.data / "orders.csv"
    speeds: list[float] = []
    more: list[float] = []
    for _ in range(ROUNDS):
        arguments = [sys.executable, "-c", _WRITE, str(till.data / "ledger.db"), str(target)]
        told = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)
        speeds.append(told["rows"] / told["seconds"])
        more.append(told["mb"])
        target.unlink()
    return {
        "csv_rows_per_s": Measured(median(speeds), f"median of {ROUNDS}, slowest {min(speeds):,.0f}"),
        "csv_more_mb": Measured(max(more), f"the most of {ROUNDS}"),
    }
