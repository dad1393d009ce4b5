"""What a life wrote, read back from strace: the steps it did to the files of a folder, and its marks between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.death.disk import Disk

RECORDED: Final = (
    "openat", "lseek", "read", "write", "pwrite64", "sendfile", "fsync", "fdatasync", "ftruncate", "unlink", "rename",
)  # fmt: skip
WORDS: Final = ("-y", "-xx", "-s", "200000", "-e", f"trace={','.join(RECORDED)}")
"""What strace has to be told."""
_LINE: Final = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)", re.DOTALL)
_FD: Final = re.compile(r"(\d+)<([^>]*)>")
_TEXT: Final = re.compile(r"\"([^\"]*)\"")


@dataclass(frozen=True)
class Step:
    """Something that a life did: a change of the disk, or a mark.

    Attributes:
        what: In words.
        do: Does it to a disk; None for a mark.
        mark: The words of a mark.
    """

    what: str
    do: Callable[[Disk], None] | None = None
    mark: tuple[str, ...] = ()


def read_steps(log: Path, folder: Path, marks: Path) -> list[Step]:
    """Read what a life did to the files below a folder, whose paths are relative to it, and what it marked."""
    reader = _Reader(str(folder), str(marks))
    for line in log.read_text("ascii").splitlines():
        found = _LINE.match(line)
        if found and not found[3].startswith("-"):
            reader.take(found[1], found[2], int(found[3]))
    return reader.steps


@dataclass
class _Reader:
    folder: str
    marks: str
    steps: list[Step] = field(default_factory=list[Step])
    _at: dict[str, int] = field(default_factory=dict[str, int])
    """Where each open file stands that is read and written in a row, by descriptor."""

    def take(self, call: str, words: str, result: int) -> None:
        """Take note of one call that succeeded."""
        texts = [_plain(text) for text in _TEXT.findall(words)]
        if call == "openat":
            self._open(texts[0].decode(), words, str(result))
        elif call in ("unlink", "rename"):
            self._names(call, [text.decode() for text in texts])
        else:
            (number, path), *source = [(number, _plain(path).decode()) for number, path in _FD.findall(words)]
            name = self._inside(path)
            if call == "write" and path == self.marks:
                self.steps.extend(Step(line, mark=tuple(line.split())) for line in texts[0].decode().splitlines())
            elif name is not None and call == "sendfile":
                self._copy(name, self._inside(source[0][1]), result)
            elif name is not None:
                last = words.rpartition(", ")[2]
                self._change(
                    call, name, number, texts[0][:result] if texts else b"", int(last) if last.isdigit() else 0
                )
                self._at[number] = _moved(call, self._at.get(number, 0), result)

    def _change(self, call: str, name: str, number: str, data: bytes, last: int) -> None:
        if call == "write":
            self._write(name, self._at.get(number, 0), data)
        elif call == "pwrite64":
            self._write(name, last, data)
        elif call == "ftruncate":
            self._do(f"truncate {name} to {last}", lambda disk: disk.truncate(name, last))
        elif call in ("fsync", "fdatasync"):
            self._do(f"sync {name or 'the folder'}", lambda disk: disk.sync(name))

    def _open(self, path: str, words: str, number: str) -> None:
        name = self._inside(path)
        self._at[number] = 0
        if name and "O_CREAT" in words:
            self._do(f"make {name}", lambda disk: disk.make(name))
        if name and "O_TRUNC" in words:
            self._do(f"empty {name}", lambda disk: disk.truncate(name, 0))

    def _names(self, call: str, paths: list[str]) -> None:
        names = [self._inside(path) for path in paths]
        if None in names:
            return
        first, last = str(names[0]), str(names[-1])
        if call == "unlink":
            self._do(f"remove {first}", lambda disk: disk.remove(first))
        else:
            self._do(f"rename {first} to {last}", lambda disk: disk.rename(first, last))

    def _write(self, name: str, offset: int, data: bytes) -> None:
        self._do(f"write {len(data)} bytes at {offset} of {name}", lambda disk: disk.write(name, offset, data))

    def _copy(self, target: str, source: str | None, copied: int) -> None:
        """Follow a copy that the kernel made: of a whole file, which is all that Python asks it for."""
        assert source is not None, "a file from outside the folder was copied into it"
        if copied:
            self._do(f"copy {source} to {target}", lambda disk: disk.write(target, 0, disk.now(source)[:copied]))

    def _do(self, what: str, do: Callable[[Disk], None]) -> None:
        self.steps.append(Step(what, do))

    def _inside(self, path: str) -> str | None:
        """Return a path relative to the folder; empty for the folder itself, None for what is elsewhere or deleted."""
        if path == self.folder:
            return ""
        inside = path.startswith(f"{self.folder}/") and not path.endswith("(deleted)")
        return path[len(self.folder) + 1 :] if inside else None


def _moved(call: str, at: int, result: int) -> int:
    """Return where an open file stands after a call."""
    if call == "lseek":
        return result
    return at + result if call in ("read", "write") else at


def _plain(text: str) -> bytes:
    """Read what strace wrote with every byte in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()
