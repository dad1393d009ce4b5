"""Rows: what goes into the ledger comes out again, column by column."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.currency import DECIMALS
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.order import Attempt, CodeKind, Flow, Order, Payer, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.store.rows import (
    ATTEMPT_COLUMNS,
    ORDER_COLUMNS,
    PROGRESS_COLUMNS,
    REQUEST_COLUMNS,
    attempt_from,
    order_from,
    order_values,
    progress_values,
    request_values,
)
from tests.fakes import NOON, an_attempt, an_order

if TYPE_CHECKING:
    from tests.unit.store.books import Books

texts = st.text(max_size=20)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
maybe_text = st.none() | texts
maybe_moment = st.none() | moments
monies = st.builds(Money, st.integers(1, 2**63 - 1), st.sampled_from(sorted(DECIMALS)))
orders = st.builds(
    Order, texts, monies, note=texts, till=texts, cashier=texts, business_day=st.dates(), created_at=moments
)
attempts = st.builds(
    Attempt,
    merchant_order_id=texts,
    order_id=texts,
    number=st.integers(1, 99),
    provider=texts,
    flow=st.sampled_from(Flow),
    money=monies,
    description=texts,
    request_id=texts,
    confirm_request_id=texts,
    cancel_request_id=texts,
    state=st.sampled_from(AttemptState),
    created_at=moments,
    payer=st.none() | st.builds(Payer, texts, maybe_text),
    gateway_id=maybe_text,
    code=st.none() | st.builds(PaymentCode, st.sampled_from(CodeKind), texts),
    code_dead=st.booleans(),
    support_id=maybe_text,
    problem_code=maybe_text,
    problem_text=maybe_text,
    review=st.none() | st.sampled_from(ReviewReason),
    review_detail=maybe_text,
    alarm=st.none() | st.sampled_from(AlarmKind),
    shown_at=maybe_moment,
    given_up_at=maybe_moment,
    final_at=maybe_moment,
    paid_at=maybe_moment,
    paid_at_raw=maybe_text,
    settled=st.none() | st.sampled_from(Decision),
)


@given(orders)
def test_an_order_there_and_back(order: Order) -> None:
    assert order_from(order_values(order)) == order


@given(attempts)
def test_an_attempt_there_and_back(attempt: Attempt) -> None:
    assert attempt_from((*request_values(attempt), *progress_values(attempt))) == attempt


def test_every_column_is_named_once_and_exists(books: Books) -> None:
    columns = {row[1] for row in books.connection.execute("PRAGMA table_info(attempts)")}
    named = [*REQUEST_COLUMNS, *PROGRESS_COLUMNS]
    assert len(named) == len(set(named)) == len(ATTEMPT_COLUMNS.split(", "))
    assert columns == {*named, "id", "owner"}
    columns = {row[1] for row in books.connection.execute("PRAGMA table_info(orders)")}
    assert columns == {name.removeprefix("orders.") for name in ORDER_COLUMNS.split(", ")} | {
        "id",
        "status",
        "needs_look",
        "refunded_minor",
        "version",
    }


def test_a_full_attempt_survives_the_file(books: Books) -> None:
    fresh = an_attempt(1, flow=Flow.MINI_PROGRAM, payer=Payer("o-茶-1", "wx1"), description="茶 \U0001f375 'x'; --")
    books.orders.add(an_order(1, note="two % of _ \\ \0 ￿"), fresh, "owner")
    after = replace(
        fresh,
        state=AttemptState.CREATED,
        gateway_id="int_1",
        code=PaymentCode(CodeKind.SCAN, "weixin://wxpay/bizpayurl?pr=1"),
        code_dead=True,
        support_id="rid",
        problem_code="odd",
        problem_text="错误",
        review=ReviewReason.AMOUNT_DIFFERS,
        review_detail="128.50 / 1.00",
        alarm=AlarmKind.PAID_TWICE,
        shown_at=NOON,
        given_up_at=NOON.replace(microsecond=1),
        final_at=NOON.replace(microsecond=999_999),
        paid_at=NOON,
        paid_at_raw="2026-03-14T20:00:00.123456789+08:00",
        settled=Decision.KEPT,
    )
    snapshot = books.orders.change(fresh, after, NOON)
    assert snapshot is not None
    assert snapshot.attempts == (after,)
    assert snapshot.order.note == "two % of _ \\ \0 ￿"
    assert books.orders.attempt(fresh.merchant_order_id) == after
