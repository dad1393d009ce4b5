"""Who stands at the till, in the bar on top; pressing it leads to who else there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from posapp.domain.staff import Crew
from posapp.ui import fonts
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.shortcuts import KEYS, Action
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import TARGET
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from posapp.ui.tokens import Tokens

_CIRCLE: Final = 36
_MOST: Final = 150


class PersonChip(QPushButton):
    """A round mark with initials, and the name where there is room.

    Signals:
        switch_pressed(), lock_pressed(), people_pressed(): What was chosen.
    """

    switch_pressed = Signal()
    lock_pressed = Signal()
    people_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("personChip")
        self._crew = Crew()
        self._slim = False
        self.menu_card: ChipMenu | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._on_clicked)
        self.set_crew(self._crew)

    def set_crew(self, crew: Crew) -> None:
        """Show who stands at the till."""
        self._crew = crew
        if self.menu_card is not None:
            self.menu_card.close()  # a menu lies over everything, also over the cover of a locked till
        person = crew.signed_in
        says = self.tr("At the till: {name}").format(name=person.name) if person else self.tr("People of this till")
        self.setAccessibleName(says)
        set_tooltip(self, says)
        self.updateGeometry()
        self.update()

    def set_slim(self, *, slim: bool) -> None:
        """Show the initials alone where there is little room."""
        if slim != self._slim:
            self._slim = slim
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Mark and name."""
        words = 0 if self._slim else min(_MOST, self._metrics().horizontalAdvance(self._name()))
        return QSize(TARGET + (words + 12 if words else 0), TARGET)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark, the name, and the focus ring."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(color(look.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(color(look.sunken))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), TARGET / 2, TARGET / 2)
        edge = (TARGET - _CIRCLE) / 2
        self._paint_mark(painter, look, QRectF(edge, edge, _CIRCLE, _CIRCLE))
        if not self._slim and self._name():
            painter.setFont(fonts.font(fonts.SMALL, fonts.MEDIUM))
            painter.setPen(color(look.ink))
            room = self.width() - TARGET - 10
            name = self._metrics().elidedText(self._name(), Qt.TextElideMode.ElideRight, room)
            painter.drawText(TARGET + 2, 0, room, self.height(), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_mark(self, painter: QPainter, look: Tokens, circle: QRectF) -> None:
        if self._crew.signed_in is not None:
            from posapp.ui.widgets.name_list import paint_initials  # most tills start without anybody

            paint_initials(painter, self._crew.signed_in.name, circle, look.accent.solid, look.accent.on_solid)
            return
        painter.setPen(QPen(color(look.line_strong), 1))
        painter.setBrush(color(look.surface))
        painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5))
        paint_icon(painter, Icon.PERSON, circle.adjusted(8, 8, -8, -8), color(look.ink_soft))

    def _name(self) -> str:
        return self._crew.signed_in.name if self._crew.signed_in is not None else ""

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(fonts.font(fonts.SMALL, fonts.MEDIUM))

    def _on_clicked(self) -> None:
        if not self._crew.people:
            self.people_pressed.emit()
            return
        if self.menu_card is None:
            self.menu_card = ChipMenu(self)
        self.menu_card.open()


class ChipMenu(Card):
    """What the chip leads to; goes away with Esc or a click beside it."""

    def __init__(self, chip: PersonChip) -> None:
        super().__init__(chip)
        self.setWindowFlags(Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._chip = chip
        self.switch = Button(self.tr("Switch person"), ButtonKind.QUIET, icon=Icon.REFRESH)
        self.lock = Button(self.tr("Lock the till"), ButtonKind.QUIET, icon=Icon.LOCK, key=KEYS[Action.LOCK])
        self.people = Button(self.tr("People and PINs"), ButtonKind.QUIET, icon=Icon.PEOPLE)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        for button, signal in (
            (self.switch, chip.switch_pressed),
            (self.lock, chip.lock_pressed),
            (self.people, chip.people_pressed),
        ):
            button.clicked.connect(self.close)
            button.clicked.connect(signal.emit)
            column.addWidget(button)

    def open(self) -> None:
        """Show it under the chip, within the window."""
        self.adjustSize()
        under = self._chip.mapToGlobal(QPoint(self._chip.width() - self.width(), self._chip.height() + 4))
        left = self._chip.window().mapToGlobal(QPoint(8, 0)).x()
        self.move(max(under.x(), left), under.y())
        self.show()
        self.switch.setFocus()
