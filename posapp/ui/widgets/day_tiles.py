"""The figures of a day at a glance: one row of tiles for each currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from posapp.domain.day_report import Totals
from posapp.ui import fonts
from posapp.ui.day_words import amount
from posapp.ui.tokens import GRID
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import FAINT, SOFT, Label, ShrinkingLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.domain.till import TillFacts

_NARROW = 960


class DayTile(Card):
    """One figure: what it is, the figure, and a small line below."""

    def __init__(self, title: str, *, loud: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(title, size=fonts.SMALL, weight=fonts.MEDIUM, rank=SOFT)
        self.figure = ShrinkingLabel(size=32 if loud else fonts.TITLE, least=fonts.BODY, weight=fonts.STRONG)
        self.figure.setMinimumHeight(40)
        self._small = Label(size=fonts.SMALL, rank=FAINT, tabular=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        column.setSpacing(2)
        for label in (self._title, self.figure, self._small):
            column.addWidget(label)

    def show_figure(self, figure: str, small: str = "") -> None:
        """Show a figure."""
        self.figure.setText(figure)
        self._small.setText(small or " ")
        self.setAccessibleName(f"{self._title.text()}: {figure}")
        self.setAccessibleDescription(small)


class _Row(QWidget):
    """The tiles of one currency; net is the loud one."""

    def __init__(self, facts: TillFacts) -> None:
        super().__init__()
        self._facts = facts
        self.net = DayTile(self.tr("Net"), loud=True)
        self.gross = DayTile(self.tr("Gross"))
        self.refunds = DayTile(self.tr("Refunds"))
        self.count = DayTile(self.tr("Sales"))
        self.average = DayTile(self.tr("Average"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2 * GRID)
        self._narrow: bool | None = None
        self._arrange(narrow=False)

    def show_totals(self, totals: Totals) -> None:
        """Show one currency's figures."""
        code = totals.currency
        self.net.show_figure(amount(totals.net_minor, code, self._facts), self.tr("gross less refunds"))
        self.gross.show_figure(amount(totals.gross_minor, code, self._facts), "")
        under_way = ""
        if totals.under_way:
            words = self.tr("{amount} more on its way")
            under_way = words.format(amount=amount(totals.under_way_minor, code, self._facts))
        done = self.tr("done: {count}").format(count=f"{totals.refunds:,}")
        self.refunds.show_figure(amount(totals.refunded_minor, code, self._facts), under_way or done)
        self.count.show_figure(f"{totals.sales:,}")
        self.average.show_figure(amount(totals.average_minor, code, self._facts), self.tr("a sale"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two rows where one is too narrow."""
        super().resizeEvent(event)
        self._arrange(narrow=self.width() < _NARROW)

    def _arrange(self, *, narrow: bool) -> None:
        if narrow is self._narrow:
            return
        self._narrow = narrow
        tiles = (self.net, self.gross, self.refunds, self.count, self.average)
        places = (
            ((0, 0, 1, 2), (0, 2, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1), (1, 2, 1, 2))
            if narrow
            else ((0, 0, 1, 3), (0, 3, 1, 2), (0, 5, 1, 2), (0, 7, 1, 1), (0, 8, 1, 2))
        )
        for tile in tiles:
            self._grid.removeWidget(tile)
        for column in range(10):
            self._grid.setColumnStretch(column, 0)
        for tile, (row, column, rows, columns) in zip(tiles, places, strict=True):
            self._grid.addWidget(tile, row, column, rows, columns)
            for spanned in range(column, column + columns):
                self._grid.setColumnStretch(spanned, 1)


class DayTiles(QWidget):
    """All currencies of a day; the till's own is there even where nothing was sold."""

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self.rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * GRID)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_totals(self, totals: tuple[Totals, ...]) -> None:
        """Show these, the till's own currency first."""
        own = self._facts.currency
        shown = sorted(totals, key=lambda total: (total.currency != own, total.currency)) or [Totals(own)]
        while len(self.rows) < len(shown):
            self.rows.append(_Row(self._facts))
            self._column.addWidget(self.rows[-1])
        for row, total in zip(self.rows, shown, strict=False):
            row.show_totals(total)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(shown))
