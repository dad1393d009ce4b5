"""Measures, prints the table, writes `build/bench.json`; exit code 1 where a figure misses its limit."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.figures import BenchError, Figure, Room
from tests.benchmarks.machine import load, machine
from tests.benchmarks.registry import ROOMS
from tests.benchmarks.report import table, write
from tests.benchmarks.surroundings import ROOT, Surroundings, surroundings


def main() -> int:
    """Run the measurements named on the command line, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure posapp.")
    names = [room.name for room in ROOMS]
    parser.add_argument("--only", choices=names, nargs="+", default=names, help="measure these alone")
    parser.add_argument("--platform", default="offscreen", help="Qt's platform for all windows (offscreen, xcb)")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="FILE")
    options = parser.parse_args()
    began, busy = time.monotonic(), load()
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory(prefix="posapp-bench-") as folder,
        surroundings(Path(folder), options.platform) as around,
    ):
        for room in ROOMS:
            if room.name in options.only:
                print(f"measuring {room.name} ...", file=sys.stderr, flush=True)
                figures += _measure(room, around)
    facts: dict[str, object] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "platform": options.platform,
        "load_before": round(busy, 2),
        "seconds": round(time.monotonic() - began, 1),
    }
    write(options.json, figures, facts)
    print(table(figures))
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    print(f"{facts['date']}, {options.platform}, {facts['seconds']} s, load before {busy:.2f}; {options.json}")
    return 0 if all(figure.ok for figure in figures) else 1


def _measure(room: Room, around: Surroundings) -> list[Figure]:
    try:
        found = room.measure(around)
    except BenchError as error:
        return [Figure(wanted, None, str(error)) for wanted in room.wanted]
    return [Figure(wanted, found[wanted.name]) for wanted in room.wanted]


if __name__ == "__main__":
    sys.exit(main())
