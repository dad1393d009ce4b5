"""Words about refunds: what a state is called and looks like, what has happened, and what is safe to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.errors import Problem
from posapp.domain.refund import RefundReview, RefundState
from posapp.domain.status import ReviewReason
from posapp.ui import text
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.problem_text import quoted
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from posapp.domain.order_query import TimelineEntry
    from posapp.domain.refund import Refund
    from posapp.domain.till import TillFacts

_S = RefundState
_OURS: Final = frozenset({"credentials_rejected", "http_401", "http_429", "internal", "interrupted", "refund_failed"})
"""Codes whose English words are this program's, not the gateway's."""
_TELLING: Final = frozenset(
    {"credentials_rejected", "unauthorized", "rate_limited", "http_429", "too_many_requests", "refund_failed"}
)
"""Codes of refusals whose sentences fit a refund."""

_LOOKS: Final = {
    _S.REQUESTED: (QT_TRANSLATE_NOOP("refund", "Asking the gateway"), ToneName.WAITING, Icon.HOURGLASS),
    _S.NOT_SENT: (QT_TRANSLATE_NOOP("refund", "Not sent"), ToneName.REFUSED, Icon.BANG),
    _S.PROCESSING: (QT_TRANSLATE_NOOP("refund", "With the gateway"), ToneName.WAITING, Icon.HOURGLASS),
    _S.SUCCEEDED: (QT_TRANSLATE_NOOP("refund", "Refunded"), ToneName.REFUNDED, Icon.RETURN),
    _S.FAILED: (QT_TRANSLATE_NOOP("refund", "Not refunded"), ToneName.REFUSED, Icon.BANG),
    _S.UNKNOWN: (QT_TRANSLATE_NOOP("refund", "Not known yet"), ToneName.NOT_KNOWN, Icon.QUESTION),
}
_ADVICE: Final = {
    _S.REQUESTED: (
        QT_TRANSLATE_NOOP("refund", "Asking the gateway to give back {amount}"),
        QT_TRANSLATE_NOOP("refund", "It is written down and was asked for once. There is nothing to press meanwhile."),
    ),
    _S.NOT_SENT: (
        QT_TRANSLATE_NOOP("refund", "{amount} could not be asked back"),
        QT_TRANSLATE_NOOP("refund", "Nothing left this till, so no money went back. It is safe to try again."),
    ),
    _S.PROCESSING: (
        QT_TRANSLATE_NOOP("refund", "{amount} is on its way back"),
        QT_TRANSLATE_NOOP(
            "refund", "The gateway has taken it on. Nobody needs to wait here: it stays watched until it has ended."
        ),
    ),
    _S.SUCCEEDED: (
        QT_TRANSLATE_NOOP("refund", "{amount} went back"),
        QT_TRANSLATE_NOOP("refund", "The gateway has given it back to the customer's WeChat Pay."),
    ),
    _S.FAILED: (
        QT_TRANSLATE_NOOP("refund", "{amount} did not go back"),
        QT_TRANSLATE_NOOP(
            "refund", "The gateway said no, so no money went back. It is safe to try again once the reason is gone."
        ),
    ),
    _S.UNKNOWN: (
        QT_TRANSLATE_NOOP("refund", "Not known yet: do not refund {amount} again"),
        QT_TRANSLATE_NOOP(
            "refund",
            "The gateway's answer was lost on the way, so the money may be going back. It is asked about again and "
            "again; give nothing back by other means until it is known.",
        ),
    ),
}
_REVIEWS: Final = {
    RefundReview.AMOUNT_DIFFERS: QT_TRANSLATE_NOOP("refund", "The gateway names another amount than was asked for"),
    RefundReview.WRONG_REFUND: QT_TRANSLATE_NOOP("refund", "The gateway's answer is about another refund"),
    RefundReview.UNKNOWN_STATUS: QT_TRANSLATE_NOOP("refund", "The gateway uses a word that this till does not know"),
    RefundReview.CONTRADICTED: QT_TRANSLATE_NOOP("refund", "The gateway takes back what it said about this refund"),
}


def _text(source: str) -> str:
    return QCoreApplication.translate("refund", source)


def refund_look(refund: Refund) -> text.Look:
    """Say where a refund stands; one whose answer is in doubt needs a look."""
    if refund.review is not None and refund.settled is None:
        return text.Look(_text(QT_TRANSLATE_NOOP("refund", "Needs a look")), ToneName.REVIEW, Icon.EYE)
    word, tone, icon = _LOOKS[refund.state]
    return text.Look(_text(word), tone, icon)


def refund_advice(refund: Refund, facts: TillFacts) -> tuple[str, str]:
    """Say what became of a refund, and what is safe to do now."""
    amount = text.money_text(refund.money, facts).replace(" ", "\u00a0")  # no line ends within it
    title, advice = _ADVICE[refund.state]
    words = _text(advice)
    if refund.review is not None:
        stands = _DOUBTED.get(refund.state, _UNSURE)
        words = " ".join((f"{_text(_REVIEWS[refund.review])}.", _text(stands), _text(_CALL)))
    return _text(title).format(amount=amount), words


_UNSURE: Final = QT_TRANSLATE_NOOP("refund", "It is not taken as refunded. Do not refund it again.")
_DOUBTED: Final = {
    _S.SUCCEEDED: QT_TRANSLATE_NOOP("refund", "It stays refunded here. Do not refund it again."),
    _S.FAILED: QT_TRANSLATE_NOOP("refund", "The money may have gone back after all. Do not refund it again."),
}
_CALL: Final = QT_TRANSLATE_NOOP("refund", "Call the gateway's support with the ids below.")


def refund_small(refund: Refund) -> str:
    """Return what the gateway itself said, both values of a doubt, and the code for its support desk, a line each."""
    lines = _both_values(refund.review, refund.review_detail)
    if refund.problem_code is not None and refund.state is not _S.SUCCEEDED:
        said = quoted(said_by_gateway(refund))
        title = problem_title(refund)
        lines += [line for line in (title, said) if line]
        lines.append(text.support_line(Problem(refund.problem_code, "", support_id=refund.support_id)))
    return "\n".join(text.gateway_words(line) for line in lines)


def _both_values(review: str | None, detail: str | None) -> list[str]:
    """Say what was asked and what the gateway says of it, a line each."""
    if not detail:
        return []
    alike = {
        RefundReview.AMOUNT_DIFFERS: ReviewReason.AMOUNT_DIFFERS,
        RefundReview.WRONG_REFUND: ReviewReason.WRONG_ORDER,
    }
    reason = next((reason for mine, reason in alike.items() if mine == review), ReviewReason.UNKNOWN_STATUS)
    return text.review_values(reason, detail).split("\n")


def said_by_gateway(refund: Refund) -> str:
    """Return the gateway's own words for why it did not give the money back; empty where there are none."""
    if refund.state is not _S.FAILED or refund.problem_code in _OURS:
        return ""
    return text.gateway_words(refund.problem_text)


