"""The gateway's secret is nowhere that somebody else could read it while the window runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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


def clipboards(screen: Screen) -> str:
    """Return what another program can paste."""
    env = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    command = [sys.executable, "-c", READ_CLIPBOARD]
    return subprocess.run(
        command, env=env | {"DISPLAY": screen.display}, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    ).stdout


def command_lines() -> bytes:
    """Return the command lines of all processes, which every user of the machine can read."""
    found = b""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found += (folder / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
    return found


def test_the_secret_stays_where_it_is(
    open_window: Callable[..., TillWindow], sandbox: SandboxProcess, screen: Screen, tmp_path: Path
) -> None:
    window = open_window()
    till, secret = window.till, sandbox.secret("cbtis")
    assert till.env["POSAPP_GATEWAY_SECRET"] == secret
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
    titles = screen.titles()
    assert "Harbour Tea" in titles, "the titles were not read"
    commands = command_lines()
    assert str(till.data).encode() in commands, "the command lines were not read"
    assert secret not in pasted + titles
    assert secret.encode() not in commands

    window.end()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "ledger.db" for path in written)
    assert any(path.suffix == ".log" for path in written)
    assert [path for path in written if secret.encode() in path.read_bytes()] == []
