"""Tooltips: what is in one is text, never markup, whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def set_tooltip(widget: QWidget, words: str) -> None:
    """Give a widget a tooltip, or none for an empty text.

    Qt guesses whether a tooltip is markup, so that words from outside could draw pictures or hide what they say; as
    escaped markup they are shown as they are, and long ones are broken over lines.
    """
    escaped = Qt.convertFromPlainText(words, Qt.WhiteSpaceMode.WhiteSpaceNormal) if words else ""
    if widget.toolTip() != escaped:
        widget.setToolTip(escaped)
