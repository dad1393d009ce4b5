"""A monkey at the till: seeded random keys, clicks, payments and faults, with a witness looking on.

`python -m tests.faults.window.monkey --seed S --events N` plays it again: the real window, the real till and a real
sandbox. What the monkey does depends on the seed alone; when answers arrive depends on the machine, too.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import random
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollBar

from posapp.app.sandbox_child import SandboxChild
from posapp.store.ledger import open_ledger
from posapp.store.verify import verify
from posapp.ui.theme import apply_theme
from tests.benchmarks.inside.stage import Stage
from tests.e2e.till import SECRET, config_text
from tests.faults.window.witness import Sandbox, Witness, sizes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.ui.theme import ThemeMode

REMEMBERED: Final = 50
SETTLE_S: Final = 2.0
_LOOK_EVERY: Final = 100
_KEYS: Final = tuple(
    getattr(Qt.Key, f"Key_{name}")
    for name in "F1 F2 F2 F3 F5 F6 F7 Escape Tab Backtab Backspace Up Down Left Right Home End PageUp PageDown "
    "Space Delete Insert Plus Period Comma A Z Minus".split()
)
_TEXTS: Final = ("12.50", "1e3", "7", "0.01", "99999999999999999999", "١٢", "5\n", "", "x" * 500, "1.234,56")
_VARIANTS: Final = ("truncated", "cut", "not_json", "html", "nan", "duplicate_keys", "deep", "empty", "missing_data")
_OPERATIONS: Final = ("create", "create", "query", "query", "query", "auth")
_SIZES: Final = ((680, 440), (800, 600), (1024, 768), (1280, 800), (1920, 1080))


class Monkey:
    """Does random things to a window. Lives on the GUI thread."""

    def __init__(self, stage: Stage, witness: Witness, sandbox: Sandbox, seed: int) -> None:
        """Sit down at a window that is open."""
        self._stage = stage
        self._window = stage.window
        self._witness = witness
        self._sandbox = sandbox
        self._dice = random.Random(seed)  # noqa: S311 - to be rolled the same way again
        self.remembered: deque[str] = deque(maxlen=REMEMBERED)
        self.presses = 0
        self._deeds: dict[Callable[[], str], int] = {
            self._sale: 6,
            self._digits: 14,
            self._enter: 10,
            self._key: 16,
            self._control_key: 4,
            self._button: 16,
            self._point: 8,
            self._wheel: 5,
            self._resize: 2,
            self._theme: 1,
            self._pay: 8,
            self._cancel: 3,
            self._fault: 5,
            self._fair_weather: 3,
            self._wait: 3,
        }

    def do_something(self) -> None:
        """Do one thing, and let the window take it in."""
        deed = self._dice.choices([*self._deeds], weights=[*self._deeds.values()])[0]
        self.remembered.append(deed())
        pause = self._dice.choices((0, 4, 30), weights=(70, 25, 5))[0]
        if pause:
            self._stage.pause(pause)
        else:
            QApplication.processEvents()

    # --- hands -----------------------------------------------------------------------------------------------

    def _tap(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Tap a key where the window system would send it: into the popup that is open, else into the window."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            QTest.keyClick(popup.focusWidget() or popup, key, modifiers)
        else:
            QTest.keyClick(self._window.windowHandle(), key, modifiers)

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
        self.presses += key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        self._tap(key, modifiers)
        return f"key {modifiers.name} {key.name}"

    def _sale(self) -> str:
        """Do what a cashier does; by chance alone it would be rare."""
        self._press(Qt.Key.Key_F2)
        return f"{self._digits()}, {self._enter()}"

    def _digits(self) -> str:
        digits = "".join(self._dice.choices("0123456789", k=self._dice.choice((1, 2, 3, 4, 14))))
        for digit in digits:
            self._tap(Qt.Key(ord(digit)))
        return f"type {digits}"

    def _enter(self) -> str:
        """Press Enter, often more than once in the same moment: that is one press."""
        count = self._dice.choice((1, 1, 2, 5))
        self.presses += 1
        for _ in range(count):
            self._tap(Qt.Key.Key_Return)
        return f"Enter x {count}"

    def _key(self) -> str:
        return self._press(self._dice.choice(_KEYS))

    def _control_key(self) -> str:
        control = Qt.KeyboardModifier.ControlModifier
        key = self._dice.choice((Qt.Key.Key_V, Qt.Key.Key_F, Qt.Key.Key_A, *map(Qt.Key, range(ord("1"), ord("6")))))
        QGuiApplication.clipboard().setText(self._dice.choice(_TEXTS))
        return self._press(key, control)

    def _button(self) -> str:
        there = [one for one in self._window.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
        button = self._dice.choice(there)
        place = button.mapTo(self._window, button.rect().center())
        if not self._window.rect().contains(place):
            return "a button that is scrolled out of sight"
        said = f"click {button.objectName() or button.accessibleName() or button.text()!r}"
        return f"{said} {self._click(place)}"

    def _point(self) -> str:
        x, y = self._dice.randrange(self._window.width()), self._dice.randrange(self._window.height())
        return f"click at {x}, {y} {self._click(QPoint(x, y))}"

    def _click(self, place: QPoint) -> str:
        """Click once, twice in the same moment, or with the other button."""
        self.presses += 1
        how = self._dice.choice(("once", "once", "twice", "right"))
        if how == "right" and isinstance(self._window.childAt(place), QScrollBar):
            # Qt's own menu of a scroll bar runs an event loop inside QTest's call, which holds the interpreter.
            return "not with the right button on a scroll bar"
        button = Qt.MouseButton.RightButton if how == "right" else Qt.MouseButton.LeftButton
        for _ in range(2 if how == "twice" else 1):
            popup = QApplication.activePopupWidget()
            none = Qt.KeyboardModifier.NoModifier
            if popup is not None:
                inside = QPoint(place.x() % popup.width(), place.y() % popup.height())
                QTest.mouseClick(popup.childAt(inside) or popup, button, none)
            else:
                QTest.mouseClick(self._window.windowHandle(), button, none, place)
        return how

    def _wheel(self) -> str:
        place = QPointF(self._dice.randrange(self._window.width()), self._dice.randrange(self._window.height()))
        turn = QPoint(0, self._dice.choice((-1200, -120, 120, 1200)))
        everywhere = self._window.mapToGlobal(place)
        none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, everywhere, QPoint(), turn, *none, False)
        QApplication.sendEvent(self._window.windowHandle(), event)
        return f"wheel {turn.y()} at {place.toPoint().toTuple()}"

    def _resize(self) -> str:
        size = self._dice.choice(_SIZES)
        self._window.resize(*size)
        return f"resize to {size}"

    def _theme(self) -> str:
        mode: ThemeMode = self._dice.choice(("light", "dark"))
        apply_theme(self._stage.session.app, mode)
        return f"theme {mode}"

    def _wait(self) -> str:
        milliseconds = self._dice.choice((60, 120, 250))
        self._stage.pause(milliseconds)
        return f"wait {milliseconds} ms"

    # --- the world -------------------------------------------------------------------------------------------

    def _pay(self) -> str:
        ref = self._one_of("code_content IS NOT NULL AND state IN ('CREATED', 'PENDING', 'ORPHAN', 'CANCELLED')")
        force = self._dice.random() < 0.2
        return f"pay {ref} force={force}: {ref is not None and self._sandbox.do(ref, 'pay', force=force)}"

    def _cancel(self) -> str:
        ref = self._one_of("state IN ('PENDING', 'UNKNOWN')")
        action = self._dice.choice(("cancel", "cancel", "expire"))
        return f"{action} {ref}: {ref is not None and self._sandbox.do(ref, action)}"

    def _one_of(self, where: str) -> str | None:
        """Choose by place, not by id: ids are new in every run. The newest is the likeliest, it may be on screen."""
        place = int(self._dice.random() ** 3 * REMEMBERED)
        refs = self._witness.refs(where)
        return refs[min(place, len(refs) - 1)] if refs else None

    def _fault(self) -> str:
        dice = self._dice
        kinds: tuple[dict[str, object], ...] = (
            {"fault": "latency", "seconds": dice.choice((0.05, 0.3, 1.2))},
            {"fault": "latency", "seconds": 0.5, "committed": False},
            {"fault": "drop_before", "reset": dice.random() < 0.5},
            {"fault": "drop_after", "reset": dice.random() < 0.5},
            {"fault": "status", "status": dice.choice((500, 502, 503, 401, 404)), "committed": dice.random() < 0.5},
            {"fault": "status", "status": 429, "retry_after": "1"},
            {"fault": "malformed", "variant": dice.choice(_VARIANTS)},
            {"fault": "stale"},
            {"fault": "expired_token"},
            {"fault": "swap_amount"},
            {"fault": "swap_order"},
            {"fault": "unknown_status", "word": dice.choice(("succeeded", "PROCESSING", ""))},
            {"fault": "not_found"},
            {"fault": "business_error", "code": dice.choice((30001, 99999))},
        )
        rule = {**dice.choice(kinds), "on": dice.choice(_OPERATIONS), "times": dice.choice((1, 1, 2))}
        self._sandbox.fault(rule)
        return f"fault {rule}"

    def _fair_weather(self) -> str:
        self._sandbox.clear()
        return "fair weather"


def play(seed: int, events: int, folder: Path) -> tuple[list[str], list[str], dict[str, object]]:
    """Play; returns the complaints, the last things that were done, and what was measured."""
    child = SandboxChild()
    try:
        access = child.access("cbtis")
        config = folder / "posapp.toml"
        config.write_text(config_text("cbtis", access.base_url, access.account), "utf-8")
        os.environ[SECRET] = access.secret
        stage = Stage(config, folder / "data")
        stage.open()
        sandbox = Sandbox(access.control_url)
        witness = Witness(stage.window, folder / "data" / "ledger.db", sandbox)
        monkey = Monkey(stage, witness, sandbox, seed)
        sizes = _let_loose(stage, monkey, witness, events)
        sandbox.clear()
        stage.pause(int(SETTLE_S * 1000))
        witness.look()
        witness.audit_everything()
        facts = _facts(monkey, witness, sizes)
        witness.close()
        if not stage.close():
            witness.complain("the till did not end in time")
        sandbox.close()
    finally:
        child.close()
    ledger = open_ledger(folder / "data" / "ledger.db")
    findings = verify(ledger).findings
    ledger.close()
    return [*witness.complaints, *map(str, findings)], [*monkey.remembered], facts


def _let_loose(stage: Stage, monkey: Monkey, witness: Witness, events: int) -> list[dict[str, float]]:
    sizes: list[dict[str, float]] = []
    for number in range(events):
        monkey.do_something()
        witness.look()
        if number % _LOOK_EVERY == 0:
            witness.audit()
        if number % max(1, events // 20) == 0:
            sizes.append(sizes_of(stage.window))
        if witness.complaints:
            break
    return [*sizes, sizes_of(stage.window)]


def _facts(monkey: Monkey, witness: Witness, sizes: list[dict[str, float]]) -> dict[str, object]:
    orders = witness.count("orders")
    if orders > monkey.presses:
        witness.complain(f"{orders} orders out of {monkey.presses} presses")
    return {
        "orders": orders,
        "presses": monkey.presses,
        "paid": witness.greens,
        "codes": witness.painted,
        "sizes": sizes,
    }


def main() -> int:
    """Play as the command line says; on a failure print the seed and what was done last."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.window.monkey")
    parser.add_argument("--seed", type=int, default=20260314)
    parser.add_argument("--events", type=int, default=20_000)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    faulthandler.enable()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="posapp-monkey-") as folder:
        complaints, remembered, facts = play(options.seed, options.events, Path(folder))
    sys.stdout.write(json.dumps({**facts, "seconds": time.monotonic() - began, "complaints": complaints}) + "\n")
    if complaints:
        done = "\n    ".join(remembered)
        said = "\n".join(complaints)
        sys.stderr.write(f"seed {options.seed}; the last {len(remembered)} things:\n    {done}\n{said}\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
