"""Charging: written before it is sent, sent once, shown only after "shown" is written."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, OrderStatus, ReviewReason, Standing
from posapp.domain.till import HealthState
from posapp.gateways.errors import AuthFailed, GatewayError, OutcomeUnknown, RateLimited, Refused
from posapp.services.chargeable import MAX_NOTE
from posapp.services.checkout import CheckoutError
from posapp.store.errors import LedgerError
from posapp.store.orders import OrderStore
from posapp.store.verify import verify
from tests.scripted_gateway import (
    WITH_KEY,
    Fate,
    Mischief,
    auth_failed,
    bug,
    dead_code,
    held,
    http_5xx,
    late,
    lost_after,
    lost_before,
    malformed,
    not_sent,
    rate_limited,
    refused,
    swapped,
    without_code,
    wrong_amount,
    wrong_currency,
)
from tests.unit.services.bench import AMOUNT, DAY

if TYPE_CHECKING:
    from posapp.domain.order import Attempt, OrderSnapshot
    from tests.unit.services.bench import Bench

S = AttemptState


def show(bench: Bench, snapshot: OrderSnapshot) -> Attempt:
    """Show the newest code."""
    return bench.services.checkout.show(snapshot.attempts[-1].merchant_order_id).attempts[-1]


def new_code(bench: Bench, order_id: str) -> OrderSnapshot:
    """Ask for a new code and, where there is a fresh attempt, send it."""

    async def job() -> OrderSnapshot:
        snapshot, to_send = await bench.services.checkout.new_code(order_id)
        return await bench.services.checkout.create(snapshot) if to_send else snapshot

    return bench.run(job())


# --- write first -----------------------------------------------------------------------------------------


def test_the_attempt_is_in_the_file_before_the_first_byte_leaves(bench: Bench) -> None:
    found: list[tuple[str, str, str, int, str]] = []

    def look(attempt: Attempt) -> None:
        """Read the file as another program would: what is not committed is not there."""
        stranger = sqlite3.connect(f"file:{bench.folder / 'ledger.db'}?mode=ro", uri=True)
        row = stranger.execute(
            "SELECT merchant_order_id, request_id, state, amount_minor, currency FROM attempts "
            "WHERE merchant_order_id = ?",
            (attempt.merchant_order_id,),
        ).fetchone()
        stranger.close()
        found.append(row)

    bench.gateway.on_create = look
    attempt = bench.charge().leading
    assert found == [(attempt.merchant_order_id, attempt.request_id, "CREATING", 12850, "HKD")]
    assert bench.till.ledger.connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_new_order_is_told_of_before_anything_is_sent(bench: Bench) -> None:
    snapshot = bench.services.checkout.begin(AMOUNT, "table 4")
    assert bench.till.orders() == {snapshot.order.order_id: snapshot}
    assert bench.truth.posts == {}
    order, attempt = snapshot.order, snapshot.leading
    assert (order.money, order.note, order.till, order.cashier) == (AMOUNT, "table 4", "T1", "")
    assert order.business_day == DAY.of(order.created_at)
    assert (order.created_at, order.order_id) == (attempt.created_at, attempt.merchant_order_id)
    assert (attempt.state, attempt.number, attempt.flow) == (S.CREATING, 1, Flow.QRCODE)
    assert attempt.description == "Harbour Tea · table 4"
    assert len({attempt.request_id, attempt.confirm_request_id, attempt.cancel_request_id}) == 3
    assert snapshot.standing is Standing.WAITING


def test_who_pays_is_kept_over_every_attempt(bench: Bench) -> None:
    payer = Payer("open-1", "app-1")
    bench.gateway.next("create", refused())
    snapshot = bench.run(bench.services.checkout.create(bench.services.checkout.begin(AMOUNT, payer=payer)))
    snapshot = new_code(bench, snapshot.order.order_id)
    assert [attempt.payer for attempt in bench.order(snapshot.order.order_id).attempts] == [payer, payer]


def test_where_nothing_can_be_written_nothing_is_sent(bench: Bench) -> None:
    bench.till.break_ledger(broken=True)
    with pytest.raises(LedgerError):
        bench.services.checkout.begin(AMOUNT)
    assert bench.truth.posts == {}
    assert bench.till.orders() == {}
    assert bench.services.health.current.state is HealthState.LEDGER
    bench.till.break_ledger(broken=False)
    bench.services.checkout.begin(AMOUNT)
    assert bench.services.health.current.state is HealthState.UNASKED


@pytest.mark.parametrize(
    "money, note, code",
    [
        (Money(0, "HKD"), "", "amount_zero"),
        (Money(-1, "HKD"), "", "amount_zero"),
        (Money(150, "TWD"), "", "amount_too_many_decimals"),
        (Money(100, "THB"), "", "currency_not_taken"),
        (AMOUNT, "x" * (MAX_NOTE + 1), "note_unusable"),
        (AMOUNT, "two\nlines", "note_unusable"),
        (AMOUNT, "\x1b[31m", "note_unusable"),
    ],
)
def test_what_cannot_be_charged_is_refused_before_it_is_written(
    keyed: Bench, money: Money, note: str, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        keyed.services.checkout.begin(money, note)
    assert refusal.value.code == code
    assert keyed.every_order() == []


def test_what_can_be_charged_is(bench: Bench) -> None:
    assert bench.charge(Money(1, "HKD"), "y" * MAX_NOTE).leading.state is S.CREATED
    assert bench.charge(Money(15000, "TWD")).leading.state is S.CREATED
    assert bench.charge(Money(128, "JPY"), "四番卓").leading.state is S.CREATED
    assert bench.charge(Money(100, "THB")).leading.state is S.CREATED  # no list of currencies: the gateway says


# --- what the gateway says to a create -------------------------------------------------------------------


def test_a_code_comes_and_is_kept_as_given(bench: Bench) -> None:
    attempt = bench.charge().leading
    assert (attempt.state, attempt.gateway_id, attempt.support_id) == (S.CREATED, "G000001", "rid-create")
    assert attempt.code == bench.truth.handed_out[attempt.merchant_order_id]
    assert bench.services.health.current.state is HealthState.ANSWERING
    assert bench.truth.posts == {attempt.merchant_order_id: 1}


@pytest.mark.parametrize(
    "mischief, state, standing, posts",
    [
        (not_sent(), S.NOT_SENT, Standing.REFUSED, 0),
        (auth_failed(sent=False), S.NOT_SENT, Standing.REFUSED, 0),
        (rate_limited(5.0, sent=False), S.NOT_SENT, Standing.REFUSED, 0),
        (refused(), S.REFUSED, Standing.REFUSED, 1),
        (rate_limited(5.0), S.REFUSED, Standing.REFUSED, 1),
        (lost_before(), S.UNKNOWN, Standing.NOT_KNOWN, 1),
        (lost_after(), S.UNKNOWN, Standing.NOT_KNOWN, 1),
        (http_5xx(), S.UNKNOWN, Standing.NOT_KNOWN, 1),
        (http_5xx(commits=True), S.UNKNOWN, Standing.NOT_KNOWN, 1),
        (malformed(), S.UNKNOWN, Standing.NOT_KNOWN, 1),
        (Mischief(error=lambda: GatewayError("odd", "of no class")), S.UNKNOWN, Standing.NOT_KNOWN, 1),
    ],
)
def test_whether_a_byte_left_decides_what_a_failure_means(
    bench: Bench, mischief: Mischief, state: AttemptState, standing: Standing, posts: int
) -> None:
    bench.gateway.next("create", mischief)
    snapshot = bench.charge()
    attempt = snapshot.leading
    assert (attempt.state, snapshot.standing) == (state, standing)
    assert attempt.code is None
    assert attempt.problem_code is not None
    assert attempt.problem_text
    assert bench.truth.posts[attempt.merchant_order_id] == posts
    assert snapshot.status is (OrderStatus.OPEN if state is S.UNKNOWN else OrderStatus.CLOSED)
    assert bench.till.orders()[snapshot.order.order_id] == snapshot


@pytest.mark.parametrize(
    "mischief, review",
    [
        (swapped(), ReviewReason.WRONG_ORDER),
        (wrong_amount(), ReviewReason.AMOUNT_DIFFERS),
        (wrong_currency(), ReviewReason.AMOUNT_DIFFERS),
        (without_code(), ReviewReason.CODE_UNUSABLE),
    ],
)
def test_a_reply_that_does_not_fit_shows_nothing_and_is_watched(
    bench: Bench, mischief: Mischief, review: ReviewReason
) -> None:
    bench.gateway.next("create", mischief)
    snapshot = bench.charge()
    attempt = snapshot.leading
    assert (attempt.state, attempt.review, attempt.code) == (S.UNKNOWN, review, None)
    assert snapshot.standing is Standing.REVIEW
    with pytest.raises(CheckoutError):
        show(bench, snapshot)
    bench.watch()
    bench.let_pass(1)
    assert bench.attempt(attempt.merchant_order_id).state is S.ORPHAN


def test_a_bug_in_the_adapter_leaves_an_unknown_outcome_and_is_not_hidden(bench: Bench) -> None:
    bench.gateway.next("create", bug())
    with pytest.raises(RuntimeError, match="a bug in the adapter"):
        bench.charge()
    attempt = bench.every_order()[0].leading
    assert (attempt.state, attempt.problem_code) == (S.UNKNOWN, "internal")
    bench.watch()
    bench.let_pass(1)
    assert bench.attempt(attempt.merchant_order_id).state is S.ORPHAN


def test_texts_of_the_gateway_are_kept_short_and_plain(bench: Bench) -> None:
    bench.gateway.next(
        "create", Mischief(error=lambda: Refused("1001", "no\x00\n" + "x" * 999, support_id="r\nid"), commits=False)
    )
    attempt = bench.charge().leading
    assert attempt.problem_text is not None
    assert attempt.problem_text.startswith("no  xxx")
    assert len(attempt.problem_text) == 200
    assert attempt.support_id == "r id"


def test_a_refusal_is_an_answer(bench: Bench) -> None:
    bench.gateway.next("create", refused())
    bench.charge()
    health = bench.services.health.current
    assert health.state is HealthState.ANSWERING
    assert health.last_answer_at is not None


# --- a rejected token ------------------------------------------------------------------------------------


def test_a_token_rejected_at_the_create_brings_one_further_attempt_with_a_new_id(bench: Bench) -> None:
    bench.gateway.next("create", auth_failed())
    snapshot = bench.charge()
    first, second = snapshot.attempts
    assert (first.state, second.state) == (S.REFUSED, S.CREATED)
    assert (first.number, second.number, second.order_id) == (1, 2, first.order_id)
    for name in ("merchant_order_id", "request_id", "confirm_request_id", "cancel_request_id"):
        assert getattr(first, name) != getattr(second, name)
    assert (second.money, second.description) == (first.money, first.description)
    assert bench.truth.posts == {first.merchant_order_id: 1, second.merchant_order_id: 1}
    assert snapshot == bench.till.orders()[snapshot.order.order_id]


def test_a_second_rejection_is_the_end_of_it(bench: Bench) -> None:
    bench.gateway.next("create", auth_failed(), auth_failed(), auth_failed())
    snapshot = bench.charge()
    assert [attempt.state for attempt in snapshot.attempts] == [S.REFUSED, S.REFUSED]
    assert bench.services.health.current.state is HealthState.REJECTED
    assert snapshot.status is OrderStatus.CLOSED


def test_a_rejection_at_a_later_attempt_brings_one_further_too(bench: Bench) -> None:
    bench.gateway.next("create", refused())
    snapshot = bench.charge()
    bench.gateway.next("create", auth_failed())
    snapshot = new_code(bench, snapshot.order.order_id)
    assert [attempt.state for attempt in snapshot.attempts] == [S.REFUSED, S.REFUSED, S.CREATED]
    assert [attempt.number for attempt in snapshot.attempts] == [1, 2, 3]


def test_a_login_rejected_before_the_create_brings_none(bench: Bench) -> None:
    bench.gateway.next("create", auth_failed(sent=False))
    assert [attempt.state for attempt in bench.charge().attempts] == [S.NOT_SENT]


def test_with_an_idempotency_key_the_adapter_has_tried_again_already(keyed: Bench) -> None:
    keyed.gateway.next("create", auth_failed())
    assert [attempt.state for attempt in keyed.charge().attempts] == [S.REFUSED]


def test_a_rejected_order_that_was_given_up_meanwhile_is_not_tried_again(bench: Bench) -> None:
    until = asyncio.Event()
    bench.gateway.next("create", replace(auth_failed(), held=until))
    snapshot = bench.services.checkout.begin(AMOUNT)
    order_id = snapshot.order.order_id

    async def job() -> OrderSnapshot:
        creating = asyncio.ensure_future(bench.services.checkout.create(snapshot))
        await asyncio.sleep(1)
        given_up = await bench.services.checkout.give_up(order_id)
        assert given_up.leading.state is S.CREATING
        until.set()
        return await creating

    assert [attempt.state for attempt in bench.run(job()).attempts] == [S.REFUSED]


# --- a ledger in trouble ---------------------------------------------------------------------------------


def test_an_answer_is_written_again_until_the_ledger_takes_it(bench: Bench) -> None:
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(0.01)
    bench.till.break_ledger(broken=True)
    bench.let_pass(3)
    assert bench.services.health.current.state is HealthState.LEDGER
    assert bench.every_order()[0].leading.state is S.CREATING
    bench.till.break_ledger(broken=False)
    bench.let_pass(1)
    attempt = bench.every_order()[0].leading
    assert attempt.state is S.CREATED
    assert attempt.code == bench.truth.handed_out[attempt.merchant_order_id]
    assert bench.services.health.current.state is not HealthState.LEDGER
    assert bench.truth.posts.total() == 1


def test_an_answer_is_kept_however_long_the_ledger_is_in_trouble(bench: Bench) -> None:
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(0.01)
    bench.till.break_ledger(broken=True)
    bench.let_pass(3_600)
    assert [type(failure) for failure in bench.till.failures] == [LedgerError]
    bench.till.break_ledger(broken=False)
    bench.let_pass(6)
    attempt = bench.every_order()[0].leading
    assert (attempt.state, attempt.code) == (S.CREATED, bench.truth.handed_out[attempt.merchant_order_id])


def test_an_answer_that_could_never_be_written_holds_up_no_stop(bench: Bench) -> None:
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(0.01)
    bench.till.break_ledger(broken=True)
    bench.let_pass(60)
    bench.till.stop()
    assert not asyncio.all_tasks(bench.loop)


def test_where_the_ledger_stays_in_trouble_the_next_start_asks(bench: Bench) -> None:
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(0.01)
    bench.till.break_ledger(broken=True)
    bench.let_pass(60)
    assert [type(failure) for failure in bench.till.failures] == [LedgerError]
    assert bench.every_order()[0].leading.state is S.CREATING
    bench.kill()
    bench.watch()
    bench.let_pass(2)
    assert bench.every_order()[0].leading.state is S.ORPHAN
    assert bench.truth.posts.total() == 1


# --- showing ---------------------------------------------------------------------------------------------


def test_shown_is_written_before_it_may_be_painted(bench: Bench) -> None:
    snapshot = bench.charge()
    shown = bench.services.checkout.show(snapshot.leading.merchant_order_id)
    stranger = sqlite3.connect(f"file:{bench.folder / 'ledger.db'}?mode=ro", uri=True)
    assert stranger.execute("SELECT state, shown_us IS NOT NULL FROM attempts").fetchall() == [("PENDING", 1)]
    stranger.close()
    assert shown.leading.state is S.PENDING
    assert shown.leading.code == snapshot.leading.code
    assert bench.till.orders()[shown.order.order_id] == shown


def test_shown_again_keeps_the_first_moment(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.let_pass(100)
    assert show(bench, bench.order(attempt.order_id)) == attempt


def test_a_given_up_code_that_is_shown_again_is_not_given_up_any_more(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    assert bench.run(bench.services.checkout.give_up(attempt.order_id)).leading.given_up_at is not None
    assert show(bench, bench.order(attempt.order_id)).given_up_at is None


@pytest.mark.parametrize("mischief", [not_sent(), refused(), lost_after()])
def test_without_a_code_there_is_nothing_to_show(bench: Bench, mischief: Mischief) -> None:
    bench.gateway.next("create", mischief)
    with pytest.raises(CheckoutError) as refusal:
        show(bench, bench.charge())
    assert refusal.value.code == "code_gone"


def test_a_final_code_is_not_shown(bench: Bench) -> None:
    for fate in (Fate.CANCELLED, Fate.PAID):
        attempt = show(bench, bench.charge())
        bench.truth.force(attempt.merchant_order_id, fate)
        snapshot = bench.run(bench.services.checkout.ask(attempt.order_id))
        with pytest.raises(CheckoutError):
            show(bench, snapshot)


def test_a_code_whose_last_answer_is_in_doubt_is_not_shown(bench: Bench) -> None:
    snapshot = bench.charge()
    bench.gateway.next("query", wrong_amount())
    snapshot = bench.run(bench.services.checkout.ask(snapshot.order.order_id))
    assert snapshot.leading.review is ReviewReason.AMOUNT_DIFFERS
    with pytest.raises(CheckoutError) as refusal:
        show(bench, snapshot)
    assert refusal.value.code == "code_gone"


def test_a_hand_off_without_content_is_not_shown(bench: Bench) -> None:
    snapshot = bench.charge()
    attempt = snapshot.leading
    bare = replace(attempt, code=PaymentCode(CodeKind.HANDOFF, ""))
    OrderStore(bench.till.ledger).change(attempt, bare, bench.clock.now())
    with pytest.raises(CheckoutError):
        show(bench, snapshot)


def test_a_second_code_is_not_shown_while_the_first_can_be_paid(bench: Bench) -> None:
    first = bench.charge()
    attempt = first.leading
    unknown = replace(attempt, number=2, merchant_order_id="T1-2", request_id="r", confirm_request_id="c")
    unknown = replace(unknown, cancel_request_id="x", state=S.CREATING, code=None, gateway_id=None, support_id=None)
    store = OrderStore(bench.till.ledger)
    store.add(None, unknown, bench.till.owner.name)
    store.change(unknown, replace(unknown, state=S.CREATED, code=attempt.code), bench.clock.now())
    bench.services.checkout.show(attempt.merchant_order_id)
    with pytest.raises(CheckoutError) as refusal:
        bench.services.checkout.show("T1-2")
    assert refusal.value.code == "other_code_open"


def test_a_code_is_not_shown_once_another_one_of_the_order_was_paid(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.truth.cancel(attempt.merchant_order_id)
    bench.run(bench.services.checkout.ask(attempt.order_id))
    second = new_code(bench, attempt.order_id).attempts[-1]
    assert second.state is S.CREATED
    bench.truth.force(attempt.merchant_order_id, Fate.PAID)  # paid after cancel
    bench.run(bench.services.checkout.ask(attempt.order_id))
    with pytest.raises(CheckoutError) as refusal:
        bench.services.checkout.show(second.merchant_order_id)
    assert refusal.value.code == "already_paid"


# --- asking ----------------------------------------------------------------------------------------------


def test_asking_now_brings_the_truth(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.truth.pay(attempt.merchant_order_id)
    snapshot = bench.run(bench.services.checkout.ask(attempt.order_id))
    assert (snapshot.leading.state, snapshot.standing) == (S.SUCCEEDED, Standing.PAID)
    assert bench.till.rung() == []


@pytest.mark.parametrize("mischief", [not_sent(), refused()])
def test_what_never_reached_the_gateway_is_not_asked_about(bench: Bench, mischief: Mischief) -> None:
    bench.gateway.next("create", mischief)
    snapshot = bench.charge()
    assert bench.run(bench.services.checkout.ask(snapshot.order.order_id)) == snapshot
    assert bench.gateway.queries() == []


def test_asking_says_where_one_of_several_gave_no_answer(bench: Bench) -> None:
    bench.gateway.next("create", lost_before())
    order_id = bench.charge().order.order_id
    bench.gateway.next("create", lost_after())
    new_code(bench, order_id)
    bench.gateway.next("query", http_5xx())
    with pytest.raises(OutcomeUnknown):
        bench.run(bench.services.checkout.ask(order_id))
    assert [attempt.state for attempt in bench.order(order_id).attempts] == [S.UNKNOWN, S.ORPHAN]


def test_an_unknown_order_is_said_to_be_one(bench: Bench) -> None:
    for job in (bench.services.checkout.ask, bench.services.checkout.give_up, bench.services.checkout.new_code):
        with pytest.raises(CheckoutError) as refusal:
            bench.run(job("T1-NEVER"))
        assert refusal.value.code == "order_unknown"


def test_an_attempt_that_is_nowhere_can_only_be_a_bug(bench: Bench) -> None:
    with pytest.raises(LookupError):
        bench.services.checkout.show("T1-NEVER")


# --- giving up -------------------------------------------------------------------------------------------


def test_giving_up_asks_once_more_and_may_find_it_paid(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.truth.pay(attempt.merchant_order_id)
    snapshot = bench.run(bench.services.checkout.give_up(attempt.order_id))
    assert (snapshot.leading.state, snapshot.leading.given_up_at) == (S.SUCCEEDED, None)


def test_giving_up_changes_no_state(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    snapshot = bench.run(bench.services.checkout.give_up(attempt.order_id))
    assert snapshot.leading == replace(attempt, given_up_at=snapshot.leading.given_up_at)
    assert snapshot.status is OrderStatus.OPEN
    again = bench.run(bench.services.checkout.give_up(attempt.order_id))
    assert again.leading == snapshot.leading


def test_given_up_while_the_gateway_is_silent_it_is_noted_and_stays_watched(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.gateway.weather["query"] = http_5xx()
    with pytest.raises(OutcomeUnknown):
        bench.run(bench.services.checkout.give_up(attempt.order_id))
    assert bench.attempt(attempt.merchant_order_id).given_up_at is not None
    bench.gateway.weather.clear()
    bench.truth.pay(attempt.merchant_order_id)
    bench.let_pass(40)
    assert bench.attempt(attempt.merchant_order_id).state is S.SUCCEEDED
    assert [snapshot.order.order_id for snapshot in bench.till.rung()] == [attempt.order_id]


def test_given_up_while_the_answer_could_not_be_written_it_is_noted_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = show(bench, bench.charge())

    async def in_vain(_merchant_order_id: str) -> None:
        raise LedgerError("ledger_busy", "not now")

    monkeypatch.setattr(bench.services.reconciler, "ask", in_vain)
    with pytest.raises(LedgerError):
        bench.run(bench.services.checkout.give_up(attempt.order_id))
    assert bench.attempt(attempt.merchant_order_id).given_up_at is not None


def test_giving_up_closes_the_payment_where_the_gateway_can(keyed: Bench) -> None:
    attempt = show(keyed, keyed.charge())
    snapshot = keyed.run(keyed.services.checkout.give_up(attempt.order_id))
    assert (snapshot.leading.state, snapshot.status) == (S.CANCELLED, OrderStatus.CLOSED)
    assert keyed.truth.payments[attempt.merchant_order_id].fate is Fate.CANCELLED
    events = [entry.event for entry in keyed.services.listing.details(attempt.order_id).timeline]
    assert events.count("cancel_requested") == 1


def test_a_close_that_comes_too_late_finds_it_paid(keyed: Bench) -> None:
    attempt = show(keyed, keyed.charge())
    keyed.truth.pay(attempt.merchant_order_id)
    snapshot = keyed.run(keyed.services.checkout.give_up(attempt.order_id))
    assert snapshot.leading.state is S.SUCCEEDED


def test_given_up_while_it_is_being_created(bench: Bench) -> None:
    until = asyncio.Event()
    bench.gateway.next("create", held(until))
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(1)
    given_up = bench.run(bench.services.checkout.give_up(snapshot.order.order_id)).leading
    assert given_up.state is S.CREATING
    assert bench.gateway.queries() == []
    until.set()
    bench.let_pass(1)
    attempt = bench.attempt(snapshot.order.order_id)
    assert (attempt.state, attempt.given_up_at) == (S.CREATED, given_up.given_up_at)


def test_what_is_final_is_not_given_up(bench: Bench) -> None:
    bench.gateway.next("create", refused())
    snapshot = bench.charge()
    assert bench.run(bench.services.checkout.give_up(snapshot.order.order_id)) == snapshot


def test_a_payment_that_was_paid_meanwhile_is_not_closed(keyed: Bench) -> None:
    attempt = keyed.charge_and_show()
    until = asyncio.Event()
    keyed.gateway.next("query", held(until))

    async def job() -> None:
        asking = asyncio.ensure_future(keyed.services.checkout.ask(attempt.order_id))
        await asyncio.sleep(0.01)
        keyed.truth.pay(attempt.merchant_order_id)
        giving_up = asyncio.ensure_future(keyed.services.checkout.give_up(attempt.order_id))
        await asyncio.sleep(1)
        until.set()
        await asyncio.gather(asking, giving_up)

    keyed.run(job())
    assert keyed.attempt(attempt.merchant_order_id).state is S.SUCCEEDED
    assert [call.kind for call in keyed.gateway.calls] == ["create", "query"]


def test_pressed_twice_it_is_closed_by_one_question_at_a_time(keyed: Bench) -> None:
    attempt = keyed.charge_and_show()
    keyed.watch()
    keyed.gateway.weather["query"] = late(1)
    keyed.gateway.weather["cancel"] = late(2)

    async def job() -> None:
        pressed = [keyed.services.checkout.give_up(attempt.order_id) for _ in range(3)]
        await asyncio.gather(*pressed, keyed.services.checkout.ask(attempt.order_id))

    keyed.run(job())
    assert keyed.gateway.crowd == 1
    assert keyed.attempt(attempt.merchant_order_id).state is S.CANCELLED


# --- a new code ------------------------------------------------------------------------------------------


def test_no_new_code_while_the_shown_one_can_be_paid(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.run(bench.services.checkout.give_up(attempt.order_id))
    asked = len(bench.gateway.queries())
    with pytest.raises(CheckoutError) as refusal:
        new_code(bench, attempt.order_id)
    assert refusal.value.code == "new_code_not_allowed"
    assert len(bench.order(attempt.order_id).attempts) == 1
    assert len(bench.gateway.queries()) == asked, "a plain no needs no gateway"


def test_a_new_code_once_the_gateway_says_cancelled(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.truth.cancel(attempt.merchant_order_id)
    bench.run(bench.services.checkout.ask(attempt.order_id))
    first, second = new_code(bench, attempt.order_id).attempts
    assert (first.state, second.state, second.number) == (S.CANCELLED, S.CREATED, 2)
    assert second.merchant_order_id != first.merchant_order_id
    assert show(bench, bench.order(attempt.order_id)).state is S.PENDING


@pytest.mark.parametrize("mischief", [lost_before(), lost_after(), refused(), swapped(), without_code()])
def test_an_attempt_whose_code_nobody_saw_is_replaced_freely(bench: Bench, mischief: Mischief) -> None:
    bench.gateway.next("create", mischief)
    first = bench.charge().leading
    snapshot = new_code(bench, first.order_id)
    assert snapshot.attempts[-1].state is S.CREATED
    assert snapshot.attempts[-1].merchant_order_id != first.merchant_order_id
    assert snapshot.attempts[0] == bench.attempt(first.merchant_order_id)
    assert bench.truth.doubles == []


def test_what_was_never_sent_goes_again_under_the_same_id(bench: Bench) -> None:
    bench.gateway.next("create", not_sent())
    first = bench.charge().leading
    again = new_code(bench, first.order_id)
    assert len(again.attempts) == 1
    assert (again.leading.state, again.leading.merchant_order_id) == (S.CREATED, first.merchant_order_id)
    assert again.leading.request_id == first.request_id
    assert (again.leading.problem_code, again.leading.problem_text) == (None, None)
    assert bench.truth.posts == {first.merchant_order_id: 1}


def test_a_code_that_waits_to_be_shown_is_not_replaced(bench: Bench) -> None:
    snapshot = bench.charge()
    assert bench.run(bench.services.checkout.new_code(snapshot.order.order_id)) == (snapshot, False)


def test_an_unseen_code_that_may_not_be_shown_is_replaced(bench: Bench) -> None:
    snapshot = bench.charge()
    bench.gateway.next("query", wrong_amount())
    bench.run(bench.services.checkout.ask(snapshot.order.order_id))
    snapshot = new_code(bench, snapshot.order.order_id)
    assert [attempt.state for attempt in snapshot.attempts] == [S.CREATED, S.CREATED]
    assert show(bench, snapshot).state is S.PENDING


def test_an_unseen_code_that_is_dead_is_replaced(keyed: Bench) -> None:
    snapshot = keyed.charge()
    keyed.gateway.next("query", dead_code())
    snapshot = keyed.run(keyed.services.checkout.ask(snapshot.order.order_id))
    assert snapshot.leading.code_dead
    assert [attempt.state for attempt in new_code(keyed, snapshot.order.order_id).attempts] == [S.CREATED, S.CREATED]


def test_no_new_code_for_a_paid_order(bench: Bench) -> None:
    attempt = show(bench, bench.charge())
    bench.truth.pay(attempt.merchant_order_id)
    snapshot = bench.run(bench.services.checkout.ask(attempt.order_id))
    assert bench.run(bench.services.checkout.new_code(attempt.order_id)) == (snapshot, False)


def test_no_new_code_while_one_is_being_asked_for(bench: Bench) -> None:
    snapshot = bench.services.checkout.begin(AMOUNT)
    with pytest.raises(CheckoutError) as refusal:
        bench.run(bench.services.checkout.new_code(snapshot.order.order_id))
    assert refusal.value.code == "already_charging"


def test_what_another_process_sends_meanwhile_is_not_sent_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.gateway.next("create", not_sent())
    snapshot = bench.charge()

    def too_late(*_of_what: object) -> None:
        """Find that somebody else changed it first."""

    monkeypatch.setattr(OrderStore, "change", too_late)
    with pytest.raises(CheckoutError) as refusal:
        bench.run(bench.services.checkout.new_code(snapshot.order.order_id))
    assert refusal.value.code == "already_charging"


def test_where_the_gateway_can_the_shown_code_is_closed_first(keyed: Bench) -> None:
    attempt = show(keyed, keyed.charge())
    first, second = new_code(keyed, attempt.order_id).attempts
    assert (first.state, second.state) == (S.CANCELLED, S.CREATED)
    assert keyed.truth.payments[first.merchant_order_id].fate is Fate.CANCELLED


def test_where_the_close_finds_it_paid_there_is_no_new_code(keyed: Bench) -> None:
    attempt = show(keyed, keyed.charge())
    keyed.truth.pay(attempt.merchant_order_id)
    snapshot = new_code(keyed, attempt.order_id)
    assert [one.state for one in snapshot.attempts] == [S.SUCCEEDED]


@pytest.mark.parametrize(
    "mischief, error",
    [(http_5xx(), OutcomeUnknown), (lost_after(), OutcomeUnknown), (refused(), Refused), (auth_failed(), AuthFailed)],
)
def test_where_the_close_brings_no_answer_there_is_no_new_code(
    keyed: Bench, mischief: Mischief, error: type[GatewayError]
) -> None:
    attempt = show(keyed, keyed.charge())
    keyed.gateway.next("cancel", mischief)
    with pytest.raises(error):
        new_code(keyed, attempt.order_id)
    assert len(keyed.order(attempt.order_id).attempts) == 1


def test_where_the_close_does_not_close_there_is_no_new_code(keyed: Bench) -> None:
    attempt = show(keyed, keyed.charge())
    keyed.gateway.next("cancel", Mischief(commits=False))
    with pytest.raises(CheckoutError) as refusal:
        new_code(keyed, attempt.order_id)
    assert refusal.value.code == "new_code_not_allowed"


def test_a_close_that_is_asked_for_too_often_is_no_close(keyed: Bench) -> None:
    attempt = show(keyed, keyed.charge())
    keyed.gateway.next("cancel", rate_limited(5.0))
    with pytest.raises(RateLimited):
        new_code(keyed, attempt.order_id)


# --- another gateway than before -------------------------------------------------------------------------


def elsewhere(bench: Bench, mischief: Mischief | None = None) -> Bench:
    """Charge at the one gateway, and come back with a till that is set up for the other."""
    if mischief is not None:
        bench.gateway.next("create", mischief)
    bench.charge()
    bench.till.stop()
    bench.capabilities = WITH_KEY
    bench.till = bench.new_process()
    return bench


def test_a_payment_at_another_gateway_is_not_asked_about_at_this_one(bench: Bench) -> None:
    order = elsewhere(bench).every_order()[0]
    with pytest.raises(Refused) as refusal:
        bench.run(bench.services.checkout.ask(order.order.order_id))
    assert refusal.value.code == "other_gateway"
    bench.watch()
    bench.let_pass(600)
    assert bench.gateway.calls == []
    assert bench.every_order() == [order]


def test_a_code_of_another_gateway_is_not_shown_but_replaced(bench: Bench) -> None:
    order = elsewhere(bench).every_order()[0]
    with pytest.raises(CheckoutError):
        show(bench, order)
    snapshot = new_code(bench, order.order.order_id)
    assert [(one.provider, one.state) for one in snapshot.attempts] == [("cbtis", S.CREATED), ("airwallex", S.CREATED)]
    assert show(bench, snapshot).state is S.PENDING


def test_what_was_never_sent_to_another_gateway_goes_to_this_one_under_a_new_id(bench: Bench) -> None:
    order = elsewhere(bench, not_sent()).every_order()[0]
    snapshot = new_code(bench, order.order.order_id)
    assert [one.state for one in snapshot.attempts] == [S.NOT_SENT, S.CREATED]


# --- paid twice ------------------------------------------------------------------------------------------


def test_two_codes_of_one_order_may_both_be_paid_and_that_rings(bench: Bench) -> None:
    bench.watch()
    first = bench.charge_and_show()
    bench.truth.cancel(first.merchant_order_id)
    bench.let_pass(3)
    second = new_code(bench, first.order_id).attempts[-1]
    bench.services.checkout.show(second.merchant_order_id)
    bench.truth.pay(second.merchant_order_id)
    bench.let_pass(3)
    bench.truth.force(first.merchant_order_id, Fate.PAID)
    snapshot = bench.run(bench.services.checkout.ask(first.order_id))
    assert (snapshot.status, snapshot.standing) == (OrderStatus.OVERPAID, Standing.REVIEW)
    assert [one.order.order_id for one in bench.till.rung()] == [first.order_id]
    assert [attempt.alarm for attempt in snapshot.attempts] == [AlarmKind.PAID_TWICE, None]
    assert verify(bench.till.ledger).is_whole
