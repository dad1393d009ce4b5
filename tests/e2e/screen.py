"""A screen that nobody sits at: an X server of its own, and a look at what is on it."""

from __future__ import annotations

import mmap
import os
import select
import struct
import subprocess
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from tests.e2e.eyes import Box, Picture

if TYPE_CHECKING:
    from pathlib import Path

WIDTH: Final = 2560
HEIGHT: Final = 1600
_SERVER: Final = ("Xvfb", "-nolisten", "tcp", "-noreset", "-nocursor")
_START_S: Final = 20.0
_END_S: Final = 5.0
_XWD_FIELDS: Final = 25


class Screen:
    """An Xvfb. It keeps its picture in a file of the format XWD, so that looking costs nothing and disturbs nobody."""

    def __init__(self, folder: Path) -> None:
        """Start it, on a display number that is free.

        Raises:
            AssertionError: It did not start.
        """
        reader, writer = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        self._complaints = folder / "xvfb.err"
        with self._complaints.open("wb") as errors:
            self._process = subprocess.Popen(
                [*_SERVER, "-displayfd", str(writer), "-screen", "0", size, "-fbdir", str(folder)],
                pass_fds=(writer,),
                stderr=errors,
            )
        os.close(writer)
        self.display = f":{self._read_number(reader)}"
        os.close(reader)
        with (folder / "Xvfb_screen0").open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack_from(f">{_XWD_FIELDS}I", self._memory)
        self._stride, colours = header[12], header[19]
        self._offset = header[0] + colours * 12
        assert header[11] == 32, "the screen has not 32 bits a pixel"

    def _read_number(self, reader: int) -> str:
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([reader], [], [], _START_S)
            got = os.read(reader, 16) if ready else b""
            assert got, f"Xvfb did not start: {self._complaints.read_text()}"
            text += got
        return text.decode().strip()

    def look(self, box: Box) -> Picture:
        """Return what is on screen in this rectangle, as far as the screen goes."""
        width, height = min(box.width, WIDTH - box.x), min(box.height, HEIGHT - box.y)
        first = self._offset + box.y * self._stride + box.x * 4
        rows = range(first, first + height * self._stride, self._stride)
        bits = b"".join(self._memory[start : start + width * 4] for start in rows)
        return Picture(QImage(bits, width, height, width * 4, QImage.Format.Format_RGB32))

    def do(self, *words: str) -> str:
        """Run xdotool and return what it prints; an empty text where it found nothing."""
        done = subprocess.run(
            ["xdotool", *words],  # noqa: S607 - found on the path, like every tool of the tests
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            timeout=_START_S,
            check=False,
        )
        assert done.returncode == 0 or words[0] == "search", f"xdotool {' '.join(words)}: {done.stderr}"
        return done.stdout

    def window_of(self, pid: int) -> str:
        """Return the id of a process's visible window; an empty text where it has none."""
        return self.do("search", "--onlyvisible", "--pid", str(pid)).strip()

    def titles(self) -> str:
        """Return the names and properties of every window, as the X server tells anybody who asks."""
        tree = ["xwininfo", "-display", self.display, "-root", "-tree"]
        return subprocess.run(tree, stdout=subprocess.PIPE, text=True, timeout=_START_S, check=True).stdout

    def close(self) -> None:
        """End it."""
        self._memory.close()
        self._process.terminate()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
