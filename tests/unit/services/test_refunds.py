"""Giving money back: committed before it is sent, sent once, and never said to be more than the gateway said."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.refund import Refund, RefundReview, RefundState, RefundWish
from posapp.domain.staff import Authority, Crew, Person, Right, Role
from posapp.domain.status import AlarmKind, AttemptState
from posapp.gateways.base import ReportedRefund
from posapp.store.errors import LedgerError
from tests.scripted_gateway import (
    HONEST,
    Mischief,
    auth_failed,
    bug,
    http_5xx,
    lost_after,
    lost_before,
    malformed,
    not_sent,
    rate_limited,
    refused,
)
from tests.unit.services.bench import AMOUNT, Bench

if TYPE_CHECKING:
    from typing import Any, TypedDict, Unpack

    from posapp.domain.order import Attempt, OrderSnapshot

    class WishChanges(TypedDict, total=False):
        """What may be said about a wish beyond the usual."""

        merchant_order_id: str
        seen_minor: int
        reason: str
        order_tail: str | None
        approval: str | None


S = RefundState
TWENTY = Money(2000, "HKD")


def wish_for(attempt: Attempt, money: Money = TWENTY, **more: Unpack[WishChanges]) -> RefundWish:
    wish = RefundWish(str(uuid.uuid4()), attempt.merchant_order_id, money, 0, "cold", attempt.merchant_order_id[-4:])
    return replace(wish, **more)


def begin(bench: Bench, wish: RefundWish) -> OrderSnapshot:
    async def job() -> OrderSnapshot:
        return bench.services.refunds.begin(wish)

    return bench.run(job())


def give_back(bench: Bench, wish: RefundWish) -> Refund:
    """Begin and send; returns the refund as the ledger has it then."""
    begin(bench, wish)
    bench.run(bench.services.refunds.send(wish.wish_id))
    return refund_of(bench, wish)


def refund_of(bench: Bench, wish: RefundWish) -> Refund:
    refund = bench.services.refund_journal.store.by_request(wish.wish_id)
    assert refund is not None
    return refund


def refused_code(bench: Bench, wish: RefundWish) -> str:
    with pytest.raises(DomainError) as caught:
        begin(bench, wish)
    assert bench.truth.refund_posts.total() == 0
    return caught.value.code


# --- the way of a refund -----------------------------------------------------------------------------------


def test_it_is_committed_before_it_is_sent_and_ends_by_the_gateways_word(bench: Bench) -> None:
    attempt = bench.paid()
    seen: list[RefundState] = []
    wish = wish_for(attempt)
    bench.gateway.on_refund = lambda request: seen.append(refund_of(bench, wish).state)
    snapshot = begin(bench, wish)
    assert [refund.state for refund in snapshot.refunds] == [S.REQUESTED]
    assert snapshot.reserved == TWENTY
    bench.run(bench.services.refunds.send(wish.wish_id))
    refund = refund_of(bench, wish)
    assert seen == [S.REQUESTED]
    assert (refund.state, refund.gateway_refund_id, refund.support_id) == (S.SUCCEEDED, "R000001", "rid-refund")
    assert refund.request.payment_gateway_id == attempt.gateway_id
    assert refund.business_day == bench.order(attempt.order_id).order.business_day
    assert bench.order(attempt.order_id).refunded == TWENTY
    assert bench.truth.refund_posts == {refund.merchant_refund_id: 1}
    assert bench.till.orders()[attempt.order_id].refunded == TWENTY  # and everybody was told


def test_sending_twice_sends_once(bench: Bench) -> None:
    wish = wish_for(bench.paid())
    give_back(bench, wish)
    bench.run(bench.services.refunds.send(wish.wish_id))
    assert bench.truth.refund_posts.total() == 1


def test_the_same_wish_again_is_answered_and_not_done_again(bench: Bench) -> None:
    wish = wish_for(bench.paid())
    give_back(bench, wish)
    snapshot = begin(bench, wish)
    bench.run(bench.services.refunds.send(wish.wish_id))
    assert len(snapshot.refunds) == 1
    assert bench.truth.refund_posts.total() == 1


def test_another_process_never_sends_what_this_one_has_begun(bench: Bench) -> None:
    wish = wish_for(bench.paid())
    begin(bench, wish)
    other = bench.new_process()
    other.services.refunds.begin(wish)
    bench.run(other.services.refunds.send(wish.wish_id))
    assert bench.truth.refund_posts.total() == 0
    bench.run(bench.services.refunds.send(wish.wish_id))
    assert bench.truth.refund_posts.total() == 1
    other.stop()


def test_parts_go_back_until_nothing_is_left(bench: Bench) -> None:
    attempt = bench.paid()
    for minor, seen in ((10_000, 0), (2850, 10_000)):
        give_back(bench, wish_for(attempt, Money(minor, "HKD"), seen_minor=seen))
    assert bench.order(attempt.order_id).refundable(attempt.merchant_order_id) == Money(0, "HKD")
    assert bench.truth.given_back(attempt.merchant_order_id) == Decimal("128.50")
    with pytest.raises(DomainError) as caught:
        begin(bench, wish_for(attempt, Money(1, "HKD"), seen_minor=12850))
    assert caught.value.code == "refund_too_much"


# --- what is not begun -------------------------------------------------------------------------------------


def test_what_the_rules_do_not_allow_is_refused_and_nothing_is_sent(bench: Bench) -> None:
    attempt = bench.paid()
    cases: dict[str, RefundWish] = {
        "refund_wrong_order": wish_for(attempt, order_tail="XXXX"),
        "amount_zero": wish_for(attempt, Money(0, "HKD")),
        "refund_too_much": wish_for(attempt, Money(12851, "HKD")),
        "refund_currency": wish_for(attempt, Money(2000, "CNY")),
        "refund_reason": wish_for(attempt, reason="a\nb"),
        "refund_changed": wish_for(attempt, seen_minor=100),
        "refund_unknown": wish_for(attempt, merchant_order_id="T1-NOBODY", order_tail="BODY"),
    }
    assert {code: refused_code(bench, wish) for code, wish in cases.items()} == {code: code for code in cases}
    assert refused_code(bench, wish_for(attempt, reason="x" * 129)) == "refund_reason"
    assert refused_code(bench, wish_for(attempt, Money(-1, "HKD"))) == "amount_zero"
    assert bench.order(attempt.order_id).refunds == ()


def test_the_second_check_takes_small_letters_and_may_be_left_out_by_who_typed_the_whole_id(bench: Bench) -> None:
    attempt = bench.paid()
    tail = attempt.merchant_order_id[-4:].lower()
    assert give_back(bench, wish_for(attempt, order_tail=tail)).state is S.SUCCEEDED
    assert give_back(bench, wish_for(attempt, order_tail=None, seen_minor=2000)).state is S.SUCCEEDED


def test_what_is_not_paid_is_not_given_back(bench: Bench) -> None:
    assert refused_code(bench, wish_for(bench.charge_and_show())) == "refund_not_paid"


def test_fractions_that_the_gateway_does_not_take_are_refused(bench: Bench) -> None:
    attempt = bench.paid(Money(10_000, "TWD"))
    assert refused_code(bench, wish_for(attempt, Money(150, "TWD"))) == "amount_too_many_decimals"


def test_a_gateway_that_cannot_is_not_asked(bench: Bench) -> None:
    attempt = bench.paid()
    able = bench.gateway.capabilities
    bench.gateway.become(replace(able, can_refund=False))
    assert refused_code(bench, wish_for(attempt)) == "refund_not_offered"
    bench.gateway.become(replace(able, partial_refund=False))
    assert refused_code(bench, wish_for(attempt)) == "refund_partial"
    assert give_back(bench, wish_for(attempt, AMOUNT)).state is S.SUCCEEDED
    bench.gateway.become(replace(able, provider="another"))
    assert refused_after_one(bench, wish_for(attempt)) == "other_gateway"


def refused_after_one(bench: Bench, wish: RefundWish) -> str:
    with pytest.raises(DomainError) as caught:
        begin(bench, wish)
    return caught.value.code


def test_a_ledger_that_cannot_be_written_sends_nothing(bench: Bench) -> None:
    wish = wish_for(bench.paid())
    bench.till.break_ledger(broken=True)
    with pytest.raises(LedgerError):
        begin(bench, wish)
    bench.run(bench.services.refunds.send(wish.wish_id))
    assert bench.truth.refund_posts.total() == 0
    bench.till.break_ledger(broken=False)
    assert give_back(bench, wish).state is S.SUCCEEDED  # the same press, now that it can be written


# --- people ------------------------------------------------------------------------------------------------


class Standing:
    """A crew of one, who stands at the till and whom an owner may have helped."""

    def __init__(self, ceiling: Money | None, approved_by: str = "") -> None:
        mei = Person("1", "Mei", Role.MANAGER, refund_ceiling=ceiling)
        ada = Person("2", "Ada", Role.OWNER)
        self.crew = Crew((mei, ada), mei)
        self.cashier = "Mei"
        self.approved_by = approved_by
        self.asked: list[tuple[Right, str | None]] = []

    def authorise(self, right: Right, approval: str | None = None) -> Authority:
        self.asked.append((right, approval))
        if approval == "used":
            raise DomainError("approval_used", "used already")
        return Authority("Mei", self.approved_by)


def stand(bench: Bench, monkeypatch: pytest.MonkeyPatch, ceiling: Money | None, approved_by: str = "") -> Standing:
    standing = Standing(ceiling, approved_by)
    monkeypatch.setattr(bench.services.staff, "authorise", standing.authorise)
    monkeypatch.setattr(type(bench.services.staff), "crew", property(lambda _: standing.crew))
    return standing


def test_a_refund_needs_the_right_and_keeps_both_names(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = bench.paid()
    standing = stand(bench, monkeypatch, None, approved_by="Ada")
    refund = give_back(bench, wish_for(attempt, approval="token"))
    assert standing.asked == [(Right.REFUND, "token")]
    assert (refund.asked_by, refund.approved_by, refund.authoriser) == ("Mei", "Ada", "Ada")


def test_what_nobody_allows_is_not_begun(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = bench.paid()
    stand(bench, monkeypatch, None)
    assert refused_code(bench, wish_for(attempt, approval="used")) == "approval_used"


def test_a_ceiling_holds_for_the_day(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = bench.paid()
    stand(bench, monkeypatch, Money(3000, "HKD"))
    give_back(bench, wish_for(attempt))
    assert refused_after_one(bench, wish_for(attempt, Money(1001, "HKD"), seen_minor=2000)) == "refund_over_ceiling"
    give_back(bench, wish_for(attempt, Money(1000, "HKD"), seen_minor=2000))
    bench.let_pass(24 * 3600)
    assert give_back(bench, wish_for(attempt, Money(3000, "HKD"), seen_minor=3000)).state is S.SUCCEEDED


def test_an_approval_counts_against_who_gave_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = bench.paid()
    stand(bench, monkeypatch, Money(0, "HKD"), approved_by="Ada")  # Ada has no ceiling
    assert give_back(bench, wish_for(attempt)).state is S.SUCCEEDED


# --- what can go wrong on the way ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mischief, state, problem",
    [
        (not_sent(), S.NOT_SENT, "dns"),
        (refused(), S.FAILED, "1001"),
        (lost_before(), S.UNKNOWN, "timeout"),
        (lost_after(), S.UNKNOWN, "reset"),
        (http_5xx(), S.UNKNOWN, "http_503"),
        (malformed(), S.UNKNOWN, "json"),
        (auth_failed(sent=True), S.FAILED, "http_401"),
        (auth_failed(sent=False), S.NOT_SENT, "http_401"),
        (rate_limited(sent=True), S.FAILED, "http_429"),
        (rate_limited(sent=False), S.NOT_SENT, "http_429"),
    ],
)
def test_a_failure_is_told_by_whether_anything_left(
    bench: Bench, mischief: Mischief, state: RefundState, problem: str
) -> None:
    attempt = bench.paid()
    bench.gateway.next("refund", mischief)
    refund = give_back(bench, wish_for(attempt))
    assert (refund.state, refund.problem_code) == (state, problem)
    assert bench.order(attempt.order_id).needs_look is (state is not S.NOT_SENT)
    assert sum(bench.truth.refund_posts.values()) <= 1


def test_a_bug_while_sending_leaves_it_unknown(bench: Bench) -> None:
    wish = wish_for(bench.paid())
    bench.gateway.next("refund", bug())
    begin(bench, wish)
    with pytest.raises(RuntimeError):
        bench.run(bench.services.refunds.send(wish.wish_id))
    assert (refund_of(bench, wish).state, refund_of(bench, wish).problem_code) == (S.UNKNOWN, "internal")


@pytest.mark.parametrize("what", ["amount", "ids", "word"])
def test_a_reply_that_does_not_add_up_is_never_an_end(bench: Bench, what: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "amount": {"amount": Decimal(2000)},
        "ids": {"merchant_refund_id": "T9-OTHER"},
        "word": {"status": ReportedRefund.UNRECOGNISED, "raw_status": "REFUNDED"},
    }
    bench.gateway.next("refund", Mischief(refund=lambda answer: replace(answer, **changes[what])))
    refund = give_back(bench, wish_for(bench.paid()))
    assert refund.state is S.UNKNOWN
    assert refund.review is not None


def test_an_answer_that_cannot_be_written_is_kept_and_written_later(bench: Bench) -> None:
    attempt = bench.paid()
    wish = wish_for(attempt)
    bench.gateway.next("refund", refused())
    begin(bench, wish)
    bench.till.break_ledger(broken=True)

    async def send() -> None:
        bench.services.refunds.send_soon(wish.wish_id)

    bench.run(send())
    bench.let_pass(20)
    assert refund_of(bench, wish).state is S.REQUESTED
    bench.till.break_ledger(broken=False)
    bench.let_pass(10)
    assert (refund_of(bench, wish).state, refund_of(bench, wish).problem_code) == (S.FAILED, "1001")


# --- asking ------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_asked_for_and_never_sent_again(bench: Bench) -> None:
    attempt = bench.paid()
    bench.watch()
    bench.gateway.next("refund", lost_after())
    wish = wish_for(attempt)
    assert give_back(bench, wish).state is S.UNKNOWN
    bench.let_pass(3)
    assert refund_of(bench, wish).state is S.SUCCEEDED
    assert bench.truth.refund_posts.total() == 1


def test_one_that_the_gateway_never_got_stays_unknown_and_reserved(bench: Bench) -> None:
    attempt = bench.paid()
    bench.watch()
    bench.gateway.next("refund", lost_before())
    wish = wish_for(attempt, AMOUNT)
    give_back(bench, wish)
    bench.let_pass(3600)
    assert refund_of(bench, wish).state is S.UNKNOWN
    assert bench.truth.refund_posts.total() == 1
    assert refused_after_one(bench, wish_for(attempt, Money(1, "HKD"), seen_minor=12850)) == "refund_too_much"


def test_one_under_way_is_asked_about_soon_and_then_ever_more_rarely(bench: Bench) -> None:
    bench.truth.refund_begins = ReportedRefund.PROCESSING
    attempt = bench.paid()
    bench.watch()
    wish = wish_for(attempt)
    assert give_back(bench, wish).state is S.PROCESSING
    bench.let_pass(70)
    asked = [call.began for call in bench.gateway.calls if call.kind == "query_refund"]
    gaps = [after - before for before, after in pairwise(asked)]
    assert len(asked) >= 5
    assert [round(gap) for gap in gaps[:3]] == pytest.approx([4, 8, 15], rel=0.25)
    refund = refund_of(bench, wish)
    bench.truth.refunds[refund.merchant_refund_id].status = ReportedRefund.SUCCEEDED
    bench.let_pass(60)
    assert refund_of(bench, wish).state is S.SUCCEEDED
    before = len(bench.gateway.calls)
    bench.let_pass(600)
    assert not any(call.kind == "query_refund" for call in bench.gateway.calls[before:])


def test_one_that_fails_later_needs_a_look_and_frees_the_money(bench: Bench) -> None:
    bench.truth.refund_begins = ReportedRefund.PROCESSING
    attempt = bench.paid()
    bench.watch()
    wish = wish_for(attempt)
    refund = give_back(bench, wish)
    bench.truth.refunds[refund.merchant_refund_id].status = ReportedRefund.FAILED
    bench.let_pass(10)
    order = bench.order(attempt.order_id)
    assert order.refunds[0].state is S.FAILED
    assert order.needs_look
    assert order.refundable(attempt.merchant_order_id) == AMOUNT


def test_one_that_failed_and_is_called_done_later_is_not_given_back_again(bench: Bench) -> None:
    attempt = bench.paid()
    bench.truth.refund_begins = ReportedRefund.FAILED
    wish = wish_for(attempt, AMOUNT)
    refund = give_back(bench, wish)
    assert refund.state is S.FAILED
    assert bench.order(attempt.order_id).refundable(attempt.merchant_order_id) == AMOUNT
    bench.truth.refunds[refund.merchant_refund_id].status = ReportedRefund.SUCCEEDED
    order = bench.run(bench.services.refunds.ask(refund.merchant_refund_id))
    assert (order.refunds[0].state, order.refunds[0].review) == (S.FAILED, RefundReview.CONTRADICTED)
    assert order.refundable(attempt.merchant_order_id).minor == order.refunded.minor == 0
    assert refused_after_one(bench, wish_for(attempt, Money(1, "HKD"), seen_minor=12850)) == "refund_too_much"
    assert bench.truth.refund_posts.total() == 1
    assert order.needs_look


def test_asking_now_brings_the_answer(bench: Bench) -> None:
    attempt = bench.paid()
    bench.gateway.next("refund", lost_after())
    wish = wish_for(attempt)
    ref = give_back(bench, wish).merchant_refund_id
    assert bench.run(bench.services.refunds.ask(ref)).refunds[0].state is S.SUCCEEDED
    with pytest.raises(DomainError):
        bench.run(bench.services.refunds.ask("T1-NOBODY"))


def test_refresh_asks_about_refunds_too(bench: Bench) -> None:
    bench.gateway.next("refund", lost_after(), lost_after())
    wish, attempt = wish_for(bench.paid()), bench.paid()
    give_back(bench, wish)
    give_back(bench, wish_for(attempt))
    bench.gateway.next("query_refund", http_5xx(), HONEST)
    assert bench.run(bench.services.refresh()) == 1
    states = [refund.state for order in bench.every_order() for refund in order.refunds]
    assert sorted(states) == [S.SUCCEEDED, S.UNKNOWN]


def test_a_silent_gateway_is_asked_again_when_it_is_back(bench: Bench) -> None:
    attempt = bench.paid()
    bench.watch()
    bench.gateway.weather["query_refund"] = http_5xx()
    bench.gateway.next("refund", lost_after())
    wish = wish_for(attempt)
    give_back(bench, wish)
    bench.let_pass(300)
    assert refund_of(bench, wish).state is S.UNKNOWN
    del bench.gateway.weather["query_refund"]
    bench.run(bench.services.checkout.ask(bench.charge().order.order_id))
    bench.let_pass(4)
    assert refund_of(bench, wish).state is S.SUCCEEDED


# --- restarts ------------------------------------------------------------------------------------------------


def test_one_whose_process_died_becomes_unknown_and_is_asked_about(bench: Bench) -> None:
    attempt = bench.paid()
    wish = wish_for(attempt)
    bench.gateway.next("refund", lost_after())
    begin(bench, wish)
    bench.till.background(bench.services.refunds.send(wish.wish_id))
    bench.let_pass(1)  # it has arrived, and the answer has not
    bench.kill()
    assert refund_of(bench, wish).state is S.REQUESTED
    bench.watch()
    assert refund_of(bench, wish).state is S.UNKNOWN
    bench.let_pass(3)
    assert refund_of(bench, wish).state is S.SUCCEEDED
    assert bench.truth.refund_posts.total() == 1


def test_the_living_take_over_from_the_dead(bench: Bench) -> None:
    attempt = bench.paid()
    other = bench.new_process()
    wish = wish_for(attempt)
    other.services.refunds.begin(wish)
    bench.watch()
    bench.let_pass(60)
    assert refund_of(bench, wish).state is S.REQUESTED  # its owner lives
    other.ledger.close()
    other.owner.die()
    bench.let_pass(40)
    assert refund_of(bench, wish).state is S.UNKNOWN


def test_one_that_was_never_sent_by_a_dead_process_is_never_sent(bench: Bench) -> None:
    wish = wish_for(bench.paid())
    begin(bench, wish)
    bench.kill()
    bench.watch()
    bench.let_pass(120)
    assert refund_of(bench, wish).state is S.UNKNOWN
    assert bench.truth.refund_posts.total() == 0


# --- odd payments --------------------------------------------------------------------------------------------


def late_payment(bench: Bench) -> Attempt:
    ref = bench.charge_and_show().merchant_order_id
    order_id = bench.attempt(ref).order_id
    bench.run(bench.services.checkout.give_up(order_id))
    bench.truth.pay(ref)
    bench.run(bench.services.checkout.ask(order_id))
    attempt = bench.attempt(ref)
    assert attempt.alarm is AlarmKind.PAID_LATE
    return attempt


def test_an_odd_payment_whose_money_has_all_gone_back_is_decided(bench: Bench) -> None:
    attempt = late_payment(bench)
    give_back(bench, wish_for(attempt, Money(2850, "HKD")))
    assert bench.order(attempt.order_id).needs_look
    give_back(bench, wish_for(attempt, Money(10_000, "HKD"), seen_minor=2850))
    order = bench.order(attempt.order_id)
    assert order.attempts[0].settled is Decision.REFUNDED
    assert not order.needs_look
    assert order.attempts[0].state is AttemptState.SUCCEEDED


def test_money_under_way_decides_nothing(bench: Bench) -> None:
    bench.truth.refund_begins = ReportedRefund.PROCESSING
    attempt = late_payment(bench)
    give_back(bench, wish_for(attempt, AMOUNT))
    assert bench.order(attempt.order_id).attempts[0].settled is None


def test_an_ordinary_payment_stays_as_it_is(bench: Bench) -> None:
    attempt = bench.paid()
    give_back(bench, wish_for(attempt, AMOUNT))
    assert bench.attempt(attempt.merchant_order_id).settled is None


def test_a_decision_about_a_refund_is_written_with_its_words(bench: Bench) -> None:
    attempt = bench.paid()
    bench.gateway.next("refund", refused())
    wish = wish_for(attempt)
    ref = give_back(bench, wish).merchant_refund_id
    order = bench.services.refund_journal.settle(ref, Decision.SEEN, {"words": "gave cash"})
    assert order.refunds[0].settled == "SEEN"
    assert not order.needs_look
    assert bench.services.listing.details(order.order.order_id).timeline[-1].facts["words"] == "gave cash"


def test_a_doubt_about_a_refund_needs_a_look_even_when_it_succeeded(bench: Bench) -> None:
    attempt = bench.paid()
    wish = wish_for(attempt)
    ref = give_back(bench, wish).merchant_refund_id
    bench.truth.refunds[ref].status = ReportedRefund.FAILED
    order = bench.run(bench.services.refunds.ask(ref))
    assert (order.refunds[0].state, order.refunds[0].review) == (S.SUCCEEDED, RefundReview.CONTRADICTED)
    assert order.needs_look
