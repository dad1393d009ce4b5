"""Words for people: what a state is called, looks like and means; money, times and ages as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.status import AlarmKind, AttemptState, ReviewReason, Standing
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.presenters.review_values import both_values
from posapp.ui.problem_text import Situation, problem_text, situation_of, support_line
from posapp.ui.time_text import age_text, clock_text, day_text, elapsed_text, local, span_text
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from posapp.domain.money import Money
    from posapp.domain.till import TillFacts

__all__ = [
    "Look",
    "Situation",
    "age_text",
    "alarm_text",
    "attempt_look",
    "clock_text",
    "day_text",
    "elapsed_text",
    "gateway_words",
    "local",
    "money_parts",
    "money_text",
    "order_tail",
    "problem_text",
    "review_text",
    "review_values",
    "situation_of",
    "span_text",
    "standing_look",
    "support_line",
]

TAIL_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: always all three together."""

    word: str
    tone: ToneName
    icon: Icon


_STANDING: Final = {
    Standing.WAITING: (QT_TRANSLATE_NOOP("text", "Waiting"), ToneName.WAITING, Icon.HOURGLASS),
    Standing.NOT_KNOWN: (QT_TRANSLATE_NOOP("text", "Not known yet"), ToneName.NOT_KNOWN, Icon.QUESTION),
    Standing.PAID: (QT_TRANSLATE_NOOP("text", "Paid"), ToneName.PAID, Icon.TICK),
    Standing.UNPAID: (QT_TRANSLATE_NOOP("text", "Not paid"), ToneName.UNPAID, Icon.CROSS),
    Standing.REFUSED: (QT_TRANSLATE_NOOP("text", "Refused"), ToneName.REFUSED, Icon.BANG),
    Standing.REVIEW: (QT_TRANSLATE_NOOP("text", "Needs a look"), ToneName.REVIEW, Icon.EYE),
}

_ATTEMPT: Final = {
    AttemptState.DRAFT: (QT_TRANSLATE_NOOP("text", "Not started"), ToneName.WAITING, Icon.HOURGLASS),
    AttemptState.CREATING: (QT_TRANSLATE_NOOP("text", "Asking for a code"), ToneName.WAITING, Icon.HOURGLASS),
    AttemptState.NOT_SENT: (QT_TRANSLATE_NOOP("text", "Not sent"), ToneName.REFUSED, Icon.BANG),
    AttemptState.REFUSED: (QT_TRANSLATE_NOOP("text", "Refused"), ToneName.REFUSED, Icon.BANG),
    AttemptState.CREATED: (
        QT_TRANSLATE_NOOP("text", "Ready, not shown yet"),
        ToneName.WAITING,
        Icon.HOURGLASS,
    ),
    AttemptState.PENDING: (
        QT_TRANSLATE_NOOP("text", "Waiting for payment"),
        ToneName.WAITING,
        Icon.HOURGLASS,
    ),
    AttemptState.UNKNOWN: (QT_TRANSLATE_NOOP("text", "Not known yet"), ToneName.NOT_KNOWN, Icon.QUESTION),
    AttemptState.ORPHAN: (
        QT_TRANSLATE_NOOP("text", "Found at the gateway, not paid yet"),
        ToneName.NOT_KNOWN,
        Icon.QUESTION,
    ),
    AttemptState.SUCCEEDED: (QT_TRANSLATE_NOOP("text", "Paid"), ToneName.PAID, Icon.TICK),
    AttemptState.CANCELLED: (QT_TRANSLATE_NOOP("text", "Closed, not paid"), ToneName.UNPAID, Icon.CROSS),
    AttemptState.LAPSED: (QT_TRANSLATE_NOOP("text", "Never found out"), ToneName.NOT_KNOWN, Icon.QUESTION),
}

