"""What an answer of the gateway means for an attempt: pure rules, the only way to green.

Green needs four equalities: our id, the amount by value, the currency, and the gateway's exact word for paid. Whatever
falls short keeps its state and is marked for review with both values. An attempt that succeeded stays so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AlarmKind, AttemptState, ReviewReason, may_change
from posapp.gateways.base import ReportedStatus

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from posapp.domain.order import Attempt
    from posapp.gateways.base import Created, GatewayState

MAX_TEXT: Final = 200
"""Characters kept of any text from outside."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be written.

    Attributes:
        attempt: The attempt as it must be from now on; equal to the old one where nothing changes.
        note: Code of an audit row to write although nothing changes, like `stale_answer`.
    """

    attempt: Attempt
    note: str | None = None


def judge_created(attempt: Attempt, created: Created) -> Attempt:
    """Decide what the reply to a create makes of a CREATING attempt.

    Only a reply that repeats our id, amount and currency and brings something to show makes it CREATED. Any other
    reply leaves the outcome UNKNOWN: something may exist at the gateway, and nothing of it may be shown.
    """
    told = replace(attempt, support_id=outside(created.support_id))
    if created.merchant_order_id != attempt.merchant_order_id:
        # The gateway's id in it is another order's too: asking by that one would never find this payment.
        return _review(told, ReviewReason.WRONG_ORDER, _both_ids(attempt, created.merchant_order_id), unknown=True)
    known = replace(told, gateway_id=outside(created.gateway_id))
    if not _amount_matches(attempt, created.amount, created.currency):
        detail = _both_amounts(attempt, created.amount, created.currency)
        return _review(known, ReviewReason.AMOUNT_DIFFERS, detail, unknown=True)
    if created.code is None:
        return _review(known, ReviewReason.CODE_UNUSABLE, None, unknown=True)
    return replace(known, state=AttemptState.CREATED, code=created.code)


def judge(attempt: Attempt, answer: GatewayState, at: datetime, *, another_paid: bool) -> Judgement:
    """Decide what an answer to a query or a cancel makes of an attempt.

    Args:
        attempt: As the ledger has it now.
        answer: What the gateway said.
        at: Now, UTC.
        another_paid: Whether another attempt of the same order has succeeded.
    """
    judgement = _judged(attempt, answer, at, another_paid=another_paid)
    return replace(judgement, attempt=_reopened(attempt, judgement.attempt))


def _judged(attempt: Attempt, answer: GatewayState, at: datetime, *, another_paid: bool) -> Judgement:
    if answer.status is ReportedStatus.NOT_FOUND:
        return Judgement(attempt)  # "not found" is not "not paid": only the tail's end lets it lapse
    doubt = _doubt(attempt, answer)
    if doubt is not None:
        stale = attempt.state is AttemptState.SUCCEEDED
        return Judgement(attempt, note="stale_answer") if stale else Judgement(_review(attempt, *doubt))
    if answer.status is ReportedStatus.SUCCEEDED:
        return _succeeded(attempt, answer, at, another_paid=another_paid)
    if attempt.state is AttemptState.SUCCEEDED:
        return _contradicted(attempt, answer)
    known = _cleared(replace(attempt, gateway_id=_gateway_id(attempt, answer)))
    if answer.status is ReportedStatus.CANCELLED:
        return Judgement(_cancelled(known, answer, at))
    return Judgement(_pending(known, answer))


def _reopened(old: Attempt, new: Attempt) -> Attempt:
    """Take a person's decision back where there is something new to decide."""
    told = (old.state, old.review, old.review_detail, old.alarm)
    return (
        new
        if new.settled is None or told == (new.state, new.review, new.review_detail, new.alarm)
        else replace(new, settled=None)
    )


def lapse(attempt: Attempt, at: datetime) -> Attempt:
    """End the tail of an UNKNOWN attempt that the gateway never found."""
    return replace(attempt, state=AttemptState.LAPSED, final_at=at)


def outside(text: str | None) -> str | None:
    """Cut a text from outside to a length that is safe to keep, and drop control characters."""
    if text is None:
        return None
    return "".join(character if character.isprintable() else " " for character in text[:MAX_TEXT])


def _succeeded(attempt: Attempt, answer: GatewayState, at: datetime, *, another_paid: bool) -> Judgement:
    if attempt.state is AttemptState.SUCCEEDED:
        return Judgement(attempt)
    if not may_change(attempt.state, AttemptState.SUCCEEDED):
        return Judgement(attempt, note="success_out_of_turn")
    alarm = AlarmKind.PAID_TWICE if another_paid else _late(attempt)
    return Judgement(
        replace(
            attempt,
            state=AttemptState.SUCCEEDED,
            gateway_id=_gateway_id(attempt, answer),
            support_id=outside(answer.support_id) or attempt.support_id,
            paid_at=answer.paid_at,
            paid_at_raw=outside(answer.paid_at_raw),
            final_at=at,
            review=None,
            review_detail=None,
            alarm=alarm or attempt.alarm,
        )
    )


