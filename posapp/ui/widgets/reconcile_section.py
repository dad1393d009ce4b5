"""The section of the day page that puts the ledger next to the gateway, or next to its settlement file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.staff import Right
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.plain_text import visible
from posapp.ui.presenters.reconcile import ReconcilePresenter, ReconcileState, ReconcileStep
from posapp.ui.problem_text import Situation, problem_text, support_line
from posapp.ui.reconcile_words import finding_line, settlement_line, unanswered_line
from posapp.ui.text import span_text
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.day_close_panel import ProgressLine
from posapp.ui.widgets.day_lines import DayLines
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import Notice
from posapp.ui.widgets.reconcile_columns import ReconcileColumns

if TYPE_CHECKING:
    from posapp.bridge.facade import TillFacade
    from posapp.domain.comparison import Comparison
    from posapp.domain.day_close import DayPage
    from posapp.domain.settlement import SettlementResult
    from posapp.ui.approvals import Approvals


class ReconcileSection(Card):
    """Lives on the GUI thread.

    Signals:
        order_wanted(str): An order's details are wanted.
    """

    order_wanted = Signal(str)

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reconcileSection")
        self._approvals = approvals
        self._gateway = facade.facts.gateway_name
        self._dialog: QFileDialog | None = None
        self._title = Label(self.tr("Compare with the gateway"), size=fonts.LARGE, weight=fonts.STRONG)
        self.words = Label(rank=SOFT, wrap=True)
        self.ask = Button(self.tr("Ask {gateway}").format(gateway=self._gateway), icon=Icon.COMPARE)
        self.file = Button(self.tr("Settlement file…"))
        self.stop = Button(self.tr("Stop"))
        self.line = ProgressLine()
        self.columns = ReconcileColumns()
        self.notice = Notice()
        self.lines = DayLines()
        self.presenter = ReconcilePresenter(facade, self._show)
        self._lay_out()
        self._connect()
        self._show(self.presenter.state)

    def show_page(self, page: DayPage | None) -> None:
        """Belong to the day that is shown; nobody compares what he may not see."""
        self.setVisible(page is not None)
        if page is not None:
            self.presenter.open(page.report.day)

    def open_file(self, path: str) -> None:
        """Look into a settlement file."""
        self.presenter.look_into(path)

    def _show(self, state: ReconcileState) -> None:
        asking = state.step is ReconcileStep.ASKING
        busy = asking or state.step is ReconcileStep.MATCHING
        self.ask.setVisible(not busy)
        self.ask.setEnabled(state.plan is not None and state.plan.payments > 0)
        self.file.setVisible(not busy)
        self.stop.setVisible(asking)
        self.line.setVisible(asking)
        self.columns.setVisible(state.step is ReconcileStep.COLUMNS)
        told = state.step in (ReconcileStep.RESULT, ReconcileStep.FAILED)
        self.notice.setVisible(told)
        self.lines.setVisible(state.step is ReconcileStep.RESULT)
        self.words.setText(self._explain(state))
        self.line.show_part(state.done, state.plan.payments if state.plan else 0)
        if state.step is ReconcileStep.COLUMNS and state.sheet is not None:
            self.columns.show_sheet(state.sheet)
        elif state.step is ReconcileStep.FAILED and state.problem is not None:
            title, advice = problem_text(state.problem, Situation.INPUT)
            self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice, support_line(state.problem))
        elif state.comparison is not None:
            self._show_comparison(state.comparison)
        elif state.result is not None:
            self._show_result(state.result)

    def _explain(self, state: ReconcileState) -> str:
        if state.step is ReconcileStep.COLUMNS and state.sheet is not None:
            return visible(Path(state.sheet.path).name, 80)
        if state.step is ReconcileStep.MATCHING:
            return self.tr("The file is being compared with the ledger …")
        plan = state.plan
        if plan is None:
            return ""
        if state.step is ReconcileStep.ASKING:
            words = self.tr("{done} of {total} payments are asked about …")
            return words.format(done=state.done, total=plan.payments)
        if plan.payments == 0:
            return self.tr("No payment of this day has reached the gateway.")
        words = self.tr("Payments of this day that would be asked about again: {count}. That takes about {time}.")
        return words.format(count=plan.payments, time=span_text(plan.seconds))

    def _show_comparison(self, made: Comparison) -> None:
        title = self.tr("{agreed} of {total} agree").format(agreed=made.agreed, total=made.payments)
        body = [self.tr("Learned only now, by asking: {count}.").format(count=made.learned)] if made.learned else []
        if made.unanswered:
            body.append(self.tr("Payments without an answer: {count}.").format(count=len(made.unanswered)))
        if made.findings:
            body.append(self.tr("Press a line to open its order."))
            self.notice.say(Icon.EYE, ToneName.REVIEW, title, " ".join(body))
        elif made.unanswered:
            self.notice.say(Icon.QUESTION, ToneName.NOT_KNOWN, title, " ".join(body))
        else:
            self.notice.say(Icon.TICK_CIRCLE, ToneName.PAID, title, " ".join(body))
        found = tuple(finding_line(each) for each in made.findings)
        self.lines.show_lines(found + tuple(unanswered_line(each) for each in made.unanswered))

    def _show_result(self, result: SettlementResult) -> None:
        title = self.tr("{agreed} of {total} lines agree").format(agreed=result.agreed, total=result.lines)
        name = visible(Path(result.path).name, 80)
        if result.findings:
            count = sum(result.counts.values())
            body = self.tr("Differences: {count}. Nothing in the ledger was changed.").format(count=count)
            self.notice.say(Icon.EYE, ToneName.REVIEW, title, body, name)
        else:
            body = self.tr("Nothing in the ledger was changed.")
            self.notice.say(Icon.TICK_CIRCLE, ToneName.PAID, title, body, name)
        self.lines.show_lines(tuple(settlement_line(each) for each in result.findings))

    def _on_file(self) -> None:
        """Open the system's own dialog, which waits for nobody."""
        dialog = self._dialog = QFileDialog(self.window(), self.tr("Open a settlement file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Settlement files (*.csv *.txt *.tsv)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.open_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_ask(self) -> None:
        self._approvals.ask(Right.REPORTS, self.tr("Compare the day with the gateway"), self.presenter.compare)

    def _on_match(self) -> None:
        mapping = self.columns.mapping
        what = self.tr("Compare a settlement file with the ledger")
        self._approvals.ask(Right.REPORTS, what, lambda token: self.presenter.match(mapping, token))

    def _on_line(self, order_id: str) -> None:
        if order_id:
            self.order_wanted.emit(order_id)

    def _connect(self) -> None:
        self.ask.clicked.connect(self._on_ask)
        self.file.clicked.connect(self._on_file)
        self.stop.clicked.connect(self.presenter.stop)
        self.columns.chosen.connect(self._on_match)
        self.columns.put_away.connect(self.presenter.put_away)
        self.notice.first_pressed.connect(self.presenter.put_away)
        self.lines.order_wanted.connect(self._on_line)
        self.notice.offer(self.tr("Close"))
        self.notice.first.set_kind(ButtonKind.SECONDARY)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self.words)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addLayout(words, 1)
        for button in (self.ask, self.file, self.stop):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        column.setSpacing(12)
        column.addLayout(head)
        for part in (self.line, self.columns, self.notice, self.lines):
            column.addWidget(part)
