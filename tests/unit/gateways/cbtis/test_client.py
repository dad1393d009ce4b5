"""The CBTIS adapter against a scripted server: one POST, doubts, tokens, refusals, secrets."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import Flow, Payer
from posapp.gateways.base import AttemptRef, RefundRef, ReportedRefund, ReportedStatus
from posapp.gateways.cbtis.client import CbtisGateway
from posapp.gateways.errors import (
    AuthFailed,
    GatewayError,
    Malformed,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from posapp.gateways.settings import SettingsError
from tests.unit.gateways.line_server import Action, Heard, LineServer, Script, hang_up, json_reply, raw, reply, silence
from tests.unit.gateways.samples import SECRET, attempt, golden, refund, settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from tests.conftest import ExpectedWarnings

pytestmark = pytest.mark.anyio

LOGIN = "GET /mch-api/v1/auth"
CREATE = "POST /mch-api/v1/pa/payment_intents/create"
QUERY = "POST /mch-api/v1/pa/payment_intents/query"
REF = AttemptRef("P9297895081903")
CREATED = json_reply(golden("cbtis/create_qrcode.json"))
PAID = json_reply(golden("cbtis/query_succeeded.json"))


def no(code: int, message: str = "?") -> dict[str, object]:
    return {"code": code, "data": None, "message": message, "rid": "rid-1"}


def after_login(script: Script) -> Script:
    """Answer every login with a new token, everything else by the script."""
    logins = 0

    def answer(heard: Heard) -> Action:
        nonlocal logins
        if heard.path == "/mch-api/v1/auth":
            logins += 1
            return json_reply({"access_token": f"token-{logins}", "expires_in": 3600})
        return script(heard)

    return answer


@asynccontextmanager
async def gateway(script: Script, *, login: bool = True) -> AsyncGenerator[tuple[CbtisGateway, LineServer]]:
    async with LineServer(after_login(script) if login else script) as server:
        found = CbtisGateway(settings("cbtis", server.url))
        try:
            yield found, server
        finally:
            await found.aclose()


async def failure(script: Script, *, login: bool = True, ask: bool = False) -> tuple[GatewayError, list[str]]:
    async with gateway(script, login=login) as (found, server):
        with pytest.raises(GatewayError) as caught:
            await (found.query(REF) if ask else found.create(attempt()))
        return caught.value, server.targets()


# --- create


async def test_logs_in_creates_and_asks() -> None:
    async with gateway(lambda heard: CREATED if heard.path.endswith("create") else PAID) as (found, server):
        created = await found.create(attempt())
        state = await found.query(AttemptRef("P9297895081903", created.gateway_id))
    assert created.gateway_id == state.gateway_id == "C991289984923795789123"
    assert state.status is ReportedStatus.SUCCEEDED
    assert server.targets() == [LOGIN, CREATE, QUERY]
    assert server.heard[0].target.endswith(f"?grant_type=client_credentials&uid=39172931&client_secret={SECRET}")
    assert server.heard[1].headers["authorization"] == "Bearer token-1"
    assert json.loads(server.heard[1].body)["merchant_order_id"] == "P9297895081903"


async def test_a_create_has_a_connection_of_its_own_that_nobody_can_have_closed_meanwhile() -> None:
    async with gateway(lambda heard: CREATED if heard.path.endswith("create") else PAID) as (found, server):
        await found.query(REF)
        await found.create(attempt())
        await found.query(REF)
    assert [heard.connection for heard in server.heard] == [1, 1, 2, 1]  # login, query, create, query


LOST = {
    "closed": hang_up(),
    "reset": hang_up(reset=True),
    "cut": raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"code":'),
    "500": json_reply(no(1), 500),
    "502 HTML": reply(b"<html>", 502, "text/html"),
    "503": reply(b"", 503),
    "504": reply(b"", 504),
    "409": json_reply(no(1), 409),
    "409 success": json_reply(no(0), 409),
    "unknown code": json_reply(no(1)),
    "used id": json_reply(no(30001, "merchant_order_id was used before")),
    "bare 400": reply(b"", 400, None),
    "400 HTML": reply(b"<html>", 400, "text/html"),
    "404 HTML": reply(b"<html>", 404, "text/html"),
    "portal": reply(b"<html>Sign in</html>", 200, "text/html"),
    "redirect": reply(b"", 302, headers={"Location": "https://portal.example/"}),
    "truncated JSON": reply(b'{"code":0,"data":{'),
    "NaN": reply(b'{"code":NaN}'),
    "duplicate key": reply(b'{"code":0,"code":0}'),
    "empty": reply(b""),
    "data missing": json_reply({"code": 0, "message": "ok", "rid": "rid-1"}),
    "data null": json_reply(no(0)),
    "data a list": json_reply({"code": 0, "data": []}),
    "code a text": json_reply({"code": "0", "data": {}}),
    "no id": json_reply(golden("cbtis/create_qrcode.json", order_id=None)),
}


@pytest.mark.parametrize("name", LOST)
async def test_a_create_in_doubt_is_unknown_and_posted_once(name: str, expected_warnings: ExpectedWarnings) -> None:
    if name in ("unknown code", "used id"):
        expected_warnings.expect(r"P9297895081903: unknown code \d+ with HTTP 200, rid rid-1")
    error, targets = await failure(lambda _heard: LOST[name])
    assert isinstance(error, OutcomeUnknown)
    assert targets == [LOGIN, CREATE]


@pytest.mark.parametrize(
    "status, body, code",
    [
        (400, no(7, "bad amount"), "7"),
        (403, no(8), "8"),
        (404, no(9), "9"),
        (422, no(10), "10"),
        (200, no(20007, "currency is not supported: must be one of HKD"), "20007"),
    ],
)
async def test_a_definite_no_is_final(status: int, body: Mapping[str, object], code: str) -> None:
    error, targets = await failure(lambda _heard: json_reply(body, status))
    assert isinstance(error, Refused)
    assert (error.code, error.support_id, error.http_status) == (code, "rid-1", status)
    assert error.message == body["message"]
    assert targets == [LOGIN, CREATE]


async def test_a_create_answered_with_401_is_not_repeated_but_renews_the_token_for_later() -> None:
    def script(heard: Heard) -> Action:
        return json_reply(no(1), 401) if heard.headers["authorization"] == "Bearer token-1" else CREATED

    async with gateway(script) as (found, server):
        with pytest.raises(AuthFailed) as caught:
            await found.create(attempt())
        assert caught.value.sent
        await found.create(attempt(merchant_order_id="P2"))
    assert server.targets() == [LOGIN, CREATE, LOGIN, CREATE]


async def test_a_create_asked_too_often_carries_the_advice() -> None:
    error, targets = await failure(lambda _heard: json_reply(no(1), 429, {"Retry-After": "9"}))
    assert isinstance(error, RateLimited)
    assert (error.retry_after_s, error.sent, error.support_id) == (9.0, True, "rid-1")
    assert targets == [LOGIN, CREATE]


@pytest.mark.parametrize(
    "flow, payer, amount, code",
    [
        (Flow.MOBILE_WEB, None, ("1", "HKD"), "flow_unsupported"),
        (Flow.MINI_PROGRAM, None, ("1", "HKD"), "payer_missing"),
        (Flow.QRCODE, None, ("1.50", "TWD"), "amount_decimals"),
    ],
)
async def test_what_cannot_be_asked_for_sends_nothing_at_all(
    flow: Flow, payer: Payer | None, amount: tuple[str, str], code: str
) -> None:
    async with gateway(lambda _heard: CREATED) as (found, server):
        with pytest.raises(NotSent) as caught:
            await found.create(attempt(flow=flow, payer=payer, amount=amount[0], currency=amount[1]))
    assert caught.value.code == code
    assert server.heard == []


# --- the login in front of a create


BAD_LOGINS: dict[str, tuple[Action, type[GatewayError], str]] = {
    "401": (json_reply(no(1), 401), AuthFailed, "credentials_rejected"),
    "403": (reply(b"", 403, None), AuthFailed, "credentials_rejected"),
    "envelope": (json_reply(no(10001)), AuthFailed, "credentials_rejected"),
    "400": (json_reply({"error": "x"}, 400), AuthFailed, "credentials_rejected"),
    "429": (json_reply({}, 429, {"Retry-After": "5"}), RateLimited, "http_429"),
    "500": (reply(b"", 500), NotSent, "http_500"),
    "closed": (hang_up(), NotSent, "cut_off"),
    "portal": (reply(b"<html>", 200, "text/html"), NotSent, "captive_portal"),
    "redirect": (reply(b"", 302), NotSent, "redirected"),
    "no token": (json_reply({}), NotSent, "token_unusable"),
    "number": (json_reply({"access_token": 5}), NotSent, "token_unusable"),
    "header injection": (json_reply({"access_token": "a\r\nX: 1"}), NotSent, "token_unusable"),
    "not ASCII": (json_reply({"access_token": "é"}), NotSent, "token_unusable"),
    "endless": (json_reply({"access_token": "a" * 9000}), NotSent, "token_unusable"),
    "contradiction": (json_reply({"access_token": "a"}, 404), NotSent, "login_status"),
}


@pytest.mark.parametrize("name", BAD_LOGINS)
async def test_a_failed_login_means_that_the_create_was_not_sent(name: str) -> None:
    action, kind, code = BAD_LOGINS[name]
    error, targets = await failure(lambda _heard: action, login=False)
    assert type(error) is kind
    assert error.code == code
    assert not getattr(error, "sent", False)
    assert set(targets) == {LOGIN}


@pytest.mark.parametrize("life", [0, -1, 1e9, "3600", "soon", None, True, [], 10**30])
async def test_a_strange_life_of_a_token_makes_no_login_storm(life: object) -> None:
    def script(heard: Heard) -> Action:
        if heard.path == "/mch-api/v1/auth":
            return json_reply({"access_token": "t", "expires_in": life})
        return PAID

    async with gateway(script, login=False) as (found, server):
        for _ in range(5):
            await found.query(REF)
    assert server.targets().count(LOGIN) == 1


# --- query


async def test_a_token_that_ends_early_is_renewed_once_for_fifty_questions() -> None:
    def script(heard: Heard) -> Action:
        return json_reply(no(1), 401) if heard.headers["authorization"] == "Bearer token-1" else PAID

    async with gateway(script) as (found, server):
        states = await asyncio.gather(*(found.query(REF) for _ in range(50)))
    assert all(state.status is ReportedStatus.SUCCEEDED for state in states)
    assert server.targets().count(LOGIN) == 2


async def test_credentials_rejected_twice_make_no_storm() -> None:
    async with gateway(lambda _heard: json_reply(no(1), 401)) as (found, server):
        with pytest.raises(AuthFailed) as caught:
            await found.query(REF)
        assert caught.value.sent
        for _ in range(20):
            with pytest.raises(AuthFailed):
                await found.query(REF)
    assert server.targets() == [LOGIN, QUERY, LOGIN, QUERY]


@pytest.mark.parametrize("status, body", [(404, no(9)), (200, no(30002, "order not found"))], ids=["404", "known code"])
async def test_not_found_is_an_answer(status: int, body: object) -> None:
    async with gateway(lambda _heard: json_reply(body, status)) as (found, _server):
        state = await found.query(REF)
    assert state.status is ReportedStatus.NOT_FOUND
    assert state.support_id == "rid-1"


@pytest.mark.parametrize("name", [*LOST, "400", "403"])
async def test_no_other_answer_is_a_state(name: str, expected_warnings: ExpectedWarnings) -> None:
    if name in ("unknown code", "used id"):
        expected_warnings.expect("unknown code")
    action = LOST.get(name) or json_reply(no(9), int(name))
    if name == "no id":
        action = json_reply(golden("cbtis/query_succeeded.json", order_id=5))
    error, _targets = await failure(lambda _heard: action, ask=True)
    assert isinstance(error, OutcomeUnknown)


async def test_429_on_a_question_carries_the_advice() -> None:
    error, _targets = await failure(lambda _heard: json_reply(no(1), 429), ask=True)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s is None


async def test_a_malformed_answer_keeps_its_support_handle() -> None:
    error, _targets = await failure(lambda _heard: json_reply(golden("cbtis/create_qrcode.json", order_id=5)))
    assert isinstance(error, Malformed)
    assert error.support_id == "3647575c0e1049439e484a231864da2c"


# --- the rest


async def test_there_is_no_cancel() -> None:
    async with gateway(lambda _heard: PAID) as (found, server):
        with pytest.raises(Refused) as caught:
            await found.cancel(REF)
    assert caught.value.code == "cancel_unsupported"
    assert server.heard == []


async def test_refunds_once_and_asks_by_our_id() -> None:
    done = json_reply(golden("cbtis/refund_create.json"))
    async with gateway(lambda _heard: done) as (found, server):
        assert (await found.refund(refund())).status is ReportedRefund.SUCCEEDED
        assert (await found.query_refund(RefundRef("R9297895081903"))).status is ReportedRefund.SUCCEEDED
    assert server.targets()[1:] == ["POST /mch-api/v1/pa/refunds/create", "POST /mch-api/v1/pa/refunds/query"]


async def test_a_refund_in_doubt_is_posted_once() -> None:
    async with gateway(lambda _heard: hang_up()) as (found, server):
        with pytest.raises(OutcomeUnknown):
            await found.refund(refund())
    assert server.targets() == [LOGIN, "POST /mch-api/v1/pa/refunds/create"]


async def test_a_refund_that_is_not_found_is_an_answer() -> None:
    async with gateway(lambda _heard: json_reply(no(40002, "refund not found"))) as (found, _server):
        assert (await found.query_refund(RefundRef("R1"))).status is ReportedRefund.NOT_FOUND


async def test_check_logs_in_anew_and_touches_no_payment() -> None:
    async with gateway(lambda _heard: PAID) as (found, server):
        await found.check()
        await found.check()
    assert server.targets() == [LOGIN, LOGIN]


async def test_check_says_what_is_wrong() -> None:
    async with gateway(lambda _heard: json_reply(no(1), 401), login=False) as (found, _server):
        with pytest.raises(AuthFailed):
            await found.check()


async def test_a_stalled_login_does_not_hold_up_closing() -> None:
    arrived = asyncio.Event()

    def script(_heard: Heard) -> Action:
        arrived.set()
        return silence()

    async with gateway(script, login=False) as (found, _server):
        waiting = asyncio.create_task(found.query(REF))
        await arrived.wait()
        await found.aclose()
        result = (await asyncio.gather(waiting, return_exceptions=True))[0]
        assert isinstance(result, BaseException)


@pytest.mark.parametrize("name, value", [("secret", ""), ("secret", "a b"), ("uid", ""), ("uid", "é")])
def test_credentials_are_checked_before_anything_is_sent(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        CbtisGateway(replace(settings("cbtis", "https://gw.test"), **{name: value}))


# --- secrets


async def test_the_canary_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    for action in (*LOST.values(), *(action for action, _, _ in BAD_LOGINS.values())):
        for login in (True, False):
            async with gateway(lambda _heard, action=action: action, login=login) as (found, _server):
                try:
                    await found.create(attempt())
                except GatewayError as exc:
                    texts += [*traceback.format_exception(exc), repr(exc), repr(exc.__dict__)]
    lines = [record.getMessage() for record in caplog.records]
    assert texts
    assert lines
    everything = "\n".join(texts + lines)
    assert SECRET not in everything
    assert "token-1" not in everything


@pytest.fixture(autouse=True)
def expected_in_the_canary_run(request: pytest.FixtureRequest, expected_warnings: ExpectedWarnings) -> None:
    if request.node.name.startswith("test_the_canary"):
        expected_warnings.expect("unknown code")


async def test_our_secret_in_an_answer_goes_no_further() -> None:
    secret = settings("cbtis", "http://127.0.0.1:1").secret
    error, _ = await failure(lambda _heard: json_reply(no(20004, f"client_secret={secret} is wrong"), 400))
    assert secret not in error.message
    assert "***" in error.message
