"""Sales by hour as bars: the value under the mouse or the arrow keys, and all of them in words for a screen reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from posapp.domain.day_hours import HOUR, hour_starts
from posapp.ui import fonts
from posapp.ui.day_words import amount, hour_text
from posapp.ui.theme import color, tokens_of

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from posapp.domain.day_report import DayReport
    from posapp.domain.till import TillFacts
    from posapp.ui.tokens import Tokens

_HEIGHT: Final = 200
_HEAD: Final = 26
_FOOT: Final = 24
_MOST_BAR: Final = 30.0
_GAP: Final = 4.0
_TITLES_APART: Final = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `title` below it, `words` for it alone; the last may stand for what was paid outside the day."""

    title: str
    words: str
    count: int
    minor: int
    outside: bool = False


class DayChart(QWidget):
    """The bars of one currency."""

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._currency = facts.currency
        self.bars: tuple[Bar, ...] = ()
        self.chosen: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hours(self, report: DayReport, currency: str) -> None:
        """Show the hours of a day in one currency."""
        self._currency = currency
        found = {hour.starts_at: hour for hour in report.hours if hour.currency == currency}
        bars: list[Bar] = []
        for start in hour_starts(report.begins, report.ends):
            hour = found.get(start)
            title = hour_text(start, self._facts)
            end = hour_text(min(start + HOUR, report.ends), self._facts)
            count, minor = (hour.count, hour.minor) if hour else (0, 0)
            bars.append(Bar(title, self._words(f"{title}–{end}", count, minor), count, minor))
        outside = found.get(None)
        if outside is not None:
            title = self.tr("outside")
            words = self._words(self.tr("outside the day's hours"), outside.count, outside.minor)
            bars.append(Bar(title, words, outside.count, outside.minor, outside=True))
        self.bars = tuple(bars)
        self.chosen = None
        self.setAccessibleName(self.tr("Sales by hour, {currency}").format(currency=currency))
        self.setAccessibleDescription("; ".join(bar.words for bar in bars if bar.count))
        self.update()

    def _words(self, when: str, count: int, minor: int) -> str:
        words = self.tr("{when}: {amount}, sales: {count}")
        return words.format(when=when, amount=amount(minor, self._currency, self._facts), count=f"{count:,}")

    def sizeHint(self) -> QSize:
        """Room for a day's bars."""
        return QSize(480, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Bars may get thin."""
        return QSize(260, _HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the value under the mouse."""
        width = self.width() / max(1, len(self.bars))
        self._choose(min(len(self.bars) - 1, max(0, int(event.position().x() / width))) if self.bars else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Show no value any more, unless the keyboard is here."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._choose(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from hour to hour."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key not in steps or not self.bars:
            super().keyPressEvent(event)
            return
        at = self.chosen if self.chosen is not None else (-1 if steps[key] > 0 else len(self.bars))
        self._choose(min(len(self.bars) - 1, max(0, at + steps[key])))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no value any more."""
        super().focusOutEvent(event)
        self._choose(None)

    def spoken(self) -> str:
        """Return what stands above the bars: the chosen one, else the strongest hour."""
        if self.chosen is not None:
            return self.bars[self.chosen].words
        strongest = max(self.bars, key=lambda bar: bar.minor, default=None)
        if strongest is None or not strongest.minor:
            return self.tr("Nothing was paid in this currency.")
        return self.tr("Strongest hour {words}").format(words=strongest.words)

    def _choose(self, index: int | None) -> None:
        if index != self.chosen:
            self.chosen = index
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words, the bars and their hours."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.font(fonts.SMALL, fonts.MEDIUM, tabular=True))
        painter.setPen(color(look.ink if self.chosen is not None else look.ink_soft))
        head = QRectF(0, 0, self.width(), _HEAD)
        said = painter.fontMetrics().elidedText(self.spoken(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, said)
        self._draw_bars(painter, look)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color(look.focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, _HEAD - 3, -1, -1), 6, 6)

    def _draw_bars(self, painter: QPainter, look: Tokens) -> None:
        floor = self.height() - _FOOT
        room = floor - _HEAD - 6
        slot = self.width() / max(1, len(self.bars))
        most = max((bar.minor for bar in self.bars), default=0)
        face = fonts.font(fonts.SMALL, tabular=True)
        wide = QFontMetrics(face).horizontalAdvance("00:00") + _TITLES_APART
        each = max(1, -(-int(wide) // max(1, int(slot))))
        painter.setPen(QPen(color(look.line), 1))
        painter.drawLine(0, int(floor), self.width(), int(floor))
        painter.setFont(face)
        for number, bar in enumerate(self.bars):
            box = QRectF(number * slot, floor, slot, _FOOT)
            if bar.minor:
                high = max(3.0, room * bar.minor / most)
                width = min(_MOST_BAR, slot - _GAP)
                self._draw_bar(painter, look, QRectF(box.center().x() - width / 2, floor - high, width, high), number)
            if number % each == 0 or bar.outside:
                title = box if not bar.outside else box.adjusted(-wide, 0, 0, 0)
                side = Qt.AlignmentFlag.AlignRight if bar.outside else Qt.AlignmentFlag.AlignHCenter
                if not bar.outside and box.center().x() < wide / 2:
                    title, side = box.adjusted(0, 0, wide, 0), Qt.AlignmentFlag.AlignLeft
                elif not bar.outside:
                    title = box.adjusted(-wide, 0, wide, 0)
                painter.setPen(color(look.ink_faint))
                painter.drawText(title, side | Qt.AlignmentFlag.AlignBottom, bar.title)

    def _draw_bar(self, painter: QPainter, look: Tokens, box: QRectF, number: int) -> None:
        """Draw one bar with a round head; what was paid outside the day is hollow."""
        radius = min(4.0, box.width() / 2, box.height())
        path = QPainterPath()
        path.addRoundedRect(box.adjusted(0, 0, 0, radius), radius, radius)
        painter.save()
        painter.setClipRect(QRectF(box.x() - 1, box.y() - 1, box.width() + 2, box.height() + 1))
        quiet = self.chosen is not None and self.chosen != number
        fill = look.accent.line if quiet else look.accent.solid
        outside = self.bars[number].outside
        painter.setPen(QPen(color(fill), 1.5) if outside else Qt.PenStyle.NoPen)
        painter.setBrush(color(look.accent.soft if outside else fill))
        painter.drawPath(path)
        painter.restore()
