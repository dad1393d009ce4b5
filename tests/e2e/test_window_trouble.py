"""A gateway that is down, loses its reply or contradicts itself, as the cashier sees it."""

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

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

BAR = Box(640, 0, 640, 64)
PAGE = Box(96, 64, 1184, 736)
SIDE = Box(930, 300, 350, 500)
"""Where the payment page has its buttons."""
EDGE = LIGHT.line_strong


def bar_says(tone: ToneName) -> Callable[[Picture], bool]:
    """Tell whether the gateway's mark in the bar has the colour of this meaning."""
    return lambda picture: picture.part(BAR).count(LIGHT.tones[tone].ink) > 20


def nothing_shown(window: TillWindow) -> None:
    """Let the window never show green or a code from now on."""
    window.never("green", lambda picture: picture.is_green)
    window.never("a code", lambda picture: bool(picture.codes()))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_gateway_that_is_down_and_comes_back(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    till, port = make_till(), free_port()
    till.reconfigure(sandbox.base_url, f"http://127.0.0.1:{port}")
    window = open_window(till)
    window.see("the bar says no answer", bar_says(ToneName.REFUSED))
    window.type("6600")
    window.key("Return")
    window.see("it was not sent", lambda picture: picture.marks(ToneName.REFUSED))
    first = till.order()
    assert (first["state"], first["status"]) == ("NOT_SENT", "CLOSED")

    keys = Credentials(uid=sandbox.account("cbtis"), client_secret=sandbox.secret("cbtis"))
    with running_sandbox(port=port, credentials=keys) as there:
        picture = window.see("the bar says it answers", bar_says(ToneName.PAID), within=30)
        try_again, _next = picture.part(SIDE).frames_of(EDGE)
        window.click(try_again + SIDE)
        code = window.see_code().code()
        (order,) = httpx.get(f"{there.control_url}/truth", trust_env=False).json()["orders"]
        assert order["merchant_order_id"] == first["merchant_order_id"]
        assert (order["qr_urls"], order["create_posts"]) == ([code], 1)
        httpx.post(f"{there.control_url}/orders/{order['order_id']}/pay", trust_env=False).raise_for_status()
        window.see("green", lambda picture: picture.is_green)
        window.end()


def test_a_lost_reply_is_not_known_and_never_sent_again(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    nothing_shown(window)
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


def test_another_amount_is_never_green(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    window.type("8800")
    window.key("Return")
    window.see_code()
    sandbox.fault("query", "swap_amount", times=0, amount="88.01")
    sandbox.pay(window.till.order()["merchant_order_id"])
    window.see("the code has gone", lambda picture: not picture.codes())
    nothing_shown(window)
    window.see("needs a look", lambda picture: picture.part(PAGE).count(LIGHT.tones[ToneName.REVIEW].line) > 400)
    order = window.till.order()
    assert (order["standing"], order["needs_look"], order["state"]) == ("REVIEW", True, "PENDING")
    window.key("F5")
    window.see("needs a look", lambda picture: picture.part(PAGE).count(LIGHT.tones[ToneName.REVIEW].line) > 400)
