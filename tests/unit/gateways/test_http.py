"""One exchange over a real socket: time, size, broken HTTP, redirects, proxies, secrets, and what was sent."""

from __future__ import annotations

import asyncio
import errno
import gzip
import logging
import os
import socket
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from posapp.gateways.errors import GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited
from posapp.gateways.exchange import Call, Reply, refuse_overload
from posapp.gateways.http import MAX_BODY, GatewayHttp, deadline_in
from posapp.gateways.settings import SettingsError
from tests.unit.gateways.line_server import (
    Action,
    Heard,
    LineServer,
    Script,
    always,
    drip,
    endless,
    hang_up,
    json_reply,
    raw,
    reply,
    silence,
    then,
)
from tests.unit.gateways.samples import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

ASK = Call("POST", "/ask", ref="P1", body=b"{}", repeatable=True)
CHANGE = Call("POST", "/create", ref="P1", body=b"{}", fresh=True)
OK = json_reply({"code": 0})


async def outcome(script: Script, call: Call = CHANGE, seconds: float = 5.0) -> Reply | GatewayError:
    """Return what one call to such a server ends in."""
    async with LineServer(script) as server:
        http = GatewayHttp(server.url, "rid")
        try:
            return await http.send(call, deadline_in(seconds))
        except GatewayError as exc:
            return exc
        finally:
            await http.aclose()


def code_of(result: Reply | GatewayError) -> str:
    assert isinstance(result, GatewayError), result
    return result.code


# --- an answer as it should be


async def test_sends_what_it_is_given_and_reads_the_whole_answer() -> None:
    async with LineServer(always(json_reply({"rid": "r1"}, headers={"Retry-After": "7"}))) as server:
        http = GatewayHttp(f"{server.url}/prefix/", "rid")
        call = Call("POST", "/a/b", query={"k": "v w"}, headers={"Authorization": "Bearer t"}, body=b'{"x":1}')
        found = await http.send(call, deadline_in(5))
        await http.aclose()
    heard = server.heard[0]
    assert (heard.method, heard.target, heard.body) == ("POST", "/prefix/a/b?k=v+w", b'{"x":1}')
    assert heard.headers["authorization"] == "Bearer t"
    assert heard.headers["accept-encoding"] == "identity"
    assert heard.headers["content-type"] == "application/json"
    assert found.object() == {"rid": "r1"}
    assert found.support_id("rid") == "r1"
    assert found.retry_after == "7"


async def test_a_kept_connection_is_used_again_and_a_fresh_one_is_not() -> None:
    async with LineServer(always(OK)) as server:
        http = GatewayHttp(server.url, "rid")
        for call in (ASK, ASK, CHANGE, CHANGE, ASK):
            await http.send(call, deadline_in(5))
        await http.aclose()
    assert [heard.connection for heard in server.heard] == [1, 1, 2, 3, 1]


async def test_no_cookie_is_kept() -> None:
    async with LineServer(always(json_reply({}, headers={"Set-Cookie": "session=1; Path=/"}))) as server:
        http = GatewayHttp(server.url, "rid")
        await http.send(ASK, deadline_in(5))
        await http.send(ASK, deadline_in(5))
        await http.aclose()
    assert "cookie" not in server.heard[1].headers


async def test_never_more_than_eight_connections() -> None:
    gate = asyncio.Event()

    def script(_heard: Heard) -> Action:
        async def act(writer: asyncio.StreamWriter) -> bool:
            await gate.wait()
            return await OK(writer)

        return act

    async with LineServer(script) as server:
        http = GatewayHttp(server.url, "rid")
        calls = [asyncio.create_task(http.send(call, deadline_in(5))) for call in (ASK, CHANGE) for _ in range(10)]
        await asyncio.sleep(0.3)
        assert server.connections == 8
        gate.set()
        assert len(await asyncio.gather(*calls)) == 20
        await http.aclose()


# --- time


async def test_the_deadline_holds_against_a_dripping_head() -> None:
    started = time.perf_counter()
    result = await outcome(always(drip(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 1000, 0.02)), seconds=0.5)
    assert code_of(result) == "timeout"
    assert type(result) is OutcomeUnknown
    assert time.perf_counter() - started < 1.5


async def test_the_deadline_holds_against_a_dripping_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
    started = time.perf_counter()
    result = await outcome(always(then(raw(head), lambda: asyncio.sleep(9))), seconds=0.5)
    assert code_of(result) == "timeout"
    assert time.perf_counter() - started < 1.5


