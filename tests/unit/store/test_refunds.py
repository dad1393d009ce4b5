"""Refunds in the ledger: sums that hold inside the transaction, one press counts once, each change vouched for."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.refund import REFUND_TRANSITIONS, RESERVING, Refund, RefundRequest, RefundReview, RefundState
from posapp.domain.status import AttemptState
from posapp.store import audit
from posapp.store.refunds import RefundStore
from posapp.store.vouching import vouched_hash
from tests.fakes import NOON, ref
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.domain.order import OrderSnapshot

S = RefundState
PAID = 12850
LATER = NOON + timedelta(seconds=3)


def a_refund(
    serial: int = 1, minor: int = 2000, *, order: int = 1, asked_by: str = "", approved_by: str = ""
) -> Refund:
    """Return a refund of the order with that number, just asked for."""
    return Refund(
        request=RefundRequest(
            merchant_refund_id=f"T1-R{serial:04}",
            request_id=f"wish-{serial}",
            merchant_order_id=ref(order),
            payment_gateway_id="G1",
            money=Money(minor, "HKD"),
            reason="cold tea",
        ),
        order_id=ref(order),
        provider="cbtis",
        business_day=NOON.date(),
        created_at=NOON,
        asked_by=asked_by,
        approved_by=approved_by,
    )


@pytest.fixture
def refunds(books: Books) -> RefundStore:
    """Refunds of a ledger with one paid order."""
    books.sell(1, state=AttemptState.SUCCEEDED, gateway_id="G1", final_at=NOON)
    return RefundStore(books.ledger)


def add(
    refunds: RefundStore, refund: Refund, seen: int = 0, ceiling: Money | None = None
) -> tuple[OrderSnapshot, bool]:
    return refunds.add(refund, OWNER, seen_minor=seen, ceiling=ceiling)


def bring(refunds: RefundStore, refund: Refund, state: RefundState) -> OrderSnapshot:
    snapshot = refunds.change(refund, replace(refund, state=state), LATER)
    assert snapshot is not None
    return snapshot


def code_of(caught: pytest.ExceptionInfo[DomainError]) -> str:
    return caught.value.code


def last_row(books: Books) -> audit.AuditRow:
    return list(audit.rows(books.connection))[-1]


def test_a_refund_is_committed_with_the_audit_row_that_vouches_for_it(books: Books, refunds: RefundStore) -> None:
    snapshot, is_new = add(refunds, a_refund(asked_by="Mei", approved_by="Ada"))
    assert is_new
    assert snapshot.refunds == (refunds.refund("T1-R0001"),)
    row = last_row(books)
    assert (row.event, row.old_state, row.new_state) == ("refund", None, "REQUESTED")
    assert (row.order_id, row.merchant_order_id) == (ref(1), ref(1))
    assert json.loads(row.facts) == {
        "amount_minor": "2000",
        "currency": "HKD",
        "request_id": "wish-1",
        "reason": "cold tea",
        "asked_by": "Mei",
        "approved_by": "Ada",
        "ref": "T1-R0001",
    }
    assert row.row_hash == vouched_hash(books.connection, "refund", "T1-R0001")
    assert snapshot.version == row.seq
    other = Books.at(books.path)
    assert other.orders.snapshot(ref(1)) == snapshot  # on disk before anything is sent
    other.ledger.close()


def test_the_same_press_a_second_time_is_the_same_refund(books: Books, refunds: RefundStore) -> None:
    first, _ = add(refunds, a_refund())
    again = replace(a_refund(), request=replace(a_refund().request, merchant_refund_id="T1-R0002"))
    assert add(refunds, again, seen=2000) == (first, False)
    assert refunds.unfinished() == [a_refund()]


def test_a_press_that_stands_for_another_refund_is_refused(refunds: RefundStore) -> None:
    add(refunds, a_refund())
    other = a_refund(2, 3000)
    stolen = replace(other, request=replace(other.request, request_id="wish-1"))
    with pytest.raises(DomainError) as caught:
        add(refunds, stolen, seen=2000)
    assert code_of(caught) == "refund_reused"


def test_more_than_what_is_left_is_refused_and_nothing_is_written(books: Books, refunds: RefundStore) -> None:
    add(refunds, a_refund(1, 10_000))
    rows = last_row(books).seq
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(2, 2851), seen=10_000)
    assert code_of(caught) == "refund_too_much"
    assert last_row(books).seq == rows
    assert add(refunds, a_refund(3, 2850), seen=10_000)[1]


def test_a_refund_entered_before_another_one_was_made_is_refused(refunds: RefundStore) -> None:
    add(refunds, a_refund(1, 2000))
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(2, 2000), seen=0)
    assert code_of(caught) == "refund_changed"


def test_only_a_paid_payment_can_be_given_back(books: Books, refunds: RefundStore) -> None:
    books.sell(2, state=AttemptState.UNKNOWN)
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(order=2))
    assert code_of(caught) == "refund_not_paid"


@pytest.mark.parametrize("state", [S.NOT_SENT, S.FAILED])
def test_what_did_not_go_back_can_be_given_back_anew(refunds: RefundStore, state: RefundState) -> None:
    add(refunds, a_refund(1, PAID))
    bring(refunds, a_refund(1, PAID), state)
    assert add(refunds, a_refund(2, PAID))[1]


@pytest.mark.parametrize("state", sorted(RESERVING))
def test_what_may_have_gone_back_cannot_go_back_again(refunds: RefundStore, state: RefundState) -> None:
    add(refunds, a_refund(1, PAID))
    if state is not S.REQUESTED:
        bring(refunds, a_refund(1, PAID), state)
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(2, 1), seen=PAID)
    assert code_of(caught) == "refund_too_much"


@pytest.mark.parametrize("state", [S.FAILED, S.SUCCEEDED])
def test_one_that_the_gateway_calls_both_failed_and_done_cannot_go_back_again(
    books: Books, refunds: RefundStore, state: RefundState
) -> None:
    first = a_refund(1, PAID, asked_by="Mei")
    add(refunds, first)
    ended = replace(first, state=state)
    refunds.change(first, ended, LATER)
    snapshot = refunds.change(ended, replace(ended, review=RefundReview.CONTRADICTED), LATER)
    assert snapshot is not None
    assert (snapshot.reserved.minor, snapshot.refunded.minor) == (PAID, PAID if state is S.SUCCEEDED else 0)
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(2, 1), seen=PAID)
    assert code_of(caught) == "refund_too_much"
    books.sell(2, state=AttemptState.SUCCEEDED)
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(3, 1, order=2, asked_by="Mei"), ceiling=Money(PAID, "HKD"))
    assert code_of(caught) == "refund_over_ceiling"


def test_the_order_derives_what_was_given_back(books: Books, refunds: RefundStore) -> None:
    add(refunds, a_refund())
    assert derived(books) == (0, 0)
    snapshot = bring(refunds, a_refund(), S.SUCCEEDED)
    assert snapshot.refunded == Money(2000, "HKD")
    assert derived(books) == (2000, 0)


def test_a_refund_that_nobody_knows_about_needs_a_look(books: Books, refunds: RefundStore) -> None:
    add(refunds, a_refund())
    bring(refunds, a_refund(), S.UNKNOWN)
    assert derived(books) == (0, 1)


def derived(books: Books) -> tuple[int, int]:
    return books.connection.execute("SELECT refunded_minor, needs_look FROM orders").fetchone()


# --- ceilings --------------------------------------------------------------------------------------------


CEILING = Money(5000, "HKD")


def test_a_ceiling_holds_over_all_orders_of_the_day(books: Books, refunds: RefundStore) -> None:
    books.sell(2, state=AttemptState.SUCCEEDED)
    add(refunds, a_refund(1, 3000, asked_by="Mei"), ceiling=CEILING)
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(2, 2001, order=2, asked_by="Mei"), ceiling=CEILING)
    assert code_of(caught) == "refund_over_ceiling"
    assert add(refunds, a_refund(3, 2000, order=2, asked_by="Mei"), ceiling=CEILING)[1]


def test_it_counts_for_who_allowed_it(books: Books, refunds: RefundStore) -> None:
    books.sell(2, state=AttemptState.SUCCEEDED)
    add(refunds, a_refund(1, 5000, asked_by="Mei", approved_by="Ada"), ceiling=CEILING)
    with pytest.raises(DomainError):
        add(refunds, a_refund(2, 1, order=2, asked_by="Ada"), ceiling=CEILING)
    assert add(refunds, a_refund(3, 5000, order=2, asked_by="Mei"), ceiling=CEILING)[1]


def test_yesterday_and_what_failed_count_for_nothing(books: Books, refunds: RefundStore) -> None:
    books.sell(2, state=AttemptState.SUCCEEDED)
    before = replace(a_refund(1, 5000, asked_by="Mei"), business_day=NOON.date() - timedelta(days=1))
    add(refunds, before, ceiling=CEILING)
    failed = a_refund(2, 5000, order=2, asked_by="Mei")
    add(refunds, failed, ceiling=CEILING)
    bring(refunds, failed, S.FAILED)
    assert add(refunds, a_refund(3, 5000, order=2, asked_by="Mei"), ceiling=CEILING)[1]


def test_another_currency_than_the_ceilings_is_over_it(refunds: RefundStore) -> None:
    with pytest.raises(DomainError) as caught:
        add(refunds, a_refund(asked_by="Mei"), ceiling=Money(5000, "TWD"))
    assert code_of(caught) == "refund_over_ceiling"


# --- changes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old, new", [(old, new) for old in S for new in S if old is not new])
def test_only_the_transitions_there_are_can_be_written(
    refunds: RefundStore, old: RefundState, new: RefundState
) -> None:
    add(refunds, a_refund())
    for state in {S.REQUESTED: (), S.PROCESSING: (S.PROCESSING,), S.UNKNOWN: (S.UNKNOWN,)}.get(old, (old,)):
        bring(refunds, a_refund(), state)
    standing = replace(a_refund(), state=old)
    if new in REFUND_TRANSITIONS[old]:
        assert bring(refunds, standing, new).refunds[0].state is new
    else:
        with pytest.raises(ValueError, match="cannot become"):
            refunds.change(standing, replace(standing, state=new), LATER)


def test_a_change_from_what_is_no_longer_so_writes_nothing(books: Books, refunds: RefundStore) -> None:
    add(refunds, a_refund())
    bring(refunds, a_refund(), S.PROCESSING)
    rows = last_row(books).seq
    assert refunds.change(a_refund(), replace(a_refund(), state=S.FAILED), LATER) is None
    assert last_row(books).seq == rows


def test_a_change_is_vouched_for_with_what_changed(books: Books, refunds: RefundStore) -> None:
    add(refunds, a_refund())
    now = replace(
        a_refund(),
        state=S.UNKNOWN,
        gateway_refund_id="R1",
        support_id="rid-9",
        problem_code="timeout",
        problem_text="no answer",
        review=RefundReview.AMOUNT_DIFFERS,
        review_detail="HKD 20.00 / HKD 2.00",
    )
    refunds.change(a_refund(), now, LATER, {"words": "looked into"})
    row = last_row(books)
    assert (row.old_state, row.new_state) == ("REQUESTED", "UNKNOWN")
    assert json.loads(row.facts) == {
        "ref": "T1-R0001",
        "amount_minor": "2000",
        "currency": "HKD",
        "gateway_refund_id": "R1",
        "support_id": "rid-9",
        "problem": "timeout",
        "detail": "no answer",
        "review": "AMOUNT_DIFFERS",
        "review_detail": "HKD 20.00 / HKD 2.00",
        "words": "looked into",
    }
    assert row.row_hash == vouched_hash(books.connection, "refund", "T1-R0001")
    assert refunds.refund("T1-R0001") == now


def test_what_was_asked_for_never_changes(books: Books, refunds: RefundStore) -> None:
    add(refunds, a_refund())
    with pytest.raises(sqlite3.DatabaseError, match="never change"):
        books.connection.execute("UPDATE refunds SET amount_minor = 1")


def test_who_is_sending_is_kept(refunds: RefundStore) -> None:
    add(refunds, a_refund())
    add(refunds, a_refund(2), seen=2000)
    bring(refunds, a_refund(2), S.UNKNOWN)
    assert refunds.requested_owners() == {"T1-R0001": OWNER}
    assert [refund.merchant_refund_id for refund in refunds.unfinished()] == ["T1-R0002", "T1-R0001"]


# --- sums ------------------------------------------------------------------------------------------------


_WISHES = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from([*S])).filter(lambda wish: wish[1] is not S.REQUESTED), max_size=8
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wishes=_WISHES)
def test_no_order_of_refunds_gives_back_more_than_was_paid(
    tmp_path_factory: pytest.TempPathFactory, empty_ledger: Path, wishes: list[tuple[int, RefundState]]
) -> None:
    books = Books.copied(empty_ledger, tmp_path_factory.mktemp("sums"))
    try:
        books.sell(1, money=Money(20, "JPY"), state=AttemptState.SUCCEEDED)
        refunds = RefundStore(books.ledger)
        taken = back = 0
        for serial, (minor, end) in enumerate(wishes):
            wish = a_refund(serial, minor)
            wish = replace(wish, request=replace(wish.request, money=Money(minor, "JPY")))
            if taken + minor > 20:
                with pytest.raises(DomainError):
                    add(refunds, wish, seen=taken)
                continue
            add(refunds, wish, seen=taken)
            snapshot = bring(refunds, wish, end)
            taken += minor if end in RESERVING else 0
            back += minor if end is S.SUCCEEDED else 0
            assert (snapshot.reserved.minor, snapshot.refunded.minor) == (taken, back)
            assert snapshot.refundable(ref(1)).minor == 20 - taken
            assert derived(books)[0] == back <= 20
    finally:
        books.ledger.close()
