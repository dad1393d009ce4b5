"""A TCP link to break: between the till and the sandbox, with Toxiproxy's eight faults and some more, on a thread."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

CHUNK: Final = 65_536
TICK_S: Final = 0.05

Greeting = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[tuple[str, int] | None]]
"""Speaks with whoever connects; returns where the rest goes to, or None where that was all."""


@dataclass(frozen=True)
class Toxics:
    """What happens to the bytes of one direction.

    Attributes:
        latency_s: Each piece is held back so long.
        jitter_s: And up to so long more.
        bytes_per_s: As much as gets through.
        slice_bytes: Pieces are cut into so many bytes.
        slice_gap_s: With so long between them.
        cut_after: After so many bytes of a connection it is closed, cleanly.
        reset: Where it is cut, it is reset instead.
        swallow: Nothing arrives, and nobody is told.
        slow_close_s: An end is passed on so much later.
    """

    latency_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float | None = None
    slice_bytes: int | None = None
    slice_gap_s: float = 0.0
    cut_after: int | None = None
    reset: bool = False
    swallow: bool = False
    slow_close_s: float = 0.0


HEALTHY: Final = Toxics()
DEAD: Final = Toxics(swallow=True)
RESET: Final = Toxics(cut_after=0, reset=True)


@dataclass(eq=False)
class Visit:
    """One connection: its toxics, what it carried, and the sockets of both ends."""

    ends: list[asyncio.StreamWriter]
    up: Toxics
    down: Toxics
    carried: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    task: asyncio.Task[None] | None = None

    def break_off(self, *, reset: bool) -> None:
        """End both sides at once."""
        for end in self.ends:
            if reset:
                sock: socket.socket = end.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


@dataclass(frozen=True)
class Trap:
    """What becomes of a connection once the till has sent certain bytes on it."""

    needle: bytes
    up: Toxics | None
    down: Toxics | None
    times: int


class FaultProxy:
    """A link to one address. Everything may be changed while it carries, from any thread.

    Attributes:
        up: What happens to the till's bytes, on connections to come and on those there are (`apply`).
        down: The same for the gateway's.
        greeting: Speaks first with whoever connects: a portal, a shop's proxy.
        heard: All that the till ever sent.
        told: How many bytes it was sent back.
        connections: How many there were.
    """

    def __init__(self, target: str, *, greeting: Greeting | None = None) -> None:
        """Prepare a link to a URL's host and port; it carries inside `with`."""
        parts = urlsplit(target)
        self._target = (str(parts.hostname), parts.port or 0)
        self.up = self.down = HEALTHY
        self.greeting = greeting
        self.heard = bytearray()
        self.told = 0
        self.connections = 0
        self.port = 0
        self._traps: list[Trap] = []
        self._visits: set[Visit] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        self._call(self._open())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Where the till has to go instead."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def open_now(self) -> int:
        """How many connections there are."""
        return len(self._visits)

    def apply(self, up: Toxics = HEALTHY, down: Toxics = HEALTHY) -> None:
        """Change both directions, on every connection there is and will be."""
        self.up, self.down = up, down
        for visit in tuple(self._visits):
            visit.up, visit.down = up, down

    def freeze(self) -> None:
        """Let the connections there are die unnoticed, as behind a router that forgot them; new ones work."""
        for visit in tuple(self._visits):
            visit.up = visit.down = DEAD

    def trap(self, needle: bytes, *, up: Toxics | None = None, down: Toxics | None = None, times: int = 1) -> None:
        """Lay a trap: a connection on which the till sends this gets these toxics from then on (0: every one)."""
        self._traps.append(Trap(needle, up, down, times))

    def take_down(self) -> None:
        """Refuse connections and reset those there are."""
        self._call(self._take_down())

    def bring_up(self) -> None:
        """Take connections again, on the same port."""
        self._call(self._open())

    def reset_all(self) -> None:
        """Reset the connections there are."""
        self._call(self._reset_all())

    def _call(self, job: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(job, self._loop).result(10)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._visited, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        await self._take_down()
        tasks = [visit.task for visit in self._visits if visit.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._reset_all()

    async def _reset_all(self) -> None:
        for visit in tuple(self._visits):
            visit.break_off(reset=True)

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        visit = Visit([writer], self.up, self.down, task=asyncio.current_task())
        self._visits.add(visit)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._carry(visit, reader, writer)
        except asyncio.CancelledError:
            pass  # the proxy is closing; asyncio's server would call that an error
        finally:
            self._visits.discard(visit)
            for end in visit.ends:
                end.close()

    async def _carry(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = self._target if self.greeting is None else await self.greeting(reader, writer)
        if target is None:
            return
        inside, inward = await asyncio.open_connection(*target)
        visit.ends.append(inward)
        await asyncio.gather(
            self._pump(visit, "up", reader, inward), self._pump(visit, "down", inside, writer), return_exceptions=True
        )

    async def _pump(self, visit: Visit, way: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK):
                if way == "up":
                    self.heard += data
                    self._spring(visit, data)
                else:
                    self.told += len(data)
                await _pass_on(visit, way, data, sink)
        except ConnectionError:
            if not getattr(visit, way).swallow:
                visit.break_off(reset=True)
            return
        toxics: Toxics = getattr(visit, way)
        while toxics.swallow:  # an end is not heard of either
            await asyncio.sleep(TICK_S)
            toxics = getattr(visit, way)
        await asyncio.sleep(toxics.slow_close_s)
        with contextlib.suppress(OSError):
            sink.write_eof()

    def _spring(self, visit: Visit, data: bytes) -> None:
        for number, trap in enumerate(self._traps):
            if trap.needle in data:
                visit.up, visit.down = trap.up or visit.up, trap.down or visit.down
                # What came before on a kept connection does not count.
                visit.carried = {"up": 0, "down": 0}
                if trap.times == 1:
                    del self._traps[number]
                elif trap.times:
                    self._traps[number] = replace(trap, times=trap.times - 1)
                return


async def _pass_on(visit: Visit, way: str, data: bytes, sink: asyncio.StreamWriter) -> None:
    """Carry one piece as the toxics of this moment want it."""
    toxics: Toxics = getattr(visit, way)
    await asyncio.sleep(toxics.latency_s + toxics.jitter_s * random.random())  # noqa: S311 - a link, no lottery
    while data:
        toxics = getattr(visit, way)
        if toxics.swallow:
            return
        size = toxics.slice_bytes or len(data)
        if toxics.bytes_per_s:
            size = min(size, max(1, int(toxics.bytes_per_s * TICK_S)))
        if toxics.cut_after is not None:
            size = min(size, toxics.cut_after - visit.carried[way])
        piece, data = data[:size], data[size:]
        if piece:
            sink.write(piece)
            await sink.drain()
            visit.carried[way] += len(piece)
        if toxics.cut_after is not None and visit.carried[way] >= toxics.cut_after:
            if not toxics.reset:
                await asyncio.sleep(TICK_S)  # what was written goes out before the end does
            visit.break_off(reset=toxics.reset)
            return
        pause = toxics.slice_gap_s if toxics.slice_bytes else 0.0
        if toxics.bytes_per_s:
            pause = max(pause, len(piece) / toxics.bytes_per_s)
        if pause:
            await asyncio.sleep(pause)
