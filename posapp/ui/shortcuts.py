"""Which key does what: one table, printed on buttons, tooltips and the help panel, and checked for conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from posapp.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget


class Action(StrEnum):
    """What a key can do anywhere in the window."""

    HELP = "help"
    NEW_CHARGE = "new_charge"
    ORDERS = "orders"
    INBOX = "inbox"
    DAY = "day"
    LOG = "log"
    ASK = "ask"
    NEW_CODE = "new_code"
    GIVE_UP = "give_up"
    SEARCH = "search"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the help panel: a key and what it does."""

    keys: str
    does: str


KEYS: Final[Mapping[Action, str]] = {
    Action.HELP: "F1",
    Action.NEW_CHARGE: "F2",
    Action.ORDERS: "F3",
    Action.INBOX: "Ctrl+I",
    Action.DAY: "F4",
    Action.LOG: "Ctrl+L",
    Action.ASK: "F5",
    Action.NEW_CODE: "F6",
    Action.GIVE_UP: "F7",
    Action.SEARCH: "Ctrl+F",
    Action.LOCK: "F10",
}
"""The keys as they are delivered."""

_DOES: Final = {
    Action.HELP: QT_TRANSLATE_NOOP("shortcuts", "Keys and help"),
    Action.NEW_CHARGE: QT_TRANSLATE_NOOP("shortcuts", "New charge, next customer"),
    Action.ORDERS: QT_TRANSLATE_NOOP("shortcuts", "Orders"),
    Action.INBOX: QT_TRANSLATE_NOOP("shortcuts", "Needs a look: what waits for a decision"),
    Action.DAY: QT_TRANSLATE_NOOP("shortcuts", "The day: what it adds up to, and its close"),
    Action.LOG: QT_TRANSLATE_NOOP("shortcuts", "Log: what went wrong"),
    Action.ASK: QT_TRANSLATE_NOOP("shortcuts", "Ask the gateway now"),
    Action.NEW_CODE: QT_TRANSLATE_NOOP("shortcuts", "Try again, or a new code for the same order"),
    Action.GIVE_UP: QT_TRANSLATE_NOOP("shortcuts", "Give the payment up"),
    Action.SEARCH: QT_TRANSLATE_NOOP("shortcuts", "Search the orders"),
    Action.LOCK: QT_TRANSLATE_NOOP("shortcuts", "Lock the till, or let somebody else sign in"),
}

_TYPING: Final = (
    ("0 … 9", QT_TRANSLATE_NOOP("shortcuts", "Type the amount; digits come in from the right")),
    (". ,", QT_TRANSLATE_NOOP("shortcuts", "Ignored: the place of the point is fixed")),
    ("+", QT_TRANSLATE_NOOP("shortcuts", "Add up several prices")),
    ("⌫", QT_TRANSLATE_NOOP("shortcuts", "Take back the last digit")),
    ("Enter", QT_TRANSLATE_NOOP("shortcuts", "Charge; next customer; try again")),
    ("Esc", QT_TRANSLATE_NOOP("shortcuts", "Clear, go back")),
    ("Ctrl+V", QT_TRANSLATE_NOOP("shortcuts", "Paste an amount")),
    ("Ctrl+1 … 5", QT_TRANSLATE_NOOP("shortcuts", "Ask again about one of the last five orders")),
)


def key_table(keys: Mapping[Action, str] = KEYS) -> tuple[Key, ...]:
    """Return everything the help panel lists, in its order."""

    def text(source: str) -> str:
        return QCoreApplication.translate("shortcuts", source)

    typing = tuple(Key(which, text(does)) for which, does in _TYPING)
    return typing + tuple(Key(keys[action], text(does)) for action, does in _DOES.items())


def conflicts(keys: Mapping[Action, str]) -> tuple[tuple[Action, Action], ...]:
    """Return the pairs of actions that want the same key."""
    named = [(action, QKeySequence(key)) for action, key in keys.items() if key]
    return tuple(
        (first, second)
        for place, (first, key) in enumerate(named)
        for second, other in named[place + 1 :]
        if key.matches(other) is QKeySequence.SequenceMatch.ExactMatch
    )


def bind(window: QWidget, key: str, does: Callable[[], None]) -> QShortcut:
    """Let a key do something wherever the focus is in the window; holding it down does it once."""
    shortcut = QShortcut(QKeySequence(key), window)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(does)
    return shortcut
