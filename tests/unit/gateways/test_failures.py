"""What a transport's exceptions mean before and after the first byte."""

from __future__ import annotations

import errno
import os
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
    assert progress == Progress(connecting=True, handshaking=True)
    await progress.trace("http11.send_request_headers.started", POST)
    assert progress.sent
    assert not progress.answered
    await progress.trace("http11.receive_response_headers.complete", {})
    assert progress.answered


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
