"""Finding the line of a TOML file on which a key begins, for sentences that name it."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class TomlLines:
    """The lines of one file."""

    def __init__(self, text: str) -> None:
        """Take the whole text; it must be TOML."""
        self._lines = text.rstrip().split("\n")

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._lines)

    def line_of(self, path: Sequence[str]) -> int | None:
        """Find the line on which a key or table begins; None where there is no such thing.

        TOML's parser keeps no places. But it tells what a file has that ends after so many lines, so the line is the
        first one without which the key would not be there.
        """
        if not self._has(len(self._lines), path):
            return None
        return bisect_left(range(1, len(self._lines)), x=True, key=lambda count: self._has(count, path)) + 1

    def _has(self, count: int, path: Sequence[str]) -> bool:
        """Tell whether the first lines have the key; what began on the last of them is read to its own end."""
        for end in range(count, len(self._lines) + 1):
            try:
                document = tomllib.loads("\n".join(self._lines[:end]))
            except tomllib.TOMLDecodeError:
                continue
            return _holds(document, path)
        return False


def _holds(document: Mapping[str, Any], path: Sequence[str]) -> bool:
    found: object = document
    for part in path:
        if not isinstance(found, dict) or part not in found:
            return False
        found = cast("dict[str, object]", found)[part]
    return True
