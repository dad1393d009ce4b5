"""The manager's evening in the real window: one sale, F4, *Close day* with the mouse, and a Z in the ledger."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from posapp.domain.day_close import check_chain
from posapp.domain.day_text import report_from
from posapp.store.day_closes import close_rows
from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.eyes import Box
from tests.e2e.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.day_close import CloseRow
    from tests.e2e.eyes import Picture
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e
ACCENT_NOTICE = LIGHT.accent.soft
WRITTEN = LIGHT.tones[ToneName.PAID].soft
NOTICE_PIXELS = 20_000
HEAD = (64, 76)
"""Where the page's head begins and how high it is."""


def close_button(picture: Picture) -> Box | None:
    """Find *Close day*, in the right half of the strip that the page's head is in."""
    corner = Box(picture.width // 2, HEAD[0], picture.width // 2, HEAD[1])
    part = picture.part(corner)
    found = part.box_of(LIGHT.accent.solid) or part.box_of(LIGHT.accent_hover)
    return None if found is None else found + corner


def zs(till: Till) -> list[CloseRow]:
    """Read the Zs that are in the ledger."""
    with closing(sqlite3.connect(f"{(till.data / 'ledger.db').as_uri()}?mode=ro", uri=True)) as connection:
        return list(close_rows(connection))


def test_a_day_is_closed(open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess) -> None:
    till = make_till("cbtis")
    window = open_window(till)
    window.type("12850")
    window.key("Return")
    window.see_code()
    ref = str(till.order()["merchant_order_id"])
    window.key("F2")
    sandbox.pay(ref)

    window.key("F4")
    window.click(close_button(window.see("the day", close_button)))
    window.see("the question", lambda picture: picture.count(ACCENT_NOTICE) > NOTICE_PIXELS)
    assert zs(till) == []
    window.key("shift+Tab", "space")  # the keyboard is on the safe answer; the other one is before it
    window.see("what was written", lambda picture: picture.count(WRITTEN) > NOTICE_PIXELS)

    until("the Z is there", lambda: len(zs(till)) == 1)
    assert check_chain(zs(till)) is None
    told = report_from(zs(till)[0].report)
    assert [total.gross_minor for total in told.totals] == [12850]
    assert till.run("report", "--day", told.day.isoformat(), "--json").out.strip() == zs(till)[0].report
