"""What there is to know of a backup of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup that was read back and found whole.

    Attributes:
        name: Its file's name; names it among the others.
        taken_at: When it was taken, UTC.
        orders: How many orders are in it.
        newest_order_at: When the newest of them was made, UTC; None in an empty one.
        size_bytes: How large its file is.
    """

    name: str
    taken_at: datetime
    orders: int
    newest_order_at: datetime | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of restoring a backup.

    Attributes:
        backup: The backup that is the ledger now.
        set_aside: Name of the file that the former ledger was moved to; None where there was none.
        saved_orders: How many orders newer than the backup could still be read in it and are in the ledger again.
    """

    backup: Backup
    set_aside: str | None
    saved_orders: int
