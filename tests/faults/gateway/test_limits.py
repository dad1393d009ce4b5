"""A gateway that wants fewer questions or other tokens: what it says is honoured, capped, and never makes a storm."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.gateways.airwallex.auth import AirwallexLogin
from posapp.gateways.cbtis.auth import CbtisLogin
from posapp.gateways.errors import AuthFailed, RateLimited
from posapp.gateways.http import GatewayHttp
from posapp.gateways.settings import GatewaySettings
from posapp.gateways.token import MIN_LIFE_S
from posapp.services.poll_schedule import PollClass
from tests.scripted_gateway import http_5xx, rate_limited

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Flow
    from tests.faults.gateway.live_till import LiveTill
    from tests.unit.services.bench import Bench

pytestmark = [pytest.mark.xdist_group("faults-gateway")]

S = AttemptState
MANY = 50


def test_g2_a_gateway_in_trouble_is_asked_less_and_less_often(bench: Bench) -> None:
    bench.watch()
    attempt = bench.charge_and_show()
    bench.gateway.weather["query"] = http_5xx()
    bench.let_pass(600)
    calls = bench.gateway.queries(attempt.merchant_order_id)
    assert len(calls) < 80, "healthy it would be asked 200 times and more"
    pauses = [later.began - earlier.ended for earlier, later in pairwise(calls)]
    assert min(pauses) >= 1.0
    assert bench.attempt(attempt.merchant_order_id) == attempt
    bench.truth.pay(attempt.merchant_order_id)
    bench.gateway.weather.clear()
    bench.let_pass(31)
    assert bench.attempt(attempt.merchant_order_id).state is S.SUCCEEDED


# --- 429 -------------------------------------------------------------------------------------------------

IN_50_S = object()
ADVICE: dict[str, tuple[object, float, float]] = {
    "seconds": ("7", 7, 7),
    "zero": ("0", 0, 0),
    "a date": (IN_50_S, 50, 50),
    "a date long ago": ("Thu, 01 Jan 1970 00:00:00 GMT", 5, 50),
    "more than the cap": ("3600", 60, 600),
    "absurd": ("99999999999999999999", 5, 50),
    "beyond a day": ("86401", 5, 50),
    "negative": ("-5", 5, 50),
    "a fraction": ("1.5", 5, 50),
    "words": ("soon", 5, 50),
    "Arabic digits": ("٧", 5, 50),
    "empty": ("", 5, 50),
    "none": (None, 5, 50),
}
"""What the gateway says, and how many seconds a shown code and all the others wait then."""


@pytest.mark.anyio
async def test_g3_every_kind_of_retry_after_is_honoured_up_to_a_cap(till: LiveTill) -> None:
    attempt = await till.charge()
    for case, (advice, shown_s, others_s) in ADVICE.items():
        gate = till.services.health.slow_down
        gate.until = gate.shown_until = gate.extra_s = 0.0
        said = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True) if advice is IN_50_S else advice
        till.rule(attempt, "query", "status", status=429, **({} if said is None else {"retry_after": said}))
        assert isinstance(await till.asked_in_vain(attempt), RateLimited)
        now = asyncio.get_running_loop().time()
        assert gate.wait_s(PollClass.SHOWN, now) == pytest.approx(shown_s, abs=3), case
        assert gate.wait_s(PollClass.BACKGROUND, now) == pytest.approx(others_s, abs=3), case
        assert gate.extra_s == 5.0
        assert till.now(attempt) == attempt


@pytest.mark.anyio
async def test_g3_one_gate_closes_for_all_orders_whoever_heard_it(till: LiveTill) -> None:
    """A person's own question hears the 429; the watcher with its five orders keeps quiet too."""
    attempts = [await till.charge() for _ in range(5)]
    till.rule(attempts[0], "query", "status", status=429, retry_after=30)
    await till.asked_in_vain(attempts[0])
    before = till.requests("query")
    watching = till.services.start()
    await asyncio.sleep(0.6)
    assert till.requests("query") == before
    watching.cancel()


def test_g3_fifty_orders_wait_together_and_five_seconds_longer_afterwards(bench: Bench) -> None:
    for _ in range(MANY):
        bench.charge()
    bench.watch()
    bench.let_pass(60)
    bench.gateway.next("query", rate_limited(120.0))
    bench.let_pass(0.6)
    began = bench.loop.time()
    bench.let_pass(118)
    assert [call for call in bench.gateway.queries() if call.began > began + 0.1] == []
    bench.let_pass(60)
    calls = [call for call in bench.gateway.queries() if call.began > began + 0.1]
    assert {call.ref for call in calls} == set(bench.truth.payments)
    assert len(calls) <= 2 * 60 + 2, "and no burst beyond the budget"


