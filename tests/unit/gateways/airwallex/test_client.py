"""The Airwallex adapter against a scripted server: repeats, doubts, recovery, cancel, refunds, secrets."""

from __future__ import annotations

import json
import logging
import time
import traceback
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import CodeKind, Flow, PaymentCode
from posapp.gateways.airwallex.client import AirwallexGateway
from posapp.gateways.base import AttemptRef, RefundRef, ReportedRefund, ReportedStatus
from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.gateways.settings import SettingsError
from tests.unit.gateways.line_server import (
    Action,
    Heard,
    LineServer,
    Script,
    always,
    hang_up,
    json_reply,
    raw,
    reply,
    silence,
)
from tests.unit.gateways.samples import SECRET, attempt, golden, refund, settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from tests.conftest import ExpectedWarnings

pytestmark = pytest.mark.anyio

LOGIN = "POST /api/v1/authentication/login"
INTENTS = "/api/v1/pa/payment_intents"
CREATE = f"POST {INTENTS}/create"
INTENT = "int_gECH4yeBzr50vOYFtzNyIsSW9e8"
CONFIRM = f"POST {INTENTS}/{INTENT}/confirm"
CANCEL = f"POST {INTENTS}/{INTENT}/cancel"
GET = f"GET {INTENTS}/{INTENT}"
LIST = f"GET {INTENTS}"
REFUND = "POST /api/v1/pa/refunds/create"
REFUNDS = "GET /api/v1/pa/refunds"
MINE = "P9297895081903"
ATTEMPT = attempt("airwallex", currency="CNY", amount="100")
REF = AttemptRef(MINE, INTENT, "cancel-1", confirmed=True)


def intent(**fields: object) -> dict[str, object]:
    return golden("airwallex/create.json", merchant_order_id=MINE, **fields)


def error(code: str, status: int = 400) -> Action:
    return json_reply({"code": code, "message": f"about {code}", "trace_id": "trace-1", "details": {}}, status)


CREATED = json_reply(intent(), 201)
CONFIRMED = json_reply(intent(status="REQUIRES_CUSTOMER_ACTION") | golden("airwallex/next_action_qrcode.json"))
PAID = json_reply(intent(status="SUCCEEDED"))


def listed(*items: object, more: bool = False) -> Action:
    return json_reply({"has_more": more, "items": items})


def scripted(*steps: tuple[str, Action]) -> Script:
    """Answer logins always, and everything else only in this order."""
    left = list(steps)
    logins = 0

    def answer(heard: Heard) -> Action:
        nonlocal logins
        target = f"{heard.method} {heard.path}"
        if target == LOGIN:
            logins += 1
            return json_reply(golden("airwallex/login.json", token=f"token-{logins}"), 201)
        if not left or left[0][0] != target:
            return error(f"test_expected_{left[0][0] if left else 'nothing'}_not_{target}")
        return left.pop(0)[1]

    return answer


@asynccontextmanager
async def gateway(
    script: Script, flow: Flow = Flow.QRCODE, return_url: str | None = None
) -> AsyncGenerator[tuple[AirwallexGateway, LineServer]]:
    async with LineServer(script) as server:
        found = AirwallexGateway(settings("airwallex", server.url, flow, return_url), jitter=lambda: 0.0)
        try:
            yield found, server
        finally:
            await found.aclose()


async def create_fails(*steps: tuple[str, Action]) -> tuple[GatewayError, Sequence[str]]:
    async with gateway(scripted(*steps)) as (found, server):
        with pytest.raises(GatewayError) as caught:
            await found.create(ATTEMPT)
        return caught.value, server.targets()[1:]


# --- create and confirm


