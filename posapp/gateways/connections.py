"""The connections of one kind to a gateway, begun anew where a failed tunnel has used one up for good."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    import httpx

    from posapp.gateways.failures import Progress


@dataclass(slots=True, eq=False)
class _Held:
    client: httpx.AsyncClient
    users: int = 0
    spoilt: bool = False


class Connections:
    """An httpx client that replaces itself. Lives on the io thread.

    httpcore never gives back the place of a connection whose TLS handshake failed behind a proxy: after four such
    failures a client with four places would wait for ever, long after the network has recovered. So such a client
    takes no further call, and is closed once the calls that still use it are through.
    """

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        """Make the first client.

        Args:
            make: Makes one; raises what httpx raises for a proxy setting that cannot be used.
        """
        self._make = make
        self._held = _Held(make())
        self._closed = False

    @contextlib.asynccontextmanager
    async def client(self, progress: Progress) -> AsyncGenerator[httpx.AsyncClient]:
        """Lend the client for one exchange, and judge by its progress whether it can be used again."""
        held = self._held
        held.users += 1
        try:
            yield held.client
        finally:
            held.users -= 1
            if progress.tunnel_failed and not self._closed:
                held.spoilt = True
                if held is self._held:
                    self._held = _Held(self._make())
            if held.spoilt and not held.users:
                await held.client.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        self._closed = True
        await self._held.client.aclose()
