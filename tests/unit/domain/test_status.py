"""The transition table: exactly the life of an order, and no way back from an end."""

from __future__ import annotations

from itertools import product

import pytest

from posapp.domain.status import NON_FINAL, TRANSITIONS, WATCHED, AttemptState, may_change

S = AttemptState
ARROWS = {
    (S.DRAFT, S.CREATING),
    (S.CREATING, S.NOT_SENT),
    (S.CREATING, S.REFUSED),
    (S.CREATING, S.CREATED),
    (S.CREATING, S.UNKNOWN),
    (S.NOT_SENT, S.CREATING),
    (S.CREATED, S.PENDING),
    (S.CREATED, S.SUCCEEDED),
    (S.CREATED, S.CANCELLED),
    (S.PENDING, S.SUCCEEDED),
    (S.PENDING, S.CANCELLED),
    (S.UNKNOWN, S.ORPHAN),
    (S.UNKNOWN, S.SUCCEEDED),
    (S.UNKNOWN, S.CANCELLED),
    (S.UNKNOWN, S.LAPSED),
    (S.ORPHAN, S.SUCCEEDED),
    (S.ORPHAN, S.CANCELLED),
    (S.CANCELLED, S.SUCCEEDED),
    (S.LAPSED, S.ORPHAN),
    (S.LAPSED, S.SUCCEEDED),
    (S.LAPSED, S.CANCELLED),
}


def reachable(start: AttemptState) -> set[AttemptState]:
    seen: set[AttemptState] = set()
    edge = {start}
    while edge:
        edge = {new for old in edge for new in TRANSITIONS[old]} - seen
        seen |= edge
    return seen


@pytest.mark.parametrize("old,new", list(product(S, S)))
def test_only_the_drawn_arrows_exist(old: AttemptState, new: AttemptState) -> None:
    assert may_change(old, new) == ((old, new) in ARROWS)


def test_every_state_has_its_row_and_can_be_reached() -> None:
    assert TRANSITIONS.keys() == set(S)
    assert reachable(S.DRAFT) == set(S) - {S.DRAFT}


@pytest.mark.parametrize(
    "end,afterwards",
    [
        (S.SUCCEEDED, set[AttemptState]()),
        (S.REFUSED, set[AttemptState]()),
        (S.CANCELLED, {S.SUCCEEDED}),
        (S.LAPSED, {S.ORPHAN, S.CANCELLED, S.SUCCEEDED}),
    ],
)
def test_no_path_leaves_an_end_but_towards_being_paid_after_all(
    end: AttemptState, afterwards: set[AttemptState]
) -> None:
    assert reachable(end) == afterwards


def test_what_may_have_reached_the_gateway_is_never_sent_again() -> None:
    # From CREATING on, only NOT_SENT (no byte left) leads back to CREATING.
    assert [old for old in S if S.CREATING in TRANSITIONS[old]] == [S.DRAFT, S.NOT_SENT]
    for state in set(S) - {S.DRAFT, S.CREATING, S.NOT_SENT}:
        assert S.CREATING not in reachable(state)


def test_a_code_is_shown_only_after_a_good_answer() -> None:
    assert [old for old in S if S.PENDING in TRANSITIONS[old]] == [S.CREATED]


def test_what_is_watched_can_become_paid() -> None:
    assert {S.CREATED, S.PENDING, S.UNKNOWN, S.ORPHAN} == WATCHED
    assert WATCHED | {S.CREATING} == NON_FINAL
    assert all(S.SUCCEEDED in TRANSITIONS[state] for state in WATCHED)


def test_whatever_can_become_paid_by_itself_is_not_called_final() -> None:
    by_itself = {state for state in S if S.SUCCEEDED in TRANSITIONS[state]} - {S.CANCELLED, S.LAPSED}
    assert by_itself <= NON_FINAL
