"""One planted bug: where it is, what it changes, and the test that must not let it pass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """A change of one place in the program that breaks a promise.

    Attributes:
        name: The bug in a few words.
        file: The file it is planted in, from the project's root.
        old: The text that is there; exactly once.
        new: The text that is put in its place.
        killer: The test that has to fail, as pytest names it.
    """

    name: str
    file: str
    old: str
    new: str
    killer: str

    def plant(self, root: Path) -> None:
        """Write the bug into the tree at `root`.

        Raises:
            ValueError: The text to be changed is not there exactly once.
        """
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.file} has the text to change {text.count(self.old)} times")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")

    def mend(self, root: Path) -> None:
        """Put the file back as it is in the project."""
        (root / self.file).write_bytes((ROOT / self.file).read_bytes())
