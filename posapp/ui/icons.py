"""The program's own line icons: one grid, one stroke, drawn as paths so they are crisp at every scale."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

if TYPE_CHECKING:
    from collections.abc import Callable

GRID: Final = 24.0
STROKE: Final = 1.75
_TOUCHING: Final = 0.2


class Icon(StrEnum):
    """Every drawing there is.

    The value is the drawing, in words of one letter and numbers on the 24-unit grid: `M x y` move, `L x y`
    line, `C x1 y1 x2 y2 x y` curve, `Z` close, `O x y r` circle, `R x y w h r` rounded box, `A x y r start
    sweep` arc in degrees (0 at three o'clock, counter-clockwise), `D x y` dot.
    """

    CHARGE = (
        "R 5 2.75 14 18.5 2.75 M 8.75 7.25 L 15.25 7.25 D 9 12.5 D 12 12.5 D 15 12.5 D 9 16.75 D 12 16.75 D 15 16.75"
    )
    ORDERS = "M 8.75 6 L 20 6 M 8.75 12 L 20 12 M 8.75 18 L 20 18 D 4.5 6 D 4.5 12 D 4.5 18"
    DAY = "R 3.5 4.75 17 16 2.75 M 3.5 10 L 20.5 10 M 8 2.75 L 8 6.5 M 16 2.75 L 16 6.5"
    SETTINGS = "M 4 7 L 13.25 7 O 15.75 7 2.5 M 18.25 7 L 20 7 M 4 17 L 5.75 17 O 8.25 17 2.5 M 10.75 17 L 20 17"
    HOURGLASS = (
        "M 6.25 3 L 17.75 3 M 6.25 21 L 17.75 21 M 7.5 3 L 7.5 6.25 C 7.5 9 12 10 12 12 C 12 14 7.5 15 7.5 17.75  "
        "L 7.5 21 M 16.5 3 L 16.5 6.25 C 16.5 9 12 10 12 12 C 12 14 16.5 15 16.5 17.75 L 16.5 21"
    )
    QUESTION = "O 12 12 9 M 9.4 9.6 C 9.4 8 10.5 7 12 7 C 13.6 7 14.6 8 14.6 9.3 C 14.6 11.3 12 11.5 12 13.5 D 12 16.9"
    TICK = "M 4.75 12.75 L 9.75 17.75 L 19.5 7"
    TICK_CIRCLE = "O 12 12 9 M 7.9 12.4 L 10.8 15.3 L 16.2 9.2"
    CROSS = "M 6.25 6.25 L 17.75 17.75 M 17.75 6.25 L 6.25 17.75"
    CROSS_CIRCLE = "O 12 12 9 M 8.9 8.9 L 15.1 15.1 M 15.1 8.9 L 8.9 15.1"
    BANG = "O 12 12 9 M 12 7.25 L 12 12.75 D 12 16.5"
    INFO = "O 12 12 9 M 12 11.25 L 12 16.75 D 12 7.5"
    EYE = (
        "M 2.5 12 C 5 7.6 8.3 5.5 12 5.5 C 15.7 5.5 19 7.6 21.5 12 C 19 16.4 15.7 18.5 12 18.5 "
        "C 8.3 18.5 5 16.4 2.5 12 "
        "Z  "
        "O 12 12 3"
    )
    RETURN = "M 8.75 4.75 L 4.25 9.25 L 8.75 13.75 M 4.25 9.25 L 14.75 9.25 A 14.75 14.25 5 90 -180 L 9 19.25"
    REFRESH = "A 12 12 8 20 140 M 4.1 4.6 L 4.5 9.2 L 9 8.6 A 12 12 8 200 140 M 19.9 19.4 L 19.5 14.8 L 15 15.4"
    NEW_CODE = (
        "R 3.5 3.5 6.75 6.75 1.75 R 13.75 3.5 6.75 6.75 1.75 R 3.5 13.75 6.75 6.75 1.75 "
        "M 17.25 13.75 L 17.25 20.5 M 13.75 17.25 L 20.5 17.25"
    )
    CODE = (
        "R 3.5 3.5 6.75 6.75 1.75 R 13.75 3.5 6.75 6.75 1.75 R 3.5 13.75 6.75 6.75 1.75 "
        "M 14 17 L 14 14 L 17 14 M 20.25 14 L 20.25 14.01 M 17.25 17.25 L 20.25 17.25 L 20.25 20.25 "
        "M 14 20.25 L 16.5 20.25"
    )
    GIVE_UP = "O 12 12 9 M 5.75 5.75 L 18.25 18.25"
    NEXT = "M 4.5 12 L 19.25 12 M 13.25 6 L 19.25 12 L 13.25 18"
    BACK = "M 19.5 12 L 4.75 12 M 10.75 6 L 4.75 12 L 10.75 18"
    RECEIPT = (
        "M 5 3.25 L 5 21 L 7.35 19.25 L 9.65 21 L 12 19.25 L 14.35 21 L 16.65 19.25 L 19 21 L 19 3.25 Z "
        "M 9 8.25 L 15 8.25 M 9 12.25 L 15 12.25"
    )
    SEARCH = "O 10.75 10.75 6.75 M 15.75 15.75 L 20.5 20.5"
    FILTER = "M 4 6.5 L 20 6.5 M 7 12 L 17 12 M 10 17.5 L 14 17.5"
    COPY = (
        "R 8.75 8.75 11.75 11.75 2.5 M 5.25 15.25 C 4.25 15.25 3.5 14.5 3.5 13.5 L 3.5 6 C 3.5 4.6 4.6 3.5 6 3.5  "
        "L 13.5 3.5 C 14.5 3.5 15.25 4.25 15.25 5.25"
    )
    SAVE = "M 12 3.5 L 12 14.5 M 7.25 10 L 12 14.75 L 16.75 10 M 4 16.5 L 4 20.25 L 20 20.25 L 20 16.5"
    COMPARE = (
        "M 4 8.25 L 19.5 8.25 M 15.5 4.25 L 19.5 8.25 L 15.5 12.25 "
        "M 20 15.75 L 4.5 15.75 M 8.5 11.75 L 4.5 15.75 L 8.5 19.75"
    )
    CHEVRON_LEFT = "M 14.5 5.75 L 8.25 12 L 14.5 18.25"
    CHEVRON_RIGHT = "M 9.5 5.75 L 15.75 12 L 9.5 18.25"
    CHEVRON_UP = "M 5.75 15 L 12 8.75 L 18.25 15"
    CHEVRON_DOWN = "M 5.75 9 L 12 15.25 L 18.25 9"
    SIGNAL = "D 12 18.75 A 12 19.25 4.75 45 90 M 5.4 12.4 A 12 19.25 9.5 45 90 A 12 19.25 14.25 45 90"
    NO_SIGNAL = "D 12 18.75 A 12 19.25 4.75 45 90 A 12 19.25 9.5 45 90 A 12 19.25 14.25 45 90 M 4 3.5 L 20 20.5"
    WARNING = "M 12 3.75 L 21.5 20 L 2.5 20 Z M 12 10 L 12 14.25 D 12 17"
    BELL = (
        "M 5.75 16.75 L 5.75 10.5 A 12 10.5 6.25 180 -180 L 18.25 16.75 L 19.75 18.25 L 4.25 18.25 "
        "Z A 12 18.75 2.5 200 140"
    )
    BACKSPACE = (
        "M 8.75 5.25 L 18.5 5.25 C 19.9 5.25 21 6.35 21 7.75 L 21 16.25 C 21 17.65 19.9 18.75 18.5 18.75 "
        "L 8.75 18.75  "
        "L 2.75 12 Z M 11.25 9.25 L 16.75 14.75 M 16.75 9.25 L 11.25 14.75"
    )
    PLUS = "M 12 5 L 12 19 M 5 12 L 19 12"
    CLOCK = "O 12 12 9 M 12 6.75 L 12 12 L 15.5 14"
    NOTE = "M 4 20 L 4.75 16.25 L 15.75 5.25 L 18.75 8.25 L 7.75 19.25 Z M 13.5 7.5 L 16.5 10.5"
    LOG = "R 4.5 2.75 15 18.5 2.75 M 8.5 7.75 L 15.5 7.75 M 8.5 12 L 15.5 12 M 8.5 16.25 L 12.5 16.25"
    LOCK = "R 4.75 10.5 14.5 10.25 2.5 M 8 10.5 L 8 7.5 A 12 7.25 4 180 -180 L 16 10.5 M 12 14.25 L 12 17"
    PERSON = "O 12 8 4.25 M 4 20.5 C 4.25 16.75 7.5 14.75 12 14.75 C 16.5 14.75 19.75 16.75 20 20.5"
    PEOPLE = (
        "O 9 8.5 3.75 M 2.5 20 C 2.75 16.5 5.25 14.75 9 14.75 C 12.75 14.75 15.25 16.5 15.5 20 "
        "A 15.25 8.5 3.75 75 -150 M 17.5 15 C 20 15.5 21.4 17.25 21.5 20"
    )
    CRASH = "M 13.25 2.75 L 4.75 13.75 L 11 13.75 L 10.25 21.25 L 19.25 10 L 12.75 10 Z"
    BACKUP = "A 12.5 12 8 155 -310 M 4.4 4.6 L 4.9 9.2 L 9.5 8.7 M 12.5 7.75 L 12.5 12.25 L 15.75 14.25"
    KEYBOARD = "R 2.75 6 18.5 12 2.5 D 6.5 10 D 10.2 10 D 13.8 10 D 17.5 10 M 8 14.25 L 16 14.25"
    PHONE = "R 6.5 2.5 11 19 2.75 M 11 18 L 13 18"
    SHOP = "M 4.5 10 L 4.5 20 L 19.5 20 L 19.5 10 M 3 10 L 5.25 4 L 18.75 4 L 21 10 Z M 10 20 L 10 15 L 14 15 L 14 20"
    TRAINING = "M 12 4.5 L 22 9.25 L 12 14 L 2 9.25 Z M 6 11.4 L 6 16 C 8.5 18.9 15.5 18.9 18 16 L 18 11.4"


def _circle(path: QPainterPath, x: float, y: float, radius: float) -> None:
    path.addEllipse(QPointF(x, y), radius, radius)


def _arc(path: QPainterPath, *numbers: float) -> None:
    x, y, radius, start, sweep = numbers
    box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
    at = path.currentPosition()
    path.arcMoveTo(box, start)
    begins = path.currentPosition()
    if (begins - at).manhattanLength() < _TOUCHING:
        path.lineTo(begins)
    path.arcTo(box, start, sweep)


def _box(path: QPainterPath, *numbers: float) -> None:
    x, y, width, height, radius = numbers
    path.addRoundedRect(QRectF(x, y, width, height), radius, radius)


def _dot(path: QPainterPath, x: float, y: float) -> None:
    path.moveTo(x, y)
    path.lineTo(x + 0.01, y)


_WORDS: Final[dict[str, tuple[int, Callable[..., None]]]] = {
    "M": (2, QPainterPath.moveTo),
    "L": (2, QPainterPath.lineTo),
    "C": (6, QPainterPath.cubicTo),
    "Z": (0, QPainterPath.closeSubpath),
    "O": (3, _circle),
    "A": (5, _arc),
    "R": (5, _box),
    "D": (2, _dot),
}


@cache
def icon_path(icon: Icon) -> QPainterPath:
    """Return a drawing on the 24-unit grid, to be stroked. Not to be changed: it is shared."""
    path = QPainterPath()
    words = icon.value.split()
    place = 0
    while place < len(words):
        count, draw = _WORDS[words[place]]
        draw(path, *(float(word) for word in words[place + 1 : place + 1 + count]))
        place += 1 + count
    return path


def paint_icon(painter: QPainter, icon: Icon, box: QRectF, color: QColor, stroke: float = STROKE) -> None:
    """Draw an icon into a square, in one colour.

    Args:
        painter: Where to draw; left as it was.
        icon: What to draw.
        box: Where, in logical pixels; the icon is centred in it.
        color: Colour of the stroke.
        stroke: Width of the stroke on the 24-unit grid.
    """
    side = min(box.width(), box.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / GRID, side / GRID)
    pen = QPen(color, stroke)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(icon_path(icon))
    painter.restore()