_ALARM: Final = {
    AlarmKind.PAID_LATE: (
        QT_TRANSLATE_NOOP("text", "Money arrived late"),
        QT_TRANSLATE_NOOP(
            "text",
            "This order was paid after it had left the screen. Either complete it with the customer or give the money "
            "back.",
        ),
    ),
    AlarmKind.PAID_AFTER_CANCEL: (
        QT_TRANSLATE_NOOP("text", "Paid after it was closed"),
        QT_TRANSLATE_NOOP(
            "text",
            "The gateway first said that this order was closed unpaid, and now that it is paid. Either complete it "
            "with the customer or give the money back.",
        ),
    ),
    AlarmKind.PAID_TWICE: (
        QT_TRANSLATE_NOOP("text", "Paid twice"),
        QT_TRANSLATE_NOOP(
            "text", "More than one payment arrived for this order. Keep one of them and give the other back."
        ),
    ),
    AlarmKind.CONTRADICTED: (
        QT_TRANSLATE_NOOP("text", "The gateway contradicts itself"),
        QT_TRANSLATE_NOOP(
            "text",
            "The gateway said that this order is paid and now says something else. It stays paid here. Call the "
            "gateway's support with the ids below before giving anything back.",
        ),
    ),
}

_REVIEW: Final = {
    ReviewReason.AMOUNT_DIFFERS: (
        QT_TRANSLATE_NOOP("text", "The amount is not the one that was charged"),
        QT_TRANSLATE_NOOP(
            "text",
            "This order is not taken as paid. Compare the two values with the customer and call a manager.",
        ),
    ),
    ReviewReason.WRONG_ORDER: (
        QT_TRANSLATE_NOOP("text", "The answer is about another order"),
        QT_TRANSLATE_NOOP(
            "text",
            "This order is not taken as paid. It is asked about again; do not charge a second time meanwhile.",
        ),
    ),
    ReviewReason.UNKNOWN_STATUS: (
        QT_TRANSLATE_NOOP("text", "The gateway uses a word that this till does not know"),
        QT_TRANSLATE_NOOP(
            "text",
            "This order is neither taken as paid nor as unpaid. Do not charge again; ask the gateway's support.",
        ),
    ),
    ReviewReason.CODE_UNUSABLE: (
        QT_TRANSLATE_NOOP("text", "The code cannot be shown"),
        QT_TRANSLATE_NOOP(
            "text",
            "What the gateway gave out is no payment code that a till may show, so nothing was shown to anyone.",
        ),
    ),
}


def _text(source: str) -> str:
    return QCoreApplication.translate("text", source)


def standing_look(standing: Standing) -> Look:
    """Say what a person is told about an order."""
    word, tone, icon = _STANDING[standing]
    return Look(_text(word), tone, icon)


def attempt_look(state: AttemptState) -> Look:
    """Say where one attempt stands."""
    word, tone, icon = _ATTEMPT[state]
    return Look(_text(word), tone, icon)


def alarm_text(alarm: AlarmKind) -> tuple[str, str]:
    """Return what rings, and what to do about it."""
    title, advice = _ALARM[alarm]
    return _text(title), _text(advice)


def review_text(reason: ReviewReason) -> tuple[str, str]:
    """Return why an answer is not believed, and what that means at the till."""
    title, advice = _REVIEW[reason]
    return _text(title), _text(advice)


def review_values(reason: ReviewReason, detail: str | None) -> str:
    """Say what was asked for and what the gateway says, a line each; any other detail as it came."""
    plain = gateway_words(detail)
    both = both_values(reason, plain)
    if both is None:
        return plain
    ours, theirs = both
    if reason is ReviewReason.WRONG_ORDER:
        first = QCoreApplication.translate("text", "Asked about: {value}")
    else:
        first = QCoreApplication.translate("text", "Asked: {value}")
    second = QCoreApplication.translate("text", "Gateway says: {value}")
    nothing = QCoreApplication.translate("text", "nothing", "what a gateway says")
    return f"{first.format(value=ours)}\n{second.format(value=theirs or nothing)}"


def money_text(money: Money, facts: TillFacts) -> str:
    """Write an amount for people, like `HKD 1,280.50`."""
    code, digits = money_parts(money, facts)
    return f"{code} {digits}"


def money_parts(money: Money, facts: TillFacts) -> tuple[str, str]:
    """Return code and grouped digits apart, for the big display."""
    return money.currency, money.grouped(facts.decimals(money.currency))


def order_tail(order_id: str) -> str:
    """Return the end of an order's id, which people compare and read out."""
    return order_id[-TAIL_LENGTH:]


def gateway_words(text: str | None, limit: int = 200) -> str:
    """Make words from outside fit to be shown: one line, no control characters, cut off with a mark."""
    plain = " ".join("".join(character if character.isprintable() else " " for character in text or "").split())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"
