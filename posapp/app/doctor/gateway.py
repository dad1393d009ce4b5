"""The gateway: does anything answer at its address, and how fast?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.app.doctor.blame import GATEWAY, culprit, elsewhere, try_to_reach
from posapp.app.doctor.finding import Finding, fail, ok, warn
from posapp.app.doctor.proxy import proxy_for, shown_proxy
from posapp.app.doctor.reach import host_of, port_of

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

SLOW_S: Final = 2.0
_FAULT: Final = 500


def examine(ground: Ground) -> Finding:
    """Say whether an answer came."""
    base_url = ground.config().base_url
    reached, error = try_to_reach(ground)
    if reached is None:
        code = error.code if error else ""
        if culprit(code) != GATEWAY:
            return elsewhere(code)
        proxy = shown_proxy(proxy_for(base_url))
        asked = f"the proxy {proxy}" if proxy else f"{host_of(base_url)}, port {port_of(base_url)}"
        return fail(
            f"No answer from {asked}: {error}.", "Check the network, then the address in posapp.toml.", {"cause": code}
        )
    figures = {"http_status": reached.status, "ms": round(reached.seconds * 1000, 1)}
    said = f"Answers in {reached.seconds * 1000:.0f} ms"
    if reached.status >= _FAULT:
        return warn(f"{said}, with a fault (HTTP {reached.status}).", "Try again; then ask its support desk.", figures)
    if reached.seconds > SLOW_S:
        return warn(f"{said}, which is slow.", "Look at the network before customers wait for it.", figures)
    return ok(f"{said}.", figures)
