"""The proxy: which one applies to the gateway, and does it let us through?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from posapp.app.doctor.blame import PROXY, culprit, try_to_reach
from posapp.app.doctor.finding import Finding, fail, ok
from posapp.app.doctor.reach import host_of

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

_CORRECT: Final = (
    "Correct HTTPS_PROXY and NO_PROXY, or the system's proxy setting; ask whoever looks after the network."
)
_ADVICE: Final = {
    "proxy_auth": "Put the user name and password it wants into HTTPS_PROXY, or have it let the gateway pass.",
    "proxy_refused": "Ask whoever looks after the proxy to let the gateway's host pass.",
}


def examine(ground: Ground) -> Finding:
    """Name the proxy and what came of it."""
    base_url = ground.config().base_url
    proxy = proxy_for(base_url)
    figures = {"proxy": shown_proxy(proxy)}
    _, error = try_to_reach(ground)
    if error is not None and culprit(error.code) == PROXY:
        shown = f"{shown_proxy(proxy)}: " if proxy else ""
        return fail(f"{shown}{error}.", _ADVICE.get(error.code, _CORRECT), {**figures, "cause": error.code})
    if proxy is None:
        return ok(f"None applies to {host_of(base_url)}.", figures)
    return ok(f"{shown_proxy(proxy)} applies to {host_of(base_url)}.", figures)


def proxy_for(base_url: str) -> str | None:
    """Return the proxy that the environment or the system names for an address; never one for this computer itself."""
    from posapp.gateways.settings import is_loopback

    host = host_of(base_url)
    proxies = getproxies()
    proxy = proxies.get(urlsplit(base_url).scheme) or proxies.get("all")
    if not proxy or is_loopback(host) or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_credentials() -> set[str]:
    """Return the user names and passwords that proxies' addresses hold, so that they can be blanked."""
    found: set[str] = set()
    for proxy in getproxies().values():
        user, _, _ = proxy.rpartition("@")
        user = user.rpartition("//")[2]
        found.update((user, *user.split(":", 1)))
    return found - {""}


def shown_proxy(proxy: str | None) -> str | None:
    """Write a proxy's address without user and password."""
    if proxy is None:
        return None
    scheme, _, rest = proxy.rpartition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('/')[0]}"
