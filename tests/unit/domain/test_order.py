"""What attempts add up to: every combination of up to three, against the words of the order's life."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import OrderSnapshot, leading_attempt, order_standing, order_status
from posapp.domain.status import NON_FINAL, AlarmKind, AttemptState, OrderStatus, ReviewReason, Standing
from tests.fakes import NOON, an_attempt, an_order

if TYPE_CHECKING:
    from posapp.domain.order import Attempt

S = AttemptState
COMMITTED = [state for state in S if state is not S.DRAFT]
COMBINATIONS = [states for length in (1, 2, 3) for states in product(COMMITTED, repeat=length)]
NOBODY_KNOWS = {S.UNKNOWN, S.ORPHAN, S.LAPSED}


def attempts_in(*states: AttemptState) -> tuple[Attempt, ...]:
    return tuple(an_attempt(n, number=n, state=state) for n, state in enumerate(states, 1))


def test_status_of_every_combination() -> None:
    for states in COMBINATIONS:
        status = order_status(attempts_in(*states))
        paid = states.count(S.SUCCEEDED)
        if paid > 1:
            expected = OrderStatus.OVERPAID
        elif paid == 1:
            expected = OrderStatus.PAID
        else:
            expected = OrderStatus.OPEN if NON_FINAL & set(states) else OrderStatus.CLOSED
        assert status is expected, states


def test_standing_of_every_combination() -> None:
    for states in COMBINATIONS:
        standing = order_standing(attempts_in(*states))
        if states.count(S.SUCCEEDED) > 1:
            expected = Standing.REVIEW
        elif S.SUCCEEDED in states:
            expected = Standing.PAID
        elif NOBODY_KNOWS & set(states):
            expected = Standing.NOT_KNOWN
        elif NON_FINAL & set(states):
            expected = Standing.WAITING
        elif S.CANCELLED in states:
            expected = Standing.UNPAID
        else:
            expected = Standing.REFUSED
        assert standing is expected, states


def test_nothing_is_green_without_the_gateways_word() -> None:
    for states in COMBINATIONS:
        if S.SUCCEEDED not in states:
            assert order_standing(attempts_in(*states)) is not Standing.PAID, states
            assert order_status(attempts_in(*states)) not in (OrderStatus.PAID, OrderStatus.OVERPAID), states


def test_not_known_is_never_called_not_paid() -> None:
    for states in COMBINATIONS:
        if NOBODY_KNOWS & set(states):
            assert order_standing(attempts_in(*states)) not in (Standing.UNPAID, Standing.REFUSED), states


@pytest.mark.parametrize("reason", list(ReviewReason))
def test_a_review_outshines_everything(reason: ReviewReason) -> None:
    for states in COMBINATIONS:
        first, *others = attempts_in(*states)
        odd = (an_attempt(1, state=first.state, review=reason), *others)
        assert order_standing(odd) is Standing.REVIEW, states
        assert order_status(odd) is order_status((first, *others)), states


def test_the_paid_attempt_speaks_for_the_order() -> None:
    attempts = attempts_in(S.CANCELLED, S.SUCCEEDED, S.PENDING, S.SUCCEEDED)
    assert leading_attempt(attempts) is attempts[1]


def test_else_the_code_that_can_still_be_paid_does() -> None:
    shown = an_attempt(1, state=S.PENDING, shown_at=NOON)
    never_shown = an_attempt(2, number=2, state=S.CREATED)
    refused = an_attempt(3, number=3, state=S.REFUSED)
    assert leading_attempt((shown, never_shown, refused)) is shown
    later = an_attempt(4, number=4, state=S.PENDING, shown_at=NOON)
    assert leading_attempt((shown, later, refused)) is later


def test_else_the_last_one_does() -> None:
    attempts = attempts_in(S.CANCELLED, S.REFUSED)
    assert leading_attempt(attempts) is attempts[1]


@pytest.mark.parametrize("state", COMMITTED)
def test_a_code_can_be_paid_once_shown_and_until_its_end(state: AttemptState) -> None:
    watched = state in NON_FINAL - {S.CREATING}
    assert an_attempt(state=state).is_watched == watched
    assert an_attempt(state=state, shown_at=NOON).may_still_be_paid == watched
    assert not an_attempt(state=state).may_still_be_paid


@pytest.mark.parametrize("state", COMMITTED)
def test_what_a_person_has_to_look_at(state: AttemptState) -> None:
    assert an_attempt(state=state).needs_look == (state in NOBODY_KNOWS)
    assert an_attempt(state=state, alarm=AlarmKind.PAID_LATE).needs_look
    assert an_attempt(state=state, review=ReviewReason.UNKNOWN_STATUS).needs_look


def test_a_snapshot_derives_what_its_attempts_say() -> None:
    attempts = (an_attempt(1, state=S.UNKNOWN), an_attempt(2, number=2, state=S.SUCCEEDED))
    snapshot = OrderSnapshot(an_order(), attempts)
    assert snapshot.status is OrderStatus.PAID
    assert snapshot.standing is Standing.PAID
    assert snapshot.leading is attempts[1]
    assert snapshot.needs_look
    assert not OrderSnapshot(an_order(), attempts[1:]).needs_look
