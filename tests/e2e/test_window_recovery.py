"""Power cuts, stops and second windows: nothing is sent twice, and what was open is found again."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.eyes import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

PAID = LIGHT.tones[ToneName.PAID]
WAITING_CHIP = LIGHT.tones[ToneName.WAITING].soft
CHIPS = Box(96, 64, 1184, 60)
"""Where the chips of open orders are: under the bar."""
FOUND_WITHIN_S = 2.0


def charged(window: TillWindow, sandbox: SandboxProcess) -> tuple[object, str]:
    """Charge in a window; return the order's id at the gateway and its code."""
    window.type("4200")
    window.key("Return")
    code = window.see_code().code()
    ref = window.till.order()["merchant_order_id"]
    assert [code] == sandbox.order(ref)["qr_urls"]
    return ref, str(code)


def test_paid_during_a_power_cut(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess, provider: str
) -> None:
    window = open_window(make_till(provider))
    ref, _ = charged(window, sandbox)
    window.kill()
    sandbox.pay(ref)
    again = open_window(window.till)
    again.see("paid", lambda picture: picture.count(PAID.soft) > 400)
    seconds = time.monotonic() - again.visible_at
    assert seconds < FOUND_WITHIN_S
    assert window.till.order()["state"] == "SUCCEEDED"
    assert sandbox.order(ref)["create_posts"] == 1


def test_a_code_survives_a_power_cut(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    ref, code = charged(window, sandbox)
    window.kill()
    again = open_window(window.till)
    seen = again.see("the chip", lambda picture: picture.part(CHIPS).box_of(WAITING_CHIP))
    chip = seen.part(CHIPS).box_of(WAITING_CHIP)
    assert chip is not None
    again.click(chip + CHIPS)
    again.see_code(code)
    sandbox.pay(ref)
    again.see("green", lambda picture: picture.is_green)
    assert sandbox.order(ref)["create_posts"] == 1


@pytest.mark.parametrize("stop", ["SIGTERM", "SIGINT"])
def test_stopping_with_an_open_order(open_window: OpenWindow, sandbox: SandboxProcess, stop: str) -> None:
    window = open_window()
    charged(window, sandbox)
    ended, seconds = window.end(signal.Signals[stop])
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert seconds < 2
    assert window.till.order()["state"] == "PENDING"


def test_a_second_window_is_refused(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    window.type("4")
    till = window.till
    second = till.start_bare("--config", str(till.config), "--data-dir", str(till.data)).end()
    assert second.code == 1
    assert "already open" in second.err
    window.type("200")
    window.key("Return")
    code = window.see_code().code()
    order = till.order()
    assert order["amount"] == "42.00"
    assert [code] == sandbox.order(order["merchant_order_id"])["qr_urls"]
