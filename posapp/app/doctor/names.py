"""Names: is the gateway's, or that of the proxy before it, found, and how fast?"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, fail, ok, warn
from posapp.app.doctor.proxy import proxy_for
from posapp.app.doctor.reach import host_of, port_of

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

SLOW_S: Final = 2.0
_SHOWN: Final = 4


def examine(ground: Ground) -> Finding:
    """Resolve the name that a connection begins with."""
    base_url = ground.config().base_url
    proxy = proxy_for(base_url)
    first = proxy or base_url
    host, whose = host_of(first), "the proxy's name" if proxy else "the gateway's name"
    began = time.perf_counter()
    try:
        found = socket.getaddrinfo(host, port_of(first), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no name"
        return fail(
            f"{host}, {whose}, cannot be found ({reason}).",
            "Check the spelling, the network cable or Wi-Fi, and the network's name server.",
            {"host": host},
        )
    seconds = time.perf_counter() - began
    addresses = sorted({str(address[4][0]) for address in found})
    figures = {"host": host, "addresses": [*addresses[:_SHOWN]], "ms": round(seconds * 1000, 1)}
    shown = ", ".join(addresses[:_SHOWN])
    if seconds > SLOW_S:
        return warn(f"{host} is {shown}, which took {seconds:.1f} s to find.", "The name server is slow.", figures)
    return ok(f"{host} is {shown}.", figures)
