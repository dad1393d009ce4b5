"""Laying rows out on A4 pages: header, footer with the page's number, watermark, columns with tabular digits."""

from __future__ import annotations

from dataclasses import dataclass
from errno import EIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from posapp.ui import fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DPI: Final = 288
_SCALE: Final = 3.0
_WIDTH: Final = 794.0
_HEIGHT: Final = 1123.0
_MARGIN: Final = 48.0
_TOP: Final = 128.0
_BOTTOM: Final = 1123.0 - 64.0
WIDE: Final = _WIDTH - 2 * _MARGIN
"""What a row has, in 96ths of an inch; the widths of its columns add up to it."""

_INK: Final = QColor("#12161d")
_SOFT: Final = QColor("#454d5b")
_LINE: Final = QColor("#c9ced8")
_GHOST: Final = QColor(18, 22, 29, 22)
_PAD: Final = 6.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its words, its width, and whether it stands on the right (amounts)."""

    text: str
    width: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the paper.

    Attributes:
        cells: From the left.
        height: In 96ths of an inch.
        size: Of its type.
        strong: Whether it is bold.
        soft: Whether it steps back.
        ruled: Whether there is a hairline under it.
        keep: How many rows after it must be on the same page: a title never stands alone.
    """

    cells: tuple[Cell, ...]
    height: float = 18.0
    size: int = 11
    strong: bool = False
    soft: bool = False
    ruled: bool = False
    keep: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has.

    Attributes:
        title: In large type, at the top.
        shop: At the top, on the right.
        notes: Small lines under the title.
        mark: Written across the page; empty for nothing.
        foot: At the bottom, on the left.
    """

    title: str
    shop: str
    notes: tuple[str, ...]
    mark: str
    foot: str


def title(text: str, *, keep: int = 2) -> Row:
    """Return the row above a table."""
    return Row((Cell(text, WIDE),), height=34.0, size=14, strong=True, keep=keep)


def words(text: str) -> Row:
    """Return a line of small words."""
    return Row((Cell(text, WIDE),), soft=True, size=10)


def paginate(rows: Sequence[Row]) -> list[list[Row]]:
    """Share rows out on pages; always one page at least."""
    room = _BOTTOM - _TOP
    pages: list[list[Row]] = [[]]
    used = 0.0
    for place, row in enumerate(rows):
        needed = sum(each.height for each in rows[place : place + row.keep + 1])
        if pages[-1] and used + needed > room:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += row.height
    return pages


def write_pages(target: str, frame: Frame, rows: Sequence[Row], heard: Callable[[int], None]) -> int:
    """Write a PDF; called on any thread.

    Args:
        target: The file.
        frame: What every page has.
        rows: What is on them.
        heard: Told how many rows are drawn; raises where it is to end.

    Returns:
        How many pages there are.

    Raises:
        OSError: It could not be written.
    """
    pages = paginate(rows)
    drawn_into = QBuffer()  # Qt tells nobody that a disk was full; Python does
    drawn_into.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(drawn_into)
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    writer.setTitle(f"{frame.shop} {frame.title}")
    writer.setCreator("posapp")
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(EIO, "the pages cannot be drawn", target)
    drawn = 0
    try:
        painter.scale(_SCALE, _SCALE)
        for number, page in enumerate(pages, start=1):
            if number > 1 and not writer.newPage():
                raise OSError(EIO, "the pages cannot be drawn", target)
            _draw_frame(painter, frame, number, len(pages))
            drawn += _draw_rows(painter, page)
            heard(drawn)
    finally:
        ended = painter.end()
    if not ended:
        raise OSError(EIO, "the pages cannot be drawn", target)
    with Path(target).open("wb") as file:
        file.write(drawn_into.data().data())
    return len(pages)


def _draw_frame(painter: QPainter, frame: Frame, number: int, count: int) -> None:
    if frame.mark:
        _draw_mark(painter, frame.mark)
    half = WIDE / 2
    _draw(painter, QRectF(_MARGIN, 44, half, 30), frame.title, fonts.font(20, fonts.STRONG, tabular=True), _INK)
    shop = QRectF(_MARGIN + half, 44, half, 30)
    _draw(painter, shop, frame.shop, fonts.font(13, fonts.MEDIUM), _SOFT, right=True)
    for place, note in enumerate(frame.notes):
        line = QRectF(_MARGIN, 74 + place * 15, WIDE, 15)
        _draw(painter, line, note, fonts.font(10, tabular=True), _SOFT)
    _rule(painter, _TOP - 10)
    _rule(painter, _BOTTOM + 10)
    words_of = QCoreApplication.translate("Paper", "Page {number} of {count}")
    foot = QRectF(_MARGIN, _BOTTOM + 14, half, 18)
    small = fonts.font(10, tabular=True)
    _draw(painter, foot, frame.foot, small, _SOFT)
    _draw(painter, foot.translated(half, 0), words_of.format(number=number, count=count), small, _SOFT, right=True)


def _draw_mark(painter: QPainter, mark: str) -> None:
    """Write a word across the page, so large that no copier and no scissors lose it."""
    painter.save()
    painter.translate(_WIDTH / 2, _HEIGHT / 2)
    painter.rotate(-52)
    size = 150
    face = fonts.font(size, fonts.STRONG)
    wide = QFontMetricsF(face).horizontalAdvance(mark)
    if wide > _HEIGHT:
        face = fonts.font(int(size * _HEIGHT / wide), fonts.STRONG)
    painter.setFont(face)
    painter.setPen(_GHOST)
    painter.drawText(QRectF(-_HEIGHT, -100, 2 * _HEIGHT, 200), Qt.AlignmentFlag.AlignCenter, mark)
    painter.restore()


def _draw_rows(painter: QPainter, rows: Sequence[Row]) -> int:
    top = _TOP
    for row in rows:
        face = fonts.font(row.size, fonts.STRONG if row.strong else fonts.REGULAR, tabular=True)
        left = _MARGIN
        for cell in row.cells:
            room = QRectF(left, top, cell.width - _PAD, row.height)
            _draw(painter, room, cell.text, face, _SOFT if row.soft else _INK, right=cell.right)
            left += cell.width
        top += row.height
        if row.ruled:
            _rule(painter, top - 1)
    return len(rows)


def _draw(painter: QPainter, room: QRectF, text: str, face: QFont, ink: QColor, *, right: bool = False) -> None:
    if not text:
        return
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.setFont(face)
    painter.setPen(ink)
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


def _rule(painter: QPainter, y: float) -> None:
    painter.setPen(QPen(_LINE, 0.75))
    painter.drawLine(QPointF(_MARGIN, y), QPointF(_WIDTH - _MARGIN, y))
