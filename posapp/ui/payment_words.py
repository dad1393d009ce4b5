"""Sentences of the payment page: what is going on, and what the cashier does now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from posapp.domain.errors import Problem
from posapp.domain.order import CodeKind
from posapp.domain.status import AlarmKind
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.presenters.payment_state import FAILED, TOO_SMALL, PaymentPhase
from posapp.ui.problem_text import Situation, gateway_said, problem_text, quoted, situation_of, support_line
from posapp.ui.text import age_text, alarm_text, gateway_words, review_text, review_values
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.ui.presenters.payment_state import PaymentState

_PHASES = {
    PaymentPhase.CREATING: (
        QT_TRANSLATE_NOOP("payment", "Asking the gateway…"),
        QT_TRANSLATE_NOOP("payment", "The code appears here as soon as the gateway gives it out."),
        ToneName.WAITING,
        Icon.HOURGLASS,
    ),
    PaymentPhase.DRAWING: (
        QT_TRANSLATE_NOOP("payment", "Getting the code ready…"),
        "",
        ToneName.WAITING,
        Icon.HOURGLASS,
    ),
    PaymentPhase.WAITING: (
        QT_TRANSLATE_NOOP("payment", "Waiting for payment"),
        QT_TRANSLATE_NOOP("payment", "This page turns green by itself."),
        ToneName.WAITING,
        Icon.HOURGLASS,
    ),
    PaymentPhase.NOT_SHOWN: (
        QT_TRANSLATE_NOOP("payment", "The code could not be shown"),
        QT_TRANSLATE_NOOP(
            "payment", "The order stays watched. Show its code once the reason is gone; do not charge again meanwhile."
        ),
        ToneName.NOT_KNOWN,
        Icon.BANG,
    ),
    PaymentPhase.HANDED_OFF: (
        QT_TRANSLATE_NOOP("payment", "Waiting for payment"),
        QT_TRANSLATE_NOOP("payment", "There is nothing to scan: the customer pays inside the mini program."),
        ToneName.WAITING,
        Icon.PHONE,
    ),
    PaymentPhase.CODE_DEAD: (
        QT_TRANSLATE_NOOP("payment", "This code can no longer be paid"),
        QT_TRANSLATE_NOOP("payment", "The gateway has not closed the payment yet, so it is still being asked."),
        ToneName.UNPAID,
        Icon.CLOCK,
    ),
    PaymentPhase.GIVEN_UP: (
        QT_TRANSLATE_NOOP("payment", "Given up"),
        QT_TRANSLATE_NOOP(
            "payment",
            "It can still be paid, so it is still being watched. If the customer pays after all, the till rings.",
        ),
        ToneName.UNPAID,
        Icon.GIVE_UP,
    ),
    PaymentPhase.NOT_KNOWN: (
        QT_TRANSLATE_NOOP("payment", "Not known yet"),
        QT_TRANSLATE_NOOP(
            "payment",
            "Do not charge again. The gateway gave no certain answer and is asked until it is known.",
        ),
        ToneName.NOT_KNOWN,
        Icon.QUESTION,
    ),
    PaymentPhase.NOT_SENT: (QT_TRANSLATE_NOOP("payment", "Not sent"), "", ToneName.REFUSED, Icon.BANG),
    PaymentPhase.REFUSED: (QT_TRANSLATE_NOOP("payment", "Refused"), "", ToneName.REFUSED, Icon.BANG),
    PaymentPhase.REVIEW: (QT_TRANSLATE_NOOP("payment", "Needs a look"), "", ToneName.REVIEW, Icon.EYE),
    PaymentPhase.UNPAID: (
        QT_TRANSLATE_NOOP("payment", "Closed, not paid"),
        QT_TRANSLATE_NOOP("payment", "The gateway has closed this payment. A new code is safe."),
        ToneName.UNPAID,
        Icon.CROSS,
    ),
    PaymentPhase.PAID: (QT_TRANSLATE_NOOP("payment", "Paid"), "", ToneName.PAID, Icon.TICK),
}

_UNPAID_YET = (PaymentPhase.DRAWING, PaymentPhase.NOT_SHOWN, PaymentPhase.GIVEN_UP)


def phase_word(phase: PaymentPhase) -> str:
    """Return the words that stand for a phase."""
    return _text(_PHASES[phase][0])


def phase_mark(phase: PaymentPhase) -> tuple[Icon, ToneName]:
    """Return the icon and colour that stand for a phase."""
    _, _, tone, icon = _PHASES[phase]
    return icon, tone


def stage_title(state: PaymentState) -> str:
    """Say in large type what happened: where something is wrong the reason, as the phase stands beside it already."""
    if state.phase in FAILED:
        return problem_text(problem_of(state), situation_of(state.attempt.state))[0]
    if state.phase is PaymentPhase.REVIEW:
        return _review(state)[0]
    return phase_word(state.phase)


def phase_advice(state: PaymentState) -> str:
    """Say what it means for the cashier."""
    if state.phase in FAILED:
        return problem_text(problem_of(state), situation_of(state.attempt.state))[1]
    if state.phase is PaymentPhase.REVIEW:
        return _review(state)[1]
    if state.phase is PaymentPhase.NOT_KNOWN and state.may_new_code:
        return QCoreApplication.translate(
            "payment",
            "Do not charge again from the keypad. The gateway gave no certain answer and is asked until it is known. "
            "Nobody has seen a code for this order, so a new code here is safe.",
        )
    return _text(_PHASES[state.phase][1]) if _PHASES[state.phase][1] else ""


def _review(state: PaymentState) -> tuple[str, str]:
    """Return what does not add up and what that means; without a doubtful answer there is one payment too many."""
    reasons = [attempt.review for attempt in state.snapshot.attempts if attempt.review is not None]
    return review_text(reasons[0]) if reasons else alarm_text(AlarmKind.PAID_TWICE)


def _both_sides(state: PaymentState) -> str:
    return "\n".join(
        review_values(one.review, one.review_detail)
        for one in state.snapshot.attempts
        if one.review is not None and one.review_detail
    )


def problem_of(state: PaymentState) -> Problem:
    """Return why the leading attempt was not sent, refused or not understood."""
    attempt = state.attempt
    return Problem(
        attempt.problem_code or (attempt.review.value.lower() if attempt.review else "unnamed"),
        "the attempt failed",
        support_id=attempt.support_id,
    )


def facts_of(state: PaymentState) -> tuple[str, str]:
    """Return the gateway's own words or both values of a contradiction, and the line for its support desk."""
    attempt = state.attempt
    if state.phase is PaymentPhase.REVIEW:
        return _both_sides(state), support_line(problem_of(state)) if attempt.support_id else ""
    if state.phase not in (*FAILED, PaymentPhase.NOT_KNOWN):
        return "", ""
    said = gateway_said(attempt.state, attempt.problem_code, gateway_words(attempt.problem_text))
    return quoted(said), support_line(problem_of(state)) if attempt.problem_code else ""


