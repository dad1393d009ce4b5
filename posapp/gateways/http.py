"""One careful HTTP exchange: bounded in time and size, never redirected, and honest about whether anything was sent."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from posapp.gateways.connections import Connections
from posapp.gateways.errors import Malformed
from posapp.gateways.exchange import Call, Reply
from posapp.gateways.failures import Progress, classed, late
from posapp.gateways.lookup import LookupThreads
from posapp.gateways.settings import SettingsError, checked_base_url, is_loopback
from posapp.gateways.skew import ClockSkew
from posapp.gateways.trust import tls_context

if TYPE_CHECKING:
    from posapp.gateways.errors import GatewayError

CREATE_S: Final = 20.0
ASK_S: Final = 8.0
MAX_BODY: Final = 256 * 1024
MAX_PARTS: Final = 4096
"""Chunks of one body: each costs time on the loop that everybody waits for, however small it is."""

_CONNECT_S: Final = 3.0
_SET_UP_S: Final = 6.0
"""Name, connection, proxy and TLS together: a proxy's answer alone might be waited for until the whole deadline."""
_READ_S: Final = 5.0
_KEPT_CONNECTIONS: Final = 4
_FRESH_CONNECTIONS: Final = 4
_KEPT_FOR_S: Final = 15.0

_log = logging.getLogger(__name__)


def deadline_in(seconds: float) -> float:
    """Return the moment, on the running loop's clock, by which everything has to be over."""
    return asyncio.get_running_loop().time() + seconds


