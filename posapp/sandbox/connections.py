"""The open TCP connections, so that mischief can break one in the middle.

Lives on the server's event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from uvicorn.protocols.http.h11_impl import H11Protocol

Peer = tuple[str, int]


class Connections:
    """Open transports by the address of their client."""

    def __init__(self) -> None:
        """Know no connection."""
        self._open: dict[Peer, asyncio.Transport] = {}

    def opened(self, peer: Peer, transport: asyncio.Transport) -> None:
        """Remember a connection."""
        self._open[peer] = transport

    def lost(self, peer: Peer) -> None:
        """Forget a connection."""
        self._open.pop(peer, None)

    def is_open(self, peer: Peer) -> bool:
        """Tell whether a client is still there."""
        transport = self._open.get(peer)
        return transport is not None and not transport.is_closing()

    def close(self, peer: Peer, *, reset: bool = False) -> None:
        """Close a client's connection after what was written so far; with `reset`, by a TCP reset."""
        transport = self._open.get(peer)
        if transport is None:
            return
        if not reset:
            transport.close()
            return
        raw = transport.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):
            # No lingering: the kernel then sends a reset in place of an orderly end.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def tracked_protocol(connections: Connections) -> type[asyncio.Protocol]:
    """Return uvicorn's HTTP protocol with a word to `connections` at both ends of its life."""

    class TrackedProtocol(H11Protocol):
        """A connection that can be found by its client's address."""

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            if self.client is not None:
                connections.opened(self.client, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                connections.lost(self.client)
            super().connection_lost(exc)

    return TrackedProtocol
