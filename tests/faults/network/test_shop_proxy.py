"""N13: a shop's proxy. Honoured as the environment says, and told no secret; what it refuses is said in words."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme

from posapp.domain.status import AttemptState
from tests.e2e.till import TOKEN
from tests.e2e.tls_door import Door, server_context, tls_door
from tests.faults.network.live_till import live_till
from tests.faults.network.namespace import own_network
from tests.faults.network.proxy import FaultProxy
from tests.faults.network.shop_proxy import FORBIDDEN, WANTS_PASSWORD, Doorman, ShopProxy, page

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tests.e2e.child import Ended
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.network.proxy import Greeting


pytestmark = pytest.mark.xdist_group("faults-network")

GATEWAY = "https://gateway.example"
USER, PASSWORD = "shop-user", "Canary-Of-The-Proxy-7"
NOBODY = "http://127.0.0.1:9"
SET_UP_S = 6.0


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """Return an authority, and write it where a till can be told to believe it."""
    found = trustme.CA()
    found.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return found


@contextmanager
def gateway_of(authority: trustme.CA, sandbox: SandboxProcess) -> Generator[Door]:
    """Run the gateway behind TLS, under the name that only a proxy can find."""
    with tls_door(server_context(authority.issue_cert("gateway.example")), sandbox.base_url) as door:
        yield door


@contextmanager
def proxy(greeting: Greeting) -> Generator[FaultProxy]:
    """Run a proxy of the shop."""
    with FaultProxy(NOBODY, greeting=greeting) as link:
        yield link


def told_to_use(till: Till, sandbox: SandboxProcess, tmp_path: Path, proxy_url: str) -> Till:
    """Give a till a gateway that it can only reach by a proxy."""
    till.reconfigure(sandbox.base_url, GATEWAY)
    till.with_env(HTTPS_PROXY=proxy_url, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    till.secrets.add(PASSWORD)
    return till


def assert_not_sent(ended: Ended, problem: str, words: str) -> None:
    assert (ended.code, ended.names) == (1, ["attempt", "state NOT_SENT", "final"])
    assert ended.last["problem"] == problem
    assert words in ended.err


def test_n13_a_sale_by_a_proxy_with_a_password_tells_it_nothing_else(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    with gateway_of(authority, sandbox) as door:
        shop = ShopProxy(("127.0.0.1", door.port), user=USER, password=PASSWORD)
        with proxy(shop) as link:
            told_to_use(till, sandbox, tmp_path, f"http://{USER}:{PASSWORD}@127.0.0.1:{link.port}")
            charge = till.charge()
            sandbox.pay(charge.until("qr")["merchant_order_id"])
            ended = charge.end()
            heard = b"".join(shop.heads) + bytes(link.heard)
    assert (ended.code, ended.last["state"], ended.err) == (0, "SUCCEEDED", "")
    assert {head.split(b"\r\n")[0] for head in shop.heads} == {b"CONNECT gateway.example:443 HTTP/1.1"}
    assert sandbox.secret("cbtis").encode() not in heard
    assert TOKEN.search(heard) is None
    assert b"mch-api" not in heard
    figure(f"a proxy heard {len(heard)} bytes in {len(shop.heads)} tunnels, no secret and no token among them")


REFUSALS: dict[str, tuple[bytes, str, str]] = {
    "407": (WANTS_PASSWORD, "proxy_auth", "user name and password"),
    "403": (FORBIDDEN, "proxy_refused", "does not let this connection through"),
    "302": (page("302 Found", "http://127.0.0.1:9/login"), "captive_portal", "sign in"),
    "511": (page("511 Network Authentication Required"), "captive_portal", "sign in"),
    "hangs up": (b"", "proxy_unreachable", "gives no answer"),
    "rubbish": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "proxy_unreachable", "gives no answer"),
}
"""What a proxy answers, the problem, and what is said about it."""


@pytest.mark.anyio
@pytest.mark.parametrize("answer", REFUSALS)
async def test_n13_what_a_proxy_refuses_is_said_and_nothing_is_sent(
    sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    reply, problem, words = REFUSALS[answer]
    doorman = Doorman(reply)
    with proxy(doorman) as link:
        monkeypatch.setenv("HTTPS_PROXY", link.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        async with live_till(sandbox, GATEWAY, tmp_path, watching=False) as till:
            attempt = await till.charge()
    assert (attempt.state, attempt.problem_code) == (AttemptState.NOT_SENT, problem)
    assert words in str(attempt.problem_text)
    assert [head.split(b"\r\n")[0] for head in doorman.heads] == [b"CONNECT gateway.example:443 HTTP/1.1"]
    assert sandbox.truth()["requests_total"] == 0


def test_n13_a_proxy_that_wants_another_password_says_407_and_it_is_said(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path
) -> None:
    shop = ShopProxy(("127.0.0.1", 9), user=USER, password=PASSWORD)
    with proxy(shop) as link:
        given = f"{USER}:Wrong-{PASSWORD}"
        ended = told_to_use(till, sandbox, tmp_path, f"http://{given}@127.0.0.1:{link.port}").charge().end()
    assert_not_sent(ended, "proxy_auth", "user name and password")
    assert len(shop.heads) == 1  # no guessing
    assert sandbox.truth()["requests_total"] == 0


def test_n13_a_proxy_that_is_not_there_is_said_at_once(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path
) -> None:
    charge = told_to_use(till, sandbox, tmp_path, NOBODY).charge()
    charge.until("attempt")
    began = time.monotonic()
    charge.until("state", "NOT_SENT")
    assert time.monotonic() - began < 1.0
    assert_not_sent(charge.end(), "proxy_unreachable", "gives no answer")


@pytest.mark.anyio
async def test_n13_a_proxy_that_stalls_holds_up_a_create_no_longer_than_a_connection_may_take(
    sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, campaign: bool
) -> None:
    set_up_s = SET_UP_S if campaign else 0.6
    monkeypatch.setattr("posapp.gateways.http._SET_UP_S", set_up_s)
    with gateway_of(authority, sandbox) as door, proxy(ShopProxy(("127.0.0.1", door.port))) as link:
        monkeypatch.setenv("HTTPS_PROXY", link.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        async with live_till(sandbox, GATEWAY, tmp_path, watching=False) as till:
            await till.charge()  # with the login behind it, the create alone meets the silence
            link.greeting = Doorman(None)
            began = time.monotonic()
            attempt = await till.charge()
            assert set_up_s - 0.1 < time.monotonic() - began < set_up_s + 1.0
            assert (attempt.state, attempt.problem_code) == (AttemptState.NOT_SENT, "proxy_unreachable")
    assert len(sandbox.seen()) == 1


async def hangs_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Say nothing and go."""


