"""Names of people as large buttons under each other, one of them chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from posapp.domain.staff import initials
from posapp.ui import fonts
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import RADIUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from posapp.domain.staff import Person

_HEIGHT: Final = 60
_CIRCLE: Final = 36
_PAD: Final = 12


def paint_initials(painter: QPainter, name: str, box: QRectF, ground: str, ink: str) -> None:
    """Draw somebody's initials in a circle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(ground))
    painter.drawEllipse(box)
    painter.setPen(color(ink))
    painter.setFont(fonts.font(fonts.SMALL, fonts.STRONG))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))


class NameButton(QPushButton):
    """Initials, name, and a word under it."""

    def __init__(self, person: Person, word: str, parent: QWidget | None = None) -> None:
        super().__init__(person.name, parent)
        self.person = person
        self._word = word
        self.setCheckable(True)
        self.setObjectName(f"name_{person.person_id}")
        self.setAccessibleName(person.name)
        self.setAccessibleDescription(word)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Large enough for a thumb."""
        return QSize(240, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Names are cut off before the pad is."""
        return QSize(160, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Only Space chooses; Enter belongs to the PIN."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it; the chosen one in the accent colour."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = look.accent.soft if chosen else look.sunken if self.underMouse() else look.surface
        line = look.focus if self.hasFocus() else look.accent.solid if chosen else look.line
        painter.setPen(QPen(color(line), 2 if chosen or self.hasFocus() else 1))
        painter.setBrush(color(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        circle = QRectF(_PAD, (self.height() - _CIRCLE) / 2, _CIRCLE, _CIRCLE)
        colors = (look.accent.solid, look.accent.on_solid) if chosen else (look.pressed, look.ink)
        paint_initials(painter, self.person.name, circle, *colors)
        left = int(circle.right()) + _PAD
        room = self.width() - left - _PAD
        face = fonts.font(fonts.BODY, fonts.MEDIUM)
        painter.setFont(face)
        painter.setPen(color(look.ink))
        name = QFontMetrics(face).elidedText(self.person.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, 10, room, 22, Qt.AlignmentFlag.AlignVCenter, name)
        small = fonts.font(fonts.SMALL)
        painter.setFont(small)
        painter.setPen(color(look.ink_soft))
        word = QFontMetrics(small).elidedText(self._word, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, 31, room, 19, Qt.AlignmentFlag.AlignVCenter, word)


class NameList(QScrollArea):
    """Scrolls where there are many.

    Signals:
        chosen(Person): Somebody pressed a name.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[NameButton] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(168)
        self.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)

    def show_people(self, people: Sequence[tuple[Person, str]]) -> None:
        """Offer these, each with a word under the name."""
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()  # it lives until the events that are under way are over
            button.deleteLater()
        self.buttons = []
        for person, word in people:
            button = NameButton(person, word)
            button.clicked.connect(self._on_clicked)
            self._column.insertWidget(self._column.count() - 1, button)
            self.buttons.append(button)

    def mark(self, person: Person | None) -> None:
        """Show who is chosen."""
        for button in self.buttons:
            button.setChecked(person is not None and button.person.person_id == person.person_id)
            if button.isChecked():
                self.ensureWidgetVisible(button)

    def beside(self, person: Person | None, step: int) -> Person | None:
        """Return the one above or below somebody."""
        people = [button.person for button in self.buttons]
        if not people:
            return None
        ids = [one.person_id for one in people]
        at = ids.index(person.person_id) if person is not None and person.person_id in ids else 0
        return people[max(0, min(len(people) - 1, at + step))]

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, NameButton):
            self.chosen.emit(button.person)