async def test_the_deadline_holds_against_endless_hundreds() -> None:
    assert code_of(await outcome(always(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n")), seconds=0.5)) == "timeout"


async def test_a_call_that_may_go_only_once_waits_for_a_slow_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posapp.gateways.http._READ_S", 0.2)

    def slowly(_heard: Heard) -> Action:
        async def act(writer: asyncio.StreamWriter) -> bool:
            await asyncio.sleep(0.6)
            return await OK(writer)

        return act

    assert isinstance(await outcome(slowly, CHANGE), Reply)
    assert code_of(await outcome(slowly, ASK)) == "timeout"


async def test_silence_is_an_unknown_outcome() -> None:
    result = await outcome(always(silence()), seconds=0.3)
    assert type(result) is OutcomeUnknown
    assert code_of(result) == "timeout"


async def test_a_deadline_that_has_passed_sends_nothing() -> None:
    async with LineServer(always(OK)) as server:
        http = GatewayHttp(server.url, "rid")
        with pytest.raises(NotSent):
            await http.send(CHANGE, deadline_in(-1))
        await http.aclose()
    assert server.heard == []


async def test_time_outs_use_up_no_connections() -> None:
    slow = True

    def script(_heard: Heard) -> Action:
        return silence() if slow else OK

    async with LineServer(script) as server:
        http = GatewayHttp(server.url, "rid")
        for _ in range(20):
            with pytest.raises(OutcomeUnknown):
                await http.send(CHANGE, deadline_in(0.05))
        slow = False
        assert (await http.send(CHANGE, deadline_in(5))).status == 200
        await http.aclose()


async def test_a_cancelled_call_stays_cancelled() -> None:
    async with LineServer(always(silence())) as server:
        http = GatewayHttp(server.url, "rid")
        call = asyncio.create_task(http.send(CHANGE, deadline_in(5)))
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await http.aclose()


# --- size and encoding

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def test_a_body_at_the_cap_is_read() -> None:
    result = await outcome(always(reply(b" " * (MAX_BODY - 2) + b"{}")))
    assert isinstance(result, Reply)
    assert result.object() == {}


@pytest.mark.parametrize(
    "action",
    [
        reply(b" " * (MAX_BODY - 1) + b"{}"),
        endless(HEAD + b"Content-Length: 1073741824\r\n\r\n", b" " * 65536),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"),
        endless(HEAD + b"\r\n", b" " * 65536),
    ],
    ids=["one byte over", "a gigabyte", "chunked for ever", "without a length"],
)
async def test_a_body_beyond_the_cap_is_refused_early(action: Action) -> None:
    before = psutil.Process().memory_info().rss
    result = await outcome(always(action))
    assert code_of(result) == "too_large"
    assert isinstance(result, Malformed)
    assert psutil.Process().memory_info().rss - before < 20_000_000


async def test_a_body_in_too_many_pieces_is_refused_before_it_is_large() -> None:
    """Each chunk costs time on the loop that everybody waits for, and one byte is enough for a chunk."""
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    result = await outcome(always(raw(start + b"1\r\n \r\n" * 5_000 + b"0\r\n\r\n")))
    assert code_of(result) == "too_large"
    fine = await outcome(always(raw(start + b"1\r\n \r\n" * 4_000 + b"0\r\n\r\n")))
    assert isinstance(fine, Reply)


BOMB = gzip.compress(b" " * 50_000_000)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "identity, gzip", "x"])
async def test_a_compressed_body_is_not_even_read(encoding: str) -> None:
    before = psutil.Process().memory_info().rss
    result = await outcome(always(reply(BOMB, headers={"Content-Encoding": encoding})))
    assert code_of(result) == "content_encoding"
    assert psutil.Process().memory_info().rss - before < 20_000_000


async def test_the_encoding_called_identity_is_none() -> None:
    assert isinstance(await outcome(always(json_reply({}, headers={"Content-Encoding": "identity"}))), Reply)


async def test_a_bomb_without_its_header_is_just_not_json() -> None:
    result = await outcome(always(reply(BOMB[:1000])))
    assert isinstance(result, Reply)
    with pytest.raises(Malformed):
        result.object()


# --- broken HTTP

BROKEN = {
    "no HTTP at all": b"hello\r\n\r\n",
    "HTTP/0.9": b"{}",
    "bad status line": b"HTTP/1.1 abc OK\r\n\r\n",
    "1 MB header line": HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n{}",
    "100,000 headers": HEAD + b"X: 1\r\n" * 100_000 + b"\r\n{}",
    "bad chunk size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "NUL in a header": HEAD + b"X: \x00\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_http_is_an_unknown_outcome(name: str) -> None:
    result = await outcome(always(raw(BROKEN[name])))
    assert isinstance(result, OutcomeUnknown), result
    assert result.code in ("bad_http", "cut_off", "reset")


@pytest.mark.parametrize(
    "action, code",
    [
        (hang_up(), "cut_off"),
        (hang_up(reset=True), "reset"),
        (raw(HEAD + b'Content-Length: 20\r\n\r\n{"code":'), "cut_off"),
        (raw(HEAD + b'Transfer-Encoding: chunked\r\n\r\n8\r\n{"code":\r\n'), "cut_off"),
        (raw(HEAD), "cut_off"),
    ],
    ids=["closed", "reset", "short body", "missing chunk", "half a head"],
)
async def test_a_lost_answer_is_an_unknown_outcome(action: Action, code: str) -> None:
    result = await outcome(always(action))
    assert type(result) is OutcomeUnknown
    assert result.code == code


# --- what was sent


async def test_a_change_is_sent_once_whatever_happens() -> None:
    async with LineServer(always(hang_up())) as server:
        http = GatewayHttp(server.url, "rid")
        with pytest.raises(OutcomeUnknown):
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    assert len(server.heard) == 1


@pytest.mark.parametrize("action", [hang_up(), hang_up(reset=True)], ids=["closed", "reset"])
async def test_a_question_on_a_dead_kept_connection_goes_again_on_a_fresh_one(action: Action) -> None:
    async with LineServer(lambda heard: action if len(server.heard) == 2 else OK) as server:
        http = GatewayHttp(server.url, "rid")
        await http.send(ASK, deadline_in(5))
        assert (await http.send(ASK, deadline_in(5))).status == 200
        await http.aclose()
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


async def test_a_question_on_a_new_connection_does_not_go_again() -> None:
    async with LineServer(always(hang_up())) as server:
        http = GatewayHttp(server.url, "rid")
        with pytest.raises(OutcomeUnknown):
            await http.send(ASK, deadline_in(5))
        await http.aclose()
    assert len(server.heard) == 1


async def test_a_call_that_is_no_question_does_not_go_again_on_a_dead_kept_connection() -> None:
    call = Call("POST", "/confirm", body=b"{}")
    async with LineServer(lambda heard: hang_up() if len(server.heard) == 2 else OK) as server:
        http = GatewayHttp(server.url, "rid")
        await http.send(call, deadline_in(5))
        with pytest.raises(OutcomeUnknown):
            await http.send(call, deadline_in(5))
        await http.aclose()
    assert len(server.heard) == 2


async def test_a_question_that_was_half_answered_does_not_go_again() -> None:
    half = raw(HEAD + b"Content-Length: 20\r\n\r\n{")
    async with LineServer(lambda heard: half if len(server.heard) == 2 else OK) as server:
        http = GatewayHttp(server.url, "rid")
        await http.send(ASK, deadline_in(5))
        with pytest.raises(OutcomeUnknown):
            await http.send(ASK, deadline_in(5))
        await http.aclose()
    assert len(server.heard) == 2


async def test_nobody_listening_is_known_not_sent_and_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        http = GatewayHttp(f"http://127.0.0.1:{taken.getsockname()[1]}", "rid")
        started = time.perf_counter()
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(20))
        await http.aclose()
    assert caught.value.code == "refused"
    assert time.perf_counter() - started < 1.0


async def test_a_syn_nobody_answers_is_known_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    # A listener whose queue is full answers no SYN, as a firewall that drops would.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        http = GatewayHttp(f"http://127.0.0.1:{full.getsockname()[1]}", "rid")
        started = time.perf_counter()
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(20))
        assert caught.value.code == "connect_timeout"
        assert time.perf_counter() - started < 4.0
        await http.aclose()
        for filler in fillers:
            filler.close()


