"""A gateway that contradicts itself, as the cashier sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.eyes import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

PAGE = Box(96, 64, 1184, 736)


def nothing_shown(window: TillWindow) -> None:
    """Let the window never show green or a code from now on."""
    window.never("green", lambda picture: picture.is_green)
    window.never("a code", lambda picture: bool(picture.codes()))


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
