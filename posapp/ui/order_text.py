"""The sentences of the order list and its drawer: what happened to an order, and what is safe to do now."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication

from posapp.domain.errors import Problem
from posapp.domain.inbox import Decision
from posapp.domain.order import CodeKind
from posapp.domain.order_query import StateFilter
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.ui.problem_text import gateway_said, quoted
from posapp.ui.text import (
    Situation,
    alarm_text,
    gateway_words,
    problem_text,
    review_text,
    review_values,
    situation_of,
)

if TYPE_CHECKING:
    from posapp.domain.order_query import TimelineEntry

translate = QCoreApplication.translate


def filter_word(state: StateFilter) -> str:
    """Return a chip's word."""
    return {
        StateFilter.ALL: translate("OrderText", "All"),
        StateFilter.WAITING: translate("OrderText", "Waiting"),
        StateFilter.PAID: translate("OrderText", "Paid"),
        StateFilter.UNPAID: translate("OrderText", "Not paid"),
        StateFilter.NEEDS_LOOK: translate("OrderText", "Needs a look"),
        StateFilter.REFUNDED: translate("OrderText", "Refunded"),
    }[state]


def unknown_advice(state: AttemptState, *, shown: bool = False) -> tuple[str, str]:
    """Explain an outcome that nobody knows, and what is safe.

    Args:
        state: UNKNOWN, ORPHAN or LAPSED.
        shown: Whether its code may have been seen, as after a restore: a shopper can then still pay it.
    """
    title = translate("OrderText", "Not known yet: do not charge again")
    if state is AttemptState.ORPHAN and shown:
        what = translate("OrderText", "The gateway knows this payment, and it is being watched.")
    elif state is AttemptState.ORPHAN:
        what = translate(
            "OrderText", "The gateway knows this payment, but its code never reached this screen. It is being watched."
        )
    elif state is AttemptState.LAPSED:
        what = translate(
            "OrderText",
            "The gateway never told what became of it and is no longer asked by itself. Ask now, or look it up at the "
            "gateway with the ids below.",
        )
    else:
        what = translate(
            "OrderText",
            "The gateway's answer was lost on the way, so the payment may or may not exist. It is asked about again "
            "and again.",
        )
    if shown:
        safe = translate("OrderText", "Its code was on screen, so the customer may still pay it: wait, or ask now.")
    else:
        safe = translate(
            "OrderText", "Nobody has seen its code: a new code of this order is safe, a second order is not."
        )
    return title, f"{what} {safe}"


def code_kind_text(kind: CodeKind) -> str:
    """Say what the gateway handed out."""
    return {
        CodeKind.SCAN: translate("OrderText", "QR code to scan"),
        CodeKind.LINK: translate("OrderText", "Link for inside WeChat"),
        CodeKind.HANDOFF: translate("OrderText", "Mini program hand-off"),
    }[kind]


def state_sentence(state: AttemptState) -> str:
    """Say what it meant when an attempt reached a state, as one line of the timeline."""
    return {
        AttemptState.DRAFT: translate("OrderText", "Written down"),
        AttemptState.CREATING: translate("OrderText", "Asked the gateway for a code"),
        AttemptState.NOT_SENT: translate("OrderText", "Could not be sent: nothing reached the gateway"),
        AttemptState.REFUSED: translate("OrderText", "Refused by the gateway"),
        AttemptState.CREATED: translate("OrderText", "The gateway gave a code"),
        AttemptState.PENDING: translate("OrderText", "Code put on screen"),
        AttemptState.UNKNOWN: translate("OrderText", "No clear answer: the payment may or may not exist"),
        AttemptState.ORPHAN: translate("OrderText", "Found at the gateway by asking, not paid yet"),
        AttemptState.SUCCEEDED: translate("OrderText", "Paid"),
        AttemptState.CANCELLED: translate("OrderText", "Closed by the gateway, not paid"),
        AttemptState.LAPSED: translate("OrderText", "Never found at the gateway; no longer asked by itself"),
    }[state]