# --- 401 -------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_g4_fifty_waiters_share_one_new_login_and_one_replay_each(
    till: LiveTill, figure: Callable[[str], None]
) -> None:
    attempts = [await till.charge() for _ in range(MANY)]
    for attempt in attempts:
        till.pay(attempt)
    logins, asked = till.requests("auth"), till.requests("query")
    till.login_again()
    await asyncio.gather(*(till.ask(attempt) for attempt in attempts))
    assert {till.now(attempt).state for attempt in attempts} == {S.SUCCEEDED}
    assert till.requests("auth") - logins == 1
    replays = till.requests("query") - asked - MANY
    assert 1 <= replays <= MANY
    figure(f"{till.provider}: token ended under {MANY} questions, 1 login, {replays} replays")


@pytest.mark.anyio
async def test_g4_a_second_401_is_said_and_is_no_storm(till: LiveTill) -> None:
    attempts = [await till.charge() for _ in range(MANY)]
    name = "access_token" if till.provider == "cbtis" else "token"
    till.rule(None, "auth", "patch", set={name: "x" * 84}, times=0)
    till.login_again()
    logins, asked = till.requests("auth"), till.requests("query")
    for _ in range(3):
        errors = await asyncio.gather(*(till.asked_in_vain(attempt) for attempt in attempts))
        assert {(type(error), error.code) for error in errors} == {(AuthFailed, "credentials_rejected")}
    assert till.requests("auth") - logins <= 2
    assert till.requests("query") - asked <= 2 * MANY
    assert {till.now(attempt).state for attempt in attempts} == {S.PENDING}


# --- how long a token lives ------------------------------------------------------------------------------

LIVES: list[object] = [0, -1, -1e9, 1e9, 10**30, 0.5, "0", "-1", "3600", "soon", "", None, True, [], {}, "9" * 40]
ENDS: list[object] = [
    "1970-01-01T00:00:00+0000",
    "9999-12-31T23:59:59+0000",
    "2026-13-40T00:00:00+0000",
    "soon",
    "",
    None,
    0,
    True,
    [],
]


def settings_of(till: LiveTill, flow: Flow) -> GatewaySettings:
    keys = till.sandbox.cbtis if till.provider == "cbtis" else till.sandbox.airwallex
    return GatewaySettings(
        provider=till.provider,
        base_url=till.sandbox.base_url,
        flow=flow,
        secret=keys["secret"],
        uid=keys.get("uid", ""),
        client_id=keys.get("client_id", ""),
    )


@pytest.mark.anyio
async def test_g5_an_odd_lifetime_is_clamped_and_never_makes_a_loop(till: LiveTill) -> None:
    attempt = await till.charge()
    name, values = ("expires_in", LIVES) if till.provider == "cbtis" else ("expires_at", ENDS)
    settings = settings_of(till, attempt.flow)
    longest = 86_400.0 if till.provider == "cbtis" else 1800.0
    async with AsyncExitStack() as stack:
        http = GatewayHttp(settings.base_url, "rid")
        stack.push_async_callback(http.aclose)
        login = CbtisLogin(http, settings) if till.provider == "cbtis" else AirwallexLogin(http, settings)
        for value in values:
            till.rule(None, "auth", "patch", set={name: value})
            assert MIN_LIFE_S <= (await login.fetch()).life_s <= longest, repr(value)
        till.rule(None, "auth", "patch", remove=[name])
        assert MIN_LIFE_S <= (await login.fetch()).life_s <= longest


@pytest.mark.anyio
async def test_g5_a_token_said_to_be_dead_at_birth_serves_until_it_is_refused(till: LiveTill) -> None:
    name, dead = ("expires_in", 0) if till.provider == "cbtis" else ("expires_at", "1970-01-01T00:00:00+0000")
    till.rule(None, "auth", "patch", set={name: dead}, times=0)
    attempt = await till.charge()
    for _ in range(20):
        await till.ask(attempt)
    assert till.requests("auth") == 1
    till.login_again()
    assert (await till.ask(attempt)).state is S.PENDING
    assert till.requests("auth") == 2


@pytest.mark.anyio
async def test_g5_a_token_that_ends_early_costs_one_login(till: LiveTill) -> None:
    attempt = await till.charge()
    for number in range(3):
        till.rule(attempt, "query", "expired_token")
        assert (await till.ask(attempt)).state is S.PENDING
        assert till.requests("auth") == 2 + number
