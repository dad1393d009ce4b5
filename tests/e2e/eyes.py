"""What a person can see in a picture: colours, places of things, and codes read by a decoder that is not ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zxingcpp

from PySide6.QtGui import QColor, QImage

from posapp.ui.tokens import DARK, LIGHT, ToneName

if TYPE_CHECKING:
    from pathlib import Path

GREEN_SHARE: Final = 0.4
"""From this share of the window on, the window is green."""
_BLACK, _WHITE = 0, 255
_FINDER_MODULES: Final = 7
_QUIET_MODULES: Final = 4
_MARK_PIXELS: Final = 3_000
"""A state's large mark has more pixels of its colour than all pills and chips together."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    def __add__(self, corner: Box) -> Box:
        """Return where this is in the picture that `corner` is a part of."""
        return Box(self.x + corner.x, self.y + corner.y, self.width, self.height)

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class CodeShape:
    """How a code was drawn: pixels of a module, modules a side."""

    module: int
    modules: int


class Picture:
    """A picture of a window."""

    def __init__(self, image: QImage) -> None:
        if image.isNull():
            raise AssertionError("there is no picture")
        # With an alpha channel, so that the fourth byte is 255 whatever an X server left there.
        self._image = image.convertToFormat(QImage.Format.Format_ARGB32)
        self._bits = bytes(self._image.constBits())
        self.width, self.height = image.width(), image.height()

    @classmethod
    def of_file(cls, path: Path) -> Picture:
        return cls(QImage(str(path)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self._bits == other._bits

    def __hash__(self) -> int:
        return hash(self._bits)

    def save(self, path: Path) -> None:
        assert self._image.save(str(path)), f"{path} could not be written"

    def part(self, box: Box) -> Picture:
        return Picture(self._image.copy(box.x, box.y, box.width, box.height))

    # --- colours ---------------------------------------------------------------------------------------------

    def count(self, name: str) -> int:
        """Return how many pixels have exactly this colour."""
        return self._bits.count(_pattern(name))

    def share(self, name: str) -> float:
        """Return how much of the picture has exactly this colour, 0 to 1."""
        return self.count(name) / (self.width * self.height)

    def box_of(self, name: str, least: int = 40) -> Box | None:
        """Return where a colour is; rows with fewer than `least` pixels of it do not count."""
        pattern, stride = _pattern(name), self.width * 4
        found: list[tuple[int, int, int]] = []
        for y in range(self.height):
            row = self._bits[y * stride : (y + 1) * stride]
            if row.count(pattern) >= least:
                found.append((y, row.find(pattern) // 4, row.rfind(pattern) // 4))
        if not found:
            return None
        left, right = min(one[1] for one in found), max(one[2] for one in found)
        return Box(left, found[0][0], right - left + 1, found[-1][0] - found[0][0] + 1)

    def frames_of(self, name: str, least: int = 150) -> list[Box]:
        """Return the framed things (buttons, mostly) of one column, from top to bottom, by their edges' colour."""
        pattern, stride = _pattern(name), self.width * 4
        edges: list[tuple[int, int, int]] = []
        for y in range(self.height):
            row = self._bits[y * stride : (y + 1) * stride]
            if row.count(pattern) >= least and (not edges or y > edges[-1][0] + 1):
                edges.append((y, row.find(pattern) // 4, row.rfind(pattern) // 4))
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [Box(left, top, right - left + 1, bottom - top + 1) for (top, left, right), (bottom, _, _) in pairs]

    @property
    def is_green(self) -> bool:
        """Whether this says *paid* as loudly as only a paid order may."""
        return any(self.share(look.tones[ToneName.PAID].solid) > GREEN_SHARE for look in (LIGHT, DARK))

    def marks(self, tone: ToneName) -> bool:
        """Whether the page's large mark has the quiet colour of this meaning."""
        return any(self.count(look.tones[tone].soft) > _MARK_PIXELS for look in (LIGHT, DARK))

    # --- codes -----------------------------------------------------------------------------------------------

    def codes(self) -> list[str]:
        """Read every code as a phone would that knows black on white alone."""
        return [code.text for code in self._barcodes()]

    def code(self) -> str | None:
        """Read the one code; None where there is none."""
        texts = self.codes()
        assert len(texts) < 2, f"more than one code: {texts}"
        return texts[0] if texts else None

    def code_shape(self) -> CodeShape:
        """Measure the one code.

        Raises:
            AssertionError: A module is not a square of whole pixels, a pixel is neither black nor white, or something
                reaches into the quiet zone.
        """
        (code,) = self._barcodes()
        grey = self._image.convertToFormat(QImage.Format.Format_Grayscale8)
        bits, stride = bytes(grey.constBits()), grey.bytesPerLine()

        def at(x: int, y: int) -> int:
            return bits[y * stride + x]

        x, y = code.position.top_left.x + 2, code.position.top_left.y + 2
        assert at(x, y) == _BLACK, "the code's corner is not black"
        while at(x - 1, y) == _BLACK:
            x -= 1
        while at(x, y - 1) == _BLACK:
            y -= 1
        run = next(n for n in range(self.width - x) if at(x + n, y) != _BLACK)
        module, rest = divmod(run, _FINDER_MODULES)
        assert rest == 0, f"the finder pattern is {run} pixels wide: its modules are not whole pixels"
        right = code.position.top_right.x - 2
        while at(right, y) == _BLACK:
            right += 1
        modules, rest = divmod(right - x, module)
        assert rest == 0, f"{right - x} pixels are no whole number of modules of {module} pixels"
        assert modules % 4 == 1, f"{modules} modules a side is no size of a QR code"
        for row in range(modules):
            cells = [bits[(y + row * module) * stride + x + column * module] for column in range(modules)]
            wanted = b"".join(bytes([cell]) * module for cell in cells)
            assert set(cells) <= {_BLACK, _WHITE}, "something is neither black nor white"
            for line in range(y + row * module, y + (row + 1) * module):
                assert bits[line * stride + x : line * stride + right] == wanted, f"row {row} is ragged"
        self._check_quiet_zone(bits, stride, Box(x, y, right - x, modules * module), _QUIET_MODULES * module)
        return CodeShape(module, modules)

    def _check_quiet_zone(self, bits: bytes, stride: int, code: Box, margin: int) -> None:
        """Look at the four sides; the card's rounded corners may reach into the zone's own."""
        left, top = code.x - margin, code.y - margin
        assert min(left, top) >= 0, "the quiet zone reaches out of the window"
        for line in range(top, code.y + code.height + margin):
            row = bits[line * stride + left : line * stride + code.x + code.width + margin]
            beside = code.y <= line < code.y + code.height
            row = row[:margin] + row[-margin:] if beside else row[margin:-margin]
            assert set(row) == {_WHITE}, f"something is in the quiet zone, {line - code.y} pixels from the code's top"

    def _barcodes(self) -> list[zxingcpp.Barcode]:
        return zxingcpp.read_barcodes(self._image, try_invert=False, try_rotate=False)


def _pattern(name: str) -> bytes:
    color = QColor(name)
    return bytes((color.blue(), color.green(), color.red(), 255))
