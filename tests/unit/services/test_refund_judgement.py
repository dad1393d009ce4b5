"""What an answer means for a refund: only our own id, amount and the exact word give money back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from posapp.domain.refund import Refund, RefundReview, RefundState, may_refund_change
from posapp.gateways.base import RefundAnswer, ReportedRefund
from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.services.refund_judgement import judge_refund, refund_failed
from tests.fakes import NOON
from tests.unit.store.test_refunds import a_refund

S = RefundState
R = ReportedRefund
SAID = RefundAnswer(
    status=R.SUCCEEDED,
    merchant_refund_id="T1-R0001",
    gateway_refund_id="R1",
    amount=Decimal("20.0"),
    currency="HKD",
    raw_status="SUCCEEDED",
    support_id="rid-1",
)


def standing(state: RefundState) -> Refund:
    known = state in (S.PROCESSING, S.SUCCEEDED)
    return replace(a_refund(), state=state, gateway_refund_id="R1" if known else None)


def judged(refund: Refund, answer: RefundAnswer) -> Refund:
    return judge_refund(refund, answer, NOON)


@pytest.mark.parametrize("state", [S.REQUESTED, S.PROCESSING, S.UNKNOWN])
def test_the_gateways_word_ends_it(state: RefundState) -> None:
    back = judged(standing(state), SAID)
    assert (back.state, back.final_at, back.review) == (S.SUCCEEDED, NOON, None)
    assert (back.gateway_refund_id, back.support_id) == ("R1", "rid-1")
    failed = judged(standing(state), replace(SAID, status=R.FAILED, raw_status="FAILED"))
    assert (failed.state, failed.final_at) == (S.FAILED, NOON)
    assert (failed.problem_code, failed.problem_text) == ("refund_failed", "FAILED")


def test_a_reply_without_amount_is_believed_where_the_rest_is_ours() -> None:
    assert judged(standing(S.REQUESTED), replace(SAID, amount=None, currency=None)).state is S.SUCCEEDED


@pytest.mark.parametrize(
    "change, reason, detail",
    [
        ({"merchant_refund_id": "T1-R0002"}, RefundReview.WRONG_REFUND, "T1-R0001 / T1-R0002"),
        ({"amount": Decimal("20.01")}, RefundReview.AMOUNT_DIFFERS, "HKD 20.00 / HKD 20.01"),
        ({"amount": Decimal(2000)}, RefundReview.AMOUNT_DIFFERS, "HKD 20.00 / HKD 2000"),
        ({"currency": "TWD"}, RefundReview.AMOUNT_DIFFERS, "HKD 20.00 / TWD 20.0"),
        ({"status": R.UNRECOGNISED, "raw_status": "succeeded"}, RefundReview.UNKNOWN_STATUS, "succeeded"),
        ({"status": R.UNRECOGNISED, "raw_status": None}, RefundReview.UNKNOWN_STATUS, "?"),
    ],
)
@pytest.mark.parametrize("state", [S.REQUESTED, S.PROCESSING, S.UNKNOWN])
def test_what_is_not_ours_is_never_an_end(
    state: RefundState, change: dict[str, object], reason: RefundReview, detail: str
) -> None:
    new = judged(standing(state), replace(SAID, **change))
    assert new.state is (S.PROCESSING if state is S.PROCESSING else S.UNKNOWN)
    assert (new.review, new.review_detail) == (reason, detail)
    assert new.final_at is None


def test_an_answer_about_another_refund_of_the_gateways_is_not_believed() -> None:
    assert judged(standing(S.PROCESSING), replace(SAID, gateway_refund_id="R2")).review is RefundReview.WRONG_REFUND


def test_an_end_has_to_name_something_of_ours() -> None:
    nameless = replace(SAID, merchant_refund_id=None)
    assert judged(standing(S.UNKNOWN), nameless).review is RefundReview.WRONG_REFUND
    assert judged(standing(S.PROCESSING), nameless).state is S.SUCCEEDED  # by the gateway's id, which we know
    assert judged(standing(S.PROCESSING), replace(nameless, gateway_refund_id=None)).state is S.PROCESSING


def test_not_found_is_not_not_given_back() -> None:
    nowhere = RefundAnswer(R.NOT_FOUND)
    assert judged(standing(S.UNKNOWN), nowhere) == standing(S.UNKNOWN)
    assert judged(standing(S.PROCESSING), nowhere) == standing(S.PROCESSING)
    assert judged(standing(S.REQUESTED), nowhere).state is S.UNKNOWN


def test_an_end_that_the_gateway_takes_back_is_marked_and_stays() -> None:
    failed = replace(SAID, status=R.FAILED, raw_status="FAILED")
    new = judged(standing(S.SUCCEEDED), failed)
    assert (new.state, new.review) == (S.SUCCEEDED, RefundReview.CONTRADICTED)
    assert new.review_detail == "SUCCEEDED / FAILED"
    assert judged(standing(S.FAILED), SAID).review is RefundReview.CONTRADICTED
    assert judged(judged(standing(S.FAILED), SAID), SAID).state is S.FAILED


@pytest.mark.parametrize("state", [S.SUCCEEDED, S.FAILED, S.NOT_SENT])
def test_an_old_answer_changes_no_end(state: RefundState) -> None:
    pending = replace(SAID, status=R.PROCESSING, raw_status="PENDING")
    assert judged(standing(state), pending) == standing(state)


def test_a_sound_answer_takes_a_doubt_about_an_answer_back() -> None:
    doubted = replace(standing(S.UNKNOWN), review=RefundReview.UNKNOWN_STATUS, review_detail="?")
    assert judged(doubted, SAID).review is None


def test_a_doubt_about_the_amount_goes_only_by_an_amount() -> None:
    doubted = replace(standing(S.UNKNOWN), review=RefundReview.AMOUNT_DIFFERS, review_detail="a / b")
    silent = judged(doubted, replace(SAID, amount=None))
    assert (silent.state, silent.review) == (S.SUCCEEDED, RefundReview.AMOUNT_DIFFERS)
    assert judged(doubted, SAID).review is None


def test_a_persons_decision_is_taken_back_by_news() -> None:
    decided = replace(standing(S.FAILED), settled="SEEN")
    assert judged(decided, SAID).settled is None
    assert judged(decided, replace(SAID, status=R.FAILED)).settled == "SEEN"


@pytest.mark.parametrize(
    "error, state",
    [
        (NotSent("dns", "no name"), S.NOT_SENT),
        (Refused("1001", "no", support_id="rid-5"), S.FAILED),
        (OutcomeUnknown("timeout", "silence"), S.UNKNOWN),
        (Malformed("json", "garbage"), S.UNKNOWN),
        (AuthFailed("http_401", "no", sent=True), S.FAILED),
        (AuthFailed("http_401", "no", sent=False), S.NOT_SENT),
        (RateLimited("http_429", "slow", retry_after_s=None, sent=True), S.FAILED),
        (RateLimited("http_429", "slow", retry_after_s=None, sent=False), S.NOT_SENT),
    ],
)
def test_an_error_says_whether_anything_left(error: GatewayError, state: RefundState) -> None:
    new = refund_failed(a_refund(), error, NOON)
    assert (new.state, new.problem_code, new.problem_text) == (state, error.code, error.message)
    assert new.support_id == error.support_id
    assert (new.final_at is None) is (state is S.UNKNOWN)


def test_every_answer_makes_a_transition_that_there_is() -> None:
    for state, word, ours, amount in product(S, R, ("T1-R0001", "other", None), (None, Decimal(20), Decimal(1))):
        answer = replace(SAID, status=word, merchant_refund_id=ours, amount=amount)
        new = judged(standing(state), answer)
        assert new.state is state or may_refund_change(state, new.state)
        assert new.request == standing(state).request
        if new.state is S.SUCCEEDED and state is not S.SUCCEEDED:
            assert word is R.SUCCEEDED
            assert ours != "other"
            assert amount != Decimal(1)
