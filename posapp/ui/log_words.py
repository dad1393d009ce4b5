"""The log's words: what a level is called and looks like, one entry as a line, and the text for the support desk."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

import posapp
from posapp.domain.log_entry import LogLevel
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.plain_text import visible
from posapp.ui.presenters.orders_clock import moment
from posapp.ui.text import Look
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posapp.domain.log_entry import LogEntry
    from posapp.domain.till import TillFacts

LINE: Final = 400
"""Characters of an entry that a line in the list may show."""
_SOURCE: Final = 60

_LEVELS: Final = {
    LogLevel.INFO: (QT_TRANSLATE_NOOP("log", "Note"), ToneName.WAITING, Icon.INFO),
    LogLevel.WARNING: (QT_TRANSLATE_NOOP("log", "Warning"), ToneName.NOT_KNOWN, Icon.WARNING),
    LogLevel.ERROR: (QT_TRANSLATE_NOOP("log", "Error"), ToneName.REFUSED, Icon.BANG),
    LogLevel.CRASH: (QT_TRANSLATE_NOOP("log", "Crash"), ToneName.REFUSED, Icon.CRASH),
}


def level_look(level: LogLevel) -> Look:
    """Say how grave an entry is."""
    word, tone, icon = _LEVELS[level]
    return Look(QCoreApplication.translate("log", word), tone, icon)


def entry_line(entry: LogEntry) -> str:
    """Return what an entry says, short enough for the list."""
    return visible(entry.text, LINE)


def entry_place(entry: LogEntry, facts: TillFacts) -> str:
    """Return when an entry was written, on the shop's clock, and by which part of the program."""
    return f"{moment(entry.at, facts.day)} · {visible(entry.source, _SOURCE)}"


def entry_spoken(entry: LogEntry, facts: TillFacts) -> str:
    """Return what a screen reader says of an entry."""
    parts = [level_look(entry.level).word, entry_place(entry, facts), entry_line(entry)]
    if entry.unread:
        parts.insert(0, QCoreApplication.translate("log", "New"))
    return ", ".join(parts)


def support_text(entries: Iterable[LogEntry], facts: TillFacts) -> str:
    """Return entries as the support desk wants them: plain English lines with UTC times, which no reader changes."""
    head = f"posapp {posapp.__version__}, {visible(facts.shop)}, till {visible(facts.till)}, {facts.gateway_name}"
    lines = (
        f"{entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {entry.level.value.upper()} {visible(entry.source)} "
        f"{visible(entry.text)}"
        for entry in entries
    )
    return "\n".join((head, *lines)) + "\n"