@pytest.mark.anyio
async def test_n13_handshakes_that_fail_behind_a_proxy_use_up_no_connection_for_good(
    sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gateway_of(authority, sandbox) as door, FaultProxy(f"http://127.0.0.1:{door.port}") as last_mile:
        shop = ShopProxy(("127.0.0.1", last_mile.port))
        with proxy(shop) as link:
            monkeypatch.setenv("HTTPS_PROXY", link.url)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
            async with live_till(sandbox, GATEWAY, tmp_path, watching=False) as till:
                first = await till.charge()
                last_mile.greeting = hangs_up  # the proxy is there, what lies behind it is not
                last_mile.reset_all()
                for _ in range(6):
                    attempt = await till.charge()
                    assert (attempt.state, attempt.problem_code) == (AttemptState.NOT_SENT, "tls_failed")
                last_mile.greeting = None
                attempt = await till.charge()
                assert attempt.state is AttemptState.CREATED
                await till.services.reconciler.ask(first.merchant_order_id)
    assert [seen["create_posts"] for seen in sandbox.seen()] == [1, 1]


@pytest.mark.parametrize("direct", [True, False], ids=["in NO_PROXY", "not in it"])
def test_n13_no_proxy_is_honoured(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path, direct: bool
) -> None:
    address = "192.0.2.7"
    till.reconfigure(sandbox.base_url, f"https://{address}:8443")
    with own_network() as net:
        net.answer_for(address)
        leaf = server_context(authority.issue_cert(address))
        forbidding = Doorman(FORBIDDEN)
        with tls_door(leaf, NOBODY, (address, 8443)) as door, proxy(forbidding) as link:
            told = {"NO_PROXY": f"localhost,{address}"} if direct else {"NO_PROXY": "localhost"}
            till.with_env(HTTPS_PROXY=link.url, SSL_CERT_FILE=str(tmp_path / "ca.pem"), **told)
            ended = till.charge().end()
            assert (door.served > 0, len(forbidding.heads) > 0) == (direct, not direct)
    assert (ended.code, ended.last["state"]) == (1, "NOT_SENT")
    assert (ended.last["problem"] == "proxy_refused") is not direct