def help_line(state: PaymentState) -> str:
    """Tell the shopper what to do with the code."""
    code = state.attempt.code
    if state.matrix is None or code is None:
        return ""
    if state.problem is not None and state.problem.code == TOO_SMALL:
        return QCoreApplication.translate("payment", "Make this window larger: the code does not fit into it.")
    if code.kind is CodeKind.LINK:
        return QCoreApplication.translate("payment", "Scan this with WeChat. It opens a page; pay there.")
    return QCoreApplication.translate("payment", "Open WeChat, tap Scan, and point at the code.")


def link_warning(state: PaymentState) -> str:
    """Warn about a code that a shopper may be unable to pay by scanning."""
    code = state.attempt.code
    if code is None or code.kind is not CodeKind.LINK:
        return ""
    return QCoreApplication.translate(
        "payment",
        "The gateway gave out a page for inside WeChat, not a payment code. A customer who scans it may be unable to "
        "pay.",
    )


def age_line(state: PaymentState, now: datetime) -> str:
    """Say how old the gateway's last word about this order is."""
    age = age_text((now - state.asked_at).total_seconds()) if state.asked_at else ""
    if state.unanswered is not None:
        title, _ = problem_text(Problem(state.unanswered, ""), Situation.ASKING)
        if not age:
            return title
        return QCoreApplication.translate("payment", "{reason}; it last answered {age}").format(reason=title, age=age)
    if not age:
        return QCoreApplication.translate("payment", "The gateway is about to be asked whether it is paid")
    return QCoreApplication.translate("payment", "The gateway answered {age}").format(age=age)


def answer_line(state: PaymentState) -> str:
    """Say what *Ask now* brought where the page's state alone does not."""
    if not state.answer:
        return ""
    if state.phase in (PaymentPhase.WAITING, PaymentPhase.HANDED_OFF, *_UNPAID_YET):
        return QCoreApplication.translate("payment", "The gateway says: not paid yet.")
    if state.phase is PaymentPhase.NOT_KNOWN:
        return QCoreApplication.translate("payment", "The gateway does not know either.")
    return ""


def _text(source: str) -> str:
    return QCoreApplication.translate("payment", source)
