"""How long an Airwallex token is believed to live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from posapp.gateways.airwallex.auth import LIFE_S, AirwallexLogin
from posapp.gateways.http import GatewayHttp
from posapp.gateways.token import MIN_LIFE_S
from tests.unit.gateways.line_server import LineServer, always, json_reply
from tests.unit.gateways.samples import settings

pytestmark = pytest.mark.anyio

THEIR_CLOCK = "Tue, 12 May 2026 00:00:00 GMT"


async def life_of(expires_at: object, date: str | None = THEIR_CLOCK) -> float:
    headers = {"Date": date} if date else None
    async with LineServer(always(json_reply({"token": "t", "expires_at": expires_at}, 201, headers))) as server:
        http = GatewayHttp(server.url, "trace_id")
        lease = await AirwallexLogin(http, settings("airwallex", server.url)).fetch()
        await http.aclose()
    assert lease.token == "t"
    return lease.life_s


@pytest.mark.parametrize(
    "expires_at, expected",
    [
        ("2026-05-12T00:20:00+0000", 1200),
        ("2026-05-12T08:20:00+08:00", 1200),
        ("2026-05-12T00:30:00+0000", LIFE_S),
        ("2026-05-12T09:00:00+0000", LIFE_S),
        ("2026-05-12T00:00:01+0000", MIN_LIFE_S),
        ("2026-05-11T00:00:00+0000", MIN_LIFE_S),
        ("0001-01-01T00:00:00+0000", MIN_LIFE_S),
        ("9999-12-31T23:59:59+0000", LIFE_S),
        ("soon", LIFE_S),
        (5, LIFE_S),
        (None, LIFE_S),
    ],
)
async def test_is_measured_on_the_gateways_own_clock_and_clamped(expires_at: object, expected: float) -> None:
    assert await life_of(expires_at) == expected


@pytest.mark.parametrize("date", [None, "today", "Tue, 99 May 2026 00:00:00 GMT"])
async def test_is_measured_on_our_clock_where_the_gateway_sends_none(date: str | None) -> None:
    in_ten_minutes = datetime.now(UTC) + timedelta(minutes=10)
    assert 590 < await life_of(in_ten_minutes.strftime("%Y-%m-%dT%H:%M:%S+0000"), date) <= 600