async def test_creates_and_confirms_under_the_stored_request_ids() -> None:
    async with gateway(scripted((CREATE, CREATED), (CONFIRM, CONFIRMED))) as (found, server):
        created = await found.create(ATTEMPT)
    assert created.gateway_id == INTENT
    assert created.code == PaymentCode(CodeKind.SCAN, "weixin://wxpay/s/An4baqw")
    login, create, confirm = server.heard
    assert (login.headers["x-client-id"], login.headers["x-api-key"], login.body) == ("client-1", SECRET, b"{}")
    assert create.headers["authorization"] == "Bearer token-1"
    assert create.object()["request_id"] == ATTEMPT.request_id
    assert confirm.object()["request_id"] == ATTEMPT.confirm_request_id


async def test_the_return_url_goes_with_a_payment_in_a_phones_browser() -> None:
    link = json_reply(intent(next_action={"url": "https://x/y"}))
    steps = scripted((CREATE, CREATED), (CONFIRM, link))
    async with gateway(steps, Flow.MOBILE_WEB, "https://shop.example/back") as (found, server):
        created = await found.create(replace(ATTEMPT, flow=Flow.MOBILE_WEB))
    assert created.code == PaymentCode(CodeKind.LINK, "https://x/y")
    assert [heard.object().get("return_url") for heard in server.heard[1:]] == ["https://shop.example/back"] * 2


