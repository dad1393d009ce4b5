"""Saying which column of a settlement file means what: a list of the file's headers for each meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.settlement import REQUIRED, Field
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.plain_text import visible
from posapp.ui.reconcile_words import field_word
from posapp.ui.tokens import GRID
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.choice import Choice
from posapp.ui.widgets.label import SOFT, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.domain.settlement import SettlementSheet

_ACROSS: Final = 2
_NARROW_BELOW: Final = 640


class ReconcileColumns(QWidget):
    """Eight lists, guessed or remembered.

    Signals:
        chosen(): The file shall be compared.
        put_away(): It shall not.
    """

    chosen = Signal()
    put_away = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Label(rank=SOFT, wrap=True)
        self.lists = {field: Choice() for field in Field}
        self.go = Button(self.tr("Compare with the ledger"), ButtonKind.PRIMARY, icon=Icon.COMPARE)
        self.back = Button(self.tr("Close"), ButtonKind.QUIET)
        self.go.clicked.connect(self.chosen)
        self.back.clicked.connect(self.put_away)
        self._names: dict[Field, Label] = {}
        self._across = 0
        self._lay_out()

    def show_sheet(self, sheet: SettlementSheet) -> None:
        """Offer the file's columns, each with what its first line has."""
        told = self.tr("These columns were chosen for the last file of this kind.")
        if not sheet.remembered:
            told = self.tr("These columns were guessed from their names. Correct what is wrong.")
        self._words.setText(told)
        for field, box in self.lists.items():
            box.blockSignals(True)
            box.clear()
            box.addItem(self.tr("none"), -1)
            for place, header in enumerate(sheet.headers):
                sample = sheet.sample[place] if place < len(sheet.sample) else ""
                shown = " · ".join(part for part in (visible(header, 40), visible(sample, 32)) if part)
                box.addItem(shown, place)
            box.setCurrentIndex(sheet.mapping.get(field, -1) + 1)
            box.blockSignals(False)
        self._on_changed()

    @property
    def mapping(self) -> dict[Field, int]:
        """What was chosen."""
        places = {field: box.currentIndex() - 1 for field, box in self.lists.items()}
        return {field: place for field, place in places.items() if place >= 0}

    def _on_changed(self) -> None:
        self.go.setEnabled(all(field in self.mapping for field in REQUIRED))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the lists below one another where two would be too narrow to tell the columns apart."""
        super().resizeEvent(event)
        self._place(1 if event.size().width() < _NARROW_BELOW else _ACROSS)

    def _place(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for number, (field, box) in enumerate(self.lists.items()):
            row, column = divmod(number, across)
            self._grid.addWidget(self._names[field], row, 2 * column)
            self._grid.addWidget(box, row, 2 * column + 1)
        for column in range(_ACROSS):
            self._grid.setColumnStretch(2 * column + 1, 1 if column < across else 0)

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        for field, box in self.lists.items():
            name = self._names[field] = Label(field_word(field), size=fonts.SMALL, rank=SOFT)
            name.setBuddy(box)
            box.setAccessibleName(field_word(field))
            box.currentIndexChanged.connect(self._on_changed)
        self._place(_ACROSS)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.go)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._words)
        column.addLayout(grid)
        column.addLayout(buttons)