def problem_title(refund: Refund) -> str:
    """Say why it was not sent, failed or is not known; empty where nothing is the matter."""
    if refund.problem_code is None:
        return ""
    situation = {_S.NOT_SENT: text.Situation.NOT_SENT, _S.FAILED: text.Situation.REFUSED}
    if refund.state is _S.FAILED and refund.problem_code not in _TELLING:
        return ""  # the sentences about refusals are about charges; the gateway's own words stand beside it
    return text.problem_text(Problem(refund.problem_code, ""), situation.get(refund.state, text.Situation.NOT_KNOWN))[0]


def refund_event(entry: TimelineEntry, amount: str) -> str:
    """Put an audit row about a refund into plain words.

    Args:
        entry: The row.
        amount: How much it is about, as it is shown.
    """
    state = next((state for state in RefundState if state == entry.new_state), None)
    if state is None or entry.old_state == entry.new_state:
        if "settled" in entry.facts:
            return _text(QT_TRANSLATE_NOOP("refund", "Decided about the refund of {amount}")).format(amount=amount)
        told = QT_TRANSLATE_NOOP("refund", "The gateway told more about the refund of {amount}")
        doubt = QT_TRANSLATE_NOOP("refund", "The answer about the refund of {amount} needs a look")
        return _text(doubt if "review" in entry.facts else told).format(amount=amount)
    return _text(_EVENTS[state]).format(amount=amount)


_EVENTS: Final = {
    _S.REQUESTED: QT_TRANSLATE_NOOP("refund", "Refund of {amount} asked for"),
    _S.NOT_SENT: QT_TRANSLATE_NOOP("refund", "Refund of {amount} could not be sent"),
    _S.PROCESSING: QT_TRANSLATE_NOOP("refund", "The gateway has taken on the refund of {amount}"),
    _S.SUCCEEDED: QT_TRANSLATE_NOOP("refund", "Refunded {amount}"),
    _S.FAILED: QT_TRANSLATE_NOOP("refund", "Refund of {amount} failed"),
    _S.UNKNOWN: QT_TRANSLATE_NOOP("refund", "No clear answer: the refund of {amount} may or may not exist"),
}


def refund_details(entry: TimelineEntry) -> list[str]:
    """Return what else an audit row about a refund holds that helps to understand it."""
    facts = entry.facts
    lines: list[str] = []
    names = (
        ("reason", QT_TRANSLATE_NOOP("refund", "Reason: {text}")),
        ("asked_by", QT_TRANSLATE_NOOP("refund", "Asked for by {text}")),
        ("approved_by", QT_TRANSLATE_NOOP("refund", "Allowed by {text}")),
        ("words", QT_TRANSLATE_NOOP("refund", "In their words: {text}")),
    )
    for name, words in names:
        if facts.get(name):
            lines.append(_text(words).format(text=text.gateway_words(facts[name])))
    lines += _both_values(facts.get("review"), facts.get("review_detail"))
    code, failed = facts.get("problem"), entry.new_state == _S.FAILED
    if code is not None and (not failed or code in _TELLING):
        situation = text.Situation.NOT_SENT if entry.new_state == _S.NOT_SENT else text.Situation.NOT_KNOWN
        lines.append(text.problem_text(Problem(code, ""), situation)[0])
    if failed and code not in _OURS and facts.get("detail"):
        lines.append(quoted(text.gateway_words(facts["detail"])))
    if facts.get("support_id"):
        lines.append(
            _text(QT_TRANSLATE_NOOP("refund", "Support id {text}")).format(text=text.gateway_words(facts["support_id"]))
        )
    return lines


def event_tone(entry: TimelineEntry) -> ToneName | None:
    """Return the colour of an audit row about a refund; None for an ordinary step."""
    if "review" in entry.facts:
        return ToneName.REFUSED
    state = next((state for state in RefundState if state == entry.new_state), None)
    tone = None if state is None or entry.old_state == entry.new_state else _LOOKS[state][1]
    return None if tone is ToneName.WAITING else tone
