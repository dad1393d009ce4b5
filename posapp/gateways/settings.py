"""What an adapter must be told before it can work, checked before anything is sent."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from posapp.domain.order import Flow


_IPV4: Final = 4
_IPV6_LOOPBACK: Final = ipaddress.IPv6Address("::1")


class SettingsError(ValueError):
    """A setting cannot work.

    Attributes:
        code: Stable word, like `base_url_not_https`; the message never holds a secret.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Everything an adapter is configured with.

    Attributes:
        provider: `cbtis` or `airwallex`.
        base_url: The provider's address, like `https://api.airwallex.com`; a path in front of `/mch-api` is
            kept.
        flow: How shoppers pay.
        secret: CBTIS `client_secret` or Airwallex API key.
        uid: CBTIS merchant number.
        client_id: Airwallex client id.
        success_url: CBTIS official account: where the shopper lands after paying.
        failed_url: The same after a failed payment.
        canceled_url: The same after giving up.
        notify_url: CBTIS: where it posts its notices (a relay's address).
        return_url: Airwallex: where redirect flows come back to; the H5 flow needs it.
    """

    provider: str
    base_url: str
    flow: Flow
    secret: str = field(repr=False)
    uid: str = ""
    client_id: str = ""
    success_url: str | None = None
    failed_url: str | None = None
    canceled_url: str | None = None
    notify_url: str | None = None
    return_url: str | None = None


def checked_base_url(text: str) -> str:
    """Return the address without a trailing slash, where requests may be sent to it.

    Args:
        text: As configured.

    Raises:
        SettingsError: `base_url_invalid`, or `base_url_not_https` for plain http to another machine.
    """
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        # Not chained: the parser quotes what it was given, and people paste secrets into the wrong field.
        raise SettingsError("base_url_invalid", "the gateway's address cannot be read") from None
    if parts.scheme not in ("https", "http") or not host or not text.isascii() or any(c <= " " for c in text):
        raise SettingsError("base_url_invalid", "the gateway's address must look like https://host")
    if parts.username is not None or parts.password is not None or "?" in text or "#" in text:
        raise SettingsError("base_url_invalid", "the gateway's address must hold no user, query or fragment")
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingsError("base_url_not_https", "plain http is only allowed to this computer itself")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only mean this computer."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # `is_loopback` alone would also take IPv4 written inside IPv6, which no setting needs.
    return address.is_loopback and (address.version == _IPV4 or address == _IPV6_LOOPBACK)


def checked_credential(text: str, name: str) -> str:
    """Return a credential that fits into a header or a query.

    Raises:
        SettingsError: `credential_missing` or `credential_invalid`; names the setting, never its value.
    """
    if not text:
        raise SettingsError("credential_missing", f"the gateway's {name} is not set")
    if not all("!" <= character <= "~" for character in text):
        raise SettingsError("credential_invalid", f"the gateway's {name} holds a blank or a character outside ASCII")
    return text
