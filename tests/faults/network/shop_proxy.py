"""What stands between a shop and the world and speaks first: a proxy, a portal with a page to sign in on."""

from __future__ import annotations

import asyncio
import base64
from typing import Final

FORBIDDEN: Final = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
WANTS_PASSWORD: Final = (
    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="shop"\r\nContent-Length: 0\r\n\r\n'
)
PAGE: Final = b"<html><body>Welcome! Please accept our terms.</body></html>"


def page(status: str, location: str = "") -> bytes:
    """Return a page of the network's own: `200 OK`, `302 Found`, `511 Network Authentication Required`."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(PAGE)}"]
    lines += [f"Location: {location}"] if location else []
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + PAGE


class Doorman:
    """A greeting for a link. `heads` is what was said to it."""

    def __init__(self, answer: bytes | None) -> None:
        """Answer everybody so; None for silence."""
        self.answer = answer
        self.heads: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
        """Hear a head, answer, hang up."""
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        if self.answer is None:
            await asyncio.Event().wait()
            return None
        writer.write(self.answer)
        await writer.drain()
        return None


class ShopProxy(Doorman):
    """A proxy that opens tunnels, perhaps only to who knows a password."""

    def __init__(self, target: tuple[str, int], *, user: str = "", password: str = "") -> None:
        """Lead every tunnel to one address, whatever name was asked for."""
        super().__init__(WANTS_PASSWORD)
        self._target = target
        self._basic = base64.b64encode(f"{user}:{password}".encode()) if user else b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
        """Open a tunnel."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if not head.startswith(b"CONNECT ") or self._basic not in head:
            writer.write(WANTS_PASSWORD if head.startswith(b"CONNECT ") else FORBIDDEN)
            await writer.drain()
            return None
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return self._target
