"""What each role may do by itself, as a small table drawn from the rights themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from posapp.domain.staff import RIGHTS, Right, Role
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.staff_words import right_word, role_word
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import IconMark


class RightsTable(Card):
    """One line for each right; a tick where the role needs nobody's word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 20)
        column.setSpacing(8)
        column.addWidget(Label(self.tr("Who may do what alone"), size=fonts.LARGE, weight=fonts.STRONG))
        hint = self.tr("For anything else, somebody who may allows it on the spot with a PIN. Everybody may charge.")
        column.addWidget(Label(hint, size=fonts.SMALL, rank=SOFT, wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for place, role in enumerate(Role, start=1):
            head = Label(role_word(role), size=fonts.SMALL, weight=fonts.MEDIUM)
            head.setMinimumWidth(60)
            grid.addWidget(head, 0, place, Qt.AlignmentFlag.AlignCenter)
        for row, right in enumerate(Right, start=1):
            grid.addWidget(Label(right_word(right), size=fonts.SMALL, wrap=True), row, 0)
            for place, role in enumerate(Role, start=1):
                grid.addWidget(self._mark(role, right), row, place, Qt.AlignmentFlag.AlignCenter)
        column.addLayout(grid)

    def _mark(self, role: Role, right: Right) -> QWidget:
        if right in RIGHTS[role]:
            mark = IconMark(Icon.TICK, ToneName.PAID, 18)
            mark.setAccessibleName(self.tr("alone"))
            return mark
        dash = Label("–", size=fonts.SMALL, rank=SOFT)
        dash.setAccessibleName(self.tr("with somebody's word"))
        return dash
