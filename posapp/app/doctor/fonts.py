"""The fonts: figures of equal width, and Chinese for notes and for what the gateway says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, ok, skipped, warn
from posapp.app.doctor.qt_probe import QtBroken, ask_qt

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

_CHINESE: Final = "Install a Chinese font (Debian: fonts-noto-cjk, or the smaller fonts-droid-fallback)."


def examine(_ground: Ground) -> Finding:
    """Ask Qt for glyphs; on Linux that needs no display."""
    try:
        found = ask_qt("fonts", **({"QT_QPA_PLATFORM": "offscreen"} if sys.platform == "linux" else {}))
    except QtBroken as error:
        return skipped(f"Qt does not start: {error}.")
    if found["missing"]:
        return warn(f"No font here has {found['missing']}; such words would be boxes.", _CHINESE, found)
    if not found["own_face"] or not found["tabular"]:
        return warn("Figures do not stand in columns.", "Install posapp anew: its own typeface is missing.", found)
    return ok("Figures of equal width, and Chinese.", found)
