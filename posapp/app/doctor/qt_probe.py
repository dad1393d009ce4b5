"""What Qt finds here, asked in a process of its own: a Qt that cannot start ends its process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

from posapp.app.child_env import child_env

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

    from posapp.app.doctor.finding import Figure

_LIMIT_S: Final = 12.0
_SAMPLE: Final = "微信支付"
_MAX_COMPLAINT: Final = 200


class QtBroken(Exception):
    """Qt does not start here; the message is its last word."""


def ask_qt(what: str, **environment: str) -> dict[str, Any]:
    """Ask a process of our own.

    Args:
        what: `monitors` or `fonts`.
        environment: Variables for it.

    Raises:
        QtBroken: It did not come up.
    """
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "posapp"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no word from outside
            [*command, "doctor", "--ask-qt", what],
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
            env=child_env(**environment),
        )
    except subprocess.TimeoutExpired:
        raise QtBroken(f"no answer within {_LIMIT_S:g} s") from None
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    raise QtBroken(_last_word(done.stderr.decode("utf-8", errors="replace")) or f"it ended with {done.returncode}")


def _last_word(complaints: str) -> str:
    """Return the line that says most: Qt's own complaint, else the last."""
    lines = ["".join(c for c in line if c.isprintable()).strip() for line in complaints.splitlines() if line.strip()]
    wanted = [line for line in lines if line.startswith(("qt.qpa", "ImportError", "This application failed"))] or lines
    return wanted[0 if wanted is not lines else -1][:_MAX_COMPLAINT] if wanted else ""


def answer_as_child(what: str) -> dict[str, Figure]:
    """Start Qt in this process and say what it finds."""
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication(["posapp"])
    return _monitors(app) if what == "monitors" else _fonts()


def _monitors(app: QGuiApplication) -> dict[str, Figure]:
    listed: list[Figure] = []
    for screen in app.screens():
        size, scale = screen.size(), screen.devicePixelRatio()
        facts: dict[str, Figure] = {
            "name": screen.name(),
            "width_px": round(size.width() * scale),
            "height_px": round(size.height() * scale),
            "scale_percent": round(scale * 100),
        }
        listed.append(facts)
    return {"platform": app.platformName(), "monitors": listed}


def _fonts() -> dict[str, Figure]:
    from PySide6.QtGui import QFontMetricsF

    from posapp.ui.fonts import font, load_fonts

    loaded = load_fonts()
    widths = {round(QFontMetricsF(font(tabular=True)).horizontalAdvance(digit), 3) for digit in "0123456789"}
    return {"own_face": loaded, "tabular": len(widths) == 1, "missing": _missing(_SAMPLE)}


def _missing(text: str) -> str:
    """Return the characters for which no font of this computer has a glyph."""
    from PySide6.QtGui import QTextLayout

    from posapp.ui.fonts import font

    without: list[str] = []
    for character in text:
        layout = QTextLayout(character, font())
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        glyphs = [index for run in layout.glyphRuns() for index in run.glyphIndexes()]
        if not glyphs or 0 in glyphs:
            without.append(character)
    return "".join(without)
