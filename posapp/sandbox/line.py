"""The line to one client during one exchange: send a reply whole, slowly, in half, or hang up.

Lives on the server's event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from posapp.sandbox.connections import Connections, Peer
from posapp.sandbox.exchange import Reply

_SMALLEST_PAUSE_S = 0.001


class TooLongError(Exception):
    """The request's body is longer than any honest one."""


class ClientGoneError(Exception):
    """The client went away before its request was whole."""


class Line:
    """One client, one request."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, connections: Connections, stopping: asyncio.Event
    ) -> None:
        """Take over an ASGI exchange."""
        self._receive = receive
        self._send = send
        self._connections = connections
        self._stopping = stopping
        client: Peer | None = scope.get("client")
        self._peer: Peer = ("", 0) if client is None else (client[0], client[1])

    async def read(self, most: int) -> bytes:
        """Return the request's body.

        Raises:
            TooLongError: It has more than `most` bytes.
            ClientGoneError: The client left before the end of it.
        """
        parts: list[bytes] = []
        size = 0
        async for part in self._parts():
            size += len(part)
            if size > most:
                raise TooLongError
            parts.append(part)
        return b"".join(parts)

    async def _parts(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the server's own end."""
        if seconds <= 0 or self._stopping.is_set():
            return
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _start(self, reply: Reply, length: int) -> None:
        headers = {"content-type": reply.content_type, "content-length": str(length), **reply.headers}
        await self._send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            }
        )

    async def send(self, reply: Reply) -> None:
        """Send a reply whole."""
        body = reply.body()
        await self._start(reply, len(body))
        await self._send({"type": "http.response.body", "body": body})

    async def send_slowly(self, reply: Reply, seconds_per_byte: float) -> None:
        """Send a reply byte by byte, as long as the client stays."""
        body = reply.body()
        await self._start(reply, len(body))
        # Pauses below a millisecond are the clock's noise: send as many bytes as one such pause is worth.
        step = (
            1 if seconds_per_byte >= _SMALLEST_PAUSE_S else max(1, int(_SMALLEST_PAUSE_S / max(seconds_per_byte, 1e-6)))
        )
        for at in range(0, len(body), step):
            if self._stopping.is_set() or not self._connections.is_open(self._peer):
                await self.hang_up()
                return
            await self._send({"type": "http.response.body", "body": body[at : at + step], "more_body": True})
            await self.pause(seconds_per_byte * step)
        await self._send({"type": "http.response.body", "body": b""})

    async def send_half(self, reply: Reply) -> None:
        """Promise the whole reply, send half of it and hang up."""
        body = reply.body()
        await self._start(reply, len(body) + 1)
        await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await self.hang_up()

    async def hang_up(self, *, reset: bool = False) -> None:
        """Close the connection without another word."""
        self._connections.close(self._peer, reset=reset)
        # The protocol must see the loss before this exchange ends, or it would answer 500 by itself.
        while (await self._receive())["type"] != "http.disconnect":
            pass
