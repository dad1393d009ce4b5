"""A look at the certificate that a server shows: the handshake is done, nothing is asked and nothing believed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

from posapp.app.doctor.certificate import Certificate, read_certificate

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMIT_S: Final = 6.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What a server showed of itself.

    Attributes:
        certificate: Its own claim about who it is.
        protocol: Version of TLS it agreed to, like `TLSv1.3`.
    """

    certificate: Certificate
    protocol: str


class _Stream(Protocol):
    """What httpcore's trace hands out once TLS stands."""

    def get_extra_info(self, info: str) -> object: ...
    def close(self) -> None: ...


class _Tls(Protocol):
    """One side of a TLS connection."""

    def getpeercert(self, binary_form: bool, /) -> bytes | None: ...
    def version(self) -> str | None: ...


class _SeenEnoughError(Exception):
    """Ends the connection after the handshake, before a request is written."""


class _Watch:
    """Follows httpcore's trace; TLS to a proxy comes first where the proxy itself speaks it, so the last one counts."""

    def __init__(self, *, proxied: bool) -> None:
        self.shown: Shown | None = None
        self._proxied = proxied
        self._tunnelled = not proxied

    def __call__(self, event: str, info: Mapping[str, object]) -> None:
        if event == "http11.receive_response_headers.complete":
            self._tunnelled = True  # the proxy's answer to CONNECT
        if not event.endswith("start_tls.complete") or not self._tunnelled:
            return
        stream = cast("_Stream", info["return_value"])
        try:
            # Not one of ssl's public classes where httpcore hands out what is inside of them; the methods are the same.
            inside = cast("_Tls", stream.get_extra_info("ssl_object"))
            der = inside.getpeercert(True)
            if der:
                self.shown = Shown(read_certificate(der), inside.version() or "?")
        finally:
            stream.close()
        raise _SeenEnoughError


def look_at(base_url: str, *, proxied: bool) -> Shown | None:
    """Return what the server at an https address shows; None where no handshake comes about at all.

    Args:
        base_url: The address; goes through the computer's proxy as every call does.
        proxied: Whether a proxy applies to it.
    """
    import httpx

    watch = _Watch(proxied=proxied)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The certificate is to be explained, whoever shows it; no request is ever written to this connection.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    try:
        with httpx.Client(verify=context, timeout=_LIMIT_S, trust_env=proxied) as client:
            client.get(base_url, extensions={"trace": watch})
    except _SeenEnoughError:
        pass
    except (httpx.HTTPError, OSError, ValueError, ImportError):
        return None
    return watch.shown
