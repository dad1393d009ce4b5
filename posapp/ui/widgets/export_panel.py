"""The panel that writes a file: its form, its place, how far it is, and the word that it is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.export import ExportForm
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.presenters.export import ExportPresenter, ExportState, ExportStep, Subject
from posapp.ui.problem_text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.day_close_panel import ProgressLine
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import Notice
from posapp.ui.widgets.order_chip import OrderChip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from posapp.bridge.facade import TillFacade
    from posapp.ui.approvals import Approvals


class ExportPanel(QWidget):
    """Takes no room while nothing is to be written. Lives on the GUI thread."""

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._approvals = approvals
        self._dialog: QFileDialog | None = None
        self.setObjectName("exportPanel")
        self._card = Card()
        self._title = Label(self.tr("Save as a file"), size=fonts.LARGE, weight=fonts.STRONG)
        self._words = Label(rank=SOFT, wrap=True)
        self._group = QButtonGroup(self)
        self.forms = {form: self._chip(form) for form in ExportForm}
        self.place = Field(Icon.NOTE, self.tr("Where to"))
        self.place.edit.setAccessibleName(self.tr("Where the file goes"))
        self.browse = Button(self.tr("Choose…"))
        self.save = Button(self.tr("Save"), ButtonKind.PRIMARY, icon=Icon.SAVE)
        self.close_button = Button(self.tr("Close"), ButtonKind.QUIET)
        self.cancel = Button(self.tr("Cancel"))
        self.line = ProgressLine()
        self.notice = Notice()
        self._choice, self._progress = QWidget(), QWidget()
        self.presenter = ExportPresenter(facade, self._show)
        self._lay_out()
        self._connect()
        self.hide()

    def open(self, subject: Subject) -> None:
        """Offer to write a file."""
        self.presenter.open(subject)
        self.save.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step back with Esc."""
        if event.key() == Qt.Key.Key_Escape and self.presenter.state.step is not ExportStep.WRITING:
            self.presenter.put_away()
        else:
            super().keyPressEvent(event)

    def _show(self, state: ExportState) -> None:
        self.setVisible(state.step is not ExportStep.HIDDEN)
        self.forms[state.form].setChecked(True)
        if self.place.edit.text() != state.path:
            self.place.edit.setText(state.path)
        self.save.setEnabled(bool(state.path.strip()))
        self._words.setText(self._explain(state))
        self.line.show_part(state.done, state.total or 0)
        if state.step is ExportStep.DONE:
            self._say_done(state)
        elif state.step is ExportStep.FAILED and state.problem is not None:
            title, advice = problem_text(state.problem, Situation.INPUT)
            self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice, support_line(state.problem))
            self.notice.offer(self.tr("Try again"), self.tr("Close"))
        self._turn_to(state.step)

    def _turn_to(self, step: ExportStep) -> None:
        """Show what belongs to a step; the keyboard goes along first, or Qt would carry it and the page elsewhere."""
        held = any(each.hasFocus() for each in self.findChildren(QWidget))
        told = step in (ExportStep.DONE, ExportStep.FAILED)
        parts = {
            self.notice: told,
            self._card: not told,
            self._choice: step is ExportStep.CHOOSING,
            self._progress: step is ExportStep.WRITING,
        }
        for part, wanted in parts.items():
            if wanted:
                part.setVisible(True)
        if held and (told or step is ExportStep.WRITING):
            (self.notice.first if told else self.cancel).setFocus()
        for part, wanted in parts.items():
            if not wanted:
                part.setVisible(False)

    def _explain(self, state: ExportState) -> str:
        if state.step is ExportStep.WRITING:
            if state.total is None:
                return self.tr("The file is being written …")
            count = QLocale().toString
            return self.tr("{done} of {total} orders are written …").format(
                done=count(state.done), total=count(state.total)
            )
        return {
            ExportForm.CSV: self.tr("One line an order, for any program. No cell can be taken for a formula."),
            ExportForm.XLSX: self.tr("For Excel and its like: amounts are numbers, times are times."),
            ExportForm.JSON: self.tr("For programs: amounts as text, times in the shop's zone and in UTC."),
            ExportForm.PDF: self.tr("To read and to print, on A4 pages."),
        }[state.form]

    def _say_done(self, state: ExportState) -> None:
        exported = state.exported
        if exported is None:
            return
        subject = state.subject
        if subject is not None and subject.wanted is not None:
            body = self.tr("Orders: {count}").format(count=f"{exported.rows:,}")
        else:
            body = self.tr("The day is in it.")
        name = self.tr("Saved {name}").format(name=Path(exported.path).name)
        self.notice.say(Icon.TICK_CIRCLE, ToneName.PAID, name, body, exported.path)
        self.notice.offer(self.tr("Show in folder"), self.tr("Close"))

    def _on_save(self) -> None:
        what = self.tr("Save {name} as a file").format(name=Path(self.presenter.state.path).name)
        self._approvals.ask(self.presenter.right, what, self.presenter.start)

    def _on_browse(self) -> None:
        """Open the system's own dialog, which waits for nobody."""
        dialog = self._dialog = QFileDialog(self.window(), self.tr("Save as"), self.presenter.state.path)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.presenter.state.form.value)
        dialog.fileSelected.connect(self.presenter.set_path)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_first(self) -> None:
        state = self.presenter.state
        if state.step is ExportStep.DONE and state.exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(state.exported.path).parent)))
        else:
            self.presenter.again()

    def _connect(self) -> None:
        self.place.edit.textEdited.connect(self.presenter.set_path)
        self.place.edit.returnPressed.connect(self._on_save)
        self.browse.clicked.connect(self._on_browse)
        self.save.clicked.connect(self._on_save)
        self.close_button.clicked.connect(self.presenter.put_away)
        self.cancel.clicked.connect(self.presenter.cancel)
        self.notice.first_pressed.connect(self._on_first)
        self.notice.second_pressed.connect(self.presenter.put_away)

    def _chip(self, form: ExportForm) -> OrderChip:
        chip = OrderChip(form.value.upper())
        chip.setObjectName(f"exportForm_{form.value}")
        chip.clicked.connect(lambda: self.presenter.choose(form))
        self._group.addButton(chip)
        return chip

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._title)
        head.addStretch(1)
        where = QHBoxLayout()
        where.setContentsMargins(0, 0, 0, 0)
        where.setSpacing(GRID)
        where.addWidget(self.place, 1)
        for button in (self.browse, self.save, self.close_button):
            where.addWidget(button)
        forms = QHBoxLayout()
        forms.setSpacing(GRID)
        for chip in self.forms.values():
            forms.addWidget(chip)
        forms.addStretch(1)
        choice = QVBoxLayout(self._choice)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.setSpacing(12)
        choice.addLayout(forms)
        choice.addLayout(where)
        progress = QHBoxLayout(self._progress)
        progress.setContentsMargins(0, 0, 0, 0)
        progress.setSpacing(2 * GRID)
        progress.addWidget(self.line, 1)
        progress.addWidget(self.cancel)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(GRID)
        inside.addLayout(head)
        inside.addWidget(self._words)
        inside.addWidget(self._choice)
        inside.addWidget(self._progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        column.addWidget(self.notice)
