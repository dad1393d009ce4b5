"""Text from outside in a cell: no spreadsheet takes it for a formula, and nothing in it moves a cursor."""

from __future__ import annotations

import re
from typing import Final

_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are full-width
_PLAIN: Final = re.compile(r"\w[\w .:/#-]*(?<! )").fullmatch
"""Most notes are of letters and digits of some script, and need no second look."""
_SKIPPED: Final = ("\t", "\r", "\n")  # spreadsheets skip these before they look for a formula


def safe_text(value: str) -> str:
    """Write a text so that it stays one: an apostrophe goes before what could be a formula."""
    text = printable(value)
    return f"'{text}" if value.lstrip().startswith(_FORMULAS) or value.startswith(_SKIPPED) else text


def csv_cell(value: str | None) -> str:
    """Write a text as a cell of CSV: safe, and quoted where it has to be."""
    if not value or _PLAIN(value):
        return value or ""
    text = safe_text(value)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',;"') or text != text.strip() else text


def printable(text: str) -> str:
    """Escape what moves a cursor, ends a line or turns the reading direction."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
