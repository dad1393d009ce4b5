"""A raw HTTP server on loopback that hears whole requests and answers with exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Mapping
    from types import TracebackType


@dataclass(frozen=True)
class Heard:
    """One request as it arrived; `connection` counts the connections from 1."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def object(self) -> dict[str, object]:
        return json.loads(self.body)


Action = Callable[[asyncio.StreamWriter], Awaitable[bool]]
"""Answers one request; returns whether the connection stays open."""

Script = Callable[[Heard], Action]


def always(action: Action) -> Script:
    return lambda _heard: action


def raw(data: bytes, *, keep: bool = False) -> Action:
    async def act(writer: asyncio.StreamWriter) -> bool:
        writer.write(data)
        await writer.drain()
        return keep

    return act


def reply(
    body: bytes = b"",
    status: int = 200,
    content_type: str | None = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Action:
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return raw("\r\n".join([*lines, "", ""]).encode() + body, keep=True)


def json_reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Action:
    return reply(json.dumps(body).encode(), status, headers=headers)


def hang_up(*, reset: bool = False) -> Action:
    async def act(writer: asyncio.StreamWriter) -> bool:
        if reset:
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return False

    return act


def silence() -> Action:
    async def act(_writer: asyncio.StreamWriter) -> bool:
        await asyncio.Event().wait()
        return False

    return act


def drip(data: bytes, every_s: float) -> Action:
    async def act(writer: asyncio.StreamWriter) -> bool:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every_s)
        return False

    return act


def endless(start: bytes, chunk: bytes) -> Action:
    async def act(writer: asyncio.StreamWriter) -> bool:
        writer.write(start)
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(chunk)
                await writer.drain()
        return False

    return act


def then(first: Action, second: Callable[[], Awaitable[None]]) -> Action:
    async def act(writer: asyncio.StreamWriter) -> bool:
        keep = await first(writer)
        await second()
        return keep

    return act


@dataclass
class LineServer:
    """Runs for as long as its block lasts.

    Attributes:
        script: Says how each request is answered.
        tls: Serve https with this context.
        heard: Every whole request, oldest first.
        connections: How many TCP connections came up.
    """

    script: Script
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    heard: list[Heard] = field(default_factory=list[Heard])
    connections: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @property
    def port(self) -> int:
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{'localhost' if self.tls else self.host}:{self.port}"

    def stop_listening(self) -> None:
        """Take no further connection."""
        assert self._server is not None
        self._server.close()

    def targets(self) -> list[str]:
        return [f"{heard.method} {heard.path}" for heard in self.heard]

    async def __aenter__(self) -> LineServer:
        self._server = await asyncio.start_server(self._accept, self.host, 0, ssl=self.tls)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        number = self.connections
        try:
            async with _closing(writer):
                while (heard := await _read(reader, number)) is not None:
                    self.heard.append(heard)
                    if not await self.script(heard)(writer):
                        break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader, connection: int) -> Heard | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _version = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(method, target, headers, body, connection)
