"""Every capability of both adapters against the sandbox gateway, which knows nothing of them."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer
from posapp.domain.refund import RefundRequest
from posapp.gateways.base import AttemptRef, RefundRef, ReportedRefund, ReportedStatus
from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.gateways.registry import GatewaySettings, build_gateway, capabilities_for, providers
from posapp.sandbox.orders import RefundState
from posapp.sandbox.report import truth_json
from posapp.sandbox.server import running_sandbox
from tests.unit.gateways import samples

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from posapp.domain.order import Attempt
    from posapp.gateways.base import Created, PaymentGateway
    from posapp.sandbox.orders import Order
    from posapp.sandbox.server import Sandbox
    from tests.conftest import ExpectedWarnings

pytestmark = pytest.mark.anyio

PROVIDERS = providers()
FLOWS = [(provider, flow) for provider in PROVIDERS for flow in sorted(capabilities_for(provider).flows)]
KINDS = {
    Flow.QRCODE: CodeKind.SCAN,
    Flow.OFFICIAL_ACCOUNT: CodeKind.LINK,
    Flow.MOBILE_WEB: CodeKind.LINK,
    Flow.MINI_PROGRAM: CodeKind.HANDOFF,
}
REFUND_OPERATION = "refund"


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Iterator[Sandbox]:
    yield server
    server.scenarios.clear()
    server.truth.reset()


def settings(sandbox: Sandbox, provider: str, flow: Flow = Flow.QRCODE) -> GatewaySettings:
    keys = sandbox.cbtis if provider == "cbtis" else sandbox.airwallex
    return GatewaySettings(
        provider=provider,
        base_url=sandbox.base_url,
        flow=flow,
        secret=keys["secret"],
        uid=keys.get("uid", ""),
        client_id=keys.get("client_id", ""),
        return_url="https://shop.example/back",
        success_url="https://shop.example/paid",
        failed_url="https://shop.example/failed",
        canceled_url="https://shop.example/cancelled",
    )


@asynccontextmanager
async def gateway(sandbox: Sandbox, provider: str, flow: Flow = Flow.QRCODE) -> AsyncGenerator[PaymentGateway]:
    found = build_gateway(settings(sandbox, provider, flow))
    try:
        yield found
    finally:
        await found.aclose()


def attempt(provider: str, flow: Flow = Flow.QRCODE, amount: str = "128.50", currency: str = "HKD") -> Attempt:
    payer = Payer("oqZa55Qo-u0cVViWMAgv_YbyXb4U", "wx7bc98d929da735fe") if flow is Flow.MINI_PROGRAM else None
    return replace(
        samples.attempt(provider, flow, amount, currency, payer, f"T1-{uuid.uuid4().hex[:24]}"),
        request_id=str(uuid.uuid4()),
        confirm_request_id=str(uuid.uuid4()),
        cancel_request_id=str(uuid.uuid4()),
    )


def ref(found: Attempt, created: Created | None = None) -> AttemptRef:
    return AttemptRef(
        found.merchant_order_id,
        created.gateway_id if created else None,
        found.cancel_request_id,
        confirmed=created is not None,
    )


def refund_of(found: Attempt, created: Created, amount: str = "28.50") -> RefundRequest:
    return RefundRequest(
        merchant_refund_id=f"R1-{uuid.uuid4().hex[:24]}",
        request_id=str(uuid.uuid4()),
        merchant_order_id=found.merchant_order_id,
        payment_gateway_id=created.gateway_id,
        money=Money.parse(amount, found.money.currency),
        reason="returned",
    )


def refund_ref(refund: RefundRequest, gateway_id: str | None = None) -> RefundRef:
    return RefundRef(refund.merchant_refund_id, gateway_id, refund.payment_gateway_id, refund.request_id)


def truth(sandbox: Sandbox, found: Attempt) -> Order:
    order = sandbox.truth.named(found.merchant_order_id)
    assert order is not None
    return order


def book(sandbox: Sandbox, key: str) -> list[dict[str, object]]:
    """Return a part of what `GET /sandbox/truth` answers."""
    return cast("list[dict[str, object]]", truth_json(sandbox.truth)[key])


def create_posts(sandbox: Sandbox, found: Attempt) -> int:
    seen = [each for each in book(sandbox, "seen") if each["merchant_order_id"] == found.merchant_order_id]
    return sum(cast("int", each["create_posts"]) for each in seen)


# --- the good way


@pytest.mark.parametrize("provider, flow", FLOWS)
async def test_every_flow_creates_is_found_by_either_id_and_paid(sandbox: Sandbox, provider: str, flow: Flow) -> None:
    wanted = attempt(provider, flow)
    async with gateway(sandbox, provider, flow) as found:
        created = await found.create(wanted)
        assert created.merchant_order_id == wanted.merchant_order_id
        assert (created.amount, created.currency) == (Decimal("128.50"), "HKD")
        assert created.code is not None
        assert created.code.kind is KINDS[flow]
        for name in (ref(wanted, created), ref(wanted)):
            state = await found.query(name)
            assert state.status is ReportedStatus.PENDING
            assert (state.gateway_id, state.amount) == (created.gateway_id, Decimal("128.50"))
            assert not state.code_dead
        order = truth(sandbox, wanted)
        assert order.attempts[-1].flow == flow.value
        sandbox.truth.pay(order)
        for name in (ref(wanted, created), ref(wanted)):
            state = await found.query(name)
            assert state.status is ReportedStatus.SUCCEEDED
            assert state.merchant_order_id == wanted.merchant_order_id
            assert (state.amount, state.currency) == (Decimal("128.50"), "HKD")
            assert state.paid_at is not None
            assert abs(state.paid_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert create_posts(sandbox, wanted) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("amount, currency", [("50", "HKD"), ("0.01", "USD"), ("5000", "JPY"), ("99999.99", "EUR")])
async def test_amounts_arrive_as_meant(sandbox: Sandbox, provider: str, amount: str, currency: str) -> None:
    wanted = attempt(provider, amount=amount, currency=currency)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
    assert created.amount == Decimal(amount)
    assert truth(sandbox, wanted).amount == Decimal(amount)


async def test_twd_goes_without_decimals(sandbox: Sandbox) -> None:
    wanted = attempt("cbtis", amount="50.00", currency="TWD")
    async with gateway(sandbox, "cbtis") as found:
        await found.create(wanted)
    assert truth(sandbox, wanted).amount_text == "50"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_payment_closed_at_the_gateway_reads_cancelled(sandbox: Sandbox, provider: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.truth.cancel(truth(sandbox, wanted))
        assert (await found.query(ref(wanted, created))).status is ReportedStatus.CANCELLED


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_code_that_ran_out(sandbox: Sandbox, provider: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.truth.settings.order_life_seconds = 0
        state = await found.query(ref(wanted, created))
    if provider == "cbtis":
        assert state.status is ReportedStatus.CANCELLED
    else:
        assert state.status is ReportedStatus.PENDING
        assert state.code_dead


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_id_nobody_knows_is_not_found(sandbox: Sandbox, provider: str) -> None:
    async with gateway(sandbox, provider) as found:
        assert (await found.query(AttemptRef("T1-nobody"))).status is ReportedStatus.NOT_FOUND
        assert (await found.query(AttemptRef("T1-nobody", "int_nobody"))).status is ReportedStatus.NOT_FOUND
        missing = await found.query_refund(RefundRef("R1-nobody", "rfd_nobody"))
        assert missing.status is ReportedRefund.NOT_FOUND


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_check_proves_the_credentials(sandbox: Sandbox, provider: str) -> None:
    async with gateway(sandbox, provider) as found:
        await found.check()
    wrong = build_gateway(replace(settings(sandbox, provider), secret="wrong"))
    with pytest.raises(AuthFailed):
        await wrong.check()
    with pytest.raises(AuthFailed) as caught:
        await wrong.create(attempt(provider))
    assert not caught.value.sent
    await wrong.aclose()
    assert not sandbox.truth.orders


# --- cancel


async def test_airwallex_cancels(sandbox: Sandbox) -> None:
    wanted = attempt("airwallex")
    async with gateway(sandbox, "airwallex") as found:
        created = await found.create(wanted)
        assert (await found.cancel(ref(wanted, created))).status is ReportedStatus.CANCELLED
        assert (await found.cancel(ref(wanted))).status is ReportedStatus.CANCELLED  # again, by our id


async def test_airwallex_tells_of_a_payment_that_was_faster_than_the_cancel(sandbox: Sandbox) -> None:
    wanted = attempt("airwallex")
    async with gateway(sandbox, "airwallex") as found:
        created = await found.create(wanted)
        sandbox.truth.pay(truth(sandbox, wanted))
        assert (await found.cancel(ref(wanted, created))).status is ReportedStatus.SUCCEEDED


async def test_a_cancel_whose_answer_is_lost_still_tells_the_truth(sandbox: Sandbox) -> None:
    wanted = attempt("airwallex")
    async with gateway(sandbox, "airwallex") as found:
        created = await found.create(wanted)
        sandbox.scenarios.install({"on": "cancel", "fault": "drop_after", "times": 1})
        assert (await found.cancel(ref(wanted, created))).status is ReportedStatus.CANCELLED


async def test_cbtis_has_no_cancel(sandbox: Sandbox) -> None:
    wanted = attempt("cbtis")
    async with gateway(sandbox, "cbtis") as found:
        created = await found.create(wanted)
        with pytest.raises(Refused):
            await found.cancel(ref(wanted, created))
        assert (await found.query(ref(wanted, created))).status is ReportedStatus.PENDING


# --- refunds


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_refunds_in_part_and_finds_the_refund_by_what_we_know(sandbox: Sandbox, provider: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.truth.pay(truth(sandbox, wanted))
        first, second = refund_of(wanted, created), refund_of(wanted, created, "100.00")
        for refund in (first, second):
            replied = await found.refund(refund)
            assert replied.status in (ReportedRefund.SUCCEEDED, ReportedRefund.PROCESSING)
            assert replied.merchant_refund_id == refund.merchant_refund_id
        sandbox.truth.settings.refund_settled_after_seconds = 0
        for refund in (first, second):
            answer = await found.query_refund(refund_ref(refund))
            assert answer.status is ReportedRefund.SUCCEEDED
            assert answer.amount == refund.money.to_decimal()
            assert answer.gateway_refund_id is not None
            assert answer.merchant_refund_id == refund.merchant_refund_id
            by_id = await found.query_refund(refund_ref(refund, answer.gateway_refund_id))
            assert by_id.gateway_refund_id == answer.gateway_refund_id
        state = await found.query(ref(wanted, created))
        assert state.status is ReportedStatus.SUCCEEDED
        assert state.refunded in (None, Decimal("128.50"))
    assert truth(sandbox, wanted).refunded == Decimal("128.50")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_more_than_was_paid_is_refused(sandbox: Sandbox, provider: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.truth.pay(truth(sandbox, wanted))
        with pytest.raises(Refused):
            await found.refund(refund_of(wanted, created, "200.00"))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_a_refund_whose_answer_is_lost_is_made_at_most_once(sandbox: Sandbox, provider: str, fault: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.truth.pay(truth(sandbox, wanted))
        refund = refund_of(wanted, created)
        sandbox.scenarios.install({"on": REFUND_OPERATION, "fault": fault})
        if provider == "airwallex":
            assert (await found.refund(refund)).gateway_refund_id is not None
        else:
            with pytest.raises(OutcomeUnknown):
                await found.refund(refund)
            lost = (await found.query_refund(refund_ref(refund))).status
            assert lost is (ReportedRefund.SUCCEEDED if fault == "drop_after" else ReportedRefund.NOT_FOUND)
    made = 0 if provider == "cbtis" and fault == "drop_before" else 1
    assert len(truth(sandbox, wanted).refunds) == made


async def test_a_refund_that_fails_later_at_airwallex(sandbox: Sandbox) -> None:
    wanted = attempt("airwallex")
    async with gateway(sandbox, "airwallex") as found:
        created = await found.create(wanted)
        sandbox.truth.pay(truth(sandbox, wanted))
        refund = refund_of(wanted, created)
        await found.refund(refund)
        sandbox.truth.set_refund(truth(sandbox, wanted).refunds[0], RefundState.FAILED)
        assert (await found.query_refund(refund_ref(refund))).status is ReportedRefund.FAILED


# --- lost answers to a create


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_cbtis_posts_once_and_asks(sandbox: Sandbox, fault: str, reset: bool) -> None:
    wanted = attempt("cbtis")
    sandbox.scenarios.install({"on": "create", "fault": fault, "reset": reset})
    async with gateway(sandbox, "cbtis") as found:
        with pytest.raises(OutcomeUnknown):
            await found.create(wanted)
        state = await found.query(ref(wanted))
    assert create_posts(sandbox, wanted) == 1
    assert state.status is (ReportedStatus.PENDING if fault == "drop_after" else ReportedStatus.NOT_FOUND)


@pytest.mark.parametrize("on", ["create", "confirm"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_airwallex_repeats_under_the_same_key_and_counts_once(sandbox: Sandbox, fault: str, on: str) -> None:
    wanted = attempt("airwallex")
    sandbox.scenarios.install({"on": on, "fault": fault})
    async with gateway(sandbox, "airwallex") as found:
        created = await found.create(wanted)
    assert created.code is not None
    order = truth(sandbox, wanted)
    assert len(order.attempts) == 1
    assert order.attempts[0].content == created.code.content
    assert len(sandbox.truth.orders) == 1
    (seen,) = book(sandbox, "seen")
    assert set(cast("list[str]", seen["request_ids"])) == {wanted.request_id}
    assert seen["create_posts"] == (2 if on == "create" else 1)


async def test_airwallex_finds_what_a_lasting_loss_left_behind(sandbox: Sandbox) -> None:
    wanted = attempt("airwallex")
    sandbox.scenarios.install({"on": "create", "fault": "drop_after", "times": 0})
    async with gateway(sandbox, "airwallex") as found:
        with pytest.raises(OutcomeUnknown):
            await found.create(wanted)
        state = await found.query(ref(wanted))
    assert state.status is ReportedStatus.PENDING
    assert state.merchant_order_id == wanted.merchant_order_id
    assert len(sandbox.truth.orders) == 1


async def test_airwallex_meets_a_used_request_id_by_finding_the_intent(sandbox: Sandbox) -> None:
    wanted = attempt("airwallex")
    async with gateway(sandbox, "airwallex") as found:
        first = await found.create(wanted)
        again = replace(wanted, description="other words", confirm_request_id=str(uuid.uuid4()))
        second = await found.create(again)
    assert second.gateway_id == first.gateway_id
    assert len(sandbox.truth.orders) == 1


async def test_a_used_id_is_in_doubt_at_cbtis_and_never_a_failure(
    sandbox: Sandbox, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("unknown code 30001")
    wanted = attempt("cbtis")
    async with gateway(sandbox, "cbtis") as found:
        await found.create(wanted)
        with pytest.raises(OutcomeUnknown):
            await found.create(wanted)
        assert (await found.query(ref(wanted))).status is ReportedStatus.PENDING


# --- what a gateway refuses


@pytest.mark.parametrize("provider, currency", [("cbtis", "XCG"), ("airwallex", "TWD")])
async def test_a_currency_it_does_not_take_is_refused(sandbox: Sandbox, provider: str, currency: str) -> None:
    async with gateway(sandbox, provider) as found:
        with pytest.raises(Refused) as caught:
            await found.create(attempt(provider, currency=currency, amount="50"))
    assert caught.value.support_id is not None


# --- bad weather


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("times", [1, 2])
async def test_a_token_that_ends_midway(sandbox: Sandbox, provider: str, times: int) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.scenarios.install({"on": "query", "fault": "expired_token", "times": times})
        if times == 1:
            states = await asyncio.gather(*(found.query(ref(wanted, created)) for _ in range(10)))
            assert {state.status for state in states} == {ReportedStatus.PENDING}
        else:
            with pytest.raises(AuthFailed) as caught:
                await found.query(ref(wanted, created))
            assert caught.value.sent


async def test_a_create_met_by_an_ended_token_is_not_repeated_at_cbtis(sandbox: Sandbox) -> None:
    wanted = attempt("cbtis")
    sandbox.scenarios.install({"on": "create", "fault": "expired_token"})
    async with gateway(sandbox, "cbtis") as found:
        with pytest.raises(AuthFailed) as caught:
            await found.create(wanted)
        assert caught.value.sent
        assert create_posts(sandbox, wanted) == 1
        assert (await found.create(attempt("cbtis"))).code is not None


async def test_a_create_met_by_an_ended_token_goes_again_at_airwallex(sandbox: Sandbox) -> None:
    sandbox.scenarios.install({"on": "create", "fault": "expired_token"})
    async with gateway(sandbox, "airwallex") as found:
        assert (await found.create(attempt("airwallex"))).code is not None


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_429_carries_the_advice(sandbox: Sandbox, provider: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.scenarios.install({"on": "query", "fault": "status", "status": 429, "retry_after": 7})
        with pytest.raises(RateLimited) as caught:
            await found.query(ref(wanted, created))
    assert caught.value.retry_after_s == 7


async def test_429_on_a_create_is_waited_for_at_airwallex(sandbox: Sandbox) -> None:
    sandbox.scenarios.install({"on": "create", "fault": "status", "status": 429, "retry_after": 1})
    async with gateway(sandbox, "airwallex") as found:
        assert (await found.create(attempt("airwallex"))).code is not None


VARIANTS = [
    "truncated",
    "cut",
    "not_json",
    "html",
    "nan",
    "duplicate_keys",
    "deep",
    "huge",
    "gzip",
    "empty",
    "bom",
    "wrong_type",
    "missing_data",
]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("variant", VARIANTS)
async def test_a_damaged_answer_is_no_state(sandbox: Sandbox, provider: str, variant: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.truth.pay(truth(sandbox, wanted))
        sandbox.scenarios.install({"on": "query", "fault": "malformed", "variant": variant})
        if provider == "airwallex" and variant == "missing_data":
            # A flat reply without anything in it: no error, and no word that means anything.
            assert (await found.query(ref(wanted, created))).status is ReportedStatus.UNRECOGNISED
            return
        with pytest.raises(OutcomeUnknown):
            await found.query(ref(wanted, created))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("variant", VARIANTS)
async def test_a_damaged_answer_to_a_create_is_an_unknown_outcome(
    sandbox: Sandbox, provider: str, variant: str
) -> None:
    wanted = attempt(provider)
    on = "create" if provider == "cbtis" else "confirm"
    sandbox.scenarios.install({"on": on, "fault": "malformed", "variant": variant, "times": 0})
    async with gateway(sandbox, provider) as found:
        if provider == "airwallex" and variant == "missing_data":
            assert (await found.create(wanted)).code is None
            return
        with pytest.raises(OutcomeUnknown):
            await found.create(wanted)
    assert create_posts(sandbox, wanted) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_answers_that_lie_are_passed_on_for_the_caller_to_judge(sandbox: Sandbox, provider: str) -> None:
    wanted, other = attempt(provider), attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        await found.create(other)
        name = ref(wanted, created)
        sandbox.scenarios.install({"on": "query", "fault": "swap_amount", "amount": "1", "currency": "TWD"})
        state = await found.query(name)
        assert (state.amount, state.currency) == (Decimal(1), "TWD")
        sandbox.scenarios.install({"on": "query", "fault": "swap_order", "other": other.merchant_order_id})
        assert (await found.query(name)).merchant_order_id == other.merchant_order_id
        sandbox.scenarios.install({"on": "query", "fault": "unknown_status", "word": "Succeeded"})
        assert (await found.query(name)).status is ReportedStatus.UNRECOGNISED
        sandbox.scenarios.install({"on": "query", "fault": "not_found"})
        assert (await found.query(name)).status is ReportedStatus.NOT_FOUND
        sandbox.truth.pay(truth(sandbox, wanted))
        sandbox.scenarios.install({"on": "query", "fault": "stale"})
        assert (await found.query(name)).status is ReportedStatus.PENDING
        assert (await found.query(name)).status is ReportedStatus.SUCCEEDED


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_answer_that_drips_ends_with_the_deadline(sandbox: Sandbox, provider: str) -> None:
    wanted = attempt(provider)
    async with gateway(sandbox, provider) as found:
        created = await found.create(wanted)
        sandbox.scenarios.install({"on": "query", "fault": "drip", "seconds": 60})
        started = asyncio.get_running_loop().time()
        with pytest.raises(OutcomeUnknown) as caught:
            await found.query(ref(wanted, created))
    assert caught.value.code == "timeout"
    assert asyncio.get_running_loop().time() - started < 9


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_fifty_orders_at_once(sandbox: Sandbox, provider: str) -> None:
    wanted = [attempt(provider) for _ in range(50)]
    async with gateway(sandbox, provider) as found:
        created = await asyncio.gather(*(found.create(each) for each in wanted))
        for each in wanted:
            sandbox.truth.pay(truth(sandbox, each))
        states = await asyncio.gather(*(found.query(ref(a, c)) for a, c in zip(wanted, created, strict=True)))
    assert [state.merchant_order_id for state in states] == [each.merchant_order_id for each in wanted]
    assert {state.status for state in states} == {ReportedStatus.SUCCEEDED}
    requests = cast("dict[str, dict[str, int]]", truth_json(sandbox.truth)["requests"])
    assert requests[provider]["auth"] == 1


async def test_a_stopped_gateway_is_known_not_sent() -> None:
    with running_sandbox() as short:
        where = [settings(short, provider) for provider in PROVIDERS]
    for each in where:
        found = build_gateway(each)
        with pytest.raises(NotSent) as caught:
            await found.create(attempt(each.provider))
        assert caught.value.code == "refused"
        await found.aclose()


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_no_error_of_all_this_names_a_secret(sandbox: Sandbox, provider: str) -> None:
    secret = settings(sandbox, provider).secret
    for variant in ("wrong_type", "truncated", "html", "huge"):
        sandbox.scenarios.install({"on": "auth", "fault": "malformed", "variant": variant})
        async with gateway(sandbox, provider) as found:
            with pytest.raises(GatewayError) as caught:
                await found.check()
        assert not isinstance(caught.value, Malformed)
        assert secret not in f"{caught.value!r} {caught.value.__dict__}"
