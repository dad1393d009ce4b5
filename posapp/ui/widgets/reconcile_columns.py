"""Saying which column of a settlement file means what: a list of the file's headers for each meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.settlement import REQUIRED, Field
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.plain_text import visible
from posapp.ui.reconcile_words import field_word
from posapp.ui.tokens import GRID, TARGET
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import SOFT, Label

if TYPE_CHECKING:
    from posapp.domain.settlement import SettlementSheet

_ACROSS = 2
_RULES = """
QComboBox { background: palette(base); color: palette(text); border: 1px solid palette(mid); border-radius: 10px;
    padding: 0 4px 0 12px; }
QComboBox:focus { border: 2px solid palette(highlight); }
QComboBox::drop-down { border: none; width: 28px; }
"""


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
        self.lists = {field: QComboBox() for field in Field}
        self.go = Button(self.tr("Compare with the ledger"), ButtonKind.PRIMARY, icon=Icon.COMPARE)
        self.back = Button(self.tr("Close"), ButtonKind.QUIET)
        self.go.clicked.connect(self.chosen)
        self.back.clicked.connect(self.put_away)
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

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        for number, (field, box) in enumerate(self.lists.items()):
            row, column = divmod(number, _ACROSS)
            name = Label(field_word(field), size=fonts.SMALL, rank=SOFT)
            name.setBuddy(box)
            box.setAccessibleName(field_word(field))
            box.setMinimumHeight(TARGET)
            box.setStyleSheet(_RULES)
            box.setMinimumContentsLength(4)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.currentIndexChanged.connect(self._on_changed)
            grid.addWidget(name, row, 2 * column)
            grid.addWidget(box, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
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
