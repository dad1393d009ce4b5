"""X1: however a cashier presses *Charge*, one press or ten in a row are one order and one create POST."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from posapp.domain.money import Money
from posapp.ui.main_window import MainWindow
from posapp.ui.tokens import LIGHT
from tests.e2e.patience import pause
from tests.ui.fake_till import FakeTill
from tests.ui.hands import click, double_click, press, type_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tests.e2e.eyes import Box, Picture
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytestmark = [pytest.mark.xdist_group("faults-concurrency"), pytest.mark.timeout(120)]

BURSTS: Final = 25
CAMPAIGN_BURSTS: Final = 500
TRIES: Final = 8
DOUBLE_CLICK_S: Final = 0.55
"""From the first click to the second; the page stays deaf for a little longer after it has come up."""
EDGES: Final = ("return", "enter", "click", "double click")
"""Presses that begin a sale where there is an amount to charge; the other hands only add to the noise."""


def charge_button(picture: Picture) -> Box | None:
    """Find the button where it can be pressed, with the mouse on it or not."""
    return picture.box_of(LIGHT.accent.solid) or picture.box_of(LIGHT.accent_hover)


# --- the real window -------------------------------------------------------------------------------------


def test_x1_impatient_hands_make_one_order_each(
    open_window: OpenWindow, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    """Two presses at once, a held key, key and mouse together, F2 and Enter twice: one create POST each."""
    window = open_window()
    sandbox.fault("create", "latency", seconds=0.4, times=0)

    def twice() -> None:
        window.key("Return", "Return")

    def hold() -> None:
        window.do("keydown", "Return")
        window.see("a code under a held key", lambda picture: picture.codes())
        pause(0.3)
        window.do("keyup", "Return")

    def key_and_mouse() -> None:
        window.do(
            *window.way_to(charge_button(window.look())), "key", "--delay", "0", "Return", "click", "1", "key", "Return"
        )

    def new_charge_twice() -> None:
        window.key("F2", "Return", "F2", "Return")

    ways = (twice, hold, key_and_mouse, new_charge_twice)
    for count, hands in enumerate(ways, start=1):
        window.type(f"{count}000")
        window.see("the button", charge_button)
        hands()
        # F2 goes back to the keypad where it comes after the order was committed: the order goes on without a page.
        if hands is not new_charge_twice:
            window.see_code()
        listed = window.till.orders()
        assert [order["amount"] for order in listed] == ["40.00", "30.00", "20.00", "10.00"][-count:]
        window.key("Escape")
        window.see("the keypad", lambda picture: not picture.codes())
    assert [seen["create_posts"] for seen in sandbox.seen()] == [1] * len(ways)
    figure(f"{len(ways)} kinds of impatience at a real window, {len(ways)} create POSTs")


def test_x1_a_double_click_leaves_the_code_on_screen(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    """The second click lands on what came up under the mouse: that is no wish to go on."""
    window, sale = open_window(), 0
    for sale in range(1, TRIES + 1):
        window.type(f"{sale}000")
        window.see("the button", charge_button)
        button = charge_button(window.look())
        began = time.monotonic()
        window.click(button)
        code = window.see_code().code()
        window.do("click", "1")  # where the mouse is, as a hand does
        quick = time.monotonic() - began < DOUBLE_CLICK_S
        pause(0.3)
        if quick:
            assert window.look().code() == code
            break
        window.key("Escape")  # this machine was too busy for a double click
        window.see("the keypad", lambda picture: not picture.codes())
    assert [seen["create_posts"] for seen in sandbox.seen()] == [1] * sale


# --- any burst of presses --------------------------------------------------------------------------------


class Hands:
    """Presses things in a window whose till answers only when it is told to."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.till = FakeTill()
        self.till.held.update({"recent_unpaid", "charge"})
        self.window = MainWindow(self.till, theme_mode="light")
        self.window.show()
        qtbot.waitExposed(self.window)
        type_keys(self.window.charge_view.display, "12850")

    def do(self, what: str) -> None:
        """Do one thing, as fast as it goes."""
        target = QApplication.focusWidget() or self.window
        button = self.window.charge_view.charge_button
        match what:
            case "return":
                press(target, Qt.Key.Key_Return)
            case "enter":
                press(target, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
            case "repeat":
                none = Qt.KeyboardModifier.NoModifier
                again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", autorep=True)
                QApplication.sendEvent(target, again)
            case "click" if button.isVisible():
                click(button)
            case "double click" if button.isVisible():
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                double_click(button)
            case "F2":
                press(target, Qt.Key.Key_F2)
            case "checked":
                self._answer("recent_unpaid")
            case "charged":
                self._answer("charge")
            case _:
                pass

    def _answer(self, name: str) -> None:
        """Let the till answer what it was asked so far of one kind."""
        self.till.release(name)
        self._qtbot.wait(1)

    def close(self) -> None:
        """Put the window away."""
        self.window.close()
        self.window.deleteLater()
        self._qtbot.wait(1)


bursts = st.lists(
    st.sampled_from(("return", "enter", "repeat", "click", "double click", "F2", "checked", "charged")),
    min_size=1,
    max_size=14,
)


def _one_order(qtbot: QtBot, burst: list[str]) -> None:
    hands = Hands(qtbot)
    try:
        for what in burst:
            hands.do(what)
        for what in ("checked", "charged") * 3:
            hands.do(what)
        wanted = [(Money(12850, "HKD"), "")] if any(what in EDGES for what in burst) else []
        assert hands.till.called("charge") == wanted
        assert len(hands.till.orders_by_id) == len(wanted)
    finally:
        hands.close()


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_x1_any_burst_of_presses_is_one_order(qtbot: QtBot, campaign: bool, figure: Callable[[str], None]) -> None:
    count = CAMPAIGN_BURSTS if campaign else BURSTS

    @settings(max_examples=count, suppress_health_check=(HealthCheck.too_slow,))
    @given(burst=bursts)
    @example(burst=["double click", "return", "checked", "click", "return", "checked", "charged", "click"])
    @example(burst=["F2", "return", "F2", "return", "checked", "F2", "return", "charged", "F2", "return"])
    @example(burst=["return", "repeat", "repeat", "checked", "repeat", "charged", "repeat"])
    def one_order(burst: list[str]) -> None:
        _one_order(qtbot, burst)

    one_order()
    figure(f"{count:,} random bursts of presses, never more than one order")
