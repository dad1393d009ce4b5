"""A disk that loses power: which contents a folder may have after a cut, given what was written and what was synced.

Writes and truncations of a file may each be lost, or torn at a sector, until the file is synced. Names (made, renamed,
removed) may be lost until the folder is synced, but in their order only: file systems keep a journal of those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

SECTOR: Final = 512

Contents = dict[str, bytes]
"""A folder: the content of each file by its path."""


class Loss(StrEnum):
    """What the cut takes of that which was not synced."""

    ALL = "all of it"
    NOTHING = "nothing"
    LAST_TORN = "the last write is torn"
    SOME = "some, with a tear here and there"


@dataclass(frozen=True)
class Write:
    """Bytes at an offset."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A file's new length."""

    size: int


@dataclass(eq=False)
class File:
    """One file, whatever its name: what is safe, and what came after."""

    safe: bytes = b""
    pending: list[Write | Truncate] = field(default_factory=list[Write | Truncate])

    def sync(self) -> None:
        """Make everything safe."""
        self.safe = applied(self.safe, self.pending)
        self.pending = []

    def after(self, loss: Loss, dice: random.Random) -> bytes:
        """Return what may be left of it."""
        if loss is Loss.ALL:
            return self.safe
        if loss is Loss.NOTHING:
            return applied(self.safe, self.pending)
        if loss is Loss.LAST_TORN:
            return applied(self.safe, [*self.pending[:-1], *(_torn(one, dice) for one in self.pending[-1:])])
        return applied(self.safe, [_torn(one, dice) for one in self.pending if dice.random() < 0.6])


def applied(content: bytes, changes: Iterable[Write | Truncate]) -> bytes:
    """Return what a file holds after some changes; holes read as zeros."""
    held = bytearray(content)
    for change in changes:
        if isinstance(change, Truncate):
            held = held[: change.size].ljust(change.size, b"\0")
        else:
            if len(held) < change.offset:
                held.extend(bytes(change.offset - len(held)))
            held[change.offset : change.offset + len(change.data)] = change.data
    return bytes(held)


def _torn(change: Write | Truncate, dice: random.Random) -> Write | Truncate:
    """Let a write reach the disk up to some sector only; small ones are within one, and whole."""
    if isinstance(change, Truncate) or len(change.data) <= SECTOR:
        return change
    return Write(change.offset, change.data[: SECTOR * dice.randrange(len(change.data) // SECTOR + 1)])


Renaming = dict[str, File | None]
"""One step of a folder's names: who bears them from now on; None for nobody."""


@dataclass
class Disk:
    """Files by path, as their programs see them, and as much of that as is safe."""

    names: dict[str, File] = field(default_factory=dict[str, File])
    _safe: dict[str, File] = field(default_factory=dict[str, File])
    _pending: dict[str, list[Renaming]] = field(default_factory=dict[str, list[Renaming]])

    @classmethod
    def of(cls, contents: Contents) -> Disk:
        """Return a disk on which all of this is safe."""
        files = {path: File(content) for path, content in contents.items()}
        return cls(dict(files), dict(files))

    def make(self, path: str) -> None:
        """Make an empty file where there is none."""
        if path not in self.names:
            self._name(path, {path: File()})

    def write(self, path: str, offset: int, data: bytes) -> None:
        """Write into a file."""
        self.names[path].pending.append(Write(offset, data))

    def truncate(self, path: str, size: int) -> None:
        """Give a file another length."""
        self.names[path].pending.append(Truncate(size))

    def remove(self, path: str) -> None:
        """Remove a name."""
        self._name(path, {path: None})

    def rename(self, old: str, new: str) -> None:
        """Give a file another name in its folder, in place of whoever had that."""
        self._name(new, {old: None, new: self.names[old]})

    def sync(self, path: str) -> None:
        """Make a file's content safe, which says nothing of its name; or the names in a folder."""
        if path in self.names:
            self.names[path].sync()
        for step in self._pending.pop(path, []):
            _rename(self._safe, step)

    def now(self, path: str) -> bytes:
        """Return what a program reads of a file now."""
        return applied(self.names[path].safe, self.names[path].pending)

    def after(self, loss: Loss, dice: random.Random) -> Contents:
        """Return what may be left of everything."""
        names = dict(self._safe)
        for steps in self._pending.values():
            kept = {Loss.ALL: 0, Loss.SOME: dice.randrange(len(steps) + 1)}.get(loss, len(steps))
            for step in steps[:kept]:
                _rename(names, step)
        return {path: file.after(loss, dice) for path, file in names.items()}

    def _name(self, path: str, step: Renaming) -> None:
        _rename(self.names, step)
        self._pending.setdefault(path.rpartition("/")[0], []).append(step)


def _rename(names: dict[str, File], step: Renaming) -> None:
    for path, file in step.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file
