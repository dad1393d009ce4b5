"""Sentences for every problem: what happened, and what is safe to do now."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.status import AttemptState
from posapp.ui.day_sentences import DAY_MEND, DAY_TITLES
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.inbox_sentences import INBOX_MEND, INBOX_TITLES
from posapp.ui.problem_sentences import ALIASES, MEND, TITLES
from posapp.ui.reconcile_sentences import RECONCILE_MEND, RECONCILE_TITLES
from posapp.ui.refund_sentences import REFUND_MEND, REFUND_TITLES
from posapp.ui.staff_sentences import STAFF_MEND, STAFF_TITLES

if TYPE_CHECKING:
    from posapp.domain.errors import Problem


class Situation(StrEnum):
    """What was going on when it happened; decides what is safe to do."""

    NOT_SENT = "not_sent"  # nothing left this machine
    REFUSED = "refused"  # the gateway said no for good
    NOT_KNOWN = "not_known"  # something was sent and nothing certain came back
    ASKING = "asking"  # the gateway was asked about an order and gave no answer
    INPUT = "input"  # what was typed or pressed cannot be done
    BACKGROUND = "background"  # nobody waits for it
    STARTING = "starting"  # the till could not be opened
    VIEWING = "viewing"  # the ledger is open for reading alone


_ADVICE: Final = {
    Situation.NOT_SENT: QT_TRANSLATE_NOOP(
        "problem", "Nothing was sent, so nothing can be paid. It is safe to try again."
    ),
    Situation.REFUSED: QT_TRANSLATE_NOOP(
        "problem",
        "There is no payment, so nothing can be paid. It is safe to charge again once the reason is gone.",
    ),
    Situation.NOT_KNOWN: QT_TRANSLATE_NOOP(
        "problem",
        "The payment may exist all the same. Do not charge again: the gateway is being asked until it is known.",
    ),
    Situation.ASKING: QT_TRANSLATE_NOOP(
        "problem",
        "Nothing has changed for the order: it is still asked about. Do not charge again until it is known.",
    ),
    Situation.INPUT: "",
    Situation.BACKGROUND: QT_TRANSLATE_NOOP(
        "problem", "Orders that are already open stay in the ledger and are still asked about."
    ),
    Situation.STARTING: QT_TRANSLATE_NOOP(
        "problem",
        "Nothing can be charged until the till is open. What customers have paid already is safe at the gateway.",
    ),
    Situation.VIEWING: QT_TRANSLATE_NOOP(
        "problem", "Orders can be looked at. Nothing can be charged, and the gateway is not asked."
    ),
}

_TITLES: Final = {**TITLES, **REFUND_TITLES, **STAFF_TITLES, **RECONCILE_TITLES, **INBOX_TITLES, **DAY_TITLES}
_MEND: Final = {**MEND, **REFUND_MEND, **STAFF_MEND, **RECONCILE_MEND, **INBOX_MEND, **DAY_MEND}
_OUR_REFUSALS: Final = frozenset({"credentials_rejected", "http_429", "internal", "other_gateway"})
"""Codes of refusals whose English sentence is this program's, not the gateway's."""
_NO_WORDS: Final = "no reason given"
"""What stands in a refusal in place of words that the gateway did not give."""


def has_sentence(code: str) -> bool:
    """Tell whether a code has a sentence of its own, rather than the general one."""
    return _known(code) in _TITLES


def situation_of(state: AttemptState) -> Situation:
    """Tell from an attempt's state what its problem means for the next step."""
    if state is AttemptState.NOT_SENT:
        return Situation.NOT_SENT
    if state is AttemptState.REFUSED:
        return Situation.REFUSED
    if state in (AttemptState.UNKNOWN, AttemptState.LAPSED, AttemptState.ORPHAN, AttemptState.CREATING):
        return Situation.NOT_KNOWN
    return Situation.ASKING


def problem_text(problem: Problem, situation: Situation = Situation.BACKGROUND) -> tuple[str, str]:
    """Return what happened, and what is safe to do now.

    Args:
        problem: What went wrong; an unknown code gets an honest general sentence.
        situation: What was going on; decides the second sentence.
    """
    code = _known(problem.code)
    title = _TITLES.get(code)
    mend = _MEND.get(code, "")
    parts = [QCoreApplication.translate("problem", part) for part in (mend, _ADVICE[situation]) if part]
    return _translated(title, situation), " ".join(parts)


def _translated(title: str | None, situation: Situation) -> str:
    if title is not None:
        return QCoreApplication.translate("problem", title)
    if situation is Situation.REFUSED:
        return QCoreApplication.translate("problem", "The gateway refused this charge")
    if situation in (Situation.NOT_KNOWN, Situation.ASKING):
        return QCoreApplication.translate("problem", "The gateway gave no answer that can be relied on")
    return QCoreApplication.translate("problem", "Something went wrong that has no name here")


def gateway_said(state: AttemptState, code: str | None, words: str) -> str:
    """Return what the gateway itself said about a refusal; empty where the words are this program's own.

    Args:
        state: What the attempt came to: only a refusal carries the gateway's words.
        code: The refusal's code; some are ours.
        words: What was written down, made fit to show.
    """
    if state is not AttemptState.REFUSED or code in _OUR_REFUSALS or words in ("", _NO_WORDS):
        return ""
    return words


def quoted(words: str) -> str:
    """Put words of the gateway in quotes, labelled as such; nothing stays nothing."""
    return QCoreApplication.translate("problem", "The gateway says: “{words}”").format(words=words) if words else ""


def support_line(problem: Problem) -> str:
    """Return the line that the gateway's support desk asks for, or an empty text."""
    if not problem.support_id:
        return QCoreApplication.translate("problem", "Code for support: {code}").format(code=problem.code)
    words = QCoreApplication.translate("problem", "Code for support: {code}, {support_id}")
    return words.format(code=problem.code, support_id=problem.support_id)


def _known(code: str) -> str:
    if code in ALIASES:
        return ALIASES[code]
    if code not in _TITLES and code.startswith("http_5"):
        return "http_5xx"
    if code not in _TITLES and code.startswith("http_4"):
        return "http_4xx"
    return code
