"""What all measurements share: one environment for every process, a running sandbox, tills' folders."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from posapp.app.sandbox_child import SandboxChild
from tests.benchmarks.process import Process

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT: Final = Path(__file__).resolve().parents[2]
BARE_WINDOW: Final = Path(__file__).parent / "inside" / "bare_window.py"
SECRET_VARIABLE: Final = "POSAPP_GATEWAY_SECRET"
ANSWER_S: Final = 10.0
_CONFIG: Final = """\
[shop]
name = "Harbour Tea"
till = "T1"
time_zone = "Asia/Hong_Kong"
day_starts_at = "04:00"
[gateway]
provider = "cbtis"
base_url = "{base_url}"
flow = "qrcode"
currency = "HKD"
[gateway.cbtis]
uid = "{uid}"
[polling]
base_seconds = {base_s}
"""
# Both would make every start compile its sources anew or again; a shop's till has its bytecode.
_DROPPED: Final = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONPROFILEIMPORTTIME", "PYTHONMALLOC")


class Till:
    """A till's configuration and data folder, and the ways to start its window."""

    def __init__(self, folder: Path, env: dict[str, str], config: str) -> None:
        self.folder = folder
        self.config = folder / "posapp.toml"
        self.data = folder / "data"
        self._env = env
        folder.mkdir(parents=True)
        self.config.write_text(config, encoding="utf-8")

    def start_until_usable(self) -> Process:
        """Start the installed program as it is, told to end once its keypad can be used."""
        return self._python("-m", "posapp", *self._places, "--exit-when-usable")

    def play(self, scene: str, *words: str, traced_by: tuple[str, ...] = ()) -> Process:
        """Start the real window with one of the scenes of `tests.benchmarks.inside` at its keyboard."""
        return self._python("-m", "tests.benchmarks.inside", scene, *self._places, *words, traced_by=traced_by)

    @property
    def _places(self) -> tuple[str, ...]:
        return ("--config", str(self.config), "--data-dir", str(self.data))

    def _python(self, *words: str, traced_by: tuple[str, ...] = ()) -> Process:
        return Process([*traced_by, sys.executable, *words], self._env, self.folder / "stderr.txt")


class Surroundings:
    """Everything a room needs; made once for the whole run."""

    def __init__(self, folder: Path, sandbox: SandboxChild, platform: str) -> None:
        access = sandbox.access("cbtis")
        self._folder = folder
        self._access = access
        self._tills = 0
        self.platform = platform
        self.secret = access.secret
        self.env = _environment(folder, platform) | {SECRET_VARIABLE: access.secret}
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def bare_window(self, *words: str) -> Process:
        """Start the yardstick."""
        return Process([sys.executable, str(BARE_WINDOW), *words], self.env, self._folder / "bare-stderr.txt")

    def till(self, base_s: float = 2.0) -> Till:
        """Return a till with a ledger of its own, on the sandbox.

        Args:
            base_s: Base interval of its polling.
        """
        self._tills += 1
        config = _CONFIG.format(base_url=self._access.base_url, uid=self._access.account, base_s=base_s)
        return Till(self._folder / f"till-{self._tills}", self.env, config)

    def pay(self, merchant_order_id: str) -> float:
        """Pay an order as its shopper would; returns when the gateway says it was paid, in seconds since 1970."""
        address = f"{self._access.control_url}/orders/{merchant_order_id}/pay"
        request = urllib.request.Request(address, data=b"", method="POST")  # noqa: S310 - our own sandbox
        with self._opener.open(request, timeout=ANSWER_S) as reply:
            answer = cast("dict[str, dict[str, str]]", json.load(reply))  # our own sandbox's words
        return datetime.fromisoformat(answer["order"]["paid_at"]).timestamp()


@contextlib.contextmanager
def surroundings(folder: Path, platform: str) -> Generator[Surroundings]:
    """Start the sandbox and have it end with us."""
    child = SandboxChild()
    try:
        yield Surroundings(folder, child, platform)
    finally:
        child.close()


def _environment(folder: Path, platform: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    env["QT_QPA_PLATFORM"] = platform
    env["PYTHONPATH"] = str(ROOT)
    env["LC_ALL"] = "C.UTF-8"
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        env[f"XDG_{name}_HOME"] = str(folder / "home" / name.lower())
    if platform == "offscreen":
        env.pop("DISPLAY", None)
        env.pop("WAYLAND_DISPLAY", None)
    return env
