"""A gateway that misbehaves while money goes back: asked once, never told to be done when it is not, never too much."""

from __future__ import annotations

import uuid
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.refund import Refund, RefundReview, RefundState, RefundWish
from posapp.gateways.errors import GatewayError
from posapp.sandbox.orders import RefundState as Standing
from tests.faults.gateway.live_till import AMOUNT, field_name

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from posapp.domain.order import Attempt, OrderSnapshot
    from tests.conftest import ExpectedWarnings
    from tests.faults.gateway.live_till import LiveTill

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("faults-gateway")]

S = RefundState
TWENTY = Money(2000, "HKD")


class Back:
    """One payment and the money that goes back of it, held against the gateway's books after every step."""

    def __init__(self, till: LiveTill, attempt: Attempt) -> None:
        self.till = till
        self.attempt = attempt
        self._posts_before = till.requests("refund")

    def wish(self, money: Money = TWENTY) -> RefundWish:
        """Say what somebody would press now, having seen what the ledger has."""
        ref = self.attempt.merchant_order_id
        left = self._snapshot().refundable(ref)
        return RefundWish(str(uuid.uuid4()), ref, money, AMOUNT.minor - left.minor, "cold tea", ref[-4:])

    async def send(self, wish: RefundWish) -> Refund:
        """Press, send, and return what the ledger has then."""
        self.till.services.refunds.begin(wish)
        await self.till.services.refunds.send(wish.wish_id)
        return self.now(wish)

    async def ask(self, wish: RefundWish) -> Refund:
        """Ask; what the gateway answers amiss changes nothing and is no failure of the test."""
        with suppress(GatewayError):
            await self.till.services.refunds.ask(self.now(wish).merchant_refund_id)
        return self.now(wish)

    def now(self, wish: RefundWish) -> Refund:
        """Read it from the ledger, and look whether the gateway bears it out."""
        self.holds()
        return next(one for one in self._snapshot().refunds if one.request.request_id == wish.wish_id)

    def holds(self) -> None:
        """Check what must hold at every moment."""
        order = self.till.there(self.attempt)
        assert order is not None
        assert order.refunded <= AMOUNT.to_decimal(), "more went back than was paid"
        snapshot = self._snapshot()
        done = sum((one.amount for one in order.refunds if one.state is Standing.DONE), Decimal(0))
        assert snapshot.refunded.to_decimal() <= done, "told to be done, and it is not"
        assert snapshot.reserved.to_decimal() >= order.refunded, "money that went back could go back again"
        ids = {one.request_id for one in (each.request for each in snapshot.refunds)}
        ids |= {one.merchant_refund_id for one in snapshot.refunds}
        assert {one.merchant_key for one in order.refunds} <= ids, "the gateway knows a refund that no ledger does"

    def posts(self) -> int:
        """Return how many refund requests reached the gateway."""
        return self.till.requests("refund") - self._posts_before

    def there(self) -> list[Decimal]:
        """Return the refunds that the gateway has."""
        order = self.till.there(self.attempt)
        assert order is not None
        return [one.amount for one in order.refunds]

    def refused(self, money: Money) -> str:
        """Press, and return why that is refused; nothing is sent."""
        before = self.posts()
        with pytest.raises(DomainError) as caught:
            self.till.services.refunds.begin(self.wish(money))
        assert self.posts() == before
        return caught.value.code

    def _snapshot(self) -> OrderSnapshot:
        return self.till.services.listing.details(self.attempt.order_id).snapshot


@pytest.fixture
async def back(till: LiveTill) -> AsyncGenerator[Back]:
    """A payment that was paid; refunds end at once at both gateways."""
    settings = till.sandbox.truth.settings
    former = settings.refund_accepted_after_seconds, settings.refund_settled_after_seconds
    settings.refund_accepted_after_seconds = settings.refund_settled_after_seconds = 0
    attempt = await till.charge()
    till.pay(attempt)
    await till.ask(attempt)
    found = Back(till, attempt)
    yield found
    found.holds()
    settings.refund_accepted_after_seconds, settings.refund_settled_after_seconds = former


