"""What a checked backup costs beyond the bare copy of the same ledger."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AttemptState
from posapp.store.backup import take_backup
from tests.benchmarks.figures import Measured, Wanted
from tests.fakes import NOON
from tests.unit.store.books import Books

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (Wanted("backup_ratio", "x", 4.0, "a backup that was read back, against the bare copy"),)
ORDERS: Final = 20_000
ROUNDS: Final = 7


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Back the same ledger up in turns: as posapp does, and with nothing but SQLite's own copy and an fsync."""
    till = around.till()
    till.data.mkdir(parents=True, exist_ok=True)
    books = Books.at(till.data / "ledger.db")
    books.connection.execute("PRAGMA synchronous = OFF")
    for serial in range(1, ORDERS + 1):
        books.sell(serial, state=AttemptState.SUCCEEDED, shown_at=NOON)
    ours: list[float] = []
    bare: list[float] = []
    for number in range(ROUNDS):
        ours.append(_seconds(lambda: take_backup(books.path, till.data / "backups", datetime.now(UTC))))
        bare.append(_seconds(lambda number=number: _bare(books.path, till.folder / f"{number}.db")))
    megabytes = books.path.stat().st_size / 1e6
    books.ledger.close()
    told = f"{median(ours) * 1000:.0f} ms against {median(bare) * 1000:.0f} ms, {ORDERS:,} orders, {megabytes:.0f} MB"
    return {"backup_ratio": Measured(median(ours) / median(bare), told)}


def _bare(ledger: Path, target: Path) -> None:
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
