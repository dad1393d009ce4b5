"""The words of what waits for a person: what happened, what is safe to do now, and what each button does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.inbox import InboxAction, InboxKind, actions_of
from posapp.domain.status import AttemptState
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.text import Look, alarm_text, gateway_words, money_text, order_tail, review_text, review_values
from posapp.ui.time_text import clock_text
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from posapp.domain.inbox import InboxItem
    from posapp.domain.till import TillFacts

_K = InboxKind
_A = InboxAction

_KINDS: Final = {
    _K.PAID_TWICE: (Icon.BELL, ToneName.REFUSED, QT_TRANSLATE_NOOP("Inbox", "Paid twice")),
    _K.PAID_LATE: (Icon.BELL, ToneName.REFUSED, QT_TRANSLATE_NOOP("Inbox", "Paid when nobody waited for it")),
    _K.MISMATCH: (Icon.EYE, ToneName.REVIEW, QT_TRANSLATE_NOOP("Inbox", "The gateway says something else")),
    _K.CONTRADICTED: (Icon.EYE, ToneName.REVIEW, QT_TRANSLATE_NOOP("Inbox", "The gateway contradicts itself")),
    _K.REFUND_UNKNOWN: (Icon.QUESTION, ToneName.NOT_KNOWN, QT_TRANSLATE_NOOP("Inbox", "Refund not known yet")),
    _K.REFUND_FAILED: (Icon.RETURN, ToneName.REFUSED, QT_TRANSLATE_NOOP("Inbox", "Refund failed")),
    _K.UNKNOWN: (Icon.QUESTION, ToneName.NOT_KNOWN, QT_TRANSLATE_NOOP("Inbox", "Not known whether it was paid")),
    _K.ORPHAN: (Icon.QUESTION, ToneName.NOT_KNOWN, QT_TRANSLATE_NOOP("Inbox", "At the gateway, and never shown")),
    _K.LAPSED: (Icon.QUESTION, ToneName.NOT_KNOWN, QT_TRANSLATE_NOOP("Inbox", "Never found at the gateway")),
    _K.WAITING: (Icon.HOURGLASS, ToneName.WAITING, QT_TRANSLATE_NOOP("Inbox", "Still waiting to be paid")),
}
_SENTENCES: Final = {
    _K.PAID_TWICE: QT_TRANSLATE_NOOP(
        "Inbox",
        "More than one code of the order was paid. Give this payment back, or keep it if goods were given for it, too.",
    ),
    _K.PAID_LATE: QT_TRANSLATE_NOOP(
        "Inbox",
        "The money came after the order was given up or closed. Keep it if the goods were given; if not, give it back.",
    ),
    _K.MISMATCH: QT_TRANSLATE_NOOP(
        "Inbox",
        "Its answer is not what was asked for, so nothing of it is believed. Ask again; if it stays so, clear it up "
        "with the gateway and say here what came of it.",
    ),
    _K.CONTRADICTED: QT_TRANSLATE_NOOP(
        "Inbox",
        "It takes back what it said before; the first word stands. Ask again, and clear it up with the gateway before "
        "anything more is given.",
    ),
    _K.REFUND_UNKNOWN: QT_TRANSLATE_NOOP(
        "Inbox",
        "The money may be back or not. Do not refund it again: the gateway is asked until it is known.",
    ),
    _K.REFUND_FAILED: QT_TRANSLATE_NOOP(
        "Inbox",
        "The gateway has not given the money back, so the customer still waits for it. Refund it again, or say how it "
        "was settled.",
    ),
    _K.UNKNOWN: QT_TRANSLATE_NOOP(
        "Inbox",
        "The gateway's answer was lost on the way. Do not charge it as a second order: ask, or take a new code of this "
        "one.",
    ),
    _K.ORPHAN: QT_TRANSLATE_NOOP(
        "Inbox",
        "The payment exists, and its code never reached this screen, so nobody should be able to pay it. Ask, or give "
        "it up.",
    ),
    _K.LAPSED: QT_TRANSLATE_NOOP(
        "Inbox",
        "The gateway knew nothing of it for as long as it was asked. Ask once more, or write it off: as far as anybody "
        "can tell, nobody paid.",
    ),
    _K.WAITING: QT_TRANSLATE_NOOP(
        "Inbox", "The customer has seen the code and can still pay. It is watched, whatever you do."
    ),
}
_BUTTONS: Final = {
    _A.ASK: (Icon.REFRESH, QT_TRANSLATE_NOOP("Inbox", "Ask now")),
    _A.SHOW_CODE: (Icon.CODE, QT_TRANSLATE_NOOP("Inbox", "Show code")),
    _A.NEW_CODE: (Icon.NEW_CODE, QT_TRANSLATE_NOOP("Inbox", "New code")),
    _A.GIVE_UP: (Icon.CROSS, QT_TRANSLATE_NOOP("Inbox", "Give up")),
    _A.REFUND: (Icon.RETURN, QT_TRANSLATE_NOOP("Inbox", "Give back")),
    _A.KEEP: (Icon.TICK, QT_TRANSLATE_NOOP("Inbox", "Keep it")),
    _A.WRITE_OFF: (Icon.CROSS_CIRCLE, QT_TRANSLATE_NOOP("Inbox", "Write off")),
    _A.SEEN: (Icon.EYE, QT_TRANSLATE_NOOP("Inbox", "Settle it")),
}
_ASKED_FOR: Final = {
    _A.NEW_CODE: QT_TRANSLATE_NOOP("Inbox", "Why a second code is safe"),
    _A.KEEP: QT_TRANSLATE_NOOP("Inbox", "Why it is kept: the goods were given, say"),
    _A.WRITE_OFF: QT_TRANSLATE_NOOP("Inbox", "Why nobody can have paid it"),
    _A.SEEN: QT_TRANSLATE_NOOP("Inbox", "What came of it"),
}
_DONE: Final = {
    _A.ASK: QT_TRANSLATE_NOOP("Inbox", "Order {tail}: {words}"),
    _A.GIVE_UP: QT_TRANSLATE_NOOP("Inbox", "Order {tail} was given up."),
    _A.NEW_CODE: QT_TRANSLATE_NOOP("Inbox", "Order {tail} has a new code."),
    _A.KEEP: QT_TRANSLATE_NOOP("Inbox", "Order {tail}: the money is kept."),
    _A.WRITE_OFF: QT_TRANSLATE_NOOP("Inbox", "Order {tail} was written off."),
    _A.SEEN: QT_TRANSLATE_NOOP("Inbox", "Order {tail} is settled."),
}
_CONFIRM: Final = {
    _A.NEW_CODE: QT_TRANSLATE_NOOP("Inbox", "New code for {amount}"),
    _A.KEEP: QT_TRANSLATE_NOOP("Inbox", "Keep {amount}"),
    _A.WRITE_OFF: QT_TRANSLATE_NOOP("Inbox", "Write off {amount}"),
    _A.SEEN: QT_TRANSLATE_NOOP("Inbox", "Settle {amount}"),
}


def _translated(source: str) -> str:
    return QCoreApplication.translate("Inbox", source)


def kind_look(kind: InboxKind) -> Look:
    """Return icon, colour and heading of a kind."""
    icon, tone, word = _KINDS[kind]
    return Look(_translated(word), tone, icon)


def kind_sentence(kind: InboxKind) -> str:
    """Say what happened and what is safe to do now."""
    return _translated(_SENTENCES[kind])


def action_word(action: InboxAction) -> tuple[Icon, str]:
    """Return a button's icon and words."""
    icon, word = _BUTTONS[action]
    return icon, _translated(word)


