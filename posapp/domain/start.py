"""Why a till could not start, and what a person may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posapp.domain.backups import Backup
    from posapp.domain.errors import Problem


class StartChoice(StrEnum):
    """What the start page offers."""

    RETRY = "retry"  # the cause may be gone: keyring unlocked, disk freed, other program closed
    VIEW = "view"  # open the ledger for reading alone
    RESTORE = "restore"  # put a backup in the damaged ledger's place, which is set aside
    FRESH = "fresh"  # set the damaged ledger aside and begin an empty one


@dataclass(frozen=True, slots=True)
class StartTrouble:
    """The services could not be started.

    Attributes:
        problem: Why.
        choices: What may be done about it now.
        backups: Whole backups, newest first, where restoring is a choice.
    """

    problem: Problem
    choices: frozenset[StartChoice]
    backups: tuple[Backup, ...] = ()
