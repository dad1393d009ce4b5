"""Words for people: what they are, what they may do, how long a wrong PIN keeps them waiting."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from posapp.domain.staff import Right, Role

_MINUTE_S = 60


def role_word(role: Role) -> str:
    """Return what somebody is."""
    translate = QCoreApplication.translate
    return {
        Role.CASHIER: translate("Staff", "Cashier"),
        Role.MANAGER: translate("Staff", "Manager"),
        Role.OWNER: translate("Staff", "Owner"),
    }[role]


def right_word(right: Right) -> str:
    """Return what a right lets somebody do."""
    translate = QCoreApplication.translate
    return {
        Right.REFUND: translate("Staff", "Give money back"),
        Right.OVERRIDE: translate("Staff", "Allow a further code beside an open one"),
        Right.SETTLE: translate("Staff", "Decide about an odd payment"),
        Right.REPORTS: translate("Staff", "See what the day adds up to"),
        Right.CLOSE_DAY: translate("Staff", "Close the day"),
        Right.SHIFT: translate("Staff", "Open, count and close a shift"),
        Right.REPRINT: translate("Staff", "Print a report again"),
        Right.EXPORT: translate("Staff", "Save lists as files"),
        Right.PEOPLE: translate("Staff", "Add and change people"),
        Right.SETTINGS: translate("Staff", "Change the settings"),
    }[right]


def wait_words(seconds: int) -> str:
    """Say how long nobody looks at another PIN."""
    translate = QCoreApplication.translate
    minutes, rest = divmod(seconds, _MINUTE_S)
    return translate("Staff", "Too many wrong PINs. Try again in {time}.").format(time=f"{minutes}:{rest:02}")
