"""What waits for a person: an item wherever something is odd or waits, and nothing dishonest on offer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.inbox import (
    ACTIONS,
    DECIDES,
    Decision,
    InboxAction,
    InboxKind,
    actions_of,
    decisions_of,
    items_of,
    waits,
)
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, OrderSnapshot, PaymentCode
from posapp.domain.refund import UNFINISHED_REFUNDS, Refund, RefundRequest, RefundReview, RefundState
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from tests.fakes import NOON, an_attempt, an_order, ref

if TYPE_CHECKING:
    from posapp.domain.order import Attempt

S = AttemptState
R = RefundState
A = InboxAction
K = InboxKind
CODE = PaymentCode(CodeKind.SCAN, "weixin://a")
COMMITTED = [state for state in S if state is not S.DRAFT]


def an_order_with(*attempts: Attempt, refunds: tuple[Refund, ...] = ()) -> OrderSnapshot:
    mine = tuple(replace(one, order_id=ref(1), number=place) for place, one in enumerate(attempts, 1))
    return OrderSnapshot(an_order(1), mine, 1, refunds)


def a_refund(
    number: int = 1,
    minor: int = 12850,
    state: RefundState = R.SUCCEEDED,
    review: RefundReview | None = None,
    settled: str | None = None,
    *,
    of: str = ref(1),
) -> Refund:
    request = RefundRequest(f"R{number}", f"q{number}", of, None, Money(minor, "HKD"))
    return Refund(request, ref(1), "cbtis", NOON.date(), NOON, state=state, review=review, settled=settled)


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    state = draw(st.sampled_from(COMMITTED))
    alarm = draw(st.none() | st.sampled_from(AlarmKind))
    moments = st.none() | st.just(NOON)
    return an_attempt(
        draw(st.integers(1, 9)),
        state=state,
        review=draw(st.none() | st.sampled_from(ReviewReason)),
        alarm=alarm if state is S.SUCCEEDED else None,
        settled=draw(st.none() | st.sampled_from(Decision)),
        shown_at=draw(moments),
        given_up_at=draw(moments),
        code_dead=draw(st.booleans()),
        code=draw(st.none() | st.just(CODE)),
    )


@st.composite
def orders(draw: st.DrawFn) -> OrderSnapshot:
    some = draw(st.lists(attempts(), min_size=1, max_size=3, unique_by=lambda one: one.merchant_order_id))
    given_back = [
        a_refund(
            number,
            draw(st.integers(1, 6000)),
            draw(st.sampled_from(R)),
            draw(st.none() | st.sampled_from(RefundReview)),
            draw(st.none() | st.sampled_from(Decision)),
            of=some[0].merchant_order_id,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    return an_order_with(*some, refunds=tuple(given_back))


snapshots = orders()


@given(snapshots)
def test_there_is_an_item_wherever_something_is_odd_or_waits_and_nowhere_else(snapshot: OrderSnapshot) -> None:
    items = items_of(snapshot)
    assert bool(items) == (snapshot.needs_look or waits(snapshot))
    assert any(item.kind is not K.WAITING for item in items) == snapshot.needs_look


@given(snapshots)
def test_each_item_is_named_once_and_the_most_pressing_comes_first(snapshot: OrderSnapshot) -> None:
    items = items_of(snapshot)
    keys = [(item.merchant_order_id, item.merchant_refund_id) for item in items]
    assert len(set(keys)) == len(keys)
    assert [item.kind for item in items] == sorted((item.kind for item in items), key=list(InboxKind).index)
    for item in items:
        assert item.attempt in snapshot.attempts
        assert (item.refund in snapshot.refunds) == (item.merchant_refund_id is not None)


@given(snapshots)
def test_what_nobody_knows_is_never_decided_and_never_sent_twice(snapshot: OrderSnapshot) -> None:
    for item in items_of(snapshot):
        actions = actions_of(item)
        assert set(actions) <= {*ACTIONS[item.kind], A.ASK, A.SEEN}
        if item.refund is not None and item.refund.state in UNFINISHED_REFUNDS:
            assert not decisions_of(item)
            assert A.REFUND not in actions
        if item.refund is None and item.attempt.state in (S.UNKNOWN, S.ORPHAN):
            assert not decisions_of(item)
        if A.REFUND in actions:
            assert snapshot.refundable(item.merchant_order_id).minor > 0
        if any(one.state is S.SUCCEEDED for one in snapshot.attempts):
            assert A.NEW_CODE not in actions
            assert A.SHOW_CODE not in actions


@given(snapshots)
def test_a_decision_takes_its_item_away(snapshot: OrderSnapshot) -> None:
    for item in items_of(snapshot):
        for decision in decisions_of(item):
            settled = OrderSnapshot(
                snapshot.order,
                tuple(
                    replace(one, settled=decision) if one is item.attempt and item.merchant_refund_id is None else one
                    for one in snapshot.attempts
                ),
                2,
                tuple(replace(one, settled=decision.value) if one is item.refund else one for one in snapshot.refunds),
            )
            left = {
                (one.merchant_order_id, one.merchant_refund_id) for one in items_of(settled) if one.kind != "WAITING"
            }
            assert (item.merchant_order_id, item.merchant_refund_id) not in left


@pytest.mark.parametrize(
    "attempt,kind,actions",
    [
        (an_attempt(1, state=S.SUCCEEDED, alarm=AlarmKind.PAID_TWICE), K.PAID_TWICE, (A.REFUND, A.KEEP)),
        (an_attempt(1, state=S.SUCCEEDED, alarm=AlarmKind.PAID_LATE), K.PAID_LATE, (A.REFUND, A.KEEP)),
        (an_attempt(1, state=S.SUCCEEDED, alarm=AlarmKind.PAID_AFTER_CANCEL), K.PAID_LATE, (A.REFUND, A.KEEP)),
        (an_attempt(1, state=S.SUCCEEDED, alarm=AlarmKind.CONTRADICTED), K.CONTRADICTED, (A.ASK, A.SEEN)),
        (an_attempt(1, state=S.PENDING, review=ReviewReason.AMOUNT_DIFFERS), K.MISMATCH, (A.ASK, A.SEEN)),
        (an_attempt(1, state=S.UNKNOWN), K.UNKNOWN, (A.ASK, A.NEW_CODE)),
        (an_attempt(1, state=S.UNKNOWN, review=ReviewReason.WRONG_ORDER), K.UNKNOWN, (A.ASK, A.NEW_CODE)),
        (an_attempt(1, state=S.ORPHAN), K.ORPHAN, (A.ASK, A.GIVE_UP)),
        (an_attempt(1, state=S.ORPHAN, given_up_at=NOON), K.ORPHAN, (A.ASK,)),
        (an_attempt(1, state=S.LAPSED), K.LAPSED, (A.ASK, A.WRITE_OFF)),
        (an_attempt(1, state=S.PENDING, shown_at=NOON, code=CODE), K.WAITING, (A.SHOW_CODE, A.GIVE_UP)),
        (an_attempt(1, state=S.PENDING, shown_at=NOON, code=CODE, code_dead=True), K.WAITING, (A.ASK, A.GIVE_UP)),
        (an_attempt(1, state=S.PENDING, shown_at=NOON, code=CODE, given_up_at=NOON), K.WAITING, (A.SHOW_CODE,)),
    ],
)
def test_what_each_kind_offers(attempt: Attempt, kind: InboxKind, actions: tuple[InboxAction, ...]) -> None:
    (item,) = items_of(an_order_with(attempt))
    assert (item.kind, actions_of(item)) == (kind, actions)


@pytest.mark.parametrize(
    "refund,kind,actions",
    [
        (a_refund(state=R.UNKNOWN), K.REFUND_UNKNOWN, (A.ASK,)),
        (a_refund(state=R.FAILED), K.REFUND_FAILED, (A.REFUND, A.SEEN)),
        (a_refund(state=R.PROCESSING, review=RefundReview.AMOUNT_DIFFERS), K.MISMATCH, (A.ASK,)),
        (a_refund(state=R.SUCCEEDED, review=RefundReview.WRONG_REFUND), K.MISMATCH, (A.ASK, A.SEEN)),
        (a_refund(state=R.SUCCEEDED, review=RefundReview.CONTRADICTED), K.CONTRADICTED, (A.ASK, A.SEEN)),
    ],
)
def test_what_a_refund_offers(refund: Refund, kind: InboxKind, actions: tuple[InboxAction, ...]) -> None:
    (item,) = items_of(an_order_with(an_attempt(1, state=S.SUCCEEDED), refunds=(refund,)))
    assert (item.kind, item.merchant_refund_id, actions_of(item)) == (kind, "R1", actions)


@pytest.mark.parametrize(
    "state,minor,actions",
    [
        (R.PROCESSING, 12850, ()),  # on its way back: it leaves by itself
        (R.UNKNOWN, 50, ()),
        (R.SUCCEEDED, 50, (A.REFUND, A.KEEP)),  # the rest of it
        (R.SUCCEEDED, 12850, (A.SEEN,)),  # all of it went back, and nobody has said so
        (R.FAILED, 12850, (A.REFUND, A.KEEP)),
    ],
)
def test_late_money_that_is_on_its_way_back(state: RefundState, minor: int, actions: tuple[InboxAction, ...]) -> None:
    late = an_attempt(1, state=S.SUCCEEDED, alarm=AlarmKind.PAID_LATE)
    item = items_of(an_order_with(late, refunds=(a_refund(1, minor, state),)))[0]
    assert (item.kind, actions_of(item)) == (K.PAID_LATE, actions)


def test_two_payments_that_never_rang_are_told_once() -> None:
    both = an_order_with(an_attempt(1, state=S.SUCCEEDED), an_attempt(2, state=S.SUCCEEDED))
    (item,) = items_of(both)
    assert (item.kind, item.merchant_order_id) == (K.PAID_TWICE, ref(2))
    decided = an_order_with(an_attempt(1, state=S.SUCCEEDED), an_attempt(2, state=S.SUCCEEDED, settled=Decision.KEPT))
    assert items_of(decided) == ()


def test_only_a_refund_decides_that_money_went_back() -> None:
    assert set(DECIDES.values()) == set(Decision) - {Decision.REFUNDED}
    assert set(ACTIONS) == set(InboxKind)
