"""What a transport's exceptions mean before and after the first byte."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from types import SimpleNamespace

import httpx
import pytest

from posapp.gateways.errors import GatewayError, Malformed, NotSent, OutcomeUnknown
from posapp.gateways.failures import Progress, classed, late
from tests.unit.gateways.samples import SECRET

pytestmark = pytest.mark.anyio

STEPS = ["connection.connect_tcp.started", "connection.start_tls.started"]
POST = {"request": SimpleNamespace(method=b"POST")}
CONNECT = {"request": SimpleNamespace(method=b"CONNECT")}


def caused(outer: Exception, *causes: BaseException) -> Exception:
    """Chain exceptions as httpx, httpcore and anyio do."""
    inner: BaseException = outer
    for cause in causes:
        inner.__cause__ = cause
        inner = cause
    return outer


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


async def test_only_our_own_request_counts_as_sent() -> None:
    progress = Progress()
    for step in STEPS:
        await progress.trace(step, {})
    await progress.trace("http11.send_request_headers.started", CONNECT)
    await progress.trace("http11.receive_response_headers.complete", {})
    assert progress == Progress(connecting=True, tunnelling=True, handshaking=True)
    await progress.trace("http11.send_request_headers.started", POST)
    assert progress.sent
    assert not progress.answered
    await progress.trace("http11.receive_response_headers.complete", {})
    assert progress.answered


@pytest.mark.parametrize("host, proxied", [("gateway.test", False), ("10.0.0.1", True)])
async def test_a_connection_to_another_host_is_one_to_a_proxy(host: str, proxied: bool) -> None:
    progress = Progress("gateway.test")
    await progress.trace("connection.connect_tcp.started", {"host": host})
    assert progress.proxied is proxied
    await progress.trace("connection.start_tls.started", {})
    assert progress.handshaking is not proxied  # TLS with the proxy itself is none of the gateway's
    assert not progress.tunnel_failed


async def test_a_tunnel_whose_tls_did_not_end_has_failed_until_something_is_sent() -> None:
    progress = Progress("gateway.test")
    await progress.trace("connection.connect_tcp.started", {"host": "10.0.0.1"})
    await progress.trace("http11.send_request_headers.started", CONNECT)
    assert not progress.tunnel_failed
    await progress.trace("proxy.start_tls.started", {})
    assert progress.tunnel_failed
    await progress.trace("http11.send_request_headers.started", POST)
    assert not progress.tunnel_failed


async def test_opening_a_connection_has_a_limit_of_its_own_within_the_deadline() -> None:
    now = asyncio.get_running_loop().time()
    for deadline, limited in ((now + 20, now + 6), (now + 4, now + 4)):
        progress = Progress()
        async with asyncio.timeout_at(deadline) as limit:
            progress.bound(limit, 6.0)
            await progress.trace("connection.connect_tcp.started", {})
            assert limit.when() == pytest.approx(limited, abs=0.5)
            await progress.trace("http11.send_request_headers.started", CONNECT)
            assert limit.when() == pytest.approx(limited, abs=0.5)
            await progress.trace("http11.send_request_headers.started", POST)
            assert limit.when() == deadline


async def test_an_event_without_a_request_counts_as_sent() -> None:
    progress = Progress()
    await progress.trace("http11.send_request_headers.started", {})
    assert progress.sent


def certificate_error(number: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = number
    return error


BEFORE: list[tuple[Exception, str]] = [
    (httpx.PoolTimeout("x"), "connections_busy"),
    (httpx.ConnectTimeout("x"), "connect_timeout"),
    (httpx.ProxyError("407 Proxy Authentication Required"), "proxy_auth"),
    (httpx.ProxyError("403 Forbidden"), "proxy_refused"),
    (httpx.ProxyError(""), "proxy_refused"),
    (httpx.ProxyError("302 Found"), "captive_portal"),
    (httpx.ProxyError("511 Network Authentication Required"), "captive_portal"),
    (httpx.ConnectError("x"), "not_connected"),
    (RuntimeError("closed"), "not_connected"),
    (caused(httpx.ConnectError("x"), OSError("all failed"), os_error(errno.ECONNREFUSED)), "refused"),
    (
        caused(
            httpx.ConnectError("x"),
            OSError("all failed"),
            ExceptionGroup("several", [os_error(errno.ENETUNREACH), os_error(errno.ECONNREFUSED)]),
        ),
        "refused",
    ),
    (
        caused(
            httpx.ConnectError("x"),
            ExceptionGroup("several", [os_error(errno.ENETUNREACH), os_error(errno.EHOSTUNREACH)]),
        ),
        "no_route",
    ),
    (caused(httpx.ConnectError("x"), certificate_error(62)), "tls_wrong_host"),
    (caused(httpx.ConnectError("x"), certificate_error(64)), "tls_wrong_host"),
    (caused(httpx.ConnectError("x"), certificate_error(18)), "tls_unknown_ca"),
    (caused(httpx.ConnectError("x"), certificate_error(7)), "tls_failed"),
    (caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError("made in Python")), "tls_failed"),
    (caused(httpx.ConnectError("x"), certificate_error(0x800B0101)), "tls_expired"),
    (caused(httpx.ConnectError("x"), certificate_error(-67819)), "tls_clock"),
    (caused(httpx.ConnectError("x"), ssl.SSLError(1, "[SSL] handshake failure")), "tls_failed"),
]


@pytest.mark.parametrize("error, code", BEFORE, ids=[f"{type(error).__name__} {code}" for error, code in BEFORE])
def test_before_the_first_byte_nothing_was_sent(error: Exception, code: str) -> None:
    found = classed(error, Progress(connecting=True))
    assert type(found) is NotSent
    assert found.code == code


BEFORE_THE_TUNNEL: list[tuple[Exception, str]] = [
    (httpx.ConnectTimeout("x"), "proxy_unreachable"),
    (httpx.ReadTimeout("x"), "proxy_unreachable"),
    (httpx.RemoteProtocolError("Server disconnected without sending a response."), "proxy_unreachable"),
    (caused(httpx.ConnectError("x"), os_error(errno.ECONNREFUSED)), "proxy_unreachable"),
    (caused(httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "unknown")), "proxy_unreachable"),
    (caused(httpx.ConnectError("x"), certificate_error(20)), "proxy_unreachable"),
    (caused(httpx.ConnectError("x"), os_error(errno.ENETUNREACH)), "no_route"),
]


@pytest.mark.parametrize("error, code", BEFORE_THE_TUNNEL)
def test_what_happens_before_the_tunnel_is_the_proxys(error: Exception, code: str) -> None:
    found = classed(error, Progress("gateway.test", connecting=True, proxied=True))
    assert (type(found), found.code) == (NotSent, code)


def test_a_handshake_behind_a_proxy_is_the_gateways() -> None:
    progress = Progress("gateway.test", connecting=True, proxied=True, tunnelling=True, handshaking=True)
    assert classed(caused(httpx.ConnectError("x"), certificate_error(10)), progress).code == "tls_expired"
    assert late(progress).code == "connect_timeout"


def test_a_name_server_that_owes_an_answer_is_named() -> None:
    assert late(Progress(connecting=True), looking_up=True).code == "dns"
    assert late(Progress(connecting=True, handshaking=True), looking_up=True).code == "connect_timeout"
    assert late(Progress(), looking_up=True).code == "connect_timeout"
    assert classed(httpx.ConnectTimeout("x"), Progress(connecting=True), looking_up=True).code == "dns"


def test_a_loop_of_causes_ends() -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = OSError("y")
    error.__cause__.__cause__ = error
    assert classed(error, Progress()).code == "not_connected"


AFTER: list[tuple[Exception, type[GatewayError], str]] = [
    (httpx.ReadTimeout("x"), OutcomeUnknown, "timeout"),
    (httpx.WriteTimeout("x"), OutcomeUnknown, "timeout"),
    (httpx.ReadError("x"), OutcomeUnknown, "reset"),
    (httpx.WriteError("x"), OutcomeUnknown, "reset"),
    (os_error(errno.ECONNRESET), OutcomeUnknown, "reset"),
    (caused(httpx.ConnectError("x"), os_error(errno.ECONNREFUSED)), OutcomeUnknown, "reset"),
    (httpx.RemoteProtocolError("Server disconnected without sending a response."), OutcomeUnknown, "cut_off"),
    (httpx.RemoteProtocolError("peer closed connection without sending complete body"), OutcomeUnknown, "cut_off"),
    (httpx.RemoteProtocolError("illegal status line"), Malformed, "bad_http"),
    (httpx.LocalProtocolError("x"), OutcomeUnknown, "transport"),
    (RuntimeError("x"), OutcomeUnknown, "transport"),
    (ValueError("x"), OutcomeUnknown, "transport"),
]


@pytest.mark.parametrize("error, kind, code", AFTER, ids=[f"{type(error).__name__} {code}" for error, _, code in AFTER])
def test_after_the_first_byte_every_failure_is_a_doubt(error: Exception, kind: type[GatewayError], code: str) -> None:
    found = classed(error, Progress(sent=True))
    assert type(found) is kind
    assert found.code == code


def test_a_deadline_is_judged_by_what_was_sent() -> None:
    assert isinstance(late(Progress()), NotSent)
    assert isinstance(late(Progress(sent=True)), OutcomeUnknown)


@pytest.mark.parametrize("sent", [False, True])
def test_no_word_of_the_original_gets_through(sent: bool) -> None:
    error = caused(httpx.ConnectError(f"for https://gw.test/?client_secret={SECRET}"), OSError(SECRET))
    found = classed(error, Progress(sent=sent))
    assert SECRET not in f"{found!r} {found.__dict__}"
    assert found.__cause__ is None
