"""P1: the gateway's secret is nowhere that somebody else could read it while the window runs, nor afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.till import SECRET
from tests.faults.abuse.canary import children_of, command_lines, environment_of, is_in, sightings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.screen import Screen
    from tests.e2e.till_window import TillWindow

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

READ_CLIPBOARD = """
from PySide6.QtGui import QClipboard, QGuiApplication
app = QGuiApplication([])
for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
    print(app.clipboard().text(mode))
"""
STOPS = (3, 2, 4, 5, 6)
"""How many times Tab leads from the list to *Copy ids*: past the cross and *Ask now*, as things are."""


def clipboards(screen: Screen) -> str:
    """Return what another program can paste."""
    env = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", SECRET)}
    command = [sys.executable, "-c", READ_CLIPBOARD]
    return subprocess.run(
        command, env=env | {"DISPLAY": screen.display}, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    ).stdout


def copied_ids(window: TillWindow, screen: Screen) -> str:
    """Open the newest order and press this or that in its drawer, until its ids are in the clipboard."""
    for stops in STOPS:
        window.key("F3")
        window.settled()
        window.key("Down", "Return")
        window.settled()
        window.key(*["Tab"] * stops, "space")
        window.settled()
        pasted = clipboards(screen)
        if "merchant_order_id: " in pasted:
            return pasted
    raise AssertionError("nothing in the drawer copies the ids")


def test_p1_the_window_shows_and_hands_on_no_secret(
    open_window: Callable[..., TillWindow], sandbox: SandboxProcess, screen: Screen, tmp_path: Path
) -> None:
    window = open_window()
    till, secret = window.till, sandbox.secret("cbtis")
    assert till.env[SECRET] == secret
    window.type("4200")
    window.key("Tab")
    window.type("table 7")
    window.key("ctrl+a", "ctrl+c", "Return")
    window.see_code()
    sandbox.fault("query", "expired_token")
    sandbox.pay(till.order()["merchant_order_id"])
    window.see("green", lambda picture: picture.is_green)

    pasted = clipboards(screen)
    assert "table 7" in pasted, "the clipboard was not read"
    pasted += copied_ids(window, screen)
    titles = screen.titles()
    assert "Harbour Tea" in titles, "the titles were not read"
    commands = command_lines()
    assert str(till.data).encode() in commands, "the command lines were not read"
    handed_on = [environment_of(pid) for pid in children_of(window.child.process.pid)]
    seen = [pasted.encode(), titles.encode(), commands, *handed_on]
    assert [content for content in seen if is_in(content, [secret])] == []

    window.end()
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert "ledger.db" in names
    assert sightings(till.folder, [secret]) == []
