"""What a transport failure means for the caller: the words, and whether anything of the request can have left."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

import httpx

from posapp.gateways.errors import GatewayError, Malformed, NotSent, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(slots=True)
class Progress:
    """How far one exchange came, as httpcore itself reports it.

    Attributes:
        host: The gateway's host; a connection to any other is one to a proxy.
        connecting: A connection of its own was opened, none was reused.
        proxied: That connection goes to a proxy.
        tunnelling: The proxy was asked for a way to the gateway.
        handshaking: The way to the gateway stands and TLS was begun.
        sent: The first byte of *our* request may have left. Set before the write, never after: in doubt it
            was sent.
        answered: The status line of the reply has arrived.
    """

    host: str = ""
    connecting: bool = False
    proxied: bool = False
    tunnelling: bool = False
    handshaking: bool = False
    sent: bool = False
    answered: bool = False
    _limit: asyncio.Timeout | None = field(default=None, repr=False, compare=False)
    _set_up_s: float = field(default=0.0, repr=False, compare=False)
    _deadline: float | None = field(default=None, repr=False, compare=False)

    @property
    def tunnel_failed(self) -> bool:
        """Whether TLS was begun behind a proxy and never finished."""
        return self.tunnelling and self.handshaking and not self.sent

    def bound(self, limit: asyncio.Timeout, set_up_s: float) -> None:
        """Hold the opening of a connection to so many seconds, within the deadline of the whole exchange."""
        self._limit, self._set_up_s, self._deadline = limit, set_up_s, limit.when()

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Follow httpcore's trace events (encode/httpcore, "trace" request extension)."""
        if event == "connection.connect_tcp.started":
            self.connecting = True
            self.proxied = bool(self.host) and info.get("host", self.host) != self.host
            self._hurry()
        elif event.endswith("start_tls.started"):
            # TLS with a proxy that wants it comes before the tunnel, and is none of the gateway's.
            self.handshaking = self.tunnelling or not self.proxied
        elif event == "http11.send_request_headers.started":
            # A CONNECT to a proxy is not our request: nothing of that is in it.
            if getattr(info.get("request"), "method", b"") == b"CONNECT":
                self.tunnelling = True
            else:
                self.sent = True
                self._relax()
        elif event == "http11.receive_response_headers.complete" and self.sent:
            self.answered = True

    def _hurry(self) -> None:
        if self._limit is not None and self._deadline is not None:
            self._limit.reschedule(min(self._deadline, asyncio.get_running_loop().time() + self._set_up_s))

    def _relax(self) -> None:
        if self._limit is not None:
            self._limit.reschedule(self._deadline)


_EXPIRED: Final = ("tls_expired", "the gateway's certificate has expired, or this computer's clock is wrong")
_TOO_EARLY: Final = ("tls_clock", "the gateway's certificate is not valid yet: this computer's clock is probably wrong")
_WRONG_HOST: Final = ("tls_wrong_host", "the certificate belongs to another host")
_UNKNOWN_CA: Final = ("tls_unknown_ca", "the certificate is signed by nobody this computer trusts")
_REJECTED: Final = ("tls_failed", "the gateway's certificate is not accepted")
_VERIFY_CODES: Final = {
    # OpenSSL, X509_V_ERR_*
    9: _TOO_EARLY,
    10: _EXPIRED,
    18: _UNKNOWN_CA,
    19: _UNKNOWN_CA,
    20: _UNKNOWN_CA,
    21: _UNKNOWN_CA,
    62: _WRONG_HOST,
    64: _WRONG_HOST,
    # Windows, CERT_E_*: one code stands for "expired" and "not yet valid"
    0x800B0101: _EXPIRED,
    0x800B0109: _UNKNOWN_CA,
    0x800B010A: _UNKNOWN_CA,
    0x800B010F: _WRONG_HOST,
    # macOS, errSec*
    -67818: _EXPIRED,
    -67819: _TOO_EARLY,
    -67843: _UNKNOWN_CA,
    -67602: _WRONG_HOST,
}
"""What `verify_code` says; truststore passes on the number of the system that it asks."""

_PROTOCOL_REASONS: Final = (
    "UNSUPPORTED_PROTOCOL",
    "PROTOCOL_VERSION",
    "WRONG_VERSION_NUMBER",
    "NO_PROTOCOLS_AVAILABLE",
)
_NO_ROUTE: Final = ("no_route", "there is no way to the gateway's network")
_NO_PROXY: Final = ("proxy_unreachable", "the proxy of this computer's settings gives no answer")
_TLS_FAILED: Final = ("tls_failed", "the secure connection could not be set up")
_ROUTELESS: Final = frozenset(
    {
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.EHOSTDOWN,
        errno.EADDRNOTAVAIL,
        errno.EACCES,
        errno.EPERM,
    }
)


