"""N1 and N5 as the cashier sees them: a gateway that is down, a reply that is lost."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from posapp.sandbox.credentials import Credentials
from posapp.sandbox.server import running_sandbox
from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.eyes import Box
from tests.e2e.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.eyes import Picture
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    MakeTill = Callable[..., Till]
    OpenWindow = Callable[..., TillWindow]

pytestmark = pytest.mark.e2e

BAR = Box(640, 0, 640, 64)
SIDE = Box(930, 300, 350, 500)
"""Where the payment page has its buttons."""


def bar_says(tone: ToneName) -> Callable[[Picture], bool]:
    """Tell whether the gateway's mark in the bar has the colour of this meaning."""
    return lambda picture: picture.part(BAR).count(LIGHT.tones[tone].ink) > 20


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_n1_a_gateway_that_is_down_and_comes_back(
    open_window: OpenWindow, make_till: MakeTill, sandbox: SandboxProcess, campaign: bool
) -> None:
    till, port = make_till(), free_port()
    till.reconfigure(sandbox.base_url, f"http://127.0.0.1:{port}")
    window = open_window(till)
    if campaign:  # the bar waits ten seconds before it speaks of silence
        window.see("the bar says no answer", bar_says(ToneName.REFUSED))
    window.type("6600")
    window.key("Return")
    window.see("it was not sent", lambda picture: picture.marks(ToneName.REFUSED))
    picture = window.see("both buttons", lambda picture: len(picture.part(SIDE).frames_of(LIGHT.line_strong)) == 2)
    first = till.order()
    assert (first["state"], first["status"]) == ("NOT_SENT", "CLOSED")

    keys = Credentials(uid=sandbox.account("cbtis"), client_secret=sandbox.secret("cbtis"))
    with running_sandbox(port=port, credentials=keys) as there:
        try_again, _next = picture.part(SIDE).frames_of(LIGHT.line_strong)
        window.click(try_again + SIDE)
        code = window.see_code().code()
        window.see("the bar says it answers", bar_says(ToneName.PAID))
        (order,) = httpx.get(f"{there.control_url}/truth", trust_env=False).json()["orders"]
        assert order["merchant_order_id"] == first["merchant_order_id"]
        assert (order["qr_urls"], order["create_posts"]) == ([code], 1)
        httpx.post(f"{there.control_url}/orders/{order['order_id']}/pay", trust_env=False).raise_for_status()
        window.see("green", lambda picture: picture.is_green)
        window.end()


def test_n5_a_lost_reply_is_not_known_and_never_sent_again(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    window.never("green", lambda picture: picture.is_green)
    window.never("a code", lambda picture: bool(picture.codes()))
    sandbox.fault("create", "drop_after")
    sandbox.fault("query", "latency", seconds=1.0, committed=False)
    window.type("7700")
    window.key("Return")
    window.see("not known yet", lambda picture: picture.marks(ToneName.NOT_KNOWN))
    assert window.till.order()["state"] in ("UNKNOWN", "ORPHAN")
    until("the gateway is found to know it", lambda: window.till.order()["state"] == "ORPHAN")
    window.see("still not known", lambda picture: picture.marks(ToneName.NOT_KNOWN))
    (seen,) = sandbox.seen()
    assert seen["create_posts"] == 1
