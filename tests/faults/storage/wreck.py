"""Ways in which a ledger's file comes to harm."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PAGE: Final = 4096


def flipped(ledger: Path) -> None:
    """Flip bytes of the pages behind the first."""
    content = bytearray(ledger.read_bytes())
    dice = random.Random(4)  # noqa: S311 - always the same harm
    for place in range(_PAGE + 50, len(content), _PAGE // 2):
        content[place] ^= 1 + dice.randrange(255)
    ledger.write_bytes(content)


def truncated(ledger: Path) -> None:
    """Cut the file in the middle."""
    os.truncate(ledger, ledger.stat().st_size // 2 // _PAGE * _PAGE)


def emptied(ledger: Path) -> None:
    """Leave nothing in it."""
    os.truncate(ledger, 0)


def deleted(ledger: Path) -> None:
    """Leave not even the file."""
    ledger.unlink()


def foreign(ledger: Path) -> None:
    """Put another program's database there."""
    ledger.unlink()
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("CREATE TABLE theirs (a)")


def text(ledger: Path) -> None:
    """Put something there that is no database."""
    ledger.write_bytes(b"a shopping list\n" * 1000)


def without_log(ledger: Path) -> None:
    """Take the write-ahead log away after a crash."""
    ledger.with_name(f"{ledger.name}-wal").unlink()


WRECKS: Final[dict[str, tuple[Callable[[Path], None], str]]] = {
    "flipped": (flipped, "damaged"),
    "truncated": (truncated, "damaged"),
    "emptied": (emptied, "gone"),
    "deleted": (deleted, "gone"),
    "foreign": (foreign, "another program"),
    "text": (text, "damaged"),
    "without log": (without_log, "write-ahead log"),
}
"""Each with a word that the sentence about it must have."""