def classed(exc: Exception, progress: Progress, *, looking_up: bool = False) -> GatewayError:
    """Turn a transport's exception into an error of ours.

    The original is not chained by the caller: an httpx exception holds the request and with it the URL, which
    for one of the gateways holds the secret. Its class name is all that is kept.

    Args:
        exc: What was raised.
        progress: How far the exchange had come.
        looking_up: Whether a name server still owes an answer.
    """
    if progress.sent:
        return _after_sending(exc)
    if isinstance(exc, httpx.ProxyError):
        return NotSent(*_refusal_of_proxy(str(exc)))
    if isinstance(exc, httpx.PoolTimeout):
        return NotSent("connections_busy", "all connections to the gateway are in use")
    if isinstance(exc, httpx.TimeoutException):
        return late(progress, looking_up=looking_up)
    return NotSent(*_why_not_connected(exc, progress))


def late(progress: Progress, *, looking_up: bool = False) -> GatewayError:
    """Return the error of a deadline that passed; `looking_up` as for `classed`."""
    if progress.sent:
        return OutcomeUnknown("timeout", "the gateway did not answer in time")
    if progress.proxied and not progress.handshaking:
        return NotSent(*_NO_PROXY)
    if progress.connecting and not progress.handshaking and looking_up:
        return NotSent("dns", "no name server answers, so the gateway cannot be found")
    return NotSent("connect_timeout", "no connection to the gateway came about in time")


def _refusal_of_proxy(answer: str) -> tuple[str, str]:
    """Read a proxy's answer to the request for a tunnel, which begins with its HTTP status."""
    status = int(answer[:3]) if answer[:3].isdigit() else 0
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "proxy_auth", "the proxy wants a user name and password"
    signs_in = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    if signs_in or status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        return "captive_portal", "the network wants somebody to sign in before it lets anything through"
    return "proxy_refused", "the proxy does not let this connection through"


def _after_sending(exc: Exception) -> GatewayError:
    if isinstance(exc, httpx.TimeoutException):
        return OutcomeUnknown("timeout", "the gateway did not answer in time")
    if isinstance(exc, httpx.RemoteProtocolError):
        # One class stands for both, so only its words tell a lost connection from a broken server.
        if str(exc).startswith(("peer closed connection", "Server disconnected")):
            return OutcomeUnknown("cut_off", "the connection ended before the whole answer was there")
        return Malformed("bad_http", "the answer breaks the rules of HTTP")
    if isinstance(exc, (httpx.NetworkError, OSError)):
        return OutcomeUnknown("reset", "the connection broke before the whole answer was there")
    return OutcomeUnknown("transport", f"the exchange failed ({type(exc).__name__})")


def _why_not_connected(exc: Exception, progress: Progress) -> tuple[str, str]:
    causes = list(_causes(exc))
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if progress.proxied and not progress.handshaking:
        return _NO_ROUTE if numbers & _ROUTELESS else _NO_PROXY
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _tls_reason(cause)
    if progress.handshaking:
        return _TLS_FAILED
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "dns", "the gateway's name cannot be found"
    if errno.ECONNREFUSED in numbers:
        return "refused", "the gateway's address refuses connections"
    return _NO_ROUTE if numbers & _ROUTELESS else _not_connected(exc)


def _not_connected(exc: Exception) -> tuple[str, str]:
    return "not_connected", f"no connection to the gateway came about ({type(exc).__name__})"


def _tls_reason(exc: ssl.SSLError) -> tuple[str, str]:
    if isinstance(exc, ssl.SSLCertVerificationError):
        # Exceptions that Python code has made lack the fields that OpenSSL's have.
        return _VERIFY_CODES.get(getattr(exc, "verify_code", 0), _REJECTED)
    reason = getattr(exc, "reason", None) or ""
    if any(word in reason for word in _PROTOCOL_REASONS):
        return "tls_protocol", "the gateway speaks no TLS, or only a version that is too old"
    return _TLS_FAILED


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Walk an exception's causes, and the members of groups (one per address that was tried)."""
    current: BaseException | None = exc
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            # Narrowing leaves the members' type open; whatever they are, they are exceptions.
            for member in cast("BaseExceptionGroup[BaseException]", current).exceptions:
                yield from _causes(member)
        current = current.__cause__ or current.__context__
