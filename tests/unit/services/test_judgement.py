"""What an answer means: every row of the life of an order, as tables."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from posapp.domain.order import Attempt, CodeKind, PaymentCode
from posapp.domain.status import TRANSITIONS, AlarmKind, AttemptState, ReviewReason, may_change
from posapp.gateways.base import Created, GatewayState, ReportedStatus
from posapp.services.judgement import MAX_TEXT, Judgement, judge, judge_created, lapse, outside
from tests.fakes import NOON, an_attempt, ref

CODE = PaymentCode(CodeKind.SCAN, "https://pay.example/1")
ASKED = an_attempt(1)
CREATED = Created(
    gateway_id="G1", merchant_order_id=ref(1), amount=Decimal("128.50"), currency="HKD", code=CODE, support_id="rid-1"
)
SAID = GatewayState(
    status=ReportedStatus.SUCCEEDED,
    merchant_order_id=ref(1),
    gateway_id="G1",
    amount=Decimal("128.50"),
    currency="HKD",
    paid_at=NOON,
    paid_at_raw="2026-03-14T20:00:00+08:00",
    raw_status="SUCCEEDED",
    support_id="rid-2",
)
PENDING = replace(SAID, status=ReportedStatus.PENDING, paid_at=None, paid_at_raw=None, raw_status="PENDING")
CANCELLED = replace(PENDING, status=ReportedStatus.CANCELLED, raw_status="CANCELLED")
NOT_FOUND = GatewayState(ReportedStatus.NOT_FOUND)

S = AttemptState
WATCHED = (S.CREATED, S.PENDING, S.UNKNOWN, S.ORPHAN)
PAYABLE = (*WATCHED, S.CANCELLED, S.LAPSED)
IN_LEDGER = tuple(state for state in S if state is not S.DRAFT)


def standing(state: AttemptState) -> Attempt:
    """Return an attempt that has come to a state in the usual way."""
    attempt = an_attempt(1, state=state)
    if state in (S.CREATED, S.PENDING, S.SUCCEEDED, S.CANCELLED):
        attempt = replace(attempt, gateway_id="G1", code=CODE)
    if state in (S.PENDING, S.SUCCEEDED, S.CANCELLED):
        attempt = replace(attempt, shown_at=NOON)
    if state in (S.SUCCEEDED, S.CANCELLED, S.LAPSED):
        attempt = replace(attempt, final_at=NOON)
    return attempt


def judged(attempt: Attempt, answer: GatewayState, *, another_paid: bool = False) -> Judgement:
    return judge(attempt, answer, NOON, another_paid=another_paid)


# --- the reply to a create -------------------------------------------------------------------------------


def test_a_reply_that_repeats_everything_makes_it_created() -> None:
    became = judge_created(ASKED, CREATED)
    assert became == replace(ASKED, state=S.CREATED, gateway_id="G1", support_id="rid-1", code=CODE)


@pytest.mark.parametrize("amount", ["128.5", "128.50", "128.500", "1.285E+2"])
def test_the_amount_is_compared_by_value(amount: str) -> None:
    assert judge_created(ASKED, replace(CREATED, amount=Decimal(amount))).state is S.CREATED
    assert judged(standing(S.PENDING), replace(SAID, amount=Decimal(amount))).attempt.state is S.SUCCEEDED


@pytest.mark.parametrize(
    "created, reason, detail",
    [
        (replace(CREATED, amount=Decimal("128.51")), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD 128.51"),
        (replace(CREATED, amount=Decimal(12850)), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD 12850"),
        (replace(CREATED, amount=Decimal("-128.50")), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD -128.50"),
        (replace(CREATED, amount=None), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD ?"),
        (replace(CREATED, currency="TWD"), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / TWD 128.50"),
        (replace(CREATED, currency="hkd"), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / hkd 128.50"),
        (replace(CREATED, currency=None), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / ? 128.50"),
        (replace(CREATED, merchant_order_id=ref(2)), ReviewReason.WRONG_ORDER, f"{ref(1)} / {ref(2)}"),
        (replace(CREATED, merchant_order_id=None), ReviewReason.WRONG_ORDER, f"{ref(1)} / ?"),
        (replace(CREATED, code=None), ReviewReason.CODE_UNUSABLE, None),
    ],
)
def test_any_other_reply_leaves_the_outcome_unknown_and_nothing_to_show(
    created: Created, reason: ReviewReason, detail: str | None
) -> None:
    became = judge_created(ASKED, created)
    assert (became.state, became.review, became.review_detail) == (S.UNKNOWN, reason, detail)
    assert became.code is None


def test_the_gateways_id_is_kept_where_only_the_amount_differs() -> None:
    assert judge_created(ASKED, replace(CREATED, amount=Decimal(1))).gateway_id == "G1"
    assert judge_created(ASKED, replace(CREATED, code=None)).gateway_id == "G1"


@pytest.mark.parametrize("named", [ref(2), None])
def test_another_orders_gateway_id_is_not_taken_over(named: str | None) -> None:
    # It would be sent with every query, and this payment would never be found.
    became = judge_created(ASKED, replace(CREATED, merchant_order_id=named, gateway_id="G2"))
    assert became.gateway_id is None
    assert judged(became, SAID).attempt.state is S.SUCCEEDED


# --- the four equalities ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", PAYABLE)
def test_succeeded_with_the_four_equalities_is_green(state: AttemptState) -> None:
    became = judged(standing(state), SAID).attempt
    assert (became.state, became.review, became.final_at) == (S.SUCCEEDED, None, NOON)
    assert (became.gateway_id, became.support_id) == ("G1", "rid-2")
    assert (became.paid_at, became.paid_at_raw) == (NOON, "2026-03-14T20:00:00+08:00")


FALLS_SHORT = [
    (replace(SAID, amount=Decimal("128.49")), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD 128.49"),
    (replace(SAID, amount=Decimal(1)), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD 1"),
    (replace(SAID, amount=None), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / HKD ?"),
    (replace(SAID, currency="TWD"), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / TWD 128.50"),
    (replace(SAID, currency=None), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / ? 128.50"),
    (replace(SAID, amount=None, currency=None), ReviewReason.AMOUNT_DIFFERS, "HKD 128.50 / ? ?"),
    (replace(SAID, merchant_order_id=ref(2)), ReviewReason.WRONG_ORDER, f"{ref(1)} / {ref(2)}"),
    (replace(SAID, merchant_order_id=ref(1).lower()), ReviewReason.WRONG_ORDER, f"{ref(1)} / {ref(1).lower()}"),
    (replace(SAID, merchant_order_id=None), ReviewReason.WRONG_ORDER, f"{ref(1)} / ?"),
]


@pytest.mark.parametrize("state", PAYABLE)
@pytest.mark.parametrize("answer, reason, detail", FALLS_SHORT)
def test_succeeded_that_falls_short_keeps_the_state_and_is_marked_with_both_values(
    state: AttemptState, answer: GatewayState, reason: ReviewReason, detail: str
) -> None:
    attempt = standing(state)
    assert judged(attempt, answer) == Judgement(replace(attempt, review=reason, review_detail=detail))


@pytest.mark.parametrize("state", [S.CREATED, S.PENDING, S.CANCELLED])
@pytest.mark.parametrize("status", [ReportedStatus.SUCCEEDED, ReportedStatus.PENDING, ReportedStatus.CANCELLED])
@pytest.mark.parametrize("named", [ref(1), None])
def test_another_gateway_id_is_another_payment(state: AttemptState, status: ReportedStatus, named: str | None) -> None:
    answer = replace(SAID, status=status, gateway_id="G2", merchant_order_id=named)
    became = judged(standing(state), answer).attempt
    assert (became.state, became.review, became.gateway_id) == (state, ReviewReason.WRONG_ORDER, "G1")


@pytest.mark.parametrize("state", [S.UNKNOWN, S.ORPHAN, S.LAPSED])
def test_the_gateways_id_is_learned_from_an_answer_that_names_our_order(state: AttemptState) -> None:
    for answer in (SAID, PENDING, CANCELLED):
        assert judged(standing(state), answer).attempt.gateway_id == "G1"


@pytest.mark.parametrize("state", [S.UNKNOWN, S.ORPHAN, S.LAPSED])
def test_the_gateways_id_is_not_learned_from_an_answer_that_does_not(state: AttemptState) -> None:
    became = judged(standing(state), replace(PENDING, merchant_order_id=None, gateway_id="G7")).attempt
    assert (became.gateway_id, became.review) == (None, None)


@pytest.mark.parametrize("raw", ["PROCESSING", "REFUNDED", "succeeded", " SUCCEEDED", "", None, "1", "True"])
@pytest.mark.parametrize("state", PAYABLE)
def test_an_unknown_word_is_a_review_and_never_green(state: AttemptState, raw: str | None) -> None:
    attempt = standing(state)
    became = judged(attempt, replace(SAID, status=ReportedStatus.UNRECOGNISED, raw_status=raw)).attempt
    assert became == replace(attempt, review=ReviewReason.UNKNOWN_STATUS, review_detail=raw or "?")


# --- pending and cancelled -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, after",
    [(S.UNKNOWN, S.ORPHAN), (S.LAPSED, S.ORPHAN), (S.ORPHAN, S.ORPHAN), (S.CREATED, S.CREATED), (S.PENDING, S.PENDING)],
)
def test_pending_finds_what_was_unknown_and_moves_nothing_else(before: AttemptState, after: AttemptState) -> None:
    became = judged(standing(before), PENDING).attempt
    assert (became.state, became.final_at, became.gateway_id) == (after, None, "G1")


def test_pending_without_amount_is_believed_as_far_as_it_goes() -> None:
    became = judged(standing(S.UNKNOWN), replace(PENDING, amount=None, currency=None)).attempt
    assert (became.state, became.review) == (S.ORPHAN, None)


@pytest.mark.parametrize("answer", [PENDING, CANCELLED])
def test_a_wrong_amount_is_a_doubt_in_any_answer(answer: GatewayState) -> None:
    became = judged(standing(S.PENDING), replace(answer, amount=Decimal(2))).attempt
    assert (became.state, became.review) == (S.PENDING, ReviewReason.AMOUNT_DIFFERS)


@pytest.mark.parametrize("state", WATCHED)
def test_cancelled_ends_whatever_is_watched(state: AttemptState) -> None:
    became = judged(standing(state), CANCELLED).attempt
    assert (became.state, became.final_at, became.support_id) == (S.CANCELLED, NOON, "rid-2")


def test_cancelled_ends_a_lapsed_one_and_is_nothing_new_to_a_cancelled_one() -> None:
    assert judged(standing(S.LAPSED), CANCELLED).attempt.state is S.CANCELLED
    attempt = standing(S.CANCELLED)
    assert judged(attempt, CANCELLED) == Judgement(attempt)


@pytest.mark.parametrize("state", WATCHED)
def test_an_end_that_names_nobody_is_not_believed(state: AttemptState) -> None:
    # It would set the way free for a second code while the first can still be paid.
    nobody = replace(CANCELLED, merchant_order_id=None, gateway_id=None)
    became = judged(standing(state), nobody).attempt
    assert (became.state, became.review) == (state, ReviewReason.WRONG_ORDER)


@pytest.mark.parametrize("answer", [replace(CANCELLED, merchant_order_id=None), replace(CANCELLED, gateway_id=None)])
def test_an_end_that_names_it_by_either_id_is_believed(answer: GatewayState) -> None:
    assert judged(standing(S.PENDING), answer).attempt.state is S.CANCELLED


def test_pending_after_cancelled_is_an_old_answer() -> None:
    attempt = standing(S.CANCELLED)
    assert judged(attempt, PENDING) == Judgement(attempt)


def test_a_dead_code_is_noted_once_and_the_payment_stays_open() -> None:
    dead = replace(PENDING, code_dead=True)
    became = judged(standing(S.PENDING), dead).attempt
    assert (became.state, became.code_dead, became.support_id) == (S.PENDING, True, "rid-2")
    assert judged(became, replace(dead, support_id="rid-3")).attempt == became
    assert judged(became, PENDING).attempt == became


# --- not found -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", IN_LEDGER)
def test_not_found_changes_nothing(state: AttemptState) -> None:
    attempt = standing(state)
    assert judged(attempt, NOT_FOUND) == Judgement(attempt)


def test_the_tails_end_lets_it_lapse() -> None:
    became = lapse(standing(S.UNKNOWN), NOON)
    assert (became.state, became.final_at) == (S.LAPSED, NOON)
    assert may_change(S.UNKNOWN, S.LAPSED)


# --- succeeded never leaves ------------------------------------------------------------------------------


def test_succeeded_again_is_nothing_new() -> None:
    attempt = standing(S.SUCCEEDED)
    assert judged(attempt, replace(SAID, paid_at_raw="later", support_id="rid-9")) == Judgement(attempt)


def test_pending_after_succeeded_is_an_old_answer_and_leaves_a_note() -> None:
    attempt = standing(S.SUCCEEDED)
    assert judged(attempt, PENDING) == Judgement(attempt, note="stale_answer")


def test_cancelled_after_succeeded_is_an_alarm_once() -> None:
    attempt = standing(S.SUCCEEDED)
    became = judged(attempt, CANCELLED).attempt
    assert became == replace(attempt, alarm=AlarmKind.CONTRADICTED)
    assert judged(became, CANCELLED) == Judgement(became)


@pytest.mark.parametrize(
    "answer", [*(row[0] for row in FALLS_SHORT), replace(SAID, status=ReportedStatus.UNRECOGNISED)]
)
def test_a_doubtful_answer_after_succeeded_leaves_a_note_only(answer: GatewayState) -> None:
    attempt = standing(S.SUCCEEDED)
    assert judged(attempt, answer) == Judgement(attempt, note="stale_answer")


@pytest.mark.parametrize("state", [S.CREATING, S.NOT_SENT, S.REFUSED])
def test_success_of_what_was_never_there_leaves_a_note_only(state: AttemptState) -> None:
    attempt = standing(state)
    assert judged(attempt, SAID) == Judgement(attempt, note="success_out_of_turn")
    assert judged(attempt, CANCELLED).attempt.state is state
    assert judged(attempt, PENDING).attempt.state is state


# --- what rings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attempt, another_paid, alarm",
    [
        (standing(S.PENDING), False, None),
        (standing(S.CREATED), False, AlarmKind.PAID_LATE),
        (standing(S.UNKNOWN), False, AlarmKind.PAID_LATE),
        (standing(S.ORPHAN), False, AlarmKind.PAID_LATE),
        (standing(S.LAPSED), False, AlarmKind.PAID_LATE),
        (replace(standing(S.PENDING), given_up_at=NOON), False, AlarmKind.PAID_LATE),
        (standing(S.CANCELLED), False, AlarmKind.PAID_AFTER_CANCEL),
        (replace(standing(S.CANCELLED), given_up_at=NOON), False, AlarmKind.PAID_AFTER_CANCEL),
        (standing(S.PENDING), True, AlarmKind.PAID_TWICE),
        (standing(S.CANCELLED), True, AlarmKind.PAID_TWICE),
        (replace(standing(S.PENDING), given_up_at=NOON), True, AlarmKind.PAID_TWICE),
    ],
)
def test_a_success_out_of_the_ordinary_rings(attempt: Attempt, another_paid: bool, alarm: AlarmKind | None) -> None:
    assert judged(attempt, SAID, another_paid=another_paid).attempt.alarm is alarm


# --- doubts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "review, cleared",
    [
        (ReviewReason.WRONG_ORDER, True),
        (ReviewReason.UNKNOWN_STATUS, True),
        (ReviewReason.AMOUNT_DIFFERS, False),
        (ReviewReason.CODE_UNUSABLE, False),
    ],
)
@pytest.mark.parametrize("answer", [PENDING, CANCELLED])
def test_a_sound_answer_takes_back_doubts_about_answers_but_not_about_money(
    review: ReviewReason, cleared: bool, answer: GatewayState
) -> None:
    attempt = replace(standing(S.PENDING), review=review, review_detail="a / b")
    became = judged(attempt, answer).attempt
    assert (became.review, became.review_detail) == ((None, None) if cleared else (review, "a / b"))


@pytest.mark.parametrize("review", ReviewReason)
def test_a_payment_takes_back_every_doubt(review: ReviewReason) -> None:
    attempt = replace(standing(S.PENDING), review=review, review_detail="a / b")
    became = judged(attempt, SAID).attempt
    assert (became.review, became.review_detail) == (None, None)


# --- everything at once ----------------------------------------------------------------------------------


def test_no_answer_takes_a_way_that_the_life_of_an_order_does_not_have() -> None:
    answers = [
        replace(SAID, status=status, merchant_order_id=ours, gateway_id=theirs, amount=amount, currency=currency)
        for status, ours, theirs, amount, currency in product(
            ReportedStatus,
            (ref(1), ref(2), None),
            ("G1", "G2", None),
            (Decimal("128.50"), Decimal(1), None),
            ("HKD", "TWD", None),
        )
    ]
    for state, answer, another_paid in product(IN_LEDGER, answers, (False, True)):
        attempt = standing(state)
        became = judged(attempt, answer, another_paid=another_paid).attempt
        assert became.state is state or became.state in TRANSITIONS[state]
        if became.state is S.SUCCEEDED and state is not S.SUCCEEDED:
            equal = (answer.merchant_order_id, answer.amount, answer.currency) == (ref(1), Decimal("128.50"), "HKD")
            assert equal
            assert answer.status is ReportedStatus.SUCCEEDED
            assert answer.gateway_id in (attempt.gateway_id, None) or attempt.gateway_id is None
        assert became.money == attempt.money
        assert became.code == attempt.code


# --- texts from outside ----------------------------------------------------------------------------------


def test_a_text_from_outside_is_cut_and_cleaned() -> None:
    assert outside(None) is None
    assert outside("a\nb\x00c\u202ed") == "a b c d"
    assert outside("x" * (MAX_TEXT + 50)) == "x" * MAX_TEXT


def test_details_hold_no_more_of_a_text_than_is_safe() -> None:
    answer = replace(SAID, merchant_order_id="Z" * 5_000)
    detail = judged(standing(S.PENDING), answer).attempt.review_detail
    assert detail is not None
    assert len(detail) <= len(ref(1)) + MAX_TEXT + 3
    long_amount = replace(SAID, amount=Decimal("1" * 500), currency="Q" * 5_000)
    detail = judged(standing(S.PENDING), long_amount).attempt.review_detail
    assert detail is not None
    assert len(detail) < 2 * MAX_TEXT
