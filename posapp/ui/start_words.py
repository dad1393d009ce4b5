"""Words of the start page: what may be done, what is in a backup and what is missing from it, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale

from posapp.domain.start import StartChoice
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.plain_text import visible
from posapp.ui.presenters.orders_clock import long_day
from posapp.ui.time_text import clock_text, local

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.backups import Backup, Restored
    from posapp.domain.errors import Problem
    from posapp.domain.till import TillFacts
    from posapp.ui.presenters.start import StartState

_BUTTONS: Final = {
    StartChoice.RETRY: (QT_TRANSLATE_NOOP("start", "Try again"), QT_TRANSLATE_NOOP("start", "Starting…")),
    StartChoice.VIEW: (QT_TRANSLATE_NOOP("start", "Open for viewing"), QT_TRANSLATE_NOOP("start", "Opening…")),
    StartChoice.RESTORE: (
        QT_TRANSLATE_NOOP("start", "Restore this backup"),
        QT_TRANSLATE_NOOP("start", "Restoring the backup…"),
    ),
    StartChoice.FRESH: (
        QT_TRANSLATE_NOOP("start", "Start with an empty ledger"),
        QT_TRANSLATE_NOOP("start", "Starting with an empty ledger…"),
    ),
}
_AGAIN: Final = {
    StartChoice.RESTORE: QT_TRANSLATE_NOOP("start", "Press again to restore it"),
    StartChoice.FRESH: QT_TRANSLATE_NOOP("start", "Press again to start empty"),
}


def choice_words(choice: StartChoice, state: StartState) -> str:
    """Return what stands on a choice's button now."""
    words, doing = _BUTTONS[choice]
    if state.doing is choice:
        return _text(doing)
    return _text(_AGAIN[choice] if state.armed is choice and choice in _AGAIN else words)


def doing_words(choice: StartChoice) -> str:
    """Say what is being done."""
    return _text(_BUTTONS[choice][1])


def fresh_words(problem: Problem) -> str:
    """Say what starting with an empty ledger means; a file that is gone cannot be kept."""
    if problem.code == "ledger_missing":
        return QCoreApplication.translate(
            "start",
            "The orders of the lost file are then not in the list and are not asked about: look the open ones up at "
            "the gateway.",
        )
    return QCoreApplication.translate(
        "start",
        "The old file is kept under another name. Its orders leave the list and are no longer asked about: look the "
        "open ones up at the gateway.",
    )


def backup_words(backup: Backup, facts: TillFacts) -> tuple[str, str]:
    """Return when a backup was taken, and what is in it."""
    count = QLocale().toString(backup.orders)
    if backup.newest_order_at is None:
        return moment_words(backup.taken_at, facts), QCoreApplication.translate("start", "No order is in it")
    words = QCoreApplication.translate("start", "Orders: {count} · newest {time}")
    return (
        moment_words(backup.taken_at, facts),
        words.format(count=count, time=_near(backup.newest_order_at, backup.taken_at, facts)),
    )


def missing_words(backup: Backup, facts: TillFacts) -> str:
    """Say what is missing from a backup, and what becomes of it."""
    words = QCoreApplication.translate(
        "start",
        "What was charged after {time} is not in it. What can still be read of that is put back, open orders are asked "
        "about again, and the present file, where there is one, is kept under another name.",
    )
    return words.format(time=moment_words(backup.newest_order_at or backup.taken_at, facts))


def restored_words(restored: Restored, facts: TillFacts) -> tuple[str, str, str]:
    """Say what came of restoring: what the ledger is now, what was put back, and where the old file is."""
    title = QCoreApplication.translate("start", "The backup of {time} is the ledger now").format(
        time=moment_words(restored.backup.taken_at, facts)
    )
    if restored.saved_orders:
        words = QCoreApplication.translate("start", "Newer orders that could still be read and are back: {count}.")
        body = words.format(count=QLocale().toString(restored.saved_orders))
    else:
        words = QCoreApplication.translate(
            "start", "No newer order could be read: look up what was charged after {time} at the gateway."
        )
        newest = restored.backup.newest_order_at or restored.backup.taken_at
        body = words.format(time=moment_words(newest, facts))
    if restored.set_aside is None:
        return title, body, ""
    kept = QCoreApplication.translate("start", "The old file is kept as {name}")
    return title, body, kept.format(name=visible(restored.set_aside, 120))


def empty_words() -> str:
    """Say that the till has begun an empty ledger."""
    return QCoreApplication.translate("start", "This till has begun an empty ledger")


def moment_words(instant: datetime, facts: TillFacts) -> str:
    """Write day and minute on the shop's clock, like `Sat 22 Nov 2025, 14:03`."""
    words = QCoreApplication.translate("start", "{day}, {time}")
    return words.format(day=long_day(local(instant, facts.day).date()), time=clock_text(instant, facts.day)[:5])


def _near(instant: datetime, other: datetime, facts: TillFacts) -> str:
    """Write the minute alone where it falls on the same day as another instant, else day and minute."""
    if local(instant, facts.day).date() == local(other, facts.day).date():
        return clock_text(instant, facts.day)[:5]
    return moment_words(instant, facts)


def _text(source: str) -> str:
    return QCoreApplication.translate("start", source)
