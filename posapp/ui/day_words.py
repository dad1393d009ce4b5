"""Words of the day page: what is odd, what adds up, how a Z is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.day_report import GroupKind, OddReason
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.text import Look, gateway_words, local, money_text
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.day_report import OddLine, RefundLine
    from posapp.domain.till import TillFacts

_REASONS: Final = {
    OddReason.PAID_TWICE: (QT_TRANSLATE_NOOP("DayWords", "Paid twice"), ToneName.REVIEW, Icon.EYE),
    OddReason.CONTRADICTED: (QT_TRANSLATE_NOOP("DayWords", "Contradicted"), ToneName.REVIEW, Icon.EYE),
    OddReason.PAID_AFTER_CANCEL: (QT_TRANSLATE_NOOP("DayWords", "Paid after closing"), ToneName.REVIEW, Icon.EYE),
    OddReason.PAID_LATE: (QT_TRANSLATE_NOOP("DayWords", "Paid late"), ToneName.REVIEW, Icon.EYE),
    OddReason.AMOUNT_DIFFERS: (QT_TRANSLATE_NOOP("DayWords", "Amount differs"), ToneName.REVIEW, Icon.EYE),
    OddReason.WRONG_ORDER: (QT_TRANSLATE_NOOP("DayWords", "Wrong answer"), ToneName.REVIEW, Icon.EYE),
    OddReason.UNKNOWN_STATUS: (QT_TRANSLATE_NOOP("DayWords", "Unknown word"), ToneName.REVIEW, Icon.EYE),
    OddReason.CODE_UNUSABLE: (QT_TRANSLATE_NOOP("DayWords", "Unusable code"), ToneName.REVIEW, Icon.EYE),
    OddReason.NOT_KNOWN: (QT_TRANSLATE_NOOP("DayWords", "Not known yet"), ToneName.NOT_KNOWN, Icon.QUESTION),
    OddReason.WAITING: (QT_TRANSLATE_NOOP("DayWords", "Waiting"), ToneName.WAITING, Icon.HOURGLASS),
    OddReason.LAPSED: (QT_TRANSLATE_NOOP("DayWords", "Never found out"), ToneName.NOT_KNOWN, Icon.QUESTION),
    OddReason.UNPAID: (QT_TRANSLATE_NOOP("DayWords", "Not paid"), ToneName.UNPAID, Icon.CROSS),
    OddReason.REFUSED: (QT_TRANSLATE_NOOP("DayWords", "Refused"), ToneName.REFUSED, Icon.BANG),
    OddReason.NOT_SENT: (QT_TRANSLATE_NOOP("DayWords", "Not sent"), ToneName.REFUSED, Icon.BANG),
}
_IN_TOTAL: Final = frozenset(
    {OddReason.PAID_TWICE, OddReason.CONTRADICTED, OddReason.PAID_AFTER_CANCEL, OddReason.PAID_LATE}
)
_DECISIONS: Final = {
    Decision.KEPT: QT_TRANSLATE_NOOP("DayWords", "decided: kept"),
    Decision.REFUNDED: QT_TRANSLATE_NOOP("DayWords", "decided: given back"),
    Decision.WRITTEN_OFF: QT_TRANSLATE_NOOP("DayWords", "decided: written off"),
    Decision.SEEN: QT_TRANSLATE_NOOP("DayWords", "looked into"),
}
_GROUPS: Final = {
    GroupKind.GATEWAY: QT_TRANSLATE_NOOP("DayWords", "By gateway"),
    GroupKind.CASHIER: QT_TRANSLATE_NOOP("DayWords", "By cashier"),
    GroupKind.TILL: QT_TRANSLATE_NOOP("DayWords", "By till"),
}
_REFUNDS: Final = {
    RefundState.REQUESTED: (QT_TRANSLATE_NOOP("DayWords", "On its way"), ToneName.WAITING, Icon.HOURGLASS),
    RefundState.NOT_SENT: (QT_TRANSLATE_NOOP("DayWords", "Not sent"), ToneName.REFUSED, Icon.BANG),
    RefundState.PROCESSING: (QT_TRANSLATE_NOOP("DayWords", "On its way"), ToneName.WAITING, Icon.HOURGLASS),
    RefundState.SUCCEEDED: (QT_TRANSLATE_NOOP("DayWords", "Given back"), ToneName.REFUNDED, Icon.RETURN),
    RefundState.FAILED: (QT_TRANSLATE_NOOP("DayWords", "Refused"), ToneName.REFUSED, Icon.BANG),
    RefundState.UNKNOWN: (QT_TRANSLATE_NOOP("DayWords", "Not known yet"), ToneName.NOT_KNOWN, Icon.QUESTION),
}
_GATEWAYS: Final = {"cbtis": "CBTIS", "airwallex": "Airwallex"}


def _text(source: str) -> str:
    return QCoreApplication.translate("DayWords", source)


def odd_look(reason: OddReason) -> Look:
    """Say why an order is odd."""
    word, tone, icon = _REASONS[reason]
    return Look(_text(word), tone, icon)


def odd_words(line: OddLine) -> str:
    """Say what is known beside the reason: both values, what was decided, and whether it is in the total."""
    where = (
        QCoreApplication.translate("DayWords", "in the total")
        if line.reason in _IN_TOTAL
        else QCoreApplication.translate("DayWords", "in no total")
    )
    decided = _text(_DECISIONS[line.decision]) if line.decision is not None else ""
    return " · ".join(part for part in (gateway_words(line.detail, 60), decided, where) if part)


def refund_look(line: RefundLine) -> Look:
    """Say where a refund stands."""
    word, tone, icon = _REFUNDS[line.state]
    return Look(_text(word), tone, icon)


def group_title(kind: GroupKind) -> str:
    """Name a way to tell the money apart."""
    return _text(_GROUPS[kind])


def group_name(kind: GroupKind, name: str) -> str:
    """Name one part; the unnamed one are sales before which nobody had signed in."""
    if kind is GroupKind.GATEWAY:
        return _GATEWAYS.get(name, name)
    return gateway_words(name, 40) or QCoreApplication.translate("DayWords", "Nobody signed in")


def amount(minor: int, currency: str, facts: TillFacts) -> str:
    """Write an amount, like `HKD 1,280.50`."""
    return money_text(Money(minor, currency), facts)


def z_name(number: int) -> str:
    """Call a Z by its number, like `Z 0012`."""
    return f"Z {number:04}"


def hash_words(text: str) -> str:
    """Write a hash in groups that people compare and lines can break between."""
    return " ".join(text[start : start + 8] for start in range(0, len(text), 8))


def hour_text(instant: datetime, facts: TillFacts) -> str:
    """Write the shop's time of an instant to the minute, like `14:00`."""
    return f"{local(instant, facts.day):%H:%M}"
