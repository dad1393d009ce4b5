"""What waits for a person, in the real window: late money is kept with a reason, money paid twice goes back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

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

PAGE = Box(96, 64, 1184, 736)
RAIL = Box(0, 0, 96, 800)
ALARM, REFUNDED, ALL_WELL = (LIGHT.tones[name].soft for name in (ToneName.REFUSED, ToneName.REFUNDED, ToneName.PAID))
BADGE = LIGHT.tones[ToneName.REFUSED].solid


def rings(picture: Picture) -> bool:
    """Tell whether the alarm banner is there."""
    return picture.part(PAGE).count(ALARM) > 4000


def has_badge(picture: Picture) -> bool:
    """Tell whether the rail counts something."""
    return picture.part(RAIL).count(BADGE) > 60


def is_clear(picture: Picture) -> bool:
    """Tell whether the page says that nothing needs a look: the large disc, and no badge."""
    return picture.part(PAGE).count(ALL_WELL) > 1500 and not has_badge(picture)


def loud(picture: Picture) -> Box | None:
    """Find the loud button."""
    return picture.box_of(LIGHT.accent.solid) or picture.box_of(LIGHT.accent_hover)


def attempts(till: Till) -> dict[str, tuple[str, str | None, str | None]]:
    """Read each attempt's state, alarm and decision."""
    with closing(sqlite3.connect(till.data / "ledger.db")) as connection:
        rows = connection.execute("SELECT merchant_order_id, state, alarm, settled FROM attempts ORDER BY id")
        return {ref: (state, alarm, settled) for ref, state, alarm, settled in rows}


def paid_twice(window: TillWindow, till: Till, sandbox: SandboxProcess) -> str:
    """Sell with a second code after the first was closed, and let both be paid; returns the one that rings."""
    window.type("4550")
    window.key("Return")
    window.see_code()
    (first,) = attempts(till)
    sandbox.cancel(first)
    window.key("F5")
    until("it is closed", lambda: attempts(till)[first][0] == "CANCELLED")
    window.see("the code has gone", lambda picture: not picture.codes())
    window.key("F6")
    window.see_code()
    second = next(ref for ref in attempts(till) if ref != first)
    sandbox.pay(second)
    until("it is paid", lambda: attempts(till)[second][0] == "SUCCEEDED")
    sandbox.pay(first, force=True)
    window.key("F2")
    window.settled()
    window.key("ctrl+1")  # "did the last customer pay?"
    until("it is known", lambda: attempts(till)[first][1] == "PAID_TWICE")
    window.see("it rings", rings)
    return first


def test_late_money_rings_and_is_kept_with_a_reason_for_good(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    till = make_till("cbtis")
    window = open_window(till)
    window.type("4550")
    window.key("Return")
    window.see_code()
    ref = str(till.order()["merchant_order_id"])
    window.key("F7")
    window.see("the code has gone", lambda picture: not picture.codes())
    sandbox.pay(ref)
    window.key("F5")
    window.see("it rings", lambda picture: rings(picture) or has_badge(picture))
    assert till.order()["needs_look"] is True
    window.key("ctrl+i")
    window.see("the inbox", has_badge)
    window.settled()
    window.key("Tab", "space")  # from "Give back" to "Keep it"
    window.settled()
    window.type("The tea was served")
    window.key("Return")
    window.see("nothing needs a look", is_clear)
    assert attempts(till)[ref] == ("SUCCEEDED", "PAID_LATE", "KEPT")
    assert till.order()["needs_look"] is False
    window.end()
    again = open_window(till)
    again.key("ctrl+i")
    again.see("still nothing needs a look", is_clear)
    ended = till.run("verify")
    assert ended.code == 0, ended


def test_what_was_paid_twice_goes_back_from_the_inbox(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    window = open_window(till)
    first = paid_twice(window, till, sandbox)
    window.key("ctrl+i")
    window.see("the inbox", has_badge)
    window.settled()
    window.key("space")  # "Give back"
    window.settled()
    window.type("4550")
    window.key("Tab", "Tab")
    window.type(first[-4:])
    window.click(loud(window.see("the button", loud)))
    window.see("refunded", lambda picture: picture.count(REFUNDED) > 400)
    until("it is decided", lambda: attempts(till)[first] == ("SUCCEEDED", "PAID_TWICE", "REFUNDED"))
    window.key("Escape")
    window.see("nothing needs a look", is_clear)
    assert Decimal(str(sandbox.order(first)["refunded"])) == Decimal("45.50")
    assert sandbox.requests(provider)["refund"] == 1