def once(back: Back) -> bool:
    """Tell whether one wish was one refund: one POST where there is no key, one entry in the books where there is."""
    return (back.posts() == 1 or back.till.provider == "airwallex") and len(back.there()) <= 1


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_g1_a_5xx_to_a_refund_is_unknown_then_asked_and_never_sent_again(
    back: Back, status: int, *, there: bool
) -> None:
    back.till.rule(None, "refund", "status", status=status, committed=there, times=0)
    wish = back.wish(AMOUNT)
    unknown = await back.send(wish)
    assert (unknown.state, unknown.problem_code) == (S.UNKNOWN, f"http_{status}")
    assert once(back)
    assert back.refused(Money(1, "HKD")) == "refund_too_much"
    posts = back.posts()
    back.till.clear()
    found = await back.ask(wish)
    assert found.state is (S.SUCCEEDED if there else S.UNKNOWN)
    await back.till.services.refunds.send(wish.wish_id)  # the same press again
    assert (await back.ask(wish)).state is found.state
    assert back.posts() == posts
    assert back.there() == ([AMOUNT.to_decimal()] if there else [])
    assert back.refused(Money(1, "HKD")) == "refund_too_much"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_g1_a_lost_answer_to_a_refund_is_asked_for(back: Back, fault: str) -> None:
    back.till.rule(None, "refund", fault, times=0)
    wish = back.wish()
    assert (await back.send(wish)).state is S.UNKNOWN
    assert once(back)
    back.till.clear()
    assert (await back.ask(wish)).state is (S.SUCCEEDED if fault == "drop_after" else S.UNKNOWN)
    assert once(back)


async def test_g2_a_5xx_to_a_question_about_a_refund_changes_nothing(back: Back) -> None:
    back.till.rule(None, "refund", "drop_after", times=0)
    wish = back.wish()
    before = await back.send(wish)
    for on in ("refund_query", "list", "query"):
        back.till.rule(None, on, "status", status=503, times=0)
    assert await back.ask(wish) == before
    back.till.clear()
    assert (await back.ask(wish)).state is S.SUCCEEDED


async def test_g3_a_429_to_a_refund_is_never_a_second_one_and_holds_every_question_back(back: Back) -> None:
    back.till.rule(None, "refund", "status", status=429, retry_after="7", times=0)
    wish = back.wish()
    limited = await back.send(wish)
    assert (limited.state, limited.problem_code) == (S.FAILED, "http_429")
    assert once(back)
    assert back.there() == []
    back.till.clear()
    anew = back.wish(AMOUNT)  # a new press is a new refund
    await back.send(anew)
    assert (await back.ask(anew)).state is S.SUCCEEDED
    assert back.there() == [AMOUNT.to_decimal()]


REFUSALS = {"cbtis": (40004, "refunds would exceed the amount paid"), "airwallex": ("amount_above_limit", "too much")}


async def test_g6_a_refusal_of_a_refund_is_final_and_frees_the_money(back: Back) -> None:
    code, words = REFUSALS[back.till.provider]
    back.till.rule(None, "refund", "business_error", code=code, message=words)
    wish = back.wish()
    refused = await back.send(wish)
    assert (refused.state, refused.problem_code, refused.problem_text) == (S.FAILED, str(code), words)
    assert back.posts() == 1
    await back.till.services.refunds.send(wish.wish_id)
    assert back.posts() == 1
    anew = back.wish(AMOUNT)
    await back.send(anew)
    assert (await back.ask(anew)).state is S.SUCCEEDED


