"""The rail on the left: one entry a page, with the key that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, ToneName
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH: Final = 96
NARROW: Final = 76
_TINY: Final = 11
_BADGE: Final = 20
_KEY_FITS: Final = 74
_MOST_COUNTED: Final = 99


class RailEntry(QAbstractButton):
    """One page."""

    def __init__(self, icon: Icon, text: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._key = icon, key
        self._badge = 0
        self.setText(text)
        self.setCheckable(True)
        self._tell(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_badge(self, count: int, spoken: str) -> None:
        """Show how many things wait to be looked at there; `spoken` says it in words. 0 shows nothing."""
        self._badge = count
        self._tell(f"{self.text()}, {spoken}" if count else self.text())
        self.update()

    def badge(self) -> str:
        """Return what the badge says; empty for none."""
        if not self._badge:
            return ""
        return str(self._badge) if self._badge <= _MOST_COUNTED else f"{_MOST_COUNTED}+"

    def _tell(self, name: str) -> None:
        self.setAccessibleName(name)
        set_tooltip(self, f"{name} ({self._key})")

    def sizeHint(self) -> QSize:
        """Icon, word and key."""
        return QSize(NARROW - 16, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entry; the open page's one is filled."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        over = self.underMouse() and self.isEnabled()
        ground = look.accent.soft if self.isChecked() else look.sunken if over else ""
        ink = color(look.accent.ink if self.isChecked() else look.ink_soft if self.isEnabled() else look.disabled)
        painter.setPen(QPen(color(look.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(color(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        paint_icon(painter, self._icon, QRectF(box.center().x() - 12, 12, 24, 24), ink)
        painter.setPen(ink)
        room = int(box.width()) - 4
        fits = QFontMetrics(fonts.font(fonts.SMALL, fonts.MEDIUM)).horizontalAdvance(self.text()) <= room
        painter.setFont(fonts.font(fonts.SMALL if fits else _TINY, fonts.MEDIUM))
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(0, 38, self.width(), 18), Qt.AlignmentFlag.AlignCenter, shown)
        painter.setFont(fonts.font(_TINY, fonts.MEDIUM))
        painter.setPen(color(look.ink_faint if self.isEnabled() else look.disabled))
        if self.height() >= _KEY_FITS:  # in a low window the key stands in the help alone
            painter.drawText(QRectF(0, 57, self.width(), 14), Qt.AlignmentFlag.AlignCenter, self._key)
        self._draw_badge(painter, box)

    def _draw_badge(self, painter: QPainter, box: QRectF) -> None:
        words = self.badge()
        if not words:
            return
        look = tokens_of(self)
        painter.setFont(fonts.font(_TINY + 1, fonts.STRONG, tabular=True))
        width = max(_BADGE, painter.fontMetrics().horizontalAdvance(words) + 10)
        pill = QRectF(min(box.center().x() + 4, box.right() - width - 2), 4, width, _BADGE)
        painter.setPen(QPen(color(look.surface), 2))
        painter.setBrush(color(look.tones[ToneName.REFUSED].solid))
        painter.drawRoundedRect(pill, _BADGE / 2, _BADGE / 2)
        painter.setPen(color(look.tones[ToneName.REFUSED].on_solid))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


class Rail(QWidget):
    """All pages that there are.

    Signals:
        chosen(int): Place of the entry that was pressed.
        help_pressed(): The keys are to be shown.
    """

    chosen = Signal(int)
    help_pressed = Signal()

    def __init__(self, entries: Iterable[tuple[Icon, str, str]], help_key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(8)
        self.entries = [RailEntry(icon, text, key, self) for icon, text, key in entries]
        for place, entry in enumerate(self.entries):
            entry.clicked.connect(lambda _checked=False, place=place: self.chosen.emit(place))
            column.addWidget(entry)
        column.addStretch(1)
        helper = Button(help_key, ButtonKind.QUIET, icon=Icon.KEYBOARD, parent=self)
        helper.set_words(help_key, self.tr("Keys and help"))
        set_tooltip(helper, self.tr("Keys and help"))
        helper.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        helper.clicked.connect(self.help_pressed.emit)
        column.addWidget(helper)

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave more to the pages where the window is narrow."""
        self.setFixedWidth(NARROW if narrow else WIDTH)

    def set_open(self, place: int) -> None:
        """Mark the open page."""
        for at, entry in enumerate(self.entries):
            entry.setChecked(at == place)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line to the page."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(look.surface))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), color(look.line))
