"""The real window used while something below it is slow; tells how long its event loop ever stood still.

`python -m tests.faults.window.slow_disk --config FILE --data-dir DIR --control URL [--sales N] [--dns SECONDS]` sells,
pays, visits the order list, and prints one JSON line. A tracer around this process slows the disk down, `--dns` slows
every look-up of a name down.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer

from tests.benchmarks.inside.stage import Stage
from tests.faults.window.witness import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_MS: Final = 5
_KEYS_BETWEEN_MS: Final = 30
_PATIENCE_S: Final = 60.0


class Pulse:
    """A timer on the GUI thread that notes by how much it is late, without the time it only waited for a processor.

    Linux counts for each thread how long it was ready to run while others had the processors; that is this machine's
    business, not the window's.
    """

    def __init__(self, stage: Stage) -> None:
        """Begin to beat."""
        self._schedstat = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._last, self._waited = time.perf_counter(), self._waited_s()
        self.longest_s = self.longest_wall_s = 0.0
        self.beats = 0
        self._timer = QTimer(stage.window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(TICK_MS)

    def _beat(self) -> None:
        now, waited = time.perf_counter(), self._waited_s()
        wall = now - self._last
        self.longest_wall_s = max(self.longest_wall_s, wall)
        self.longest_s = max(self.longest_s, wall - (waited - self._waited))
        self._last, self._waited = now, waited
        self.beats += 1

    def _waited_s(self) -> float:
        return int(self._schedstat.read_text().split()[1]) / 1e9


def use_the_window(stage: Stage, sandbox: Sandbox, sales: int, say: Callable[[str], None]) -> None:
    """Sell so often, with everything else that a cashier does in between."""
    page, window = stage.window.payment_view, stage.window
    for number in range(sales):
        stage.type_digits(str(12_850 + number))
        stage.press(Qt.Key.Key_Return)
        until(stage, page.isVisible, "the payment page is there")
        say("charged")
        until(stage, lambda: page.qr_card.isVisible() and page.qr_card.matrix is not None, "the code is there")
        assert page.state is not None
        ref = page.state.attempt.merchant_order_id
        say("code")
        stage.press(Qt.Key.Key_F5)
        stage.pause(_KEYS_BETWEEN_MS)
        assert sandbox.do(ref, "pay")
        until(stage, page.paid_pane.isVisible, "it is green")
        say("green")
        stage.press(Qt.Key.Key_Return)
        until(stage, window.charge_view.isVisible, "the keypad is back")
    stage.press(Qt.Key.Key_F3)
    until(stage, lambda: window.orders_view.model.rowCount() == sales, "the list has them")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F2):
        stage.press(key)
        stage.pause(_KEYS_BETWEEN_MS)


def until(stage: Stage, happened: Callable[[], bool], what: str) -> None:
    """Type on while waiting: keys have to be taken all the time."""
    deadline = time.monotonic() + _PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain until {what}: {stage.window.payment_view.state}")
        stage.pause(_KEYS_BETWEEN_MS)
        stage.press(Qt.Key.Key_Shift)


def slow_names(seconds: float) -> None:
    """Let every look-up of a name take so long."""
    real, never = socket.getaddrinfo, threading.Event()

    def slow(host: str | bytes | None, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the real one's
        if host in ("localhost", b"localhost"):  # the shoppers of this test reach the sandbox by its number
            never.wait(seconds)
        return real(host, *arguments, **named)

    socket.getaddrinfo = slow


def main() -> int:
    """Use the window as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.window.slow_disk")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--control", required=True)
    parser.add_argument("--sales", type=int, default=1)
    parser.add_argument("--dns", type=float, default=0.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.dns:
        slow_names(options.dns)
    stage = Stage(options.config, options.data_dir)
    sandbox = Sandbox(options.control)
    began = time.monotonic()
    steps: list[tuple[str, float]] = []
    stage.session.show()
    stage.pause(1)
    # What it takes to build a page is no matter of disks (the bench measures it); the ledger is only being opened.
    assert stage.window.payment_view.isHidden()
    assert stage.window.orders_view.isHidden()
    pulse = Pulse(stage)
    use_the_window(stage, sandbox, options.sales, lambda step: steps.append((step, round(time.monotonic() - began, 2))))
    told = {"longest_s": pulse.longest_s, "longest_wall_s": pulse.longest_wall_s, "beats": pulse.beats, "steps": steps}
    ended = stage.close()
    sandbox.close()
    sys.stdout.write(json.dumps({**told, "ended": ended, "seconds": time.monotonic() - began}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
