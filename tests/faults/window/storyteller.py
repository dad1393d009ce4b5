"""Starts a told window as a child process on a till, and finds what it told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.e2e.child import Child

if TYPE_CHECKING:
    from tests.e2e.child import Ended, JsonObject
    from tests.e2e.till import Till

ROOT: Final = Path(__file__).parents[3]


def start_told(till: Till, *steps: str) -> Child:
    """Start the window of a till without a screen, with steps like `await ready` or `sell 4200`."""
    errors = till.folder / f"{len(till.children)}.err"
    env = {**till.env, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    words = json.dumps([step.split() for step in steps])
    where = ("--config", str(till.config), "--data-dir", str(till.data))
    child = Child.start([words, *where], env, errors, module="tests.faults.window.told_window")
    till.children.append(child)
    return child


def tell(till: Till, *steps: str) -> Ended:
    """Run such a window to its end, which must be a good one."""
    ended = start_told(till, *steps, "quit").end()
    assert (ended.code, ended.err) == (0, ""), ended
    return ended


def told(ended: Ended, event: str) -> list[JsonObject]:
    """Return what was told of one kind, oldest first."""
    return [one for one in ended.events if one["event"] == event]


def logged(till: Till, level: str = "") -> list[str]:
    """Return the lines of a till's log, of one level where one is named."""
    file = till.data / "logs" / "posapp.log"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [line for line in lines if f" {level} " in line or not level]
