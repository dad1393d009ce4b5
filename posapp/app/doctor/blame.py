"""Which look a failed connection belongs to, so that one cause is one thing to mend and not four."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import skipped

if TYPE_CHECKING:
    from posapp.app.doctor.finding import Finding
    from posapp.app.doctor.ground import Ground
    from posapp.app.doctor.reach import Reached
    from posapp.gateways.errors import GatewayError
    from posapp.gateways.settings import SettingsError

DNS: Final = "dns"
PROXY: Final = "proxy"
TLS: Final = "tls"
GATEWAY: Final = "gateway"
_WORDS: Final = {
    DNS: "the gateway's name cannot be found",
    PROXY: "the proxy is in the way",
    TLS: "the secure connection does not come about",
    GATEWAY: "the gateway does not answer",
}


def culprit(code: str) -> str:
    """Return the id of the look that tells more about an error code of ours."""
    if code == "dns":
        return DNS
    if code.startswith("proxy_"):
        return PROXY
    if code.startswith("tls_") or code == "ca_file_unusable":
        return TLS
    return GATEWAY


def try_to_reach(ground: Ground) -> tuple[Reached | None, GatewayError | SettingsError | None]:
    """Return the gateway's answer, or why there is none.

    Raises:
        ConfigError: There is no usable configuration.
        UsageError: There is no configuration at all.
    """
    from posapp.gateways.errors import GatewayError
    from posapp.gateways.settings import SettingsError

    try:
        return ground.reached(), None
    except (GatewayError, SettingsError) as error:
        return None, error


def elsewhere(code: str) -> Finding:
    """Say that another look tells the cause."""
    room = culprit(code)
    return skipped(f"Could not be looked at: {_WORDS[room]} (see {room}).", {"cause": code})
