"""How long a CBTIS token is believed to live."""

from __future__ import annotations

import pytest

from posapp.gateways.cbtis.auth import DEFAULT_LIFE_S, LONGEST_LIFE_S, CbtisLogin
from posapp.gateways.http import GatewayHttp
from posapp.gateways.token import MIN_LIFE_S
from tests.unit.gateways.line_server import LineServer, always, json_reply
from tests.unit.gateways.samples import golden, settings

pytestmark = pytest.mark.anyio


async def life_of(body: object) -> float:
    async with LineServer(always(json_reply(body))) as server:
        http = GatewayHttp(server.url, "rid")
        lease = await CbtisLogin(http, settings("cbtis", server.url)).fetch()
        await http.aclose()
    return lease.life_s


async def test_the_documented_reply() -> None:
    assert await life_of(golden("cbtis/login.json")) == 3600


@pytest.mark.parametrize(
    "given, expected",
    [
        (7200, 7200),
        ("7200", 7200),
        (7200.5, 7200.5),
        (0, MIN_LIFE_S),
        (-5, MIN_LIFE_S),
        (10**9, LONGEST_LIFE_S),
        (10**39, LONGEST_LIFE_S),
        ("9" * 13, DEFAULT_LIFE_S),
        ("soon", DEFAULT_LIFE_S),
        ("٣٦٠٠", DEFAULT_LIFE_S),
        (True, DEFAULT_LIFE_S),
        ([], DEFAULT_LIFE_S),
        (None, DEFAULT_LIFE_S),
    ],
)
async def test_is_clamped_to_what_can_be_believed(given: object, expected: float) -> None:
    assert await life_of({"access_token": "t", "expires_in": given}) == expected


async def test_is_the_documented_default_where_none_is_given() -> None:
    assert await life_of({"access_token": "t"}) == DEFAULT_LIFE_S
