"""A client with a failed tunnel is replaced, and closed once nobody uses it any more."""

from __future__ import annotations

import httpx
import pytest

from posapp.gateways.connections import Connections
from posapp.gateways.failures import Progress

pytestmark = pytest.mark.anyio


def failed_tunnel() -> Progress:
    return Progress("gateway.test", connecting=True, proxied=True, tunnelling=True, handshaking=True)


async def test_a_sound_client_is_used_again() -> None:
    connections = Connections(httpx.AsyncClient)
    async with connections.client(Progress()) as first, connections.client(Progress(sent=True)) as second:
        assert first is second
    async with connections.client(Progress()) as third:
        assert third is first
    await connections.aclose()
    assert first.is_closed


async def test_a_call_in_flight_on_a_spoilt_client_is_not_torn_away() -> None:
    connections = Connections(httpx.AsyncClient)
    async with connections.client(Progress()) as old:
        async with connections.client(failed_tunnel()) as same:
            assert same is old
        async with connections.client(Progress()) as new:
            assert new is not old
        assert not old.is_closed
    assert old.is_closed
    assert not new.is_closed
    await connections.aclose()
    assert new.is_closed


async def test_two_failures_on_one_client_make_one_new_one() -> None:
    made: list[httpx.AsyncClient] = []

    def make() -> httpx.AsyncClient:
        made.append(httpx.AsyncClient())
        return made[-1]

    connections = Connections(make)
    async with connections.client(failed_tunnel()), connections.client(failed_tunnel()):
        pass
    assert len(made) == 2
    await connections.aclose()
    assert all(client.is_closed for client in made)


async def test_after_the_end_nothing_new_is_made() -> None:
    connections = Connections(httpx.AsyncClient)
    async with connections.client(failed_tunnel()) as client:
        await connections.aclose()
    async with connections.client(Progress()) as same:
        assert same is client
        assert same.is_closed
