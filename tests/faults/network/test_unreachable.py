"""N1 to N3: no way to the gateway. Known as not sent, said at once, and the same id may go again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from tests.e2e.conftest import STRIPPED
from tests.e2e.till import Till
from tests.faults.network.live_till import live_till
from tests.faults.network.namespace import name_servers, own_network
from tests.faults.network.proxy import RESET, FaultProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tests.e2e.child import Child, Ended
    from tests.e2e.sandbox_process import SandboxProcess

    MakeTill = Callable[..., Till]

pytestmark = pytest.mark.xdist_group("faults-network")

ELSEWHERE = "192.0.2.7"
CONNECT_S = 3.0
SOON_S = 1.0
END_S = 4.0
"""A Python that ends on a busy machine; the resolver would hold it up for seven more."""
SOME_OF_A_HANDSHAKE = b"\x16\x03\x03\x40\x00\x02"


@dataclass
class Charge:
    """A charge that could not be sent: how it ended, and how many seconds after its start it was known, and over."""

    ended: Ended
    known: float
    over: float

    def assert_not_sent(self, problem: str) -> None:
        """Check that this was why, and that nothing else is said."""
        assert (self.ended.code, self.ended.names) == (1, ["attempt", "state NOT_SENT", "final"])
        assert (self.ended.last["problem"], self.ended.last["standing"]) == (problem, "REFUSED")

    def assert_after_the_connect_limit(self) -> None:
        """Check that it was given up in time, and that the program had nothing more to wait for."""
        # Some may have begun to wait a little before the time was taken.
        assert CONNECT_S / 3 < self.known < CONNECT_S + SOON_S
        assert self.over < self.known + END_S


def heard(child: Child, began: float) -> Charge:
    """Wait for the word and for the end of a charge."""
    child.until("state", "NOT_SENT")
    known = time.monotonic() - began
    return Charge(child.end(), known, time.monotonic() - began)


def charged(till: Till) -> Charge:
    """Charge; the time counts from the first line, before which the program only starts."""
    child = till.charge()
    child.until("attempt")
    return heard(child, time.monotonic())


def pointed_at(make_till: MakeTill, sandbox: SandboxProcess, url: str) -> Till:
    """Make a till whose gateway is elsewhere."""
    till = make_till()
    till.reconfigure(sandbox.base_url, url)
    return till


@contextlib.contextmanager
def deaf() -> Generator[str]:
    """Run a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"https://localhost:{server.getsockname()[1]}"


async def dripping_handshake(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the greeting of TLS with one byte now and then."""
    while True:
        for number in range(len(SOME_OF_A_HANDSHAKE)):
            writer.write(SOME_OF_A_HANDSHAKE[number : number + 1])
            await writer.drain()
            await asyncio.sleep(0.4)


@pytest.fixture(scope="module")
def slow(sandbox_process: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Charge]:
    """Run at once, in a network of their own, the charges that take the connect limit to be known; by their fault."""
    folder = tmp_path_factory.mktemp("slow")
    env = {name: value for name, value in os.environ.items() if name not in STRIPPED}
    tills: dict[str, Till] = {}
    try:
        with own_network() as net, deaf() as silent, FaultProxy(silent, greeting=dripping_handshake) as dripping:
            for address in (ELSEWHERE, *name_servers()):
                if not address.startswith("127."):
                    net.answer_for(address)
            net.rules("udp dport 53 drop", "tcp dport 53 drop", f"ip daddr {ELSEWHERE} drop")
            urls = {
                "name server": "https://gateway.example",
                "syn": f"https://{ELSEWHERE}",
                "handshake": silent,
                "drip": f"https://localhost:{dripping.port}",
            }
            for fault, url in urls.items():
                tills[fault] = Till.at(sandbox_process, folder / fault, env, "cbtis")
                tills[fault].reconfigure(sandbox_process.base_url, url)
            children = {fault: till.charge() for fault, till in tills.items()}
            for child in children.values():
                child.until("attempt")
            began = time.monotonic()
            with ThreadPoolExecutor(len(children)) as readers:  # each is timed by itself
                charges = readers.map(heard, children.values(), repeat(began))
                return dict(zip(children, charges, strict=True))
    finally:
        for till in tills.values():
            till.close()
        assert [word for till in tills.values() for word in (*till.leaks(), *till.rants())] == []


# --- N1


def test_n1_without_a_route_it_is_known_within_a_second(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    till = pointed_at(make_till, sandbox, f"https://{ELSEWHERE}")
    with own_network():
        charge = charged(till)
    charge.assert_not_sent("no_route")
    assert charge.known < SOON_S


def test_n1_a_name_that_nobody_can_resolve_is_said_within_a_second(
    make_till: MakeTill, sandbox: SandboxProcess
) -> None:
    till = pointed_at(make_till, sandbox, "https://gateway.example")
    with own_network():
        charge = charged(till)
    charge.assert_not_sent("dns")
    assert charge.known < SOON_S


def test_n1_a_silent_name_server_holds_up_neither_the_charge_nor_the_end_of_the_program(
    slow: dict[str, Charge], figure: Callable[[str], None]
) -> None:
    charge = slow["name server"]
    charge.assert_not_sent("dns")
    charge.assert_after_the_connect_limit()
    figure(f"silent name server: known after {charge.known:.1f} s, over {charge.over - charge.known:.1f} s later")


@pytest.mark.anyio
async def test_n1_once_the_way_is_back_the_same_id_goes_and_counts_once(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path
) -> None:
    async with live_till(sandbox, link.url, tmp_path) as till:
        await till.charge()  # with the login behind it, the create alone meets the closed door
        link.take_down()
        began = time.monotonic()
        attempt = await till.charge()
        assert time.monotonic() - began < SOON_S
        assert (attempt.state, attempt.problem_code) == (AttemptState.NOT_SENT, "refused")
        link.bring_up()
        snapshot, fresh = await till.services.checkout.new_code(attempt.order_id)
        assert fresh
        again = (await till.services.checkout.create(snapshot)).leading
    assert (again.state, again.merchant_order_id) == (AttemptState.CREATED, attempt.merchant_order_id)
    posts = {seen["merchant_order_id"]: seen["create_posts"] for seen in sandbox.seen()}
    assert (len(posts), posts[attempt.merchant_order_id]) == (2, 1)


# --- N2


def test_n2_a_connection_that_nobody_answers_is_given_up_after_the_connect_limit(slow: dict[str, Charge]) -> None:
    slow["syn"].assert_not_sent("connect_timeout")
    slow["syn"].assert_after_the_connect_limit()


# --- N3


@pytest.mark.parametrize("fault", ["handshake", "drip"])
def test_n3_a_handshake_that_does_not_end_is_given_up_after_the_connect_limit(
    slow: dict[str, Charge], fault: str
) -> None:
    slow[fault].assert_not_sent("connect_timeout")
    slow[fault].assert_after_the_connect_limit()


def test_n3_a_connection_reset_in_the_handshake_is_not_sent(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    with FaultProxy(sandbox.base_url) as link:
        link.apply(up=RESET)
        charge = charged(pointed_at(make_till, sandbox, f"https://localhost:{link.port}"))
    charge.assert_not_sent("tls_failed")
    assert charge.known < SOON_S
