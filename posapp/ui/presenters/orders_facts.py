"""The facts of one order as the drawer lists them: what was charged, each attempt, and all ids for the clipboard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.errors import Problem
from posapp.domain.status import AttemptState, Standing
from posapp.ui import text
from posapp.ui.icons import Icon
from posapp.ui.order_text import code_kind_text, unknown_advice
from posapp.ui.presenters.orders_clock import beside, long_day, moment
from posapp.ui.presenters.refund_words import (
    problem_title,
    refund_advice,
    refund_look,
    refund_small,
    said_by_gateway,
)
from posapp.ui.problem_text import gateway_said, quoted
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.domain.till import TillFacts

translate = QCoreApplication.translate

PROSE_FITS: Final = 20
"""Letters of one word that fit on every line of the drawer, however wide they are."""
ID_FITS: Final = 32
"""Letters of an id on a line of its own; ours are never longer."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value; `wide` ones (ids) take a whole line."""

    name: str
    value: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One attempt: its title, where it stands, and what is known about it."""

    title: str
    look: text.Look
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """Something about the order that a person has to know before acting.

    Attributes:
        icon: Its icon.
        tone: Its colour.
        title: What is the matter.
        advice: What happened and what is safe to do.
        small: Both values, words of the gateway, ids.
    """

    icon: Icon
    tone: ToneName
    title: str
    advice: str
    small: str = ""


def order_facts(snapshot: OrderSnapshot, facts: TillFacts) -> tuple[Fact, ...]:
    """List what is true of the order whatever its attempts did."""
    order = snapshot.order
    rows = [
        Fact(translate("OrderFacts", "Charged"), moment(order.created_at, facts.day)),
        Fact(translate("OrderFacts", "Paid (gateway's clock)"), _paid(snapshot.leading, order.created_at, facts)),
        Fact(translate("OrderFacts", "Refunded"), _given_back(snapshot, facts)),
        Fact(translate("OrderFacts", "Business day"), long_day(order.business_day)),
        Fact(translate("OrderFacts", "Till"), text.gateway_words(order.till)),
        Fact(translate("OrderFacts", "Cashier"), text.gateway_words(order.cashier)),
    ]
    return tuple(row for row in rows if row.value)


def attempt_facts(snapshot: OrderSnapshot, facts: TillFacts) -> tuple[AttemptFacts, ...]:
    """List the attempts, the newest first."""
    several = len(snapshot.attempts) > 1
    return tuple(_attempt(attempt, facts, several=several) for attempt in reversed(snapshot.attempts))


def refund_facts(snapshot: OrderSnapshot, facts: TillFacts) -> tuple[AttemptFacts, ...]:
    """List the refunds, the newest first; looks the same as an attempt's."""
    return tuple(_refund(refund, facts) for refund in reversed(snapshot.refunds))


def order_cautions(snapshot: OrderSnapshot, facts: TillFacts) -> tuple[Caution, ...]:
    """List what has to be known before acting: alarms first, then refunds, doubts, and why there is no payment."""
    cautions: list[Caution] = []
    for attempt in snapshot.attempts:
        if attempt.alarm is not None:
            title, advice = text.alarm_text(attempt.alarm)
            cautions.append(Caution(Icon.BELL, ToneName.REFUSED, title, advice))
    for refund in snapshot.refunds:
        if refund.needs_look:
            title, advice = refund_advice(refund, facts)
            look = refund_look(refund)
            cautions.append(Caution(look.icon, look.tone, title, advice, breakable(refund_small(refund))))
    if not facts.can_refund and any(snapshot.refundable(one.merchant_order_id).minor for one in snapshot.attempts):
        cautions.append(_no_refunds(facts))
    for attempt in snapshot.attempts:
        if attempt.review is not None:
            title, advice = text.review_text(attempt.review)
            small = breakable(text.review_values(attempt.review, attempt.review_detail))
            cautions.append(Caution(Icon.EYE, ToneName.REVIEW, title, advice, small))
    if snapshot.standing is Standing.NOT_KNOWN:
        unknown = next(attempt for attempt in reversed(snapshot.attempts) if attempt.needs_look)
        seen = unknown.shown_at is not None or any(attempt.may_still_be_paid for attempt in snapshot.attempts)
        title, advice = unknown_advice(unknown.state, shown=seen)
        cautions.append(Caution(Icon.QUESTION, ToneName.NOT_KNOWN, title, advice, _problem_line(unknown)))
    if snapshot.standing is Standing.REFUSED:
        cautions.append(_no_payment(snapshot.leading))
    return tuple(cautions)


def all_ids(snapshot: OrderSnapshot) -> str:
    """Return every id of the order, a line each, for the clipboard."""
    lines: list[str] = []
    for attempt in snapshot.attempts:
        lines.append(f"merchant_order_id: {attempt.merchant_order_id}")
        if attempt.gateway_id:
            lines.append(f"gateway_id: {text.gateway_words(attempt.gateway_id)}")
        if attempt.support_id:
            lines.append(f"support_id: {text.gateway_words(attempt.support_id)}")
    for refund in snapshot.refunds:
        lines.append(f"merchant_refund_id: {refund.merchant_refund_id}")
        if refund.gateway_refund_id:
            lines.append(f"gateway_refund_id: {text.gateway_words(refund.gateway_refund_id)}")
        if refund.support_id:
            lines.append(f"support_id: {text.gateway_words(refund.support_id)}")
    return "\n".join(lines)