async def test_g7_an_unknown_code_to_a_refund_is_unknown_and_the_code_is_kept(
    back: Back, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect(r"unknown code (77777|brand_new_code) with HTTP (200|400)")
    if back.till.provider == "cbtis":
        back.till.rule(None, "refund", "patch", set={"code": 77777, "message": "who knows"})
    else:
        body = {"code": "brand_new_code", "message": "who knows", "trace_id": "t"}
        back.till.rule(None, "refund", "status", status=400, committed=True, body=body)
    wish = back.wish()
    unknown = await back.send(wish)
    assert unknown.state is S.UNKNOWN
    assert unknown.problem_code in ("77777", "brand_new_code")
    assert (await back.ask(wish)).state is S.SUCCEEDED
    assert once(back)


async def test_g8_not_found_right_after_a_refund_leaves_it_open(back: Back) -> None:
    back.till.rule(None, "refund", "drop_after", times=0)
    wish = back.wish(AMOUNT)
    await back.send(wish)
    back.till.rule(None, "refund_query", "not_found", times=0)
    assert (await back.ask(wish)).state in (S.UNKNOWN, S.SUCCEEDED)  # Airwallex is asked for a list
    assert back.refused(Money(1, "HKD")) == "refund_too_much"
    back.till.clear()
    assert (await back.ask(wish)).state is S.SUCCEEDED


@pytest.mark.parametrize("provider", ["airwallex"])
@pytest.mark.parametrize("end", [Standing.DONE, Standing.FAILED])
async def test_g11_an_end_that_the_gateway_takes_back_stays_and_its_money_stays_reserved(
    back: Back, end: Standing
) -> None:
    back.till.sandbox.truth.settings.refund_settled_after_seconds = 600
    wish = back.wish(AMOUNT)
    assert (await back.send(wish)).state is S.PROCESSING
    order = back.till.there(back.attempt)
    assert order is not None
    (there,) = order.refunds
    there.state, there.by_hand = end, True
    ended = await back.ask(wish)
    assert ended.state is (S.SUCCEEDED if end is Standing.DONE else S.FAILED)
    there.state = Standing.FAILED if end is Standing.DONE else Standing.DONE
    with suppress(GatewayError):
        await back.till.services.refunds.ask(ended.merchant_refund_id)
    snapshot = back.till.services.listing.details(back.attempt.order_id).snapshot
    (twice,) = snapshot.refunds
    assert (twice.state, twice.review) == (ended.state, RefundReview.CONTRADICTED)
    assert snapshot.needs_look
    assert back.refused(Money(1, "HKD")) == "refund_too_much"
    there.state = Standing.DONE  # whatever it says in the end, the books are compared once more


@pytest.mark.parametrize("word", ["succeeded", "REFUNDED", "SUCCESS", "SETTLED ", "", "PAID"])
async def test_g12_words_that_are_nearly_the_right_one_are_never_done(back: Back, word: str) -> None:
    for on in ("refund", "refund_query", "list"):
        back.till.rule(None, on, "unknown_status", word=word, times=0)
    wish = back.wish()
    odd = await back.send(wish)
    assert (odd.state, odd.review) == (S.UNKNOWN, RefundReview.UNKNOWN_STATUS)
    assert (await back.ask(wish)).state is S.UNKNOWN
    back.till.clear()
    assert (await back.ask(wish)).state is S.SUCCEEDED
    assert once(back)


async def test_g13_another_amount_or_currency_is_never_done(back: Back) -> None:
    name = field_name(back.till.provider, "amount"), field_name(back.till.provider, "currency")
    changes: tuple[dict[str, object], ...] = ({name[0]: "2000"}, {name[0]: "0.20"}, {name[0]: "-20"}, {name[1]: "CNY"})
    for change in changes:
        back.till.rule(None, "refund", "patch", set=change, times=0)
        wish = back.wish(Money(100, "HKD"))
        odd = await back.send(wish)
        assert odd.state is S.UNKNOWN, change
        assert odd.review in (RefundReview.AMOUNT_DIFFERS, None), change
        back.till.clear()
        assert (await back.ask(wish)).state is S.SUCCEEDED, change


async def test_g15_the_reply_about_another_refund_moves_nobodys_state(back: Back) -> None:
    first = back.wish()
    other = await back.send(first)
    key = field_name(back.till.provider, "merchant_refund_id" if back.till.provider == "cbtis" else "request_id")
    ids = {"cbtis": other.merchant_refund_id, "airwallex": other.request.request_id}
    back.till.rule(None, "refund", "patch", set={key: ids[back.till.provider]}, times=0)
    wish = back.wish(Money(3000, "HKD"))
    odd = await back.send(wish)
    assert (odd.state, odd.review) == (S.UNKNOWN, RefundReview.WRONG_REFUND)
    assert back.now(first) == other
    back.till.clear()
    assert (await back.ask(wish)).state is S.SUCCEEDED
    assert back.now(first) == other


@pytest.mark.parametrize("provider", ["airwallex"])
async def test_g15_another_refunds_id_in_the_reply_never_leads_to_its_end(back: Back) -> None:
    """The reply names our request and the id of another refund, of the same amount, that is done."""
    other = await back.send(first := back.wish())
    assert (await back.ask(first)).state is S.SUCCEEDED
    back.till.sandbox.truth.settings.refund_settled_after_seconds = 600
    back.till.rule(None, "refund", "patch", set={"id": other.gateway_refund_id}, times=0)
    wish = back.wish()
    assert (await back.send(wish)).state is not S.SUCCEEDED
    back.till.clear()
    asked = await back.ask(wish)
    assert asked.state is not S.SUCCEEDED
    assert asked.review is RefundReview.WRONG_REFUND


@pytest.mark.parametrize("variant", ["truncated", "cut", "html", "empty"])
async def test_g16_garbage_to_a_refund_is_unknown_and_asked(back: Back, variant: str) -> None:
    back.till.rule(None, "refund", "malformed", variant=variant, times=0)
    wish = back.wish()
    assert (await back.send(wish)).state is S.UNKNOWN
    assert once(back)
    back.till.clear()
    assert (await back.ask(wish)).state is S.SUCCEEDED


async def test_g18_a_gateway_that_would_take_a_refund_twice_gets_it_once(back: Back) -> None:
    wish = back.wish()
    for _ in range(3):
        back.till.services.refunds.begin(wish)
        await back.till.services.refunds.send(wish.wish_id)
    assert back.posts() == 1
    assert back.there() == [TWENTY.to_decimal()]