LOST = {
    "closed": hang_up(),
    "reset": hang_up(reset=True),
    "cut": raw(b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"id":'),
    "500": error("internal_error", 500),
    "502": reply(b"<html>", 502, "text/html"),
    "503": reply(b"", 503),
    "408": reply(b"", 408),
    "provider_unavailable": error("provider_unavailable"),
    "429": error("too_many_requests", 429),
    "429 as 400": error("too_many_requests", 400),
}


@pytest.mark.parametrize("name", LOST)
async def test_a_lost_answer_is_fetched_with_the_same_bytes(name: str) -> None:
    steps = scripted((CREATE, LOST[name]), (CREATE, CREATED), (CONFIRM, LOST[name]), (CONFIRM, CONFIRMED))
    async with gateway(steps) as (found, server):
        created = await found.create(ATTEMPT)
    assert created.code is not None
    first, second, third, fourth = (heard.body for heard in server.heard[1:])
    assert first == second
    assert third == fourth


@pytest.mark.parametrize("name", [name for name in LOST if not name.startswith("429")])
async def test_a_lasting_doubt_is_an_unknown_outcome(name: str) -> None:
    found, targets = await create_fails(*[(CREATE, LOST[name])] * 4)
    assert isinstance(found, OutcomeUnknown)
    assert targets == [CREATE] * 4


async def test_asked_too_often_for_long_is_said_so() -> None:
    found, _targets = await create_fails(*[(CREATE, LOST["429"])] * 4)
    assert isinstance(found, RateLimited)
    assert found.sent


async def test_advice_beyond_the_deadline_is_not_waited_for() -> None:
    started = time.perf_counter()
    found, targets = await create_fails((CREATE, json_reply({"code": "too_many_requests"}, 429, {"Retry-After": "60"})))
    assert isinstance(found, RateLimited)
    assert found.retry_after_s == 60
    assert targets == [CREATE]
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("code", ["validation_error", "currency_not_supported", "amount_above_limit", "risk_declined"])
async def test_a_definite_no_is_final(code: str) -> None:
    for steps in ([(CREATE, error(code))], [(CREATE, CREATED), (CONFIRM, error(code))]):
        found, _targets = await create_fails(*steps)
        assert isinstance(found, Refused)
        assert (found.code, found.message, found.support_id) == (code, f"about {code}", "trace-1")


async def test_the_code_decides_and_not_the_status() -> None:
    found, _targets = await create_fails((CREATE, error("validation_error", 409)))
    assert isinstance(found, Refused)


async def test_a_no_after_a_doubt_does_not_settle_the_doubt() -> None:
    found, targets = await create_fails((CREATE, hang_up()), (CREATE, error("validation_error")))
    assert type(found) is OutcomeUnknown
    assert found.code == "cut_off"
    assert targets == [CREATE] * 2


async def test_no_connection_after_a_doubt_does_not_settle_the_doubt() -> None:
    def script(heard: Heard) -> Action:
        if heard.path.endswith("login"):
            return json_reply(golden("airwallex/login.json"), 201)
        server.stop_listening()
        return hang_up()

    async with gateway(script) as (found, server):
        with pytest.raises(OutcomeUnknown) as caught:
            await found.create(ATTEMPT)
    assert server.targets() == [LOGIN, CREATE]
    assert caught.value.code == "cut_off"


async def test_an_unknown_code_is_an_unknown_outcome(expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect(f"{MINE}: unknown code brand_new with HTTP 400, trace id trace-1")
    found, targets = await create_fails((CREATE, error("brand_new")))
    assert isinstance(found, OutcomeUnknown)
    assert targets == [CREATE]


@pytest.mark.parametrize("status", [400, 409])
async def test_a_duplicate_create_is_found_by_our_id(status: int) -> None:
    other = intent(id="int_other") | {"merchant_order_id": "P2"}
    steps = scripted(
        (CREATE, hang_up()),
        (CREATE, error("duplicate_request", status)),
        (LIST, listed(other, intent())),
        (CONFIRM, CONFIRMED),
    )
    async with gateway(steps) as (found, server):
        created = await found.create(ATTEMPT)
    assert created.gateway_id == INTENT
    assert f"merchant_order_id={MINE}" in server.heard[3].target


async def test_a_duplicate_that_cannot_be_found_stays_unknown() -> None:
    found, _targets = await create_fails((CREATE, error("duplicate_request")), (LIST, listed()))
    assert isinstance(found, OutcomeUnknown)
    assert found.code == "duplicate_request"


@pytest.mark.parametrize("code", ["duplicate_request", "invalid_status_for_operation", "resource_not_found"])
async def test_a_confirm_that_has_moved_on_is_unknown(code: str) -> None:
    found, _targets = await create_fails((CREATE, CREATED), (CONFIRM, error(code)))
    assert isinstance(found, OutcomeUnknown)
    assert found.code == code


async def test_once_the_intent_exists_nothing_says_not_sent() -> None:
    def script(heard: Heard) -> Action:
        if f"{heard.method} {heard.path}" == LOGIN:
            return json_reply(golden("airwallex/login.json"), 201) if len(server.heard) == 1 else reply(b"", 503)
        return CREATED if heard.path.endswith("create") else error("unauthorized", 401)

    async with gateway(script) as (found, server):
        with pytest.raises(OutcomeUnknown) as caught:
            await found.create(ATTEMPT)
    assert caught.value.code == "http_503"


async def test_a_repeat_takes_a_fresh_connection() -> None:
    async with gateway(scripted((CREATE, LOST["503"]), (CREATE, CREATED), (CONFIRM, CONFIRMED))) as (found, server):
        await found.create(ATTEMPT)
    assert [heard.connection for heard in server.heard] == [1, 1, 2, 1]  # login, create, its repeat, confirm


async def test_a_confirm_without_a_token_is_a_definite_no_to_an_intent_that_exists() -> None:
    logins = 0

    def script(heard: Heard) -> Action:
        nonlocal logins
        if heard.path.endswith("login"):
            logins += 1
            return json_reply(golden("airwallex/login.json"), 201) if logins == 1 else error("too_many_requests", 429)
        return CREATED if heard.path.endswith("create") else error("unauthorized", 401)

    async with gateway(script) as (found, _server):
        with pytest.raises(RateLimited) as caught:
            await found.create(ATTEMPT)
    assert caught.value.sent


async def test_a_confirm_that_finds_no_connection_is_a_doubt() -> None:
    def script(heard: Heard) -> Action:
        if heard.path.endswith("login"):
            return json_reply(golden("airwallex/login.json"), 201)
        server.stop_listening()
        # The connection goes with this answer, so the confirm needs a new one.
        body = json.dumps(intent()).encode()
        head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n"
        return raw(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async with gateway(script) as (found, server):
        with pytest.raises(OutcomeUnknown) as caught:
            await found.create(ATTEMPT)
    assert caught.value.code == "refused"
    assert server.targets() == [LOGIN, CREATE]


async def test_an_intent_of_another_order_is_not_confirmed() -> None:
    foreign = json_reply(intent() | {"merchant_order_id": "P2"}, 201)
    async with gateway(scripted((CREATE, foreign))) as (found, server):
        created = await found.create(ATTEMPT)
    assert created.merchant_order_id == "P2"
    assert created.code is None
    assert server.targets() == [LOGIN, CREATE]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id":5}', b'{"id":"../x"}', b'{"id":"a","id":"a"}'])
async def test_an_intent_that_is_none_is_malformed_and_not_confirmed(body: bytes) -> None:
    found, targets = await create_fails((CREATE, reply(body, 201)))
    assert isinstance(found, Malformed)
    assert targets == [CREATE]


async def test_what_cannot_be_asked_for_sends_nothing_at_all() -> None:
    async with gateway(scripted()) as (found, server):
        with pytest.raises(NotSent) as caught:
            await found.create(replace(ATTEMPT, flow=Flow.MINI_PROGRAM))
    assert caught.value.code == "payer_missing"
    assert server.heard == []


# --- tokens


async def test_a_401_renews_the_token_and_repeats_the_same_request() -> None:
    expired = error("unauthorized", 401)
    steps = scripted((CREATE, expired), (CREATE, CREATED), (CONFIRM, CONFIRMED))
    async with gateway(steps) as (found, server):
        await found.create(ATTEMPT)
    assert server.targets() == [LOGIN, CREATE, LOGIN, CREATE, CONFIRM]
    assert server.heard[1].body == server.heard[3].body
    assert server.heard[3].headers["authorization"] == "Bearer token-2"


async def test_the_code_says_unauthorised_whatever_the_status() -> None:
    found, _targets = await create_fails((CREATE, error("unauthorized", 400)))
    assert isinstance(found, AuthFailed)
    assert found.sent


async def test_a_second_401_is_the_end() -> None:
    expired = error("unauthorized", 401)
    found, targets = await create_fails((CREATE, expired), (CREATE, expired))
    assert isinstance(found, AuthFailed)
    assert found.sent
    assert targets == [CREATE, LOGIN, CREATE]


BAD_LOGINS: dict[str, tuple[Action, type[GatewayError], str]] = {
    "401": (error("unauthorized", 401), AuthFailed, "credentials_rejected"),
    "code alone": (error("unauthorized", 400), AuthFailed, "credentials_rejected"),
    "429": (error("too_many_requests", 429), RateLimited, "http_429"),
    "500": (reply(b"", 500), NotSent, "http_500"),
    "closed": (hang_up(), NotSent, "cut_off"),
    "portal": (reply(b"<html>", 200, "text/html"), NotSent, "captive_portal"),
    "no token": (json_reply({}, 201), NotSent, "token_unusable"),
    "strange 400": (error("configuration_error"), NotSent, "login_status"),
}


@pytest.mark.parametrize("name", BAD_LOGINS)
async def test_a_failed_login_means_that_the_create_was_not_sent(name: str) -> None:
    action, kind, code = BAD_LOGINS[name]
    async with gateway(lambda _heard: action) as (found, server):
        with pytest.raises(GatewayError) as caught:
            await found.create(ATTEMPT)
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert not getattr(caught.value, "sent", False)
    assert LOGIN in server.targets()
    assert CREATE not in server.targets()


@pytest.mark.parametrize(
    "expires_at, date, logins",
    [
        ("2026-05-12T00:30:00+0000", "Tue, 12 May 2026 00:00:00 GMT", 1),
        ("2001-01-01T00:00:00+0000", None, 1),  # by our clock long over: clamped, 401 is honoured anyway
        ("9999-12-31T00:00:00+0000", None, 1),
        ("soon", None, 1),
        (None, None, 1),
        (5, None, 1),
    ],
)
async def test_a_strange_time_of_expiry_makes_no_login_storm(expires_at: object, date: str | None, logins: int) -> None:
    def script(heard: Heard) -> Action:
        if f"{heard.method} {heard.path}" == LOGIN:
            headers = {"Date": date} if date else None
            return json_reply({"token": "t", "expires_at": expires_at}, 201, headers)
        return PAID

    async with gateway(script) as (found, server):
        for _ in range(5):
            await found.query(REF)
    assert server.targets().count(LOGIN) == logins


# --- query


async def test_retrieves_by_the_gateways_id() -> None:
    async with gateway(scripted((GET, PAID))) as (found, server):
        state = await found.query(REF)
    assert state.status is ReportedStatus.SUCCEEDED
    assert state.merchant_order_id == MINE
    assert server.targets() == [LOGIN, GET]


async def test_finds_by_our_id() -> None:
    other = intent(id="int_other") | {"merchant_order_id": f"{MINE}-2"}
    async with gateway(scripted((LIST, listed(other, intent(status="SUCCEEDED"))))) as (found, server):
        state = await found.query(AttemptRef(MINE))
    assert state.status is ReportedStatus.SUCCEEDED
    assert state.gateway_id == INTENT
    assert server.heard[1].target.endswith(f"?merchant_order_id={MINE}&page_size=50")


@pytest.mark.parametrize(
    "ref, step",
    [(REF, (GET, error("resource_not_found"))), (AttemptRef(MINE), (LIST, listed()))],
    ids=["by the gateway's id", "by ours"],
)
async def test_not_found_is_an_answer(ref: AttemptRef, step: tuple[str, Action]) -> None:
    async with gateway(scripted(step)) as (found, _server):
        assert (await found.query(ref)).status is ReportedStatus.NOT_FOUND


@pytest.mark.parametrize(
    "answer, code",
    [
        (listed(intent(), intent(id="int_2")), "several_payments"),
        (listed(intent() | {"merchant_order_id": "P2"}, more=True), "list_incomplete"),
        (json_reply({"items": {}}), "list"),
        (error("not_found", 404), "not_found"),
        (error("internal_error", 500), "http_500"),
    ],
)
async def test_a_list_that_decides_nothing_is_no_state(
    answer: Action, code: str, expected_warnings: ExpectedWarnings
) -> None:
    if code == "not_found":
        expected_warnings.expect("unknown code not_found")
    async with gateway(scripted((LIST, answer))) as (found, _server):
        with pytest.raises(OutcomeUnknown) as caught:
            await found.query(AttemptRef(MINE))
    assert caught.value.code == code


async def test_a_refused_question_is_no_state() -> None:
    async with gateway(scripted((GET, error("configuration_error")))) as (found, _server):
        with pytest.raises(Refused):
            await found.query(REF)


@pytest.mark.parametrize("strange", ["../../login", "a/b", "a?b", "a#b", ".."])
async def test_a_stored_id_cannot_lead_elsewhere(strange: str) -> None:
    async with gateway(scripted((LIST, listed(intent(status="SUCCEEDED"))))) as (found, server):
        state = await found.query(AttemptRef(MINE, strange))
    assert state.status is ReportedStatus.SUCCEEDED
    assert server.targets() == [LOGIN, LIST], "asked by our own id, which always finds the payment"


async def test_our_credentials_in_an_answer_go_no_further() -> None:
    secret = settings("airwallex", "http://127.0.0.1:1").secret

    def echo(heard: Heard) -> Action:
        words = f"key {secret} with {heard.headers['authorization']} is wrong"
        return json_reply({"code": "configuration_error", "message": words, "trace_id": "t"}, 400)

    login = json_reply(golden("airwallex/login.json", token="token-of-this-test"), 201)
    async with LineServer(lambda heard: login if heard.path.endswith("/login") else echo(heard)) as server:
        found = AirwallexGateway(settings("airwallex", server.url), jitter=lambda: 0.0)
        with pytest.raises(Refused) as caught:
            await found.query(REF)
        await found.aclose()
    assert "token-of-this-test" not in caught.value.message
    assert secret not in caught.value.message
    assert "***" in caught.value.message


# --- cancel


async def test_cancels_then_retrieves() -> None:
    gone = json_reply(intent(status="CANCELLED"))
    async with gateway(scripted((CANCEL, gone), (GET, gone))) as (found, server):
        assert (await found.cancel(REF)).status is ReportedStatus.CANCELLED
    assert server.heard[1].object()["request_id"] == "cancel-1"


@pytest.mark.parametrize("answer", [error("invalid_status_for_operation"), error("duplicate_request")])
async def test_a_cancel_that_comes_too_late_tells_of_the_payment(answer: Action) -> None:
    async with gateway(scripted((CANCEL, answer), (GET, PAID))) as (found, _server):
        assert (await found.cancel(REF)).status is ReportedStatus.SUCCEEDED


async def test_a_cancel_without_an_answer_leaves_time_to_ask() -> None:
    gone = json_reply(intent(status="CANCELLED"))
    started = time.perf_counter()
    async with gateway(scripted((CANCEL, silence()), (GET, gone))) as (found, _server):
        assert (await found.cancel(REF)).status is ReportedStatus.CANCELLED
    assert time.perf_counter() - started < 8


async def test_cancels_what_is_only_known_by_our_id() -> None:
    gone = json_reply(intent(status="CANCELLED"))
    steps = scripted((LIST, listed(intent())), (CANCEL, gone), (GET, gone))
    async with gateway(steps) as (found, _server):
        assert (await found.cancel(AttemptRef(MINE, cancel_request_id="c"))).status is ReportedStatus.CANCELLED


async def test_a_cancel_that_is_refused_is_said_so() -> None:
    async with gateway(scripted((CANCEL, error("operation_not_supported")))) as (found, _server):
        with pytest.raises(Refused):
            await found.cancel(REF)


async def test_a_cancel_needs_its_stored_id() -> None:
    async with gateway(scripted()) as (found, server):
        with pytest.raises(NotSent):
            await found.cancel(AttemptRef(MINE, INTENT))
    assert server.heard == []


# --- refunds

REFUNDED = golden("airwallex/refund_create.json", payment_intent_id=INTENT, request_id=refund().request_id)
MONEY_BACK = refund("0.10", "CNY", INTENT)


async def test_a_refund_whose_answer_is_lost_is_fetched_with_the_same_bytes() -> None:
    async with gateway(scripted((REFUND, hang_up()), (REFUND, json_reply(REFUNDED, 201)))) as (found, server):
        answer = await found.refund(MONEY_BACK)
    assert answer.status is ReportedRefund.PROCESSING
    assert answer.gateway_refund_id == "rfd_sgst4689lgcv3c7rbyc_bppn22"
    assert server.heard[1].body == server.heard[2].body


async def test_a_refund_that_was_made_is_not_called_refused_by_its_repeat() -> None:
    async with gateway(scripted((REFUND, hang_up()), (REFUND, error("amount_above_limit")))) as (found, _server):
        with pytest.raises(OutcomeUnknown):
            await found.refund(MONEY_BACK)


async def test_a_duplicate_refund_is_found() -> None:
    steps = scripted((REFUND, error("duplicate_request")), (REFUNDS, listed({"id": "rfd_1"}, REFUNDED)))
    async with gateway(steps) as (found, server):
        assert (await found.refund(MONEY_BACK)).status is ReportedRefund.PROCESSING
    assert f"payment_intent_id={INTENT}" in server.heard[2].target


async def test_a_duplicate_refund_that_cannot_be_found_stays_in_doubt() -> None:
    async with gateway(scripted((REFUND, error("duplicate_request")), (REFUNDS, listed()))) as (found, _server):
        with pytest.raises(OutcomeUnknown):
            await found.refund(MONEY_BACK)


async def test_a_refund_of_a_payment_known_by_our_id_alone() -> None:
    steps = scripted((LIST, listed(intent())), (REFUND, json_reply(REFUNDED, 201)))
    async with gateway(steps) as (found, server):
        await found.refund(replace(MONEY_BACK, payment_gateway_id=None))
    assert json.loads(server.heard[2].body)["payment_intent_id"] == INTENT


async def test_a_refund_of_nothing_is_not_sent() -> None:
    async with gateway(scripted((LIST, listed()))) as (found, _server):
        with pytest.raises(NotSent) as caught:
            await found.refund(replace(MONEY_BACK, payment_gateway_id=None))
    assert caught.value.code == "payment_not_found"


async def test_asks_for_a_refund_by_its_id_or_among_its_payments() -> None:
    settled = json_reply(golden("airwallex/refund_create.json", status="SETTLED"))
    async with gateway(scripted((f"{REFUNDS}/rfd_1", settled), (REFUNDS, listed(REFUNDED)))) as (found, _server):
        by_id = await found.query_refund(RefundRef("R1", "rfd_1"))
        by_key = await found.query_refund(RefundRef("R1", None, INTENT, MONEY_BACK.request_id))
    assert by_id.status is ReportedRefund.SUCCEEDED
    assert by_key.status is ReportedRefund.PROCESSING


@pytest.mark.parametrize(
    "ref, step",
    [
        (RefundRef("R1", "rfd_1"), (f"{REFUNDS}/rfd_1", error("resource_not_found"))),
        (RefundRef("R1", None, INTENT), (REFUNDS, listed(REFUNDED))),
    ],
)
async def test_a_refund_that_is_not_found_is_an_answer(ref: RefundRef, step: tuple[str, Action]) -> None:
    async with gateway(scripted(step)) as (found, _server):
        assert (await found.query_refund(ref)).status is ReportedRefund.NOT_FOUND


async def test_a_refund_that_cannot_be_named_or_sought_is_no_answer() -> None:
    async with gateway(scripted((REFUNDS, listed(more=True)))) as (found, _server):
        with pytest.raises(NotSent):
            await found.query_refund(RefundRef("R1"))
        with pytest.raises(OutcomeUnknown):
            await found.query_refund(RefundRef("R1", None, INTENT))


# --- the rest


async def test_check_logs_in_and_touches_no_payment() -> None:
    async with gateway(scripted()) as (found, server):
        await found.check()
    assert server.targets() == [LOGIN]


@pytest.mark.parametrize("name", ["secret", "client_id"])
def test_credentials_are_checked_before_anything_is_sent(name: str) -> None:
    with pytest.raises(SettingsError):
        AirwallexGateway(replace(settings("airwallex", "https://gw.test"), **{name: ""}))


async def test_the_canary_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    scripts: list[Script] = [scripted(*[(CREATE, action)] * 4) for action in LOST.values()]
    scripts += [always(action) for action, _, _ in BAD_LOGINS.values()]
    for script in scripts:
        async with gateway(script) as (found, _server):
            with pytest.raises(GatewayError) as caught:
                await found.create(ATTEMPT)
            texts += [*traceback.format_exception(caught.value), repr(caught.value.__dict__)]
    everything = "\n".join(texts + [record.getMessage() for record in caplog.records])
    assert "/payment_intents/create" in everything
    for secret in (SECRET, "token-1", "your_client_secret"):
        assert secret not in everything
