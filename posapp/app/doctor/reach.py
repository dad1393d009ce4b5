"""One request to the gateway without credentials: does it answer, how fast, and what is its clock?"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reached:
    """The gateway answered, whatever it said.

    Attributes:
        status: HTTP status.
        seconds: From the start to the whole answer, connecting included.
        its_clock: UTC by its Date header; None where it sent none that can be read.
        our_clock: UTC of this computer at the middle of the exchange.
    """

    status: int
    seconds: float
    its_clock: datetime | None
    our_clock: datetime


def reach(base_url: str) -> Reached:
    """Ask for the address itself, the way every other call goes: same proxy, same TLS, same deadline.

    Raises:
        SettingsError: Where the address, the proxy or the CA file cannot be used.
        GatewayError: Where no answer came.
    """
    return asyncio.run(_reach(base_url))


async def _reach(base_url: str) -> Reached:
    from posapp.gateways.exchange import Call
    from posapp.gateways.http import ASK_S, GatewayHttp, deadline_in

    http = GatewayHttp(base_url, "")
    began, at = time.perf_counter(), datetime.now(UTC)
    try:
        reply = await http.send(Call("GET", "/", ref="doctor"), deadline_in(ASK_S))
    finally:
        await http.aclose()
    seconds = time.perf_counter() - began
    return Reached(reply.status, round(seconds, 4), reply.told_time(), at + (datetime.now(UTC) - at) / 2)


def host_of(base_url: str) -> str:
    """Return the host that an address names."""
    return urlsplit(base_url).hostname or ""


def port_of(base_url: str) -> int:
    """Return the port that an address means."""
    parts = urlsplit(base_url)
    return parts.port or (443 if parts.scheme == "https" else 80)
