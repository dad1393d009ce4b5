"""The window, killed and stopped with a code on screen: what was open is found again, the same code or the money."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Final

import pytest

from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.eyes import Box
from tests.e2e.patience import until
from tests.e2e.screen import Screen
from tests.faults.death.closing import click_the_cross

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.child import Ended
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]
    MakeTill = Callable[..., Till]

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(180)]

PAID: Final = LIGHT.tones[ToneName.PAID]
WAITING_CHIP: Final = LIGHT.tones[ToneName.WAITING].soft
CHIPS: Final = Box(96, 64, 1184, 60)
"""Where the chips of open orders are: under the bar."""
FOUND_WITHIN_S: Final = 3.0
STOP_S: Final = 2.0
HELD_S: Final = 30
ENDINGS: Final = (
    pytest.param("SIGTERM", marks=pytest.mark.campaign),
    pytest.param("SIGINT", marks=pytest.mark.campaign),
    "SIGHUP",
)
PROVIDERS: Final = ("cbtis", pytest.param("airwallex", marks=pytest.mark.campaign))


def charged(window: TillWindow, sandbox: SandboxProcess) -> tuple[object, str]:
    """Charge in a window; return the order's id at the gateway and its code."""
    window.type("4200")
    window.key("Return")
    code = window.see_code().code()
    ref = window.till.order()["merchant_order_id"]
    assert [code] == sandbox.order(ref)["qr_urls"]
    return ref, str(code)


def found_again(till: Till, sandbox: SandboxProcess, ref: object) -> None:
    """Let the shopper pay now, and the next command find it out."""
    assert till.order()["state"] == "PENDING"
    sandbox.pay(ref)
    assert till.order("--refresh")["state"] == "SUCCEEDED"
    assert sandbox.order(ref)["create_posts"] == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_k7_paid_while_the_window_was_dead_it_is_green_within_one_cycle_of_the_start(
    open_window: OpenWindow, make_till: MakeTill, sandbox: SandboxProcess, provider: str, figure: Callable[[str], None]
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
    figure(f"{provider}: green {seconds:.1f} s after the window was there again")


def test_k6_a_code_survives_a_kill_and_is_offered_again(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
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


@pytest.mark.parametrize("ending", ENDINGS)
def test_k11_told_to_stop_with_an_open_order_the_window_goes_at_once_and_the_order_goes_on(
    open_window: OpenWindow, sandbox: SandboxProcess, ending: str
) -> None:
    window = open_window()
    ref, _ = charged(window, sandbox)
    ended, seconds = window.end(signal.Signals[ending])
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert seconds < STOP_S
    found_again(window.till, sandbox, ref)


def test_k11_closed_by_its_cross_with_an_open_order_the_window_goes_at_once_and_the_order_goes_on(
    open_window: OpenWindow, screen: Screen, sandbox: SandboxProcess
) -> None:
    window = open_window()
    ref, _ = charged(window, sandbox)
    began = time.monotonic()
    click_the_cross(screen.display, int(screen.window_of(window.child.process.pid)))
    ended = window.child.end()
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert time.monotonic() - began < STOP_S
    found_again(window.till, sandbox, ref)


@pytest.mark.campaign
def test_k11_closed_while_the_gateway_holds_its_reply_the_order_is_found_at_the_next_start(
    open_window: OpenWindow, sandbox: SandboxProcess
) -> None:
    window = open_window()
    sandbox.fault("create", "latency", seconds=HELD_S)
    window.type("4200")
    window.key("Return")
    until("the create", sandbox.seen)
    ended, seconds = window.end()
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert seconds < STOP_S
    sandbox.clear_faults()
    assert window.till.order("--refresh")["state"] == "ORPHAN"


@pytest.mark.campaign
def test_k11_when_the_screen_goes_away_the_program_ends_and_the_order_goes_on(
    make_till: MakeTill, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    """The end of a session takes the X server with it; Qt then ends the program without asking it."""
    from tests.e2e.till_window import TillWindow

    screen = Screen(tmp_path)
    window = TillWindow(make_till(), screen, tmp_path)
    window.open()
    ref, _ = charged(window, sandbox)
    began = time.monotonic()
    screen.close()
    ended = window.child.end()
    assert time.monotonic() - began < STOP_S
    assert "Traceback" not in ended.err
    assert "QThread" not in ended.err
    window.till.children.remove(window.child)  # what Qt says of the screen's end is not ours to audit
    found_again(window.till, sandbox, ref)


@pytest.mark.parametrize("ending", ENDINGS)
def test_k11_told_to_stop_while_waiting_a_charge_ends_at_once_and_says_open(
    make_till: MakeTill, sandbox: SandboxProcess, ending: str
) -> None:
    till = make_till()
    charge = till.charge(wait=60)
    ref = charge.until("qr")["merchant_order_id"]
    began = time.monotonic()
    charge.signal(signal.Signals[ending])
    ended = charge.end()
    assert time.monotonic() - began < STOP_S
    assert says_open(ended, "PENDING")
    sandbox.pay(ref)
    assert till.order("--refresh")["state"] == "SUCCEEDED"


@pytest.mark.parametrize("ending", ENDINGS)
def test_k11_told_to_stop_while_the_create_is_held_a_charge_ends_at_once_and_says_open(
    make_till: MakeTill, sandbox: SandboxProcess, ending: str
) -> None:
    till = make_till()
    sandbox.fault("create", "latency", seconds=HELD_S)
    charge = till.charge(wait=60)
    ref = charge.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    began = time.monotonic()
    charge.signal(signal.Signals[ending])
    ended = charge.end()
    assert time.monotonic() - began < STOP_S
    assert ended.names == ["attempt", "open"]
    assert says_open(ended, "CREATING")
    assert till.order("--refresh")["state"] == "ORPHAN"


def says_open(ended: Ended, state: str) -> bool:
    """Tell whether a charge ended as one whose order goes on."""
    return (ended.code, ended.names[-1], ended.last["state"], ended.err) == (5, "open", state, "")


@pytest.mark.campaign
def test_k11_a_charge_that_was_told_to_outlive_its_session_does(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does: children inherit it
    try:
        charge = make_till().charge(wait=60)
    finally:
        signal.signal(signal.SIGHUP, before)
    ref = charge.until("qr")["merchant_order_id"]
    charge.signal(signal.SIGHUP)
    sandbox.pay(ref)
    ended = charge.end()
    assert (ended.code, ended.last["state"]) == (0, "SUCCEEDED")