def event_sentence(entry: TimelineEntry) -> str:
    """Put one audit row into plain words; one this version does not know is named by its code."""
    state = _member(AttemptState, entry.new_state)
    if entry.event == "state" and state is not None:
        return state_sentence(state)
    alarm = _member(AlarmKind, entry.facts.get("alarm"))
    if entry.event == "alarm" and alarm is not None:
        return translate("OrderText", "Alarm: {what}").format(what=alarm_text(alarm)[0])
    review = _member(ReviewReason, entry.facts.get("review"))
    if entry.event == "review" and review is not None:
        return translate("OrderText", "Needs a look: {what}").format(what=review_text(review)[0])
    decision = _member(Decision, entry.facts.get("settled"))
    if entry.event == "settled" and decision is not None:
        return decision_sentence(decision)
    words = _event_words().get(entry.event)
    return words if words is not None else translate("OrderText", "Recorded: {event}").format(event=entry.event)


def decision_sentence(decision: Decision) -> str:
    """Say what a person decided about an odd payment or refund."""
    return {
        Decision.KEPT: translate("OrderText", "Decided: the money is kept"),
        Decision.REFUNDED: translate("OrderText", "Settled: the money went back"),
        Decision.WRITTEN_OFF: translate("OrderText", "Decided: written off, nobody paid as far as anybody can tell"),
        Decision.SEEN: translate("OrderText", "Decided: looked into, nothing is to be done"),
    }[decision]


def event_details(entry: TimelineEntry) -> list[str]:
    """Return what else an audit row holds that helps to understand it; words from outside are made fit to show."""
    facts = entry.facts
    lines: list[str] = []
    if "problem" in facts and facts["problem"] != "None":
        lines.append(problem_text(Problem(facts["problem"], ""), _situation(entry))[0])
    if "paid_at" in facts:
        lines.append(translate("OrderText", "Gateway's time: {time}").format(time=gateway_words(facts["paid_at"])))
    if facts.get("review_detail"):
        lines.extend(_both_sides(entry).split("\n"))
    said = gateway_said(
        _member(AttemptState, entry.new_state) or AttemptState.UNKNOWN,
        facts.get("problem"),
        gateway_words(facts.get("detail")),
    )
    if said:
        lines.append(quoted(said))
    if entry.event in ("override", "settled"):
        words = gateway_words(facts.get("reason") or facts.get("words"))
        lines.extend([translate("OrderText", "“{words}”").format(words=words)] if words else [])
        names = facts.get("asked_by", ""), facts.get("approved_by", "")
        lines.extend(gateway_words(name) for name in names if name)
    if facts.get("support_id"):
        lines.append(translate("OrderText", "Support id {id}").format(id=gateway_words(facts["support_id"])))
    return lines


def _both_sides(entry: TimelineEntry) -> str:
    detail = entry.facts["review_detail"]
    reason = _member(ReviewReason, entry.facts.get("review"))
    return gateway_words(detail) if reason is None else review_values(reason, detail)


def _event_words() -> dict[str, str]:
    return {
        "alarm": translate("OrderText", "Alarm"),
        "alarm_cleared": translate("OrderText", "Alarm settled"),
        "settled": translate("OrderText", "Decided by a person"),
        "reopened": translate("OrderText", "Odd once more: the decision was taken back"),
        "review": translate("OrderText", "The answer needs a look"),
        "review_cleared": translate("OrderText", "The answers add up again"),
        "cancel_requested": translate("OrderText", "The gateway was asked to close the payment"),
        "given_up": translate("OrderText", "Given up by the cashier; still being watched"),
        "resumed": translate("OrderText", "Taken up again: its code is shown once more"),
        "clock_off": translate("OrderText", "This computer's clock was not the gateway's"),
        "not_found": translate("OrderText", "The gateway knew nothing of it"),
        "override": translate("OrderText", "A manager allowed a further code though this one can still be paid"),
        "code_dead": translate("OrderText", "The gateway says that the code can no longer be paid"),
        "noted": translate("OrderText", "The gateway told more about it"),
        "saved": translate("OrderText", "Saved out of a damaged ledger when a backup was restored"),
        "stale_answer": translate("OrderText", "An older answer arrived late and changed nothing"),
        "success_out_of_turn": translate("OrderText", "Called paid when it could not be; nothing was changed"),
    }


def _situation(entry: TimelineEntry) -> Situation:
    state = _member(AttemptState, entry.new_state)
    return Situation.ASKING if state is None else situation_of(state)


_Word = TypeVar("_Word", bound=StrEnum)


def _member(words: type[_Word], word: str | None) -> _Word | None:
    return next((member for member in words if member == word), None)