def asks_for(action: InboxAction) -> str:
    """Say which reason has to be given; empty for what needs none."""
    return _translated(_ASKED_FOR[action]) if action in _ASKED_FOR else ""


def done_words(action: InboxAction, item: InboxItem, words: str) -> str:
    """Say what came of an action that took an item away; `words` are what asking brought."""
    return _translated(_DONE[action]).format(tail=order_tail(item.merchant_order_id), words=words)


def confirm_words(action: InboxAction, item: InboxItem, facts: TillFacts) -> str:
    """Return the words of the button that does it, with the amount it is about."""
    return _translated(_CONFIRM[action]).format(amount=amount_words(item, facts))


def amount_words(item: InboxItem, facts: TillFacts) -> str:
    """Return how much an item is about."""
    refund = item.refund
    return money_text(item.attempt.money if refund is None else refund.money, facts)


def offered(item: InboxItem, facts: TillFacts) -> tuple[InboxAction, ...]:
    """List what is offered: what is honest, less what this gateway cannot do."""
    return tuple(one for one in actions_of(item) if one is not InboxAction.REFUND or can_give_back(item, facts))


def can_give_back(item: InboxItem, facts: TillFacts) -> bool:
    """Tell whether money of this item's payment can be given back from here."""
    return facts.can_refund and item.attempt.provider == facts.provider


def detail_words(item: InboxItem, facts: TillFacts) -> str:
    """Say what is particular about one item; empty where its kind says it all."""
    attempt, refund = item.attempt, item.refund
    if refund is not None:
        whole = _translated(QT_TRANSLATE_NOOP("Inbox", "Of a payment of {amount}."))
        said = gateway_words(refund.problem_text or refund.review_detail)
        told = _translated(QT_TRANSLATE_NOOP("Inbox", "The gateway says: “{words}”")).format(words=said) if said else ""
        return " ".join(part for part in (whole.format(amount=money_text(attempt.money, facts)), told) if part)
    if attempt.review is not None:
        values = review_values(attempt.review, attempt.review_detail)
        return "\n".join(part for part in (review_text(attempt.review)[0], values) if part)
    if item.kind in (_K.PAID_TWICE, _K.PAID_LATE):
        return _of_payment(item, facts)
    if item.kind is _K.UNKNOWN:
        return _seen_words(shown=attempt.shown_at is not None)
    if attempt.given_up_at is not None and attempt.state is not AttemptState.LAPSED:
        return _translated(QT_TRANSLATE_NOOP("Inbox", "Given up at {time}; the gateway is still asked.")).format(
            time=clock_text(attempt.given_up_at, facts.day)
        )
    return ""


def _of_payment(item: InboxItem, facts: TillFacts) -> str:
    attempt = item.attempt
    # "Paid twice" is the heading already; the other one may mean two things.
    parts = [] if attempt.alarm is None or item.kind is _K.PAID_TWICE else [alarm_text(attempt.alarm)[0]]
    if not actions_of(item):
        parts.append(_translated(QT_TRANSLATE_NOOP("Inbox", "It is on its way back; this leaves here by itself.")))
    elif not can_give_back(item, facts):
        words = QT_TRANSLATE_NOOP(
            "Inbox", "It cannot be given back from here: do that at the gateway itself, and write here that it was."
        )
        parts.append(_translated(words))
    return "\n".join(part for part in parts if part)


def _seen_words(*, shown: bool) -> str:
    if shown:
        return _translated(QT_TRANSLATE_NOOP("Inbox", "Its code was on screen, so the customer may still pay it."))
    return _translated(QT_TRANSLATE_NOOP("Inbox", "Nobody has seen its code: a new code of this order is safe."))
