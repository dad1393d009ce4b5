"""A sale from the first key to green, in the real window: a code off the screen, paid in a browser, charged once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.eyes import Box, Picture
    from tests.e2e.phone import Phone
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

PAID_PILL = LIGHT.tones[ToneName.PAID].soft
PILL_PIXELS = 400


def charge_button(picture: Picture) -> Box | None:
    """Find the button where it can be pressed, with the mouse on it or not."""
    return picture.box_of(LIGHT.accent.solid) or picture.box_of(LIGHT.accent_hover)


def test_a_sale(
    open_window: OpenWindow,
    make_till: Callable[..., Till],
    sandbox: SandboxProcess,
    phone: Phone,
    provider: str,
) -> None:
    till = make_till(provider)
    window = open_window(till)
    window.type("12850")
    window.key("Return")
    picture = window.see_code()
    there = sandbox.order(till.order()["merchant_order_id"])
    assert [picture.code()] == there["qr_urls"]
    assert (Decimal(str(there["amount"])), there["currency"]) == (Decimal("128.50"), "HKD")

    phone.open(str(picture.code()))
    assert "128.50" in phone.text()
    phone.click("#pay")
    until("the wallet says it is paid", lambda: phone.title().startswith("Paid"))

    green = window.see("green", lambda picture: picture.is_green)
    assert green.codes() == []
    assert (till.order()["state"], till.order()["status"]) == ("SUCCEEDED", "PAID")

    window.key("F3")
    window.see("the list", lambda picture: not picture.is_green and picture.count(PAID_PILL) > PILL_PIXELS)
    assert sandbox.order(there["merchant_order_id"])["create_posts"] == 1


def test_green_goes_away_by_itself(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    window.type("700")
    window.key("Return")
    window.see_code()
    sandbox.pay(window.till.order()["merchant_order_id"])
    window.see("green", lambda picture: picture.is_green)
    window.see("the keypad", lambda picture: not picture.is_green)
    window.type("5")
    window.see("the next amount", charge_button)
