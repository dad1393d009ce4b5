"""Text from outside made fit to be read: nothing in it can turn it around, hide a part of it or break its line."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 20_000
"""Characters of one text that are ever shown."""
_ELIDED: Final = "…"
_MARKS_IN_A_ROW: Final = 4
"""More marks on one letter than any language needs only climb over the lines above."""


def visible(text: str, limit: int = LONGEST) -> str:
    """Return one line of plain text in which every control and direction character is written out.

    What tried to reverse a line stands there as the six letters of its code: it is seen, and can be told to the
    support desk.

    Args:
        text: Anything.
        limit: Characters that are kept; what was cut off is marked.
    """
    marks, shown = 0, list[str]()
    for character in text[: limit + 1]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS_IN_A_ROW:
            continue
        if character.isprintable():
            shown.append(character)
        elif unicodedata.category(character) == "Zs":
            shown.append(" ")
        else:
            shown.append(character.encode("unicode_escape").decode("ascii"))
    line = "".join(shown)
    return line if len(line) <= limit and len(text) <= limit else f"{line[: limit - 1]}{_ELIDED}"
