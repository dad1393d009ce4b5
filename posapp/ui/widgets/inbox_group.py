"""The items of one kind: its heading, what happened and what is safe to do now, then a card each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.inbox_words import kind_look, kind_sentence
from posapp.ui.tokens import GRID
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.notice import IconMark

if TYPE_CHECKING:
    from posapp.domain.inbox import InboxKind
    from posapp.ui.widgets.inbox_card import InboxCard


class InboxGroup(QWidget):
    """Lives on the GUI thread."""

    def __init__(self, kind: InboxKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = kind_look(kind)
        self.setAccessibleName(look.word)
        self._count = Label(rank=FAINT, tabular=True)
        title = QHBoxLayout()
        title.setSpacing(GRID)
        title.addWidget(IconMark(look.icon, look.tone))
        title.addWidget(Label(look.word, size=fonts.LARGE, weight=fonts.STRONG))
        title.addWidget(self._count, 0, Qt.AlignmentFlag.AlignBottom)
        title.addStretch(1)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2 * GRID)
        column.setSpacing(4)
        column.addLayout(title)
        column.addWidget(Label(kind_sentence(kind), rank=SOFT, wrap=True))
        column.addSpacing(4)
        column.addLayout(self._cards)

    def show_cards(self, cards: list[InboxCard]) -> None:
        """Show these, in this order."""
        self._count.setText(str(len(cards)) if len(cards) > 1 else "")
        for place, card in enumerate(cards):
            if self._cards.indexOf(card) != place:
                self._cards.insertWidget(place, card)
        self.setVisible(bool(cards))
