"""What a till falls back on when it cannot start or something broke; made by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from posapp.domain.backups import Backup, Restored
    from posapp.domain.errors import Problem
    from posapp.domain.log_entry import LogEntry
    from posapp.services.viewing import TillView


class Rescue(Protocol):
    """Puts something usable in a damaged ledger's place. Blocks; used on a thread of its own, no ledger being open."""

    def backups(self) -> tuple[Backup, ...]:
        """Return the whole backups, newest first; none where the folder cannot be read."""
        ...

    def restore(self, backup: str) -> Restored:
        """Set the ledger aside and put the backup of that name in its place.

        Raises:
            Exception: The ledger is as it was, or aside; a name of `posapp.services.problems` where it has one.
        """
        ...

    def start_fresh(self) -> None:
        """Set the ledger aside and put an empty one in its place.

        Raises:
            Exception: As `restore`.
        """
        ...


class LogBook(Protocol):
    """The log of this run and of those before it. Every method may block, but for `listen`, `unread` and `close`."""

    def open(self) -> Problem | None:
        """Read what earlier runs left; returns what a person must be told of it."""
        ...

    def listen(self, listener: Callable[[], None] | None) -> None:
        """Call this at every new error, on whatever thread it happened."""
        ...

    def unread(self) -> int:
        """Return how many errors nobody has looked at."""
        ...

    def entries(self) -> tuple[LogEntry, ...]:
        """Return the newest entries, newest first."""
        ...

    def mark_seen(self) -> None:
        """Note that somebody has looked."""
        ...

    def close(self) -> None:
        """Note that this run ended as it should."""
        ...


@dataclass(frozen=True, slots=True)
class Recourse:
    """How to make what is needed only in trouble; nothing of it is imported before.

    Attributes:
        view: Opens the ledger for reading alone, for the reason given; called on the io thread.
        rescue: Makes what mends a damaged ledger.
        log_book: Makes the log.
    """

    view: Callable[[Problem], Awaitable[TillView]] | None = None
    rescue: Callable[[], Rescue] | None = None
    log_book: Callable[[], LogBook] | None = None
