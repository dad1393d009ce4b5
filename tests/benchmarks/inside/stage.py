"""The real window on a real ledger and real HTTP, and what a cashier's hands and eyes need to use it."""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Final

from posapp.app import compose
from posapp.app.config import read_config
from posapp.app.logs import start_logging
from posapp.app.paths import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import Qt

    from posapp.gateways.base import PaymentGateway
    from posapp.gateways.settings import GatewaySettings
    from posapp.services.events import Publish
    from posapp.services.till import TillServices
    from tests.benchmarks.inside.timed_gateway import TimedGateway

_PATIENCE_S: Final = 30.0
_LOOK_MS: Final = 5


class Stage:
    """One window of posapp, put together as the command `posapp` does it, but for a stop watch at the gateway."""

    def __init__(self, config_file: Path, data_dir: Path) -> None:
        config = read_config(config_file)
        folder = DataFolder(data_dir)
        folder.make()
        start_logging(folder.logs)
        gc.disable()  # as the command does, until the first paint
        from posapp.app.window_session import WindowSession

        facts = compose.till_facts(config, training=False)
        self._gateway: TimedGateway | None = None
        real = compose.build_gateway

        def timed(settings: GatewaySettings) -> PaymentGateway:
            from tests.benchmarks.inside.timed_gateway import TimedGateway

            self._gateway = TimedGateway(real(settings))
            return self._gateway

        compose.build_gateway = timed

        async def build(publish: Publish) -> TillServices:
            settings = compose.gateway_settings(config, compose.gateway_secret(config))
            return compose.build_services(facts, settings, folder, publish, config.base_seconds)

        self.session = WindowSession(facts, build)
        self.window = self.session.window
        self._ready = False
        self.session.till.signals.ready.connect(self._on_ready)

    @property
    def gateway(self) -> TimedGateway:
        """The adapter; there once the window is open."""
        assert self._gateway is not None
        return self._gateway

    def open(self) -> None:
        """Show the window and wait until it is painted, the ledger is open and the gateway reachable."""
        self.session.show()
        self.until(lambda: self._ready, "the till is ready")
        self.pause(600)  # the payment page is built ahead, and the first look at the gateway is over

    def close(self) -> bool:
        """End everything; False where something did not end in time."""
        return self.session.end()

    def press(self, key: Qt.Key) -> None:
        """Press and release a key, as the window system would report it."""
        from PySide6.QtTest import QTest

        QTest.keyClick(self.window.windowHandle(), key)

    def type_digits(self, digits: str) -> None:
        """Press the keys of an amount, one after the other, each painted before the next."""
        from PySide6.QtCore import Qt

        for digit in digits:
            self.press(Qt.Key(ord(digit)))
            self.pause(_LOOK_MS)

    def until(self, happened: Callable[[], bool], what: str) -> None:
        """Let the window run until something has happened.

        Raises:
            TimeoutError: It did not.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {_PATIENCE_S:.0f} s in vain until {what}")
            self.pause(_LOOK_MS)

    def pause(self, milliseconds: int) -> None:
        """Let the window run for a while."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def tell(self, event: str, **facts: str | float) -> None:
        """Say what happened to whoever measures."""
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()

    def _on_ready(self) -> None:
        self._ready = True
