"""Facts and attempts in the drawer: small names over values, ids on lines of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.presenters.orders_facts import ID_FITS, PROSE_FITS, breakable
from posapp.ui.tokens import GRID
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import FAINT, Label
from posapp.ui.widgets.pill import Pill

if TYPE_CHECKING:
    from posapp.ui.presenters.orders_facts import AttemptFacts, Fact


class FactGrid(QWidget):
    """Pairs of names and values in two columns; wide ones take a whole line."""

    def __init__(self, facts: tuple[Fact, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        place = 0
        for fact in facts:
            if fact.wide:
                place += place % 2
                grid.addWidget(_pair(fact), place // 2, 0, 1, 2)
                place += 2
            else:
                grid.addWidget(_pair(fact), place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
                place += 1


class AttemptCard(Card):
    """One attempt: where it stands, its times and ids."""

    def __init__(self, attempt: AttemptFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, 2 * GRID, 2 * GRID)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(Label(attempt.title, weight=fonts.STRONG))
        head.addStretch(1)
        head.addWidget(Pill(attempt.look))
        column.addLayout(head)
        column.addWidget(FactGrid(attempt.facts))


def _pair(fact: Fact) -> QWidget:
    pair = QWidget()
    column = QVBoxLayout(pair)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    size = fonts.SMALL if fact.wide else fonts.BODY
    value = Label(breakable(fact.value, ID_FITS if fact.wide else PROSE_FITS), size=size, tabular=True, wrap=True)
    value.setMinimumWidth(1)
    if value.text() == fact.value:  # else the marks would be copied too; *Copy ids* has the plain ones
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    value.setAccessibleName(f"{fact.name}: {fact.value}")
    column.addWidget(Label(fact.name, size=fonts.SMALL, rank=FAINT, wrap=True))
    column.addWidget(value)
    return pair
