"""Giving money back in the real window, by keys and clicks, at both gateways: once, told live, kept over a restart."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import JsonObject
    from tests.e2e.eyes import Box, Picture
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

PAID, REFUNDED, UNKNOWN = (LIGHT.tones[name].soft for name in (ToneName.PAID, ToneName.REFUNDED, ToneName.NOT_KNOWN))
PILL_PIXELS = 400
LIST_PILL_WIDTH = 100
TO_REFUND = ("Tab",) * 4
"""From the list's row to *Refund…*: the drawer's cross, what scrolls, *Ask now*, *Refund…*."""
TO_TAIL = ("Tab",) * 2
"""From the amount to the field for the id's end."""


def paid(till: Till, sandbox: SandboxProcess) -> str:
    charge = till.charge("128.50")
    ref = str(charge.until("attempt")["merchant_order_id"])
    charge.until("qr")
    sandbox.pay(ref)
    assert charge.end().code == 0
    return ref


def button(picture: Picture) -> Box | None:
    """Find the loud button of the sheet, with the mouse on it or not."""
    return picture.box_of(LIGHT.accent.solid) or picture.box_of(LIGHT.accent_hover)


def is_list(picture: Picture) -> bool:
    """Tell the order list from the last orders beside the keypad, whose pills are wider."""
    pill = picture.box_of(PAID)
    return pill is not None and pill.width < LIST_PILL_WIDTH


def fill_sheet(window: TillWindow, ref: str, amount: str = "2000") -> Picture:
    """Go to the newest order's details and fill the sheet in; returns the picture with the button to press."""
    window.key("F3")
    window.see("the list", is_list)
    window.key("Down", "Return")
    window.settled()
    window.key(*TO_REFUND)
    window.key("space")
    window.settled()
    window.type(amount)
    window.key(*TO_TAIL)
    window.type(ref[-4:])
    return window.see("the button", button)


def refunds(till: Till) -> list[JsonObject]:
    return cast("list[JsonObject]", till.order()["refunds"])


def back(sandbox: SandboxProcess, ref: str) -> Decimal:
    return Decimal(str(sandbox.order(ref)["refunded"]))


def test_a_part_goes_back_by_one_click_and_is_told_live(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    window = open_window(till)
    picture = fill_sheet(window, ref)
    window.click(button(picture))
    window.see("refunded", lambda picture: picture.count(REFUNDED) > PILL_PIXELS)
    assert back(sandbox, ref) == Decimal("20.00")
    window.key("Escape")
    window.see(
        "the drawer", lambda picture: picture.count(PAID) > PILL_PIXELS and picture.count(REFUNDED) > PILL_PIXELS
    )
    (refund,) = refunds(till)
    assert (refund["amount"], refund["state"]) == ("20.00", "SUCCEEDED")
    assert sandbox.requests(provider)["refund"] == 1


def test_enter_and_clicks_together_give_back_once(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    sandbox.fault("refund", "latency", seconds=0.5)
    window = open_window(till)
    picture = fill_sheet(window, ref, "6000")
    window.do(
        *window.way_to(button(picture)), "click", "--repeat", "3", "--delay", "20", "1", "key", "Return", "Return"
    )
    window.see("refunded", lambda picture: picture.count(REFUNDED) > PILL_PIXELS)
    assert sandbox.requests(provider)["refund"] == 1
    assert back(sandbox, ref) == Decimal("60.00")
    assert len(refunds(till)) == 1


def test_another_orders_characters_give_nothing_back(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    till = make_till()
    ref = paid(till, sandbox)
    window = open_window(till)
    picture = fill_sheet(window, "XXXX" if not ref.endswith("XXXX") else "YYYY")
    window.click(button(picture))
    window.see("the warning", lambda picture: picture.count(UNKNOWN) > PILL_PIXELS)
    assert refunds(till) == []


def test_a_power_cut_while_the_answer_is_awaited_sends_nothing_twice(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    sandbox.fault("refund", "latency", seconds=15)
    window = open_window(till)
    picture = fill_sheet(window, ref, "12850")
    window.click(button(picture))
    until("the refund has arrived", lambda: back(sandbox, ref) == Decimal("128.50"))
    window.kill()
    assert refunds(till)[0]["state"] == "REQUESTED"
    again = open_window(till)
    until("it is found out", lambda: refunds(till)[0]["state"] == "SUCCEEDED")
    again.key("F3")
    again.see("the list", lambda picture: picture.count(PAID) > PILL_PIXELS)
    assert sandbox.requests(provider)["refund"] == 1
    assert len(refunds(till)) == 1


def test_what_nobody_knows_is_said_so_and_offers_no_second_refund(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    till = make_till("cbtis")
    ref = paid(till, sandbox)
    sandbox.fault("refund", "drop_before")
    window = open_window(till)
    picture = fill_sheet(window, ref, "12850")
    window.click(button(picture))
    window.see("not known", lambda picture: picture.count(UNKNOWN) > PILL_PIXELS)
    window.key("Escape")
    window.settled()
    assert refunds(till)[0]["state"] == "UNKNOWN"
    assert sandbox.requests("cbtis")["refund"] == 1
