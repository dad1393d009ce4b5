"""The monitors: names, sizes, scales, as Qt sees them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, fail, ok, skipped, warn
from posapp.app.doctor.qt_probe import QtBroken, ask_qt

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

LEAST_WIDTH: Final = 1024
LEAST_HEIGHT: Final = 720


def examine(_ground: Ground) -> Finding:
    """Ask Qt for its screens."""
    if not has_display():
        return skipped("There is no display here; commands work without one, the window does not.")
    try:
        found = ask_qt("monitors")
    except QtBroken as error:
        return fail(
            f"The window cannot open: {error}.",
            "Install what Qt needs (README, Two commands), and start posapp in a session with a screen.",
        )
    monitors = [monitor for monitor in found["monitors"] if monitor["width_px"] > 0]
    if not monitors:
        return warn("Qt finds no monitor.", "Connect one before selling with the window.", found)
    named = [f"{m['name']} {m['width_px']} x {m['height_px']} at {m['scale_percent']} %" for m in monitors]
    said = f"{'; '.join(named)}."
    if not any(_is_large_enough(monitor) for monitor in monitors):
        least = f"{LEAST_WIDTH} x {LEAST_HEIGHT}"
        return warn(said, f"The window wants {least} points; lower the scale or take a larger monitor.", found)
    return ok(said, found)


def _is_large_enough(monitor: dict[str, int]) -> bool:
    scale = monitor["scale_percent"] / 100
    return monitor["width_px"] / scale >= LEAST_WIDTH and monitor["height_px"] / scale >= LEAST_HEIGHT


def has_display() -> bool:
    """Tell whether a window could open somewhere."""
    if "QT_QPA_PLATFORM" in os.environ or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