def _late(attempt: Attempt) -> AlarmKind | None:
    if attempt.state is AttemptState.CANCELLED:
        return AlarmKind.PAID_AFTER_CANCEL
    never_shown = attempt.shown_at is None
    return AlarmKind.PAID_LATE if attempt.given_up_at is not None or never_shown else None


def _contradicted(attempt: Attempt, answer: GatewayState) -> Judgement:
    """SUCCEEDED never leaves: a late PENDING is an old answer, a CANCELLED is an alarm."""
    if answer.status is not ReportedStatus.CANCELLED:
        return Judgement(attempt, note="stale_answer")
    if attempt.alarm is AlarmKind.CONTRADICTED:
        return Judgement(attempt)
    return Judgement(replace(attempt, alarm=AlarmKind.CONTRADICTED))


def _cancelled(attempt: Attempt, answer: GatewayState, at: datetime) -> Attempt:
    if not may_change(attempt.state, AttemptState.CANCELLED):
        return attempt
    support_id = outside(answer.support_id) or attempt.support_id
    return replace(attempt, state=AttemptState.CANCELLED, support_id=support_id, final_at=at)


def _pending(attempt: Attempt, answer: GatewayState) -> Attempt:
    if attempt.state in (AttemptState.UNKNOWN, AttemptState.LAPSED):
        return replace(attempt, state=AttemptState.ORPHAN, support_id=outside(answer.support_id), final_at=None)
    if answer.code_dead and not attempt.code_dead:
        return replace(attempt, code_dead=True, support_id=outside(answer.support_id))
    return attempt


def _doubt(attempt: Attempt, answer: GatewayState) -> tuple[ReviewReason, str] | None:
    """Say why an answer cannot be believed, with both values; None where it can."""
    if _names_another_order(attempt, answer):
        return ReviewReason.WRONG_ORDER, _both_ids(attempt, answer.merchant_order_id)
    if answer.status is ReportedStatus.UNRECOGNISED:
        return ReviewReason.UNKNOWN_STATUS, outside(answer.raw_status) or "?"
    stated = answer.amount is not None or answer.currency is not None
    must_state = answer.status is ReportedStatus.SUCCEEDED
    if (stated or must_state) and not _amount_matches(attempt, answer.amount, answer.currency):
        return ReviewReason.AMOUNT_DIFFERS, _both_amounts(attempt, answer.amount, answer.currency)
    return None


def _review(attempt: Attempt, reason: ReviewReason, detail: str | None, *, unknown: bool = False) -> Attempt:
    state = AttemptState.UNKNOWN if unknown else attempt.state
    return replace(attempt, state=state, review=reason, review_detail=detail)


def _cleared(attempt: Attempt) -> Attempt:
    """Take back a doubt about an *answer* once a sound one came; doubts about money stay until it is paid or seen."""
    if attempt.review in (ReviewReason.WRONG_ORDER, ReviewReason.UNKNOWN_STATUS):
        return replace(attempt, review=None, review_detail=None)
    return attempt


def _names_another_order(attempt: Attempt, answer: GatewayState) -> bool:
    """Tell whether an answer may be about something else.

    Each id that it states must be ours. What ends an attempt must state one: green needs our own id, an end without
    money either of the two.
    """
    ours = answer.merchant_order_id is not None
    if ours and answer.merchant_order_id != attempt.merchant_order_id:
        return True
    theirs = attempt.gateway_id is not None and answer.gateway_id is not None
    if theirs and outside(answer.gateway_id) != attempt.gateway_id:
        return True
    if answer.status is ReportedStatus.SUCCEEDED:
        return not ours
    return answer.status is ReportedStatus.CANCELLED and not (ours or theirs)


def _gateway_id(attempt: Attempt, answer: GatewayState) -> str | None:
    """Learn the gateway's id from an answer that names our order; one that is known never changes."""
    if attempt.gateway_id is not None or answer.merchant_order_id is None:
        return attempt.gateway_id
    return outside(answer.gateway_id)


def _amount_matches(attempt: Attempt, amount: Decimal | None, currency: str | None) -> bool:
    return currency == attempt.money.currency and amount is not None and amount == attempt.money.to_decimal()


def _both_amounts(attempt: Attempt, amount: Decimal | None, currency: str | None) -> str:
    said = f"{outside(currency) or '?'} {str(amount)[:40] if amount is not None else '?'}"
    return f"{attempt.money} / {said}"


def _both_ids(attempt: Attempt, said: str | None) -> str:
    return f"{attempt.merchant_order_id} / {outside(said) or '?'}"