async def _fails_with(monkeypatch: pytest.MonkeyPatch, error: OSError) -> GatewayError:
    def resolve(*_arguments: object, **_options: object) -> object:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    http = GatewayHttp("https://gateway.test", "rid")
    with pytest.raises(GatewayError) as caught:
        await http.send(CHANGE, deadline_in(5))
    await http.aclose()
    return caught.value


@pytest.mark.parametrize(
    "error, code",
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "dns"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "dns"),
        (OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH)), "no_route"),
        (OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH)), "no_route"),
        (OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS)), "not_connected"),
    ],
    ids=lambda value: str(value) if isinstance(value, OSError) else value,
)
async def test_no_way_to_the_gateway_is_known_not_sent(
    monkeypatch: pytest.MonkeyPatch, error: OSError, code: str
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    found = await _fails_with(monkeypatch, error)
    assert isinstance(found, NotSent)
    assert found.code == code


async def test_a_closed_client_sends_nothing() -> None:
    async with LineServer(always(OK)) as server:
        http = GatewayHttp(server.url, "rid")
        await http.aclose()
        with pytest.raises(NotSent):
            await http.send(CHANGE, deadline_in(5))
    assert server.heard == []


# --- redirects and portals


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_leaks_no_token(status: int) -> None:
    async with LineServer(always(OK)) as elsewhere:
        action = reply(status=status, headers={"Location": f"{elsewhere.url}/steal"})
        async with LineServer(always(action)) as server:
            http = GatewayHttp(server.url, "rid")
            call = Call("POST", "/ask", headers={"Authorization": f"Bearer {SECRET}"}, body=b"{}", repeatable=True)
            found = await http.send(call, deadline_in(5))
            with pytest.raises(Malformed) as caught:
                found.object()
            await http.aclose()
        assert caught.value.code == "redirected"
        assert elsewhere.heard == []
    assert len(server.heard) == 1


@pytest.mark.parametrize("location", ["http://[half", "", "//", "\x7f", "http://" + "a" * 70_000])
async def test_a_redirect_to_nonsense_is_no_crash(location: str) -> None:
    result = await outcome(always(reply(status=302, headers={"Location": location})))
    if isinstance(result, Reply):
        with pytest.raises(Malformed):
            result.object()
    else:
        assert isinstance(result, OutcomeUnknown)


@pytest.mark.parametrize(
    "status, content_type, code",
    [
        (200, "text/html", "captive_portal"),
        (200, "TEXT/HTML; charset=utf-8", "captive_portal"),
        (200, "application/xhtml+xml", "captive_portal"),
        (403, "text/html", "content_type"),
        (200, "text/plain", "content_type"),
        (200, None, "content_type"),
        (200, "application/jsonp", "content_type"),
    ],
)
async def test_what_is_not_marked_as_json_is_no_answer(status: int, content_type: str | None, code: str) -> None:
    result = await outcome(always(reply(b'{"code":0}', status, content_type)))
    assert isinstance(result, Reply)
    with pytest.raises(Malformed) as caught:
        result.object()
    assert (caught.value.code, caught.value.http_status) == (code, status)


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON;charset=utf-8", "application/problem+json"]
)
async def test_json_by_any_of_its_names(content_type: str) -> None:
    result = await outcome(always(reply(b'{"code":0}', 200, content_type)))
    assert isinstance(result, Reply)
    assert result.object() == {"code": 0}


