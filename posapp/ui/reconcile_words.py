"""Words for what differs between the ledger and the gateway, or its settlement file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.comparison import Difference
from posapp.domain.errors import Problem
from posapp.domain.settlement import Field, Mismatch
from posapp.domain.status import AttemptState
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.problem_text import problem_text
from posapp.ui.text import Look, attempt_look, gateway_words, order_tail
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.day_lines import DayLine

if TYPE_CHECKING:
    from posapp.domain.comparison import Finding, Unanswered
    from posapp.domain.settlement import SettlementFinding

_DIFFERENCES: Final = {
    Difference.PAID_HERE: QT_TRANSLATE_NOOP("Reconcile", "Paid here only"),
    Difference.PAID_THERE: QT_TRANSLATE_NOOP("Reconcile", "Paid there only"),
    Difference.AMOUNT: QT_TRANSLATE_NOOP("Reconcile", "Amount differs"),
    Difference.REFUNDED: QT_TRANSLATE_NOOP("Reconcile", "Refunds differ"),
    Difference.UNKNOWN_THERE: QT_TRANSLATE_NOOP("Reconcile", "Unknown there"),
    Difference.STATE: QT_TRANSLATE_NOOP("Reconcile", "State differs"),
    Difference.NOT_UNDERSTOOD: QT_TRANSLATE_NOOP("Reconcile", "Not understood"),
}
_MISMATCHES: Final = {
    Mismatch.AMOUNT: QT_TRANSLATE_NOOP("Reconcile", "Amount differs"),
    Mismatch.ONLY_IN_FILE: QT_TRANSLATE_NOOP("Reconcile", "Only in the file"),
    Mismatch.ONLY_IN_LEDGER: QT_TRANSLATE_NOOP("Reconcile", "Not in the file"),
    Mismatch.NOT_PAID_HERE: QT_TRANSLATE_NOOP("Reconcile", "Not paid here"),
    Mismatch.DUPLICATE: QT_TRANSLATE_NOOP("Reconcile", "Twice in the file"),
    Mismatch.UNREADABLE: QT_TRANSLATE_NOOP("Reconcile", "Unclear amount"),
}
_REPORTED: Final = {
    "PENDING": QT_TRANSLATE_NOOP("Reconcile", "not paid yet"),
    "SUCCEEDED": QT_TRANSLATE_NOOP("Reconcile", "paid"),
    "CANCELLED": QT_TRANSLATE_NOOP("Reconcile", "closed without payment"),
    "NOT_FOUND": QT_TRANSLATE_NOOP("Reconcile", "never heard of it"),
}
_FIELDS: Final = {
    Field.MERCHANT_ORDER_ID: QT_TRANSLATE_NOOP("Reconcile", "Order's id"),
    Field.MERCHANT_REFUND_ID: QT_TRANSLATE_NOOP("Reconcile", "Refund's id"),
    Field.AMOUNT: QT_TRANSLATE_NOOP("Reconcile", "Amount"),
    Field.CURRENCY: QT_TRANSLATE_NOOP("Reconcile", "Currency"),
    Field.FEE: QT_TRANSLATE_NOOP("Reconcile", "Fee"),
    Field.NET: QT_TRANSLATE_NOOP("Reconcile", "Net"),
    Field.PAID_AT: QT_TRANSLATE_NOOP("Reconcile", "Time of payment"),
    Field.TYPE: QT_TRANSLATE_NOOP("Reconcile", "Payment or refund"),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Reconcile", text)


def field_word(field: Field) -> str:
    """Name what a column may mean."""
    return _tr(_FIELDS[field])


def finding_line(finding: Finding) -> DayLine:
    """Write one difference with the gateway, with both values."""
    look = Look(_tr(_DIFFERENCES[finding.difference]), ToneName.REVIEW, Icon.EYE)
    both = QCoreApplication.translate("Reconcile", "here: {here} · gateway: {there}")
    words = both.format(here=_here(finding.here), there=_there(finding.there))
    return DayLine(finding.order_id, look, order_tail(finding.merchant_order_id), words, "")


def unanswered_line(silent: Unanswered) -> DayLine:
    """Write one payment that nothing is known about."""
    look = Look(QCoreApplication.translate("Reconcile", "No answer"), ToneName.NOT_KNOWN, Icon.QUESTION)
    why = QCoreApplication.translate("Reconcile", "not asked")
    if silent.problem_code != "not_asked":
        why, _ = problem_text(Problem(silent.problem_code, ""))
    return DayLine(silent.order_id, look, order_tail(silent.merchant_order_id), why, "")


def settlement_line(finding: SettlementFinding) -> DayLine:
    """Write one difference with the file, with both values and the line of the file."""
    look = Look(_tr(_MISMATCHES[finding.mismatch]), ToneName.REVIEW, Icon.EYE)
    nothing = QCoreApplication.translate("Reconcile", "nothing")
    both = QCoreApplication.translate("Reconcile", "here: {here} · file: {there}")
    words = both.format(here=_here(finding.here) or nothing, there=gateway_words(finding.there, 60) or nothing)
    if finding.refund:
        words = f"{QCoreApplication.translate('Reconcile', 'refund')} · {words}"
    line = QCoreApplication.translate("Reconcile", "line {number}").format(number=finding.line) if finding.line else ""
    return DayLine(finding.order_id or "", look, gateway_words(finding.reference, 32)[-12:], words, line)


def _here(value: str) -> str:
    return attempt_look(AttemptState(value)).word if value in AttemptState.__members__ else value


def _there(value: str) -> str:
    return _tr(_REPORTED[value]) if value in _REPORTED else gateway_words(value, 60)
