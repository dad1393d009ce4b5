"""The shopper's phone: headless Chromium, told what to do over a pair of pipes in its DevTools protocol."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any, Final

from tests.e2e.patience import until

if TYPE_CHECKING:
    from pathlib import Path

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_ANSWER_S: Final = 30.0
_END_S: Final = 10.0
_MIDDLE: Final = (("x", "width"), ("y", "height"))
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # it cannot have one where tests run as root, and it opens nothing but our own pages
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=390,844",
    "--remote-debugging-pipe",
)


def find_browser() -> str | None:
    """Return the browser of this machine; None where there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Phone:
    """A browser with one page. Chromium reads commands from its descriptor 3 and answers on 4."""

    def __init__(self, browser: str, folder: Path) -> None:
        """Start it.

        Args:
            browser: The program.
            folder: A folder for its profile.
        """
        their_in, self._write = os.pipe()
        self._read, their_out = os.pipe()
        # Out of the way of 3 and 4, which the shell is about to fill.
        high_in, high_out = (fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in (their_in, their_out))
        script = f'exec "$@" 3<&{high_in} 4>&{high_out}'
        with (folder / "browser.err").open("wb") as errors:
            self._process = subprocess.Popen(
                ["bash", "-c", script, "bash", browser, *_FLAGS, f"--user-data-dir={folder / 'profile'}"],  # noqa: S607
                pass_fds=(high_in, high_out),
                stdout=errors,
                stderr=errors,
            )
        for one in (their_in, their_out, high_in, high_out):
            os.close(one)
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def open(self, address: str) -> None:
        """Open a page, and wait until it is there."""
        self._call("Page.navigate", url=address)
        until("the page is there", lambda: self._ask("document.readyState") == "complete")

    def title(self) -> str:
        """Return the page's title."""
        return str(self._ask("document.title"))

    def text(self) -> str:
        """Return what is written on the page."""
        return str(self._ask("document.body.innerText"))

    def click(self, selector: str) -> None:
        """Press the left mouse button in the middle of something."""
        box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        x, y = (self._ask(f"(box => box.{start} + box.{size} / 2)({box})") for start, size in _MIDDLE)
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def close(self) -> None:
        """End it."""
        self._session = None
        self._send("Browser.close", {})
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def _ask(self, expression: str) -> object:
        result = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        number = self._send(method, parameters)
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]

    def _send(self, method: str, parameters: dict[str, object]) -> int:
        self._count += 1
        message: dict[str, object] = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        return self._count

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _ANSWER_S
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            got = os.read(self._read, 65_536) if ready else b""
            assert got, "the browser does not answer"
            self._buffer += got
        text, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(text)