# --- what every gateway means alike


@pytest.mark.parametrize(
    "headers, expected",
    [
        ({"Retry-After": "12"}, 12.0),
        ({"Retry-After": "Fri, 02 Jan 2026 03:04:35 GMT", "Date": "Fri, 02 Jan 2026 03:04:05 GMT"}, 30.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "99999999999"}, None),
        ({}, None),
    ],
)
async def test_429_carries_the_advice_that_makes_sense(headers: dict[str, str], expected: float | None) -> None:
    result = await outcome(always(json_reply({"rid": "r1"}, 429, headers)))
    assert isinstance(result, Reply)
    with pytest.raises(RateLimited) as caught:
        refuse_overload(result, result.support_id("rid"))
    assert caught.value.retry_after_s == expected
    assert caught.value.support_id == "r1"


def test_511_is_never_the_gateways() -> None:
    with pytest.raises(Malformed) as caught:
        refuse_overload(Reply(511, "text/html", b"<html>"), None)
    assert caught.value.code == "captive_portal"


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 599])
def test_a_server_fault_is_an_unknown_outcome(status: int) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        refuse_overload(Reply(status, "text/html", b"<html>"), None)
    assert caught.value.code == f"http_{status}"
    assert caught.value.http_status == status


# --- addresses and proxies


def test_plain_http_to_another_machine_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(SettingsError) as caught:
        GatewayHttp("http://gateway.test", "rid")
    assert caught.value.code == "base_url_not_https"


