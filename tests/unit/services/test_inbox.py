"""Deciding about what is odd: with reason and name, never about what nobody knows, taken back by new oddness."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.inbox import MAX_WORDS, Decision, InboxKind
from posapp.domain.refund import RefundState, RefundWish
from posapp.domain.staff import Authority, Right
from posapp.domain.status import AlarmKind, AttemptState
from posapp.services.judgement import judge
from posapp.store.verify import verify
from tests.scripted_gateway import refused
from tests.unit.services.bench import AMOUNT, Bench
from tests.unit.services.test_judgement import CANCELLED, SAID, standing

if TYPE_CHECKING:
    from posapp.domain.order import Attempt

S = AttemptState


def paid_late(bench: Bench) -> Attempt:
    """Charge, give up, and let the shopper pay all the same."""
    attempt = bench.charge_and_show()
    bench.run(bench.services.checkout.give_up(attempt.order_id))
    bench.truth.pay(attempt.merchant_order_id)
    bench.run(bench.services.checkout.ask(attempt.order_id))
    late = bench.attempt(attempt.merchant_order_id)
    assert late.alarm is AlarmKind.PAID_LATE
    return late


def decide(
    bench: Bench,
    ref: str,
    decision: Decision,
    words: str = "served",
    *,
    of: str | None = None,
    approval: str | None = None,
) -> None:
    async def job() -> None:
        bench.services.inbox.decide(ref, of, decision, words, approval=approval)

    bench.run(job())


def refused_as(bench: Bench, ref: str, decision: Decision, words: str = "served", *, of: str | None = None) -> str:
    with pytest.raises(DomainError) as caught:
        decide(bench, ref, decision, words, of=of)
    return caught.value.code


def kinds(bench: Bench) -> list[InboxKind]:
    return [item.kind for item in bench.services.waiting.items().items]


def test_late_money_is_kept_with_a_reason_and_the_state_stays_the_gateways(bench: Bench) -> None:
    late = paid_late(bench)
    assert (kinds(bench), bench.services.waiting.count()) == ([InboxKind.PAID_LATE], 1)
    decide(bench, late.merchant_order_id, Decision.KEPT, "  the tea was served ")
    assert bench.attempt(late.merchant_order_id) == replace(late, settled=Decision.KEPT)
    assert (kinds(bench), bench.services.waiting.count()) == ([], 0)
    last = bench.services.listing.details(late.order_id).timeline[-1]
    assert (last.event, last.facts) == ("settled", {"settled": "KEPT", "words": "the tea was served"})
    assert bench.till.orders()[late.order_id].needs_look is False
    assert verify(bench.till.ledger).findings == ()


def test_it_stays_decided_after_a_restart(bench: Bench) -> None:
    late = paid_late(bench)
    decide(bench, late.merchant_order_id, Decision.KEPT)
    bench.kill()
    assert kinds(bench) == []
    assert bench.attempt(late.merchant_order_id).settled is Decision.KEPT


def test_who_decided_and_who_allowed_it_stand_in_the_audit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    late = paid_late(bench)
    asked: list[tuple[Right, str | None]] = []

    def authorise(right: Right, approval: str | None = None) -> Authority:
        asked.append((right, approval))
        return Authority("Mei", "Sam")

    monkeypatch.setattr(bench.services.staff, "authorise", authorise)
    decide(bench, late.merchant_order_id, Decision.KEPT, approval="token")
    assert asked == [(Right.SETTLE, "token")]
    facts = bench.services.listing.details(late.order_id).timeline[-1].facts
    assert (facts["asked_by"], facts["approved_by"]) == ("Mei", "Sam")


def test_who_may_not_decides_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    late = paid_late(bench)

    def nobody(right: Right, approval: str | None = None) -> Authority:
        raise DomainError("right_missing", f"{right} {approval}")

    monkeypatch.setattr(bench.services.staff, "authorise", nobody)
    assert refused_as(bench, late.merchant_order_id, Decision.KEPT) == "right_missing"
    assert bench.attempt(late.merchant_order_id).settled is None


@pytest.mark.parametrize("words", ["", "   ", "x" * (MAX_WORDS + 1), "two\nlines", "bell\a"])
def test_a_reason_is_one_short_line(bench: Bench, words: str) -> None:
    late = paid_late(bench)
    assert refused_as(bench, late.merchant_order_id, Decision.KEPT, words) == "reason_unusable"
    assert bench.attempt(late.merchant_order_id).settled is None


def test_what_nobody_knows_is_not_decided(bench: Bench) -> None:
    late = paid_late(bench)
    for decision in (Decision.WRITTEN_OFF, Decision.SEEN, Decision.REFUNDED):
        assert refused_as(bench, late.merchant_order_id, decision) == "decision_not_honest"
    waiting = bench.charge_and_show()
    for decision in Decision:
        assert refused_as(bench, waiting.merchant_order_id, decision) == "decision_not_honest"
    assert bench.attempt(waiting.merchant_order_id).settled is None


def test_an_unknown_outcome_is_not_decided(bench: Bench) -> None:
    async def begin() -> str:
        return bench.services.checkout.begin(AMOUNT).order.order_id

    ref = bench.run(begin())
    bench.kill()
    bench.services.recover()
    assert bench.attempt(ref).state is S.UNKNOWN
    assert kinds(bench) == [InboxKind.UNKNOWN]
    for decision in Decision:
        assert refused_as(bench, ref, decision) == "decision_not_honest"


def test_what_is_not_odd_needs_no_decision(bench: Bench) -> None:
    paid = bench.paid()
    assert refused_as(bench, paid.merchant_order_id, Decision.KEPT) == "decided_already"
    assert refused_as(bench, "T1-nobody", Decision.KEPT) == "order_unknown"
    late = paid_late(bench)
    decide(bench, late.merchant_order_id, Decision.KEPT)
    assert refused_as(bench, late.merchant_order_id, Decision.KEPT) == "decided_already"


def test_a_decision_is_asked_again_about_what_another_process_wrote_meanwhile(bench: Bench) -> None:
    late = paid_late(bench)
    other = bench.new_process()
    other.services.inbox.decide(late.merchant_order_id, None, Decision.KEPT, "served")
    assert refused_as(bench, late.merchant_order_id, Decision.KEPT) == "decided_already"
    rows = [entry for entry in bench.services.listing.details(late.order_id).timeline if entry.event == "settled"]
    assert len(rows) == 1
    other.stop()


def test_a_refund_that_failed_is_settled_as_a_row_of_its_own(bench: Bench) -> None:
    paid = bench.paid()
    wish = RefundWish("11111111-1111-4111-8111-111111111111", paid.merchant_order_id, AMOUNT, 0, "cold")

    async def begin() -> None:
        bench.services.refunds.begin(wish)

    bench.run(begin())
    journal = bench.services.refund_journal
    refund = journal.store.by_request(wish.wish_id)
    assert refund is not None
    name = refund.merchant_refund_id
    journal.rewrite(name, lambda one: replace(one, state=RefundState.UNKNOWN))
    assert kinds(bench) == [InboxKind.REFUND_UNKNOWN]
    assert refused_as(bench, paid.merchant_order_id, Decision.SEEN, of=name) == "decision_not_honest"
    journal.rewrite(name, lambda one: replace(one, state=RefundState.FAILED, problem_text=str(refused())))
    assert kinds(bench) == [InboxKind.REFUND_FAILED]
    decide(bench, paid.merchant_order_id, Decision.SEEN, "paid back in cash", of=name)
    assert kinds(bench) == []
    settled = journal.refund(name)
    assert (settled.state, settled.settled) == (RefundState.FAILED, Decision.SEEN)
    assert bench.attempt(paid.merchant_order_id).settled is None
    row = bench.till.ledger.connection.execute("SELECT event, facts FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    assert row[0] == "refund"
    assert json.loads(row[1])["words"] == "paid back in cash"
    assert verify(bench.till.ledger).findings == ()


# --- new oddness -----------------------------------------------------------------------------------------


def test_new_oddness_takes_a_decision_back() -> None:
    seen = replace(standing(S.SUCCEEDED), alarm=AlarmKind.PAID_LATE, settled=Decision.KEPT)
    contradicted = judge(seen, CANCELLED, standing(S.SUCCEEDED).created_at, another_paid=False).attempt
    assert (contradicted.alarm, contradicted.settled) == (AlarmKind.CONTRADICTED, None)
    assert contradicted.needs_look


def test_the_same_answer_once_more_leaves_it_decided() -> None:
    kept = replace(standing(S.SUCCEEDED), alarm=AlarmKind.CONTRADICTED, settled=Decision.SEEN)
    for answer in (CANCELLED, SAID):
        assert judge(kept, answer, kept.created_at, another_paid=False).attempt == kept


def test_money_that_comes_for_what_was_written_off_is_to_be_decided_anew() -> None:
    gone = replace(standing(S.LAPSED), settled=Decision.WRITTEN_OFF)
    paid = judge(gone, SAID, gone.created_at, another_paid=False).attempt
    assert (paid.state, paid.alarm, paid.settled) == (S.SUCCEEDED, AlarmKind.PAID_LATE, None)