def breakable(words: str, fits: int = PROSE_FITS) -> str:
    """Let very long words be broken over lines, so that no words from outside are wider than the drawer."""
    return re.sub(rf"\S{{{fits}}}(?=\S)", lambda found: f"{found[0]}\u200b", words)


def _attempt(attempt: Attempt, facts: TillFacts, *, several: bool) -> AttemptFacts:
    title = translate("OrderFacts", "Attempt {number}").format(number=attempt.number)
    problem = (
        text.problem_text(Problem(attempt.problem_code, ""), text.situation_of(attempt.state))[0]
        if (attempt.problem_code)
        else ""
    )
    rows = [
        Fact(translate("OrderFacts", "Code"), code_kind_text(attempt.code.kind) if attempt.code else ""),
        Fact(translate("OrderFacts", "Code shown"), _time(attempt.shown_at, attempt.created_at, facts)),
        Fact(translate("OrderFacts", "Given up"), _time(attempt.given_up_at, attempt.created_at, facts)),
        Fact(translate("OrderFacts", "Paid (gateway's clock)"), _paid(attempt, attempt.created_at, facts))
        if several
        else Fact("", ""),
        Fact(translate("OrderFacts", "Order id"), attempt.merchant_order_id, wide=True),
        Fact(translate("OrderFacts", "Id at the gateway"), text.gateway_words(attempt.gateway_id), wide=True),
        Fact(translate("OrderFacts", "Support id"), text.gateway_words(attempt.support_id), wide=True),
        Fact(translate("OrderFacts", "Problem"), problem, wide=True),
        Fact(translate("OrderFacts", "Gateway's words"), _said(attempt), wide=True),
    ]
    shown = title if several else translate("OrderFacts", "Payment")
    return AttemptFacts(shown, text.attempt_look(attempt.state), tuple(row for row in rows if row.value))


def _refund(refund: Refund, facts: TillFacts) -> AttemptFacts:
    title = translate("OrderFacts", "Refund {amount}").format(amount=text.money_text(refund.money, facts))
    near = refund.created_at
    rows = [
        Fact(translate("OrderFacts", "Asked for"), moment(refund.created_at, facts.day)),
        Fact(translate("OrderFacts", "Ended"), _time(refund.final_at, near, facts)),
        Fact(translate("OrderFacts", "Asked for by"), text.gateway_words(refund.asked_by)),
        Fact(translate("OrderFacts", "Allowed by"), text.gateway_words(refund.approved_by)),
        Fact(translate("OrderFacts", "Counts for the day"), long_day(refund.business_day)),
        Fact(translate("OrderFacts", "Reason"), text.gateway_words(refund.request.reason), wide=True),
        Fact(translate("OrderFacts", "Refund id"), refund.merchant_refund_id, wide=True),
        Fact(translate("OrderFacts", "Id at the gateway"), text.gateway_words(refund.gateway_refund_id), wide=True),
        Fact(translate("OrderFacts", "Support id"), text.gateway_words(refund.support_id), wide=True),
        Fact(translate("OrderFacts", "Problem"), problem_title(refund), wide=True),
        Fact(translate("OrderFacts", "Gateway's words"), said_by_gateway(refund), wide=True),
    ]
    return AttemptFacts(title, refund_look(refund), tuple(row for row in rows if row.value))


def _given_back(snapshot: OrderSnapshot, facts: TillFacts) -> str:
    """Say how much went back, and how much more is on its way; empty where nothing is."""
    back, under_way = snapshot.refunded, snapshot.reserved - snapshot.refunded
    if not under_way.minor:
        return text.money_text(back, facts) if back.minor else ""
    words = translate("OrderFacts", "{back}; {more} not known yet or on its way")
    return words.format(back=text.money_text(back, facts), more=text.money_text(under_way, facts))


def _no_refunds(facts: TillFacts) -> Caution:
    title = translate("OrderFacts", "{gateway} gives no money back on a till's word").format(gateway=facts.gateway_name)
    advice = translate(
        "OrderFacts",
        "To give money back, use the gateway's own portal or call its support, with the ids below (Copy ids).",
    )
    return Caution(Icon.INFO, ToneName.WAITING, title, advice)


def _paid(attempt: Attempt, near: datetime, facts: TillFacts) -> str:
    if attempt.state is not AttemptState.SUCCEEDED:
        return ""
    if attempt.paid_at is not None:
        return beside(attempt.paid_at, near, facts.day)
    return text.gateway_words(attempt.paid_at_raw) or translate("OrderFacts", "not given")


def _time(instant: datetime | None, near: datetime, facts: TillFacts) -> str:
    return "" if instant is None else beside(instant, near, facts.day)


def _said(attempt: Attempt) -> str:
    return gateway_said(attempt.state, attempt.problem_code, text.gateway_words(attempt.problem_text))


def _problem_line(attempt: Attempt) -> str:
    if not attempt.problem_code:
        return ""
    problem = Problem(attempt.problem_code, "", support_id=attempt.support_id)
    title = text.problem_text(problem, text.situation_of(attempt.state))[0]
    return f"{title}\n{_support(problem)}"


def _support(problem: Problem) -> str:
    return breakable(text.gateway_words(text.support_line(problem)), ID_FITS)


def _no_payment(attempt: Attempt) -> Caution:
    problem = Problem(attempt.problem_code or "rejected", "", support_id=attempt.support_id)
    title, advice = text.problem_text(problem, text.situation_of(attempt.state))
    words = breakable(quoted(_said(attempt)))
    small = f"{words}\n{_support(problem)}" if words else _support(problem)
    return Caution(Icon.BANG, ToneName.REFUSED, title, advice, small)
