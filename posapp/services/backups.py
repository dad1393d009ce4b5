"""A backup of the ledger every day, by itself, while the till goes on selling."""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import Problem
from posapp.services.events import ProblemRaised
from posapp.store.backup import list_backups, take_backup, thin_backups
from posapp.store.errors import LedgerError
from posapp.store.soundness import QUICK_CHECK_BYTES, check_pages_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from posapp.domain.clock import Clock
    from posapp.services.events import Publish
    from posapp.store.ledger import Ledger

FIRST_S: Final = 180.0
"""After the start nobody waits for a backup: there are customers and open orders."""
LOOK_S: Final = 600.0
RETRY_S: Final = 3600.0
DAILY: Final = timedelta(days=1)

log = logging.getLogger(__name__)


class BackupKeeper:
    """Lives on the io thread, as one task; the work itself is done on another thread, over its own connection."""

    def __init__(self, ledger: Ledger, folder: Path | None, clock: Clock, publish: Publish) -> None:
        """Keep backups.

        Args:
            ledger: The till's ledger; told when its file is found damaged.
            folder: Where they lie; None where none are wanted, as in training.
            clock: The till's clocks.
            publish: Told when it does not work.
        """
        self._ledger = ledger
        self._folder = folder
        self._clock = clock
        self._publish = publish
        self._failed: str | None = None
        self._taken_at: float | None = None  # monotonic

    async def run(self) -> None:
        """Look after the backups until cancelled; one that is being taken then is given up."""
        folder = self._folder
        if folder is None or self._ledger.view_only:
            await asyncio.Event().wait()
            return
        await asyncio.sleep(FIRST_S)
        await self._check_large()
        while True:
            worked = await self._keep(folder)
            await asyncio.sleep(LOOK_S if worked else RETRY_S)

    async def _keep(self, folder: Path) -> bool:
        """Take a backup where one is due; tell whether all is well."""
        now = self._clock.now()
        try:
            await _away(lambda stop: self._look_after(folder, now, stop))
        except LedgerError as error:
            if error.code != self._failed:
                log.warning("no backup could be made: %s", error.message)
                self._publish(ProblemRaised(Problem("backup_failed", error.message)))
            self._failed = error.code
            return False
        self._failed = None
        return True

    def _look_after(self, folder: Path, now: datetime, stop: threading.Event) -> None:
        """Do what is to be done; runs on a thread of its own."""
        if not self._is_due(folder, now):
            return
        backup = take_backup(self._ledger.path, folder, now, cancelled=stop.is_set)
        self._taken_at = self._clock.monotonic()
        log.info("backup %s taken: %d orders, %d bytes", backup.name, backup.orders, backup.size_bytes)
        thin_backups(folder, now)

    def _is_due(self, folder: Path, now: datetime) -> bool:
        """Tell whether the newest backup is a day old, by the wall clock or by the one that nobody can turn.

        One that lies in the future was made while the clock was wrong, or it is wrong now: its age is not known.
        """
        if self._taken_at is not None and self._clock.monotonic() - self._taken_at >= DAILY.total_seconds():
            return True
        newest = next(iter(list_backups(folder)), None)
        return newest is None or not timedelta() <= now - newest.taken_at < DAILY

    async def _check_large(self) -> None:
        """Check a ledger that was too large to be checked at the start; one that is damaged takes no new order."""
        path = self._ledger.path
        if path.stat().st_size <= QUICK_CHECK_BYTES:
            return
        try:
            await asyncio.to_thread(check_pages_of, path)
        except LedgerError as error:
            if error.code == "ledger_corrupt":
                self._ledger.distrust(error)
            self._publish(ProblemRaised(Problem(error.code, error.message)))


async def _away(work: Callable[[threading.Event], None]) -> None:
    """Run work on another thread; whoever is cancelled meanwhile tells it to stop and waits for that."""
    stop = threading.Event()
    working = asyncio.ensure_future(asyncio.to_thread(partial(work, stop)))
    try:
        await asyncio.shield(working)
    finally:
        stop.set()
        await asyncio.gather(working, return_exceptions=True)
