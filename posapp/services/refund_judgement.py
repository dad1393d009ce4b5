"""What an answer of the gateway means for a refund: pure rules, the only way to "given back".

Whatever an answer states must be ours: the id, the amount by value, the currency. An end needs the gateway's exact word
for it and an id that we know. What falls short keeps its state and is marked for review with both values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.refund import RefundReview, RefundState, may_refund_change
from posapp.gateways.base import ReportedRefund
from posapp.gateways.errors import AuthFailed, NotSent, RateLimited, Refused
from posapp.services.judgement import outside

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.refund import Refund
    from posapp.gateways.base import RefundAnswer
    from posapp.gateways.errors import GatewayError

_ENDS: Final = {ReportedRefund.SUCCEEDED: RefundState.SUCCEEDED, ReportedRefund.FAILED: RefundState.FAILED}
_CERTAIN: Final = frozenset({RefundState.SUCCEEDED, RefundState.FAILED, RefundState.NOT_SENT})


def judge_refund(refund: Refund, answer: RefundAnswer, at: datetime) -> Refund:
    """Decide what an answer makes of a refund, be it the reply to its request or to a question.

    Args:
        refund: As the ledger has it now.
        answer: What the gateway said.
        at: Now, UTC.
    """
    new = _judged(refund, answer, at)
    told = (refund.state, refund.review, refund.review_detail)
    # A person's decision is about what was known then.
    return replace(new, settled=None) if (new.state, new.review, new.review_detail) != told else new


def refund_failed(refund: Refund, error: GatewayError, at: datetime) -> Refund:
    """Decide what a failed request makes of a REQUESTED refund: whether a byte left decides, and nothing else."""
    state = RefundState.UNKNOWN
    if isinstance(error, NotSent) or (isinstance(error, (AuthFailed, RateLimited)) and not error.sent):
        state = RefundState.NOT_SENT
    elif isinstance(error, (Refused, AuthFailed, RateLimited)):
        state = RefundState.FAILED
    return replace(
        refund,
        state=state,
        problem_code=error.code,
        problem_text=outside(error.message),
        support_id=outside(error.support_id),
        final_at=at if state in _CERTAIN else None,
    )


def _judged(refund: Refund, answer: RefundAnswer, at: datetime) -> Refund:
    if answer.status is ReportedRefund.NOT_FOUND or refund.state is RefundState.NOT_SENT:
        return _sent(refund)  # "not found" is not "not given back": it may be found a moment later
    doubt = _doubt(refund, answer)
    if doubt is not None:
        # An end stays as it is: whatever came later was no answer about it.
        return refund if refund.state in _CERTAIN else _review(_sent(refund), *doubt)
    end = _ENDS.get(answer.status)
    if end is None:
        return _processing(refund, answer)
    if refund.state is end:
        return _known(refund, answer)
    if refund.state in _CERTAIN:
        said = f"{refund.state.value} / {outside(answer.raw_status) or answer.status.value}"
        return _review(refund, RefundReview.CONTRADICTED, said)
    ended = _known(refund, answer)
    problem = "refund_failed" if end is RefundState.FAILED else None
    words = outside(answer.raw_status) if end is RefundState.FAILED else None
    return replace(ended, state=end, final_at=at, problem_code=problem, problem_text=words)


def _processing(refund: Refund, answer: RefundAnswer) -> Refund:
    """PENDING after an end is an old answer."""
    if not may_refund_change(refund.state, RefundState.PROCESSING):
        return _known(refund, answer) if refund.state is RefundState.PROCESSING else refund
    return replace(_known(refund, answer), state=RefundState.PROCESSING, problem_code=None, problem_text=None)


def _sent(refund: Refund) -> Refund:
    """A reply that says nothing usable still says that the request had left."""
    return replace(refund, state=RefundState.UNKNOWN) if refund.state is RefundState.REQUESTED else refund


def _doubt(refund: Refund, answer: RefundAnswer) -> tuple[RefundReview, str] | None:
    """Say why an answer cannot be believed, with both values; None where it can."""
    ours, theirs = answer.merchant_refund_id, answer.gateway_refund_id
    if ours is not None and ours != refund.merchant_refund_id:
        return RefundReview.WRONG_REFUND, f"{refund.merchant_refund_id} / {outside(ours)}"
    known = refund.gateway_refund_id
    if theirs is not None and known is not None and outside(theirs) != known:
        return RefundReview.WRONG_REFUND, f"{known} / {outside(theirs)}"
    if answer.status in _ENDS and ours is None and (theirs is None or known is None):
        return RefundReview.WRONG_REFUND, f"{refund.merchant_refund_id} / ?"
    if answer.status is ReportedRefund.UNRECOGNISED:
        return RefundReview.UNKNOWN_STATUS, outside(answer.raw_status) or "?"
    if not _amount_fits(refund, answer):
        said = f"{outside(answer.currency) or '?'} {str(answer.amount)[:40] if answer.amount is not None else '?'}"
        return RefundReview.AMOUNT_DIFFERS, f"{refund.money} / {said}"
    return None


def _amount_fits(refund: Refund, answer: RefundAnswer) -> bool:
    """Compare what is stated: CBTIS documents a reply to a refund without amount and currency."""
    amount_fits = answer.amount is None or answer.amount == refund.money.to_decimal()
    return amount_fits and answer.currency in (None, refund.money.currency)


def _known(refund: Refund, answer: RefundAnswer) -> Refund:
    """Learn from a sound answer; it takes a doubt back, one about the amount only where it states the amount."""
    named = answer.merchant_refund_id is not None
    learnt = replace(
        refund,
        gateway_refund_id=refund.gateway_refund_id or (outside(answer.gateway_refund_id) if named else None),
        support_id=outside(answer.support_id) or refund.support_id,
    )
    money_doubt = refund.review is RefundReview.AMOUNT_DIFFERS and answer.amount is None
    if money_doubt or refund.review in (None, RefundReview.CONTRADICTED):
        return learnt
    return replace(learnt, review=None, review_detail=None)


def _review(refund: Refund, reason: RefundReview, detail: str) -> Refund:
    return replace(refund, review=reason, review_detail=detail)
