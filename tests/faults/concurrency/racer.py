"""One of several processes that all want to move the same attempts on: tells how often it was the one that did.

`python -m tests.faults.concurrency.racer LEDGER`: reads every CREATING attempt, says `ready`, waits for a line on its
input, tries to make each of them UNKNOWN, and prints how many of its writes counted.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from posapp.domain.status import AttemptState
from posapp.store.ledger import open_ledger
from posapp.store.orders import OrderStore
from tests.fakes import NOON


def main() -> int:
    """Race."""
    ledger = open_ledger(Path(sys.argv[1]))
    store = OrderStore(ledger)
    attempts = [attempt for ref in store.creating_owners() if (attempt := store.attempt(ref)) is not None]
    attempts.sort(key=lambda attempt: attempt.merchant_order_id)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    wins = 0
    for attempt in attempts:
        wins += store.change(attempt, replace(attempt, state=AttemptState.UNKNOWN), NOON) is not None
    sys.stdout.write(f"{wins}\n")
    ledger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
