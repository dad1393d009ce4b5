"""Laying a damaged ledger out so that SQLite can read what is left of it; always in a copy, never in the original.

A ledger and its backup were made by the same migrations and copied page by page, so the pages that describe the tables
are the same in both, at the same places. Where they are lost in the one they are taken from the other. And commits that
are only in the write-ahead log can be read on top of the backup where the ledger itself is gone.
"""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING, Final

from posapp.store.durable import remove

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MAGIC: Final = b"SQLite format 3\0"
_PAGE: Final = 4096
_INTERIOR: Final = 5
_HEADER: Final = 100
_COUNTER, _SIZE, _FREE, _VALID_FOR = 24, 28, 32, 92  # where these numbers stand in the header


def as_it_is(ledger: Path, _backup: Path, copy: Path) -> None:
    """Copy the ledger with its log or journal.

    Raises:
        OSError: It cannot be read, or the copy cannot be written.
    """
    remove(copy)
    for suffix in ("", "-wal", "-journal"):
        file = ledger.with_name(f"{ledger.name}{suffix}")
        if file.exists():
            shutil.copyfile(file, copy.with_name(f"{copy.name}{suffix}"))


def with_tables_of_the_backup(ledger: Path, backup: Path, copy: Path) -> None:
    """Copy the ledger, put the backup's description of the tables into it, and fill up what is cut off.

    Raises:
        OSError: As `as_it_is`.
    """
    as_it_is(ledger, backup, copy)
    with copy.open("r+b") as file, backup.open("rb") as sound:
        header = file.read(_HEADER)
        length = file.seek(0, 2)
        (told,) = struct.unpack_from(">I", header.ljust(_HEADER, b"\0"), _SIZE)
        real = -(-length // _PAGE)
        # A header that lies about its size could ask for all of the disk.
        pages = told if header.startswith(_MAGIC) and real <= told <= 4 * real + _HEADER else real
        file.truncate(pages * _PAGE)
        for number in _schema_pages(sound.read(_PAGE)):
            sound.seek((number - 1) * _PAGE)
            page = bytearray(sound.read(_PAGE))
            if number == 1:
                struct.pack_into(">I", page, _SIZE, pages)
                struct.pack_into(">II", page, _FREE, 0, 0)  # which pages are free is not worth trusting
                page[_VALID_FOR : _VALID_FOR + 4] = page[_COUNTER : _COUNTER + 4]
            file.seek((number - 1) * _PAGE)
            file.write(page)


def its_log_on_the_backup(ledger: Path, backup: Path, copy: Path) -> None:
    """Copy the backup and put the ledger's write-ahead log beside it.

    Raises:
        OSError: As `as_it_is`; there is no log.
    """
    remove(copy)
    shutil.copyfile(ledger.with_name(f"{ledger.name}-wal"), copy.with_name(f"{copy.name}-wal"))
    shutil.copyfile(backup, copy)


LAYOUTS: Final[tuple[Callable[[Path, Path, Path], None], ...]] = (
    as_it_is,
    with_tables_of_the_backup,
    its_log_on_the_backup,
)
"""From the most faithful to the most desperate; each takes the ledger, a sound backup, and where to put the copy."""


def _schema_pages(first: bytes) -> list[int]:
    """Number the pages that describe the tables: the first, and those it points to; their tree is never higher."""
    if first[_HEADER] != _INTERIOR:
        return [1]
    (cells,) = struct.unpack_from(">H", first, _HEADER + 3)
    (last,) = struct.unpack_from(">I", first, _HEADER + 8)
    starts = struct.unpack_from(f">{cells}H", first, _HEADER + 12)
    return [1, *(struct.unpack_from(">I", first, start)[0] for start in starts), last]