class GatewayHttp:
    """The connections to one gateway, for the life of the program. Lives on the io thread.

    At most eight connections: four that are kept for polling, four that serve one call each. The proxy
    settings of the environment and the operating system are honoured (HTTPS_PROXY, NO_PROXY and the like): a
    secret only travels through a proxy inside TLS, because plain http is refused except to this computer, and
    that goes to no proxy.

    Attributes:
        clock: What the believed answers tell of this computer's clock.
    """

    def __init__(self, base_url: str, support_key: str) -> None:
        """Prepare; nothing is opened before the first call.

        Args:
            base_url: The provider's address.
            support_key: Field of its replies that its support desk asks for, for the log.

        Raises:
            SettingsError: Where that address must not or cannot be used.
        """
        self._base = checked_base_url(base_url)
        self._support_key = support_key
        self.clock = ClockSkew()
        _silence_urls()
        parts = urlsplit(self._base)
        proxies = not is_loopback(parts.hostname or "")
        # Plain http needs no certificates; a context that trusts nobody saves loading them.
        context = tls_context() if parts.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._host = parts.hostname or ""
        self._lookups = LookupThreads()
        self._loop: asyncio.AbstractEventLoop | None = None
        try:
            kept, fresh = (_KEPT_CONNECTIONS, _KEPT_CONNECTIONS), (_FRESH_CONNECTIONS, 0)
            self._kept = Connections(lambda: _client(context, *kept, proxies=proxies))
            self._fresh = Connections(lambda: _client(context, *fresh, proxies=proxies))
        except (ImportError, ValueError):
            # Not chained: the message may quote the proxy's address with its password.
            raise SettingsError("proxy_invalid", "the proxy setting of this computer cannot be used") from None

    async def send(self, call: Call, deadline: float) -> Reply:
        """Send one request and read the whole answer.

        Args:
            call: The request.
            deadline: Moment on the loop's clock by which the answer is complete, or given up.

        Raises:
            NotSent: No byte of it left.
            OutcomeUnknown: It may have been read, and no complete answer came.
            Malformed: The answer is too large, encoded, or breaks HTTP.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            loop.set_default_executor(self._lookups)
        progress = Progress(self._host)
        result = await self._attempt(self._fresh if call.fresh else self._kept, call, progress, deadline)
        if call.repeatable and not isinstance(result, (Reply, Malformed)) and _died_idle(progress, deadline):
            result = await self._attempt(self._fresh, call, Progress(self._host), deadline)
        if isinstance(result, Reply):
            return result
        raise result

    async def aclose(self) -> None:
        """Close all connections."""
        await self._kept.aclose()
        await self._fresh.aclose()

    async def _attempt(
        self, connections: Connections, call: Call, progress: Progress, deadline: float
    ) -> Reply | GatewayError:
        """Return the answer or the error, which is raised outside of any handler so that it carries no httpx object."""
        started = time.perf_counter()
        result: Reply | GatewayError
        try:
            # The deadline ends first, so that it cannot fall into the closing of a client.
            async with connections.client(progress) as client, asyncio.timeout_at(deadline) as limit:
                progress.bound(limit, _SET_UP_S)
                result = await self._exchange(client, call, progress)
        except TimeoutError:
            result = late(progress, looking_up=self._lookups.is_looking_up)
        except Malformed as exc:
            result = exc
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, RuntimeError, ValueError) as exc:
            result = classed(exc, progress, looking_up=self._lookups.is_looking_up)
        self._note(call, result, (time.perf_counter() - started) * 1000)
        return result

    async def _exchange(self, client: httpx.AsyncClient, call: Call, progress: Progress) -> Reply:
        headers = dict(call.headers)
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        request = client.build_request(
            call.method,
            self._base + call.path,
            params=dict(call.query) or None,
            headers=headers,
            content=call.body,
            # A call that may go only once is worth waiting for up to its whole deadline: its answer exists only once.
            timeout=httpx.Timeout(None if call.fresh else _READ_S, connect=_CONNECT_S),
            extensions={"trace": progress.trace},
        )
        asked = time.perf_counter()
        response = await client.send(request, stream=True)
        try:
            body = await _bounded_body(response)
        finally:
            await response.aclose()
        return Reply(
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            body=body,
            retry_after=response.headers.get("retry-after"),
            date=response.headers.get("date"),
            took_s=time.perf_counter() - asked,
        )

    def _note(self, call: Call, result: Reply | GatewayError, milliseconds: float) -> None:
        if not _log.isEnabledFor(logging.DEBUG):
            return
        if isinstance(result, Reply):
            outcome, support_id = str(result.status), result.support_id(self._support_key)
        else:
            outcome, support_id = result.code, None
        _log.debug(
            "%s %s: %s in %.0f ms, order %s, support id %s",
            call.method, call.path, outcome, milliseconds, call.ref or "-", support_id or "-",
        )  # fmt: skip


def _died_idle(progress: Progress, deadline: float) -> bool:
    reused = not progress.connecting
    return reused and not progress.answered and asyncio.get_running_loop().time() < deadline


async def _bounded_body(response: httpx.Response) -> bytes:
    """Read the body as it is on the wire, so that no decompression happens and the cap is on real bytes."""
    status = response.status_code
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Malformed("content_encoding", "the answer is compressed, which was not asked for", http_status=status)
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_BODY:
            raise Malformed("too_large", f"the answer is larger than {MAX_BODY} bytes", http_status=status)
        if len(parts) >= MAX_PARTS:
            raise Malformed("too_large", f"the answer comes in more than {MAX_PARTS} pieces", http_status=status)
        parts.append(part)
    return b"".join(parts)


class _NoCookies(CookieJar):
    """Keeps nothing: these are calls of a program, and a session cookie would be one more secret."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Drop whatever the reply wants remembered."""


def _client(context: ssl.SSLContext, connections: int, kept: int, *, proxies: bool) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=context,
        http2=False,
        follow_redirects=False,
        trust_env=proxies,
        cookies=_NoCookies(),
        timeout=httpx.Timeout(_READ_S, connect=_CONNECT_S),
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=kept, keepalive_expiry=_KEPT_FOR_S),
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "posapp"},
    )


def _below_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _silence_urls() -> None:
    """Stop httpx and httpcore from logging: at INFO httpx writes whole URLs, one of which holds a secret.

    The level alone could be lowered again by whoever configures logging after us; the filter stays.
    """
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if _below_warning not in logger.filters:
            logger.addFilter(_below_warning)
