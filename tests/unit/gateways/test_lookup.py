"""Name lookups that never end hold up nobody; everything else on the executor is as it was."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from posapp.gateways.errors import NotSent
from posapp.gateways.exchange import Call
from posapp.gateways.http import GatewayHttp, deadline_in
from posapp.gateways.lookup import LookupThreads

if TYPE_CHECKING:
    from collections.abc import Iterator


class SilentResolver:
    """Answers nobody until it is let go; counts who asked."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked: list[object] = []

    def __call__(self, *arguments: object, **_options: object) -> object:
        self.asked.append(arguments[0])
        assert self.released.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentResolver]:
    resolver = SilentResolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield resolver
    resolver.released.set()


def lookups() -> int:
    return sum(thread.name == "posapp lookup" for thread in threading.enumerate())


def test_a_silent_name_server_keeps_no_loop_from_ending(
    silent: SilentResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.gateways.http._CONNECT_S", 0.1)

    async def ask() -> str:
        http = GatewayHttp("https://gateway.test", "rid")
        with pytest.raises(NotSent) as caught:
            await http.send(Call("POST", "/create", body=b"{}", fresh=True), deadline_in(5))
        await http.aclose()
        return caught.value.code

    began = time.monotonic()
    assert asyncio.run(ask()) == "dns"
    assert time.monotonic() - began < 3
    assert not silent.released.is_set()


@pytest.mark.anyio
async def test_however_often_a_name_is_asked_for_one_thread_waits(
    silent: SilentResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.gateways.http._CONNECT_S", 0.05)
    http = GatewayHttp("https://gateway.test", "rid")
    for _ in range(10):
        with pytest.raises(NotSent):
            await http.send(Call("POST", "/create", body=b"{}", fresh=True), deadline_in(5))
    assert lookups() == 1
    assert len(silent.asked) == 1
    await http.aclose()


@pytest.mark.anyio
async def test_after_an_answer_the_name_is_asked_for_anew(silent: SilentResolver) -> None:
    silent.released.set()
    http = GatewayHttp("https://gateway.test", "rid")
    for _ in range(3):
        with pytest.raises(NotSent) as caught:
            await http.send(Call("POST", "/create", body=b"{}", fresh=True), deadline_in(5))
        assert caught.value.code == "dns"
    assert len(silent.asked) == 3
    await http.aclose()


@pytest.mark.anyio
async def test_who_gives_up_takes_the_answer_from_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slowly(host: str, port: int) -> str:
        assert gate.wait(10)
        return f"{host}:{port}"

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    threads, loop = LookupThreads(), asyncio.get_running_loop()
    first = loop.run_in_executor(threads, socket.getaddrinfo, "a.test", 1)
    second = loop.run_in_executor(threads, socket.getaddrinfo, "a.test", 1)
    other = loop.run_in_executor(threads, socket.getaddrinfo, "b.test", 1)
    assert threads.is_looking_up
    first.cancel()
    gate.set()
    assert await asyncio.gather(second, other) == ["a.test:1", "b.test:1"]
    assert not threads.is_looking_up
    threads.shutdown()


def test_other_work_is_waited_for_as_ever() -> None:
    done = threading.Event()
    threads = LookupThreads()
    job = threads.submit(lambda: done.wait(0.2))
    threads.shutdown(wait=True)
    assert job.done()
    assert not any(thread.name.startswith("posapp work") for thread in threading.enumerate())
