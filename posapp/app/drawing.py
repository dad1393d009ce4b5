"""A command that draws: Qt without a window, also on a computer without a screen."""

from __future__ import annotations

import os

from PySide6.QtGui import QGuiApplication

from posapp.ui.fonts import load_fonts


def ready_to_draw() -> None:
    """Make what Qt needs to lay text out; a second time does no harm."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _kept.append(QGuiApplication([]))
        load_fonts()


_kept: list[QGuiApplication] = []
"""Qt ends with its application object."""
