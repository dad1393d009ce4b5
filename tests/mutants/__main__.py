"""`python -m tests.mutants [NAME ...]`: shows that every planted bug is caught; exit code 1 where one survives."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.mutants.hunt import Ground, hunt
from tests.mutants.list import MUTANTS

COPIES = 2


def main() -> int:
    """Hunt the bugs named on the command line, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Plant bugs, see them caught.")
    parser.add_argument("names", nargs="*", help="parts of the names of those wanted")
    names: list[str] = parser.parse_args().names
    wanted = [mutant for mutant in MUTANTS if not names or any(name in mutant.name for name in names)]
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="posapp-mutants-") as folder:
        grounds = [Ground(Path(folder) / str(number)) for number in range(COPIES)]
        grounds[0].check(mutant.killer for mutant in wanted)
        for mutant, killed in hunt(wanted, grounds):
            survivors += not killed
            said = "killed by" if killed else "SURVIVED"
            sys.stdout.write(f"{mutant.name}: {said} {mutant.killer}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(wanted) - survivors} of {len(wanted)} planted bugs were caught\n")
    return 1 if survivors or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
