"""A small table of names and figures, the figures in straight columns to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.tokens import GRID
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import FAINT, ElidedLabel, Label

if TYPE_CHECKING:
    from collections.abc import Sequence


class SectionCard(Card):
    """A card with a title, a faint line beside it, and a column (`body`) for what it shows."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(title, size=fonts.BODY, weight=fonts.STRONG)
        self._aside = Label(size=fonts.SMALL, rank=FAINT, wrap=True)
        self._aside.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, 2 * GRID, 2 * GRID)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._aside)
        column.addSpacing(4)
        column.addLayout(self.body)
        self.setAccessibleName(title)

    def set_aside(self, words: str) -> None:
        """Show a line below the title; none where it is empty."""
        self._aside.setText(words)
        self._aside.setVisible(bool(words))

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)
        self.setAccessibleName(title)


class DayTable(QWidget):
    """Rows of one name and some figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: list[list[str]] = []
        self._shown: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)

    def show_rows(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show the heads of the columns and the rows below them."""
        for widget in self._shown:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = []
        self.cells = [list(row) for row in rows]
        for column, head in enumerate(heads):
            self._put(0, column, Label(head, size=fonts.SMALL, rank=FAINT))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                label = ElidedLabel(cell) if column == 0 else Label(cell, tabular=True)
                label.setAccessibleName(f"{heads[column]}: {cell}" if heads[column] else cell)
                self._put(number, column, label)

    def _put(self, row: int, column: int, label: Label) -> None:
        if column:
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)
        self._shown.append(label)
