"""Files from the real window: today's orders from the list, the day from its page, to paths that are typed."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from posapp.ui.tokens import LIGHT, ToneName
from tests.e2e.eyes import Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e
SAVED = LIGHT.tones[ToneName.PAID].soft
NOTICE_PIXELS = 10_000
PILL_PIXELS = 400
ON_THE_LIST = Box(1204, 80, 52, 44)
"""The button at the right end of the list's bar."""
ON_THE_DAY = Box(1053, 80, 52, 44)
"""The same among the day's tools."""


def save_to(window: TillWindow, path: Path) -> None:
    """Type where the file goes into the panel that is open, and wait until it is there."""
    window.key("shift+Tab", "shift+Tab", "ctrl+a")
    window.type(str(path))
    window.see("the panel with the path", lambda picture: picture.count(SAVED) < NOTICE_PIXELS)
    window.key("Return")
    window.see("that it is saved", lambda picture: picture.count(SAVED) > NOTICE_PIXELS)


def test_orders_and_the_day_are_saved_where_somebody_typed(
    open_window: Callable[..., TillWindow], make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    till = make_till("cbtis")
    till.charge("128.50", wait=0).end()
    sandbox.pay(str(till.order()["merchant_order_id"]))
    till.orders("--refresh")
    window = open_window(till)
    window.key("F3")
    window.see("today's orders", lambda picture: picture.count(SAVED) > PILL_PIXELS)
    window.click(ON_THE_LIST)
    window.keep(window.settled(), "panel")
    save_to(window, till.folder / "orders.xlsx")
    assert b"128.5" in sheet(till.folder / "orders.xlsx")
    for name in ("day.xlsx", "day.pdf"):
        window.key("F3", "F4")
        window.settled()
        window.click(ON_THE_DAY)
        window.see("the empty panel", lambda picture: picture.count(SAVED) < NOTICE_PIXELS)
        window.settled()
        save_to(window, till.folder / name)
    assert b"128.5" in sheet(till.folder / "day.xlsx")
    pages = (till.folder / "day.pdf").read_bytes()
    assert pages.startswith(b"%PDF")
    assert pages.rstrip().endswith(b"%%EOF")
    assert [path.name for path in till.folder.iterdir() if path.name.endswith(".part")] == []


def sheet(path: Path) -> bytes:
    """Read the first sheet of a workbook."""
    with zipfile.ZipFile(path) as parts:
        return parts.read("xl/worksheets/sheet1.xml")
