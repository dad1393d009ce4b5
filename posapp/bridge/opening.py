"""Opening the till, or its ledger for viewing; where neither works, what a person may do about it."""

from __future__ import annotations

import asyncio
import errno
import logging
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import Problem
from posapp.domain.start import StartChoice, StartTrouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from posapp.bridge.io_thread import Opening, Services
    from posapp.bridge.recourse import Recourse, Rescue
    from posapp.domain.backups import Backup, Restored
    from posapp.services.till import TillServices
    from posapp.services.viewing import TillView

log = logging.getLogger(__name__)

VIEWED_AT_ONCE: Final = frozenset({"ledger_read_only", "ledger_cannot_open"})
"""Nobody has to be asked: looking is all that is possible."""

MAY_PASS: Final = frozenset({"ledger_busy", "ledger_in_use", "disk_full"})
"""Causes that go away alone, so the start is tried again now and then. A locked keyring is none of them: asking it
puts a dialog before the cashier each time."""

_MENDABLE: Final = frozenset({"ledger_corrupt", "ledger_foreign", "ledger_missing"})
_RETRY_ONLY: Final = frozenset({"ledger_busy", "ledger_in_use", "ledger_newer", "ledger_older", *VIEWED_AT_ONCE})
_BY_ERRNO: Final = {
    errno.EROFS: "ledger_read_only",
    errno.EACCES: "ledger_cannot_open",
    errno.EPERM: "ledger_cannot_open",
    errno.EISDIR: "ledger_cannot_open",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EIO: "ledger_failed",
}


class StartFailedError(Exception):
    """There are no services.

    Attributes:
        trouble: Why, and what may be done about it.
    """

    def __init__(self, trouble: StartTrouble) -> None:
        """Keep the trouble."""
        super().__init__(trouble.problem.message)
        self.trouble = trouble


class Opener:
    """Ways to open. Lives on the io thread; every way raises `StartFailedError` where it leads nowhere."""

    def __init__(
        self,
        build: Callable[[], Awaitable[TillServices]],
        recourse: Recourse,
        name: Callable[[BaseException], Problem],
    ) -> None:
        """Prepare.

        Args:
            build: Makes the services.
            recourse: What to fall back on.
            name: Names a failure, and logs what can only be a bug.
        """
        self._build = build
        self._recourse = recourse
        self._name = name
        self._last = Problem("internal", "The till was not started yet.")

    async def open(self) -> Services:
        """Open the till; a ledger that may only be read is opened for viewing."""
        try:
            return await self._build()
        except Exception as error:
            problem = self._named(error)
            log.warning("the till could not start: %s: %s", problem.code, problem.message)
            if problem.code in VIEWED_AT_ONCE and self._recourse.view is not None:
                try:
                    return await self._recourse.view(problem)
                except Exception as second:  # noqa: BLE001 - the first one is the answer
                    log.warning("nor could its ledger be opened for viewing: %s", self._named(second).message)
            raise await self._failed(problem) from error

    async def view(self) -> TillView:
        """Open the ledger for viewing because of what the last try failed with."""
        if self._recourse.view is None:
            raise await self._failed(self._last)
        try:
            return await self._recourse.view(self._last)
        except Exception as error:
            raise await self._failed(self._named(error)) from error

    def restoring(self, backup: str, done: Callable[[Restored], None], failed: Callable[[Problem], None]) -> Opening:
        """Return what restores a backup, says what came of it, and opens the till."""

        async def opening() -> Services:
            try:
                restored = await asyncio.to_thread(self._rescue().restore, backup)
            except Exception as error:
                problem = self._named(error)
                failed(problem)
                raise await self._failed(self._last) from error
            done(restored)
            return await self.open()

        return opening

    async def start_fresh(self) -> Services:
        """Put an empty ledger in the place of the damaged one, which is set aside, and open the till."""
        try:
            await asyncio.to_thread(self._rescue().start_fresh)
        except Exception as error:
            raise await self._failed(self._named(error)) from error
        return await self.open()

    def _rescue(self) -> Rescue:
        if self._recourse.rescue is None:
            raise NotImplementedError("this till was put together without a rescue")
        return self._recourse.rescue()

    def _named(self, error: Exception) -> Problem:
        if isinstance(error, OSError) and error.errno in _BY_ERRNO:
            reason = error.strerror or "the operating system refused"
            return Problem(_BY_ERRNO[error.errno], f"The till's folder cannot be used: {reason}.", detail=reason)
        return self._name(error)

    async def _failed(self, problem: Problem) -> StartFailedError:
        self._last = problem
        backups = await self._backups() if problem.code in _MENDABLE else ()
        return StartFailedError(StartTrouble(problem, self._choices(problem.code, backups), backups))

    def _choices(self, code: str, backups: tuple[Backup, ...]) -> frozenset[StartChoice]:
        choices = {StartChoice.RETRY}
        if code in _MENDABLE:
            if backups:
                choices.add(StartChoice.RESTORE)
            if self._recourse.rescue is not None:
                choices.add(StartChoice.FRESH)
        elif code not in _RETRY_ONLY and self._recourse.view is not None:
            choices.add(StartChoice.VIEW)
        return frozenset(choices)

    async def _backups(self) -> tuple[Backup, ...]:
        if self._recourse.rescue is None:
            return ()
        try:
            return await asyncio.to_thread(self._recourse.rescue().backups)
        except Exception as error:  # noqa: BLE001 - the page is shown all the same
            self._named(error)
            return ()
