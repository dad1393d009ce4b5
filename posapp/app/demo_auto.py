"""The scripted sale of `posapp demo --auto`: real key events in the real window, real HTTP to the sandbox's wallet."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from posapp.domain.status import AttemptState, Standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.app.sandbox_child import SandboxAccess
    from posapp.app.window_session import WindowSession
    from posapp.domain.order import OrderSnapshot

AMOUNT_KEYS: Final = "12850"
STEP_S: Final = 20.0
_POLL_MS: Final = 10


class SaleError(Exception):
    """A step of the scripted sale did not happen in time."""


class ScriptedSale:
    """Does one sale as a cashier and a shopper would, and writes down when each step happened."""

    def __init__(self, session: WindowSession, folder: Path, access: Callable[[], SandboxAccess]) -> None:
        """Prepare the sale.

        Args:
            session: The window and its till, not shown yet.
            folder: Where screenshots and `result.json` go.
            access: How to reach the sandbox, once the till is ready.
        """
        self._session = session
        self._folder = folder
        self._access = access
        self._began = time.monotonic()
        self._steps: list[dict[str, object]] = []
        self._latest: OrderSnapshot | None = None
        self._ready = False
        self._wallet_answered = False
        session.till.signals.ready.connect(self._on_ready)
        session.till.signals.order_changed.connect(self._on_order)

    def run(self) -> bool:
        """Do the sale; True where every step happened. `result.json` is written in either case."""
        problem = None
        try:
            self._sell()
        except SaleError as error:
            problem = str(error)
            self._picture("failed")
        self._write_result(problem)
        return problem is None

    def _sell(self) -> None:
        self._session.show()
        self._until("the till is ready", lambda: self._ready)
        self._until("the window is painted", self._session.window.isVisible)
        self._picture("keypad")
        for digit in AMOUNT_KEYS:
            self._press(Qt.Key(ord(digit)))
        self._pause(100)
        self._picture("amount")
        self._press(Qt.Key.Key_Return)
        self._until("the code is on screen", self._code_is_shown)
        self._picture("code")
        self._pay()
        self._until("the payment page shows paid", lambda: self._standing() is Standing.PAID)
        self._until("the green pane is painted", lambda: self._visible("paidPane"))
        self._pause(150)
        self._picture("paid")
        self._press(Qt.Key.Key_F3)
        self._until("the order list shows paid", lambda: self._listed()[:1] == [Standing.PAID])
        self._pause(100)
        self._picture("orders")

    def _pay(self) -> None:
        """Open the code's address as a phone would, and press *Pay*."""
        content = self._content()
        self._step("wallet opened")
        self._session.till.compute(_pay_in_wallet, content, self._on_wallet)
        self._until("the wallet took the payment", lambda: self._wallet_answered)

    def _code_is_shown(self) -> bool:
        latest = self._latest
        return latest is not None and latest.leading.state is AttemptState.PENDING and self._visible("qrCard")

    def _listed(self) -> list[Standing]:
        """Return what stands in the rows of the order list; nothing while another page is shown."""
        view = self._session.window.orders_view
        rows = range(view.model.rowCount()) if view.isVisible() else ()
        orders = [view.model.snapshot_at(row) for row in rows]
        return [order.standing for order in orders if order is not None]

    def _standing(self) -> Standing | None:
        return self._latest.standing if self._latest else None

    def _content(self) -> str:
        code = self._latest.leading.code if self._latest else None
        return code.content if code else ""

    def _visible(self, name: str) -> bool:
        widget = self._session.window.findChild(QWidget, name)
        return widget is not None and widget.isVisible()

    def _press(self, key: Qt.Key) -> None:
        """Let a key arrive as one from the keyboard does: at the window, where shortcuts see it first."""
        window = self._session.window
        if not window.isActiveWindow():
            window.activateWindow()
            self._until("the window has the keyboard", window.isActiveWindow, note=False)
        QTest.keyClick(window.windowHandle(), key)
        self._pause(_POLL_MS)

    def _until(self, what: str, happened: Callable[[], bool], *, note: bool = True) -> None:
        deadline = time.monotonic() + STEP_S
        while not happened():
            if time.monotonic() > deadline:
                raise SaleError(f"waited {STEP_S:.0f} s in vain until {what}")
            self._pause(_POLL_MS)
        if note:
            self._step(what)

    def _pause(self, milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _step(self, what: str, picture: str | None = None) -> None:
        step: dict[str, object] = {"step": what, "at_ms": round((time.monotonic() - self._began) * 1000)}
        if picture:
            step["screenshot"] = picture
        self._steps.append(step)

    def _picture(self, name: str) -> None:
        count = sum("screenshot" in step for step in self._steps) + 1
        file = f"{count:02d}-{name}.png"
        if not self._session.window.grab().save(str(self._folder / file)):
            raise SaleError(f"the screenshot {file} could not be written")
        self._step(f"screenshot of {name}", file)

    def _write_result(self, problem: str | None) -> None:
        latest = self._latest
        result = {
            "ok": problem is None,
            "problem": problem,
            "steps": self._steps,
            "qr_content": self._content(),
            "merchant_order_id": latest.leading.merchant_order_id if latest else None,
            "amount": str(latest.order.money) if latest else None,
            "state": latest.leading.state.value if latest else None,
            "status": latest.status.value if latest else None,
            "listed": [standing.value for standing in self._listed()],
        }
        (self._folder / "result.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")

    def _on_ready(self) -> None:
        self._ready = True

    def _on_order(self, snapshot: OrderSnapshot) -> None:
        self._latest = snapshot

    def _on_wallet(self, answered: bool) -> None:
        self._wallet_answered = answered


def _pay_in_wallet(address: str) -> bool:
    """Load the wallet page and send its *Pay* form; runs away from the GUI thread."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=STEP_S) as page:
        html = page.read().decode("utf-8")
    if 'id="pay"' not in html:
        return False
    with opener.open(f"{address}/pay", data=b"", timeout=STEP_S) as paid:
        return paid.status == 200  # noqa: PLR2004 - HTTP's OK
