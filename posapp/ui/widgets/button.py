"""Buttons: painted by us, so that they look the same on every system and carry the key that presses them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS, TARGET, ToneName
from posapp.ui.tooltip import set_tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from posapp.ui.tokens import Tokens


_SIDE: Final = 16
_LEAST_SIDE: Final = 8


class ButtonKind(StrEnum):
    """How loud a button is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"
    KEY = "key"


class Button(QPushButton):
    """A button with an optional icon before its words and its key after them."""

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = ButtonKind.SECONDARY,
        *,
        icon: Icon | None = None,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._icon = icon
        self._key = key
        self._size = fonts.BODY
        self.setMinimumHeight(TARGET)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tell()

    def set_size(self, pixels: int, height: int = TARGET) -> None:
        """Change the size of the words and the least height of the button."""
        self._size = pixels
        self.setMinimumHeight(height)
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: ButtonKind) -> None:
        """Make it louder or quieter."""
        if kind is not self._kind:
            self._kind = kind
            self.update()

    def set_icon(self, icon: Icon | None) -> None:
        """Change the icon."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def set_words(self, text: str, hint: str = "") -> None:
        """Change the words, and what a screen reader says where they are not enough."""
        self.setText(text)
        self._tell(hint)
        self.updateGeometry()
        self.update()

    def set_key(self, key: str) -> None:
        """Print another key on the button."""
        self._key = key
        self._tell()
        self.updateGeometry()
        self.update()

    def _tell(self, hint: str = "") -> None:
        self.setAccessibleName(hint or self.text())
        if self._key:
            set_tooltip(self, f"{hint or self.text()} ({self._key})")

    def sizeHint(self) -> QSize:
        """Room for icon, words and key."""
        width = self._words_width(self._size, with_key=True) + 2 * _SIDE
        if not self.text():
            width = max(self.minimumHeight(), width)
        return QSize(max(TARGET, int(width)), max(TARGET, self.minimumHeight()))

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its words in small type: they tell what happens."""
        width = self._words_width(fonts.SMALL, with_key=False) + 2 * _LEAST_SIDE
        return QSize(max(TARGET, int(width)), max(TARGET, self.minimumHeight()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that is held down presses once: what it pressed may have put another button in its place."""
        if not event.isAutoRepeat():
            super().keyPressEvent(event)

    def _fitting(self) -> tuple[int, bool]:
        """Return size of type and whether the key is printed: what does not fit goes in this order."""
        variants = ((self._size, True), (fonts.BODY, True), (self._size, False), (fonts.BODY, False))
        for size, with_key in variants:
            if self._words_width(size, with_key=with_key) + 2 * _LEAST_SIDE <= self.width():
                return size, with_key
        return fonts.SMALL, False

    def _words_width(self, size: int, *, with_key: bool) -> float:
        width = float(QFontMetrics(self._font(size)).horizontalAdvance(self.text()))
        if self._icon is not None:
            width += self._icon_side() + (8 if self.text() else 0)
        if self._key and with_key:
            width += self._key_width() + 10
        return width

    def _font(self, size: int) -> fonts.QFont:
        return fonts.font(size, fonts.MEDIUM, tabular=True)

    def _icon_side(self) -> int:
        return 20 if self._size <= fonts.LARGE else 26

    def _key_width(self) -> int:
        return QFontMetrics(fonts.font(fonts.SMALL, fonts.MEDIUM)).horizontalAdvance(self._key) + 12

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon, words, key and focus ring."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink, border = self._colors(look)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(color(border), 1) if border else Qt.PenStyle.NoPen)
        painter.setBrush(color(ground) if ground else Qt.BrushStyle.NoBrush)
        radius = min(RADIUS, box.height() / 2)
        painter.drawRoundedRect(box, radius, radius)
        self._draw_words(painter, color(ink))
        if self.hasFocus():
            self._draw_focus(painter, look, radius)

    def _draw_focus(self, painter: QPainter, look: Tokens, radius: float) -> None:
        loud = self._kind in (ButtonKind.PRIMARY, ButtonKind.DANGER)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color(look.focus), 2))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, radius, radius)
        if loud:
            painter.setPen(QPen(color(look.surface), 1.5))
            inner = box.adjusted(1.75, 1.75, -1.75, -1.75)
            painter.drawRoundedRect(inner, radius - 1.75, radius - 1.75)

    def _draw_words(self, painter: QPainter, ink: QColor) -> None:
        size, with_key = self._fitting()
        x = (self.width() - self._words_width(size, with_key=with_key)) / 2
        if self._icon is not None:
            side = self._icon_side()
            paint_icon(painter, self._icon, QRectF(x, (self.height() - side) / 2, side, side), ink)
            x += side + (8 if self.text() else 0)
        if self.text():
            face = self._font(size)
            painter.setFont(face)
            painter.setPen(ink)
            width = QFontMetrics(face).horizontalAdvance(self.text())
            painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
            x += width
        if self._key and with_key:
            self._draw_key(painter, QRectF(x + 10, self.height() / 2 - 10, self._key_width(), 20), ink)

    def _draw_key(self, painter: QPainter, box: QRectF, ink: QColor) -> None:
        edge = QColor(ink)
        edge.setAlphaF(0.45)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(ink)
        painter.setFont(fonts.font(fonts.SMALL, fonts.MEDIUM))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    def _colors(self, look: Tokens) -> tuple[str, str, str]:
        """Return ground, ink and border; an empty name for none."""
        if not self.isEnabled():
            ground = "" if self._kind is ButtonKind.QUIET else look.sunken
            return ground, look.disabled, ""
        down, over = self.isDown() or self.isChecked(), self.underMouse()
        if self._kind is ButtonKind.PRIMARY:
            ground = look.accent_pressed if down else look.accent_hover if over else look.accent.solid
            return ground, look.accent.on_solid, ""
        if self._kind is ButtonKind.SECONDARY:
            return look.pressed if down else look.sunken if over else look.surface, look.ink, look.line_strong
        ground = look.pressed if down else look.sunken if over else ""
        if self._kind is ButtonKind.KEY:
            ground = look.pressed if down else look.raised if over else look.surface
            return ground, look.ink, look.line
        ink = look.tones[ToneName.REFUSED].ink if self._kind is ButtonKind.DANGER else look.ink
        return ground, ink, ""