async def test_the_proxy_of_the_environment_is_asked_for_a_tunnel_only(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = raw(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    async with LineServer(always(answer)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{SECRET}@127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        http = GatewayHttp("https://gateway.test", "rid")
        with pytest.raises(NotSent) as caught:
            await http.send(Call("GET", "/auth", query={"client_secret": SECRET}, fresh=True), deadline_in(5))
        await http.aclose()
    assert caught.value.code == "proxy_auth"
    assert SECRET not in str(caught.value)
    assert [(heard.method, heard.target) for heard in proxy.heard] == [("CONNECT", "gateway.test:443")]
    assert SECRET not in repr(proxy.heard)


async def test_a_proxy_that_refuses_is_known_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with LineServer(always(raw(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        http = GatewayHttp("https://gateway.test", "rid")
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    assert caught.value.code == "proxy_refused"


async def test_a_tunnel_that_dies_before_tls_is_known_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = raw(b"HTTP/1.1 200 Connection established\r\n\r\n")
    async with LineServer(always(answer)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        http = GatewayHttp("https://gateway.test", "rid")
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    assert caught.value.code == "tls_failed"


async def test_a_proxy_that_says_nothing_is_given_up_long_before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posapp.gateways.http._SET_UP_S", 0.3)
    async with LineServer(always(silence())) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        http = GatewayHttp("https://gateway.test", "rid")
        started = time.perf_counter()
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(20))
        await http.aclose()
    assert caught.value.code == "proxy_unreachable"
    assert time.perf_counter() - started < 2.0


async def test_a_proxy_that_is_not_there_is_no_fault_of_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{taken.getsockname()[1]}")
        http = GatewayHttp("https://gateway.test", "rid")
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    assert caught.value.code == "proxy_unreachable"


@pytest.mark.parametrize("call", [ASK, CHANGE], ids=["question", "change"])
async def test_tunnels_that_fail_use_up_no_connections(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    answer = raw(b"HTTP/1.1 200 Connection established\r\n\r\n")
    async with LineServer(always(answer)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        http = GatewayHttp("https://gateway.test", "rid")
        for _ in range(6):  # httpcore keeps the place of each, and there are four
            with pytest.raises(NotSent) as caught:
                await http.send(call, deadline_in(2))
            assert caught.value.code == "tls_failed"
        assert len(proxy.heard) == 6
        await http.aclose()
        with pytest.raises(NotSent):
            await http.send(call, deadline_in(2))
        assert len(proxy.heard) == 6


async def test_loopback_goes_to_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with LineServer(always(OK)) as proxy, LineServer(always(OK)) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        http = GatewayHttp(server.url, "rid")
        await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    assert proxy.heard == []


def test_a_proxy_that_cannot_be_used_is_a_setting_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://user:{SECRET}@127.0.0.1:1")
    with pytest.raises(SettingsError) as caught:
        GatewayHttp("https://gateway.test", "rid")
    assert caught.value.code == "proxy_invalid"
    assert SECRET not in str(caught.value)


# --- secrets


def _raised(result: Reply | GatewayError) -> GatewayError:
    assert isinstance(result, GatewayError)
    return result


@pytest.mark.parametrize(
    "script",
    [
        always(hang_up()),
        always(hang_up(reset=True)),
        always(silence()),
        always(raw(b"junk\r\n\r\n")),
        always(reply(BOMB, headers={"Content-Encoding": "gzip"})),
    ],
    ids=["closed", "reset", "silence", "junk", "encoded"],
)
async def test_an_error_carries_neither_url_nor_httpx_object(script: Script) -> None:
    call = Call("GET", "/auth", query={"client_secret": SECRET}, headers={"Authorization": SECRET}, repeatable=True)
    error: BaseException | None = _raised(await outcome(script, call, 0.5))
    assert SECRET not in f"{error} {error!r} {call!r}"
    while error is not None:
        assert isinstance(error, GatewayError), error
        error = error.__cause__ or error.__context__


async def test_no_log_line_holds_a_query_whatever_the_levels(caplog: pytest.LogCaptureFixture) -> None:
    async def go(make: Callable[[LineServer], GatewayHttp]) -> None:
        async with LineServer(always(json_reply({"rid": "r1"}))) as server:
            http = make(server)
            for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
                caplog.set_level(logging.DEBUG, logger=name)
            await http.send(Call("GET", "/auth", ref="P1", query={"client_secret": SECRET}), deadline_in(5))
            await http.aclose()

    await go(lambda server: GatewayHttp(server.url, "rid"))
    lines = [record.getMessage() for record in caplog.records]
    assert SECRET not in "\n".join(lines)
    assert not [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]
    ours = [record for record in caplog.records if record.name.startswith("posapp")]
    assert [record.levelno for record in ours] == [logging.DEBUG]
    assert ours[0].getMessage().startswith("GET /auth: 200 in ")
    assert ours[0].getMessage().endswith("order P1, support id r1")
