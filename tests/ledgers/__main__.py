"""Makes a ledger: `python -m tests.ledgers OUT.db --orders 100000 [--seed 1] [--today 3000] [--last-day DATE]`."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from tests.ledgers.shop import Shop
from tests.ledgers.writing import write_ledger


def main() -> int:
    """Write the ledger that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledgers", description="Make a ledger of pretend orders.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=int, help="so many of them on the last day")
    parser.add_argument("--last-day", type=date.fromisoformat, default=datetime.now(UTC).date())
    options = parser.parse_args()
    if options.file.exists():
        parser.error(f"{options.file} is there already")
    began = time.monotonic()
    write_ledger(options.file, Shop(options.orders, options.last_day, options.today, options.seed))
    size = options.file.stat().st_size
    sys.stdout.write(f"{options.orders} orders, {size / 1e6:.0f} MB, {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
