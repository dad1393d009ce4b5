"""The audit rows of an order as lines to read, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from posapp.domain.money import Money
from posapp.domain.status import AttemptState
from posapp.ui.order_text import event_details, event_sentence
from posapp.ui.presenters.orders_clock import beside
from posapp.ui.presenters.orders_facts import breakable
from posapp.ui.presenters.refund_words import event_tone, refund_details, refund_event
from posapp.ui.text import attempt_look, money_text
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import TimelineEntry
    from posapp.domain.till import TillFacts

_REFUND = "refund"
_LOUD = frozenset({"alarm", "review"})


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of the timeline.

    Attributes:
        time: When, as the shop's clocks show it.
        title: What happened.
        details: What else helps to understand it.
        tone: Colour of its dot; None for an ordinary step.
    """

    time: str
    title: str
    details: tuple[str, ...] = ()
    tone: ToneName | None = None


def timeline_rows(
    snapshot: OrderSnapshot, timeline: tuple[TimelineEntry, ...], facts: TillFacts
) -> tuple[TimelineRow, ...]:
    """Write the audit rows of an order; with several attempts each says which one it is about."""
    numbers = {attempt.merchant_order_id: attempt.number for attempt in snapshot.attempts}
    several = len(numbers) > 1
    rows: list[TimelineRow] = []
    for entry in reversed(timeline):
        title = refund_event(entry, _amount(entry, facts)) if entry.event == _REFUND else event_sentence(entry)
        number = numbers.get(entry.merchant_order_id or "")
        if several and number is not None:
            words = QCoreApplication.translate("OrdersTimeline", "{what} (attempt {number})")
            title = words.format(what=title, number=number)
        time = beside(entry.at, snapshot.order.created_at, facts.day)
        details = refund_details(entry) if entry.event == _REFUND else event_details(entry)
        rows.append(TimelineRow(time, title, tuple(breakable(line) for line in details), _tone(entry)))
    return tuple(rows)


def _amount(entry: TimelineEntry, facts: TillFacts) -> str:
    """Return how much a refund's row is about; every one of them holds it."""
    try:
        money = Money(int(entry.facts["amount_minor"]), entry.facts["currency"])
    except (LookupError, ValueError):
        return "?"
    return money_text(money, facts)


def _tone(entry: TimelineEntry) -> ToneName | None:
    if entry.event == _REFUND:
        return event_tone(entry)
    if entry.event in _LOUD:
        return ToneName.REFUSED
    if entry.event != "state" or entry.new_state not in AttemptState.__members__:
        return None
    state = AttemptState(entry.new_state)
    tone = attempt_look(state).tone
    return None if tone is ToneName.WAITING else tone
