"""Asking somebody who may, on the spot: what is to be done, who can allow it, and their PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.staff_words import right_word
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import IconMark
from posapp.ui.widgets.pin_panel import PinPanel
from posapp.ui.widgets.veil import Veil

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from posapp.bridge.staff_desk import StaffDesk
    from posapp.domain.errors import Problem
    from posapp.domain.staff import Person, PinAnswer, Right

_WIDTH: Final = 680
_TALL: Final = 600
_SHORT_BELOW: Final = 560


class ApprovalSheet(Veil):
    """Lies over the window until somebody allows it or it is put away; keeps nothing of either."""

    def __init__(self, desk: StaffDesk, window: QWidget) -> None:
        super().__init__(window, opaque=False)
        self.setObjectName("approvalSheet")
        self._desk = desk
        self._right: Right | None = None
        self._then: Callable[[str | None], None] | None = None
        self._before: QWidget | None = None
        self.what = Label(size=fonts.TITLE, weight=fonts.STRONG, wrap=True)
        self._why = Label(size=fonts.SMALL, rank=SOFT, wrap=True)
        self.cancel = Button(self.tr("Cancel"), ButtonKind.QUIET, icon=Icon.CROSS, key=self.tr("Esc", "the key"))
        self.cancel.clicked.connect(self.dismiss)
        self.panel = PinPanel(desk, self._approve, self)
        self.panel.accepted.connect(self._on_accepted)
        self._lay_out()

    def _lay_out(self) -> None:
        card = self._card = Card(self)
        card.setMaximumSize(_WIDTH, _TALL)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.what)
        words.addWidget(self._why)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconMark(Icon.LOCK, ToneName.ACCENT, 28), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)
        self._inside = QVBoxLayout(card)
        self._inside.addLayout(head)
        self._inside.addWidget(self.panel, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 24)
        row.addStretch(1)
        place = QVBoxLayout(self)
        place.setContentsMargins(16, 8, 16, 8)
        place.addStretch(1)
        place.addLayout(row, 24)
        place.addStretch(1)

    def ask(self, right: Right, what: str, people: tuple[Person, ...], then: Callable[[str | None], None]) -> None:
        """Ask one of these people; `then` is called with the approval's token, or never."""
        self._right, self._then = right, then
        self.what.setText(what)
        words = self.tr("Needs somebody who may do this: {right}. One of them allows it here with a PIN.")
        self._why.setText(words.format(right=right_word(right)))
        self.setAccessibleName(what)
        self.setAccessibleDescription(self._why.text())
        if self.isHidden():
            self._before = self.window().focusWidget()
        self.panel.show_people(people)
        self.lay()
        self.setFocus()

    def dismiss(self) -> None:
        """Put it away; nothing is allowed."""
        self._then = None
        self._close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away, digits are the PIN; no other key reaches the page underneath."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            self.panel.keyPressEvent(event)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up air before anything is cut off."""
        super().resizeEvent(event)
        short = event.size().height() < _SHORT_BELOW
        self.panel.set_short(short=short)
        self.what.setFont(fonts.font(fonts.LARGE if short else fonts.TITLE, fonts.STRONG))
        edge = 12 if short else 24
        self._inside.setContentsMargins(edge, edge, edge, edge if not short else 4)
        self._inside.setSpacing(8 if short else 24)

    def _approve(
        self, person_id: str, pin: str, done: Callable[[PinAnswer], None], failed: Callable[[Problem], None]
    ) -> None:
        if self._right is not None:
            self._desk.approve(self._right, person_id, pin, done, failed)

    def _on_accepted(self, answer: PinAnswer) -> None:
        then, self._then = self._then, None
        self._close()
        if then is not None:
            then(answer.token)

    def _close(self) -> None:
        self.panel.choose(None)  # an answer that is on its way belongs to nobody now
        self.lift()
        if self._before is not None:
            self._before.setFocus()
            self._before = None
