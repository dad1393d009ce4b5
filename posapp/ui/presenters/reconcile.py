"""A day next to the gateway, or to its settlement file: what is asked, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from posapp.bridge.facade import TillFacade
    from posapp.domain.comparison import Comparison, ComparisonPlan
    from posapp.domain.errors import Problem
    from posapp.domain.progress import Progress
    from posapp.domain.settlement import Field, SettlementResult, SettlementSheet

JOB = "reconcile"


class ReconcileStep(StrEnum):
    """What the section shows."""

    IDLE = "idle"
    ASKING = "asking"  # the gateway, payment after payment
    COLUMNS = "columns"  # of a file
    MATCHING = "matching"
    RESULT = "result"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReconcileState:
    """What the section shows.

    Attributes:
        step: What.
        day: The day of the page.
        plan: What comparing it would cost; None while that is not known.
        done: Payments that were asked about.
        sheet: The file that was looked into.
        comparison: What came of asking the gateway.
        result: What came of a file.
        problem: Why nothing did.
    """

    step: ReconcileStep = ReconcileStep.IDLE
    day: date | None = None
    plan: ComparisonPlan | None = None
    done: int = 0
    sheet: SettlementSheet | None = None
    comparison: Comparison | None = None
    result: SettlementResult | None = None
    problem: Problem | None = None


class ReconcilePresenter:
    """Lives on the GUI thread."""

    def __init__(self, facade: TillFacade, render: Callable[[ReconcileState], None]) -> None:
        """Ask this till; the section is told of every change."""
        self._facade = facade
        self._render = render
        self.state = ReconcileState()
        facade.signals.progressed.connect(self._on_progress)

    def open(self, day: date) -> None:
        """Show a day; another one while the gateway is asked only once that is done."""
        if self.state.step in (ReconcileStep.ASKING, ReconcileStep.MATCHING):
            return
        if day != self.state.day:
            self._set(ReconcileState(day=day))
        self._facade.exports.plan_comparison(day, lambda plan: self._on_plan(day, plan), lambda _: None)

    def compare(self, approval: str | None) -> None:
        """Ask the gateway about every payment of the day."""
        day = self.state.day
        if day is None or self.state.step is ReconcileStep.ASKING:
            return
        self._change(step=ReconcileStep.ASKING, done=0, comparison=None, result=None, problem=None)
        self._facade.exports.compare(day, approval, self._on_compared, self._on_failed)

    def stop(self) -> None:
        """Ask no further."""
        self._facade.exports.stop_comparing()

    def look_into(self, path: str) -> None:
        """Read the columns of a file."""
        self._facade.exports.look_into(path, self._on_sheet, self._on_failed)

    def match(self, mapping: Mapping[Field, int], approval: str | None) -> None:
        """Compare the file with the ledger."""
        sheet = self.state.sheet
        if sheet is None:
            return
        self._change(step=ReconcileStep.MATCHING, comparison=None, result=None, problem=None)
        self._facade.exports.match_settlement(sheet.path, mapping, approval, self._on_matched, self._on_failed)

    def put_away(self) -> None:
        """Show no result any more."""
        self._change(step=ReconcileStep.IDLE, sheet=None, comparison=None, result=None, problem=None)

    def _on_plan(self, day: date, plan: ComparisonPlan) -> None:
        if day == self.state.day:
            self._change(plan=plan)

    def _on_progress(self, progress: Progress) -> None:
        if progress.job == JOB and self.state.step is ReconcileStep.ASKING:
            self._change(done=progress.done)

    def _on_compared(self, comparison: Comparison) -> None:
        self._change(step=ReconcileStep.RESULT, comparison=comparison)

    def _on_sheet(self, sheet: SettlementSheet) -> None:
        self._change(step=ReconcileStep.COLUMNS, sheet=sheet, comparison=None, result=None, problem=None)

    def _on_matched(self, result: SettlementResult) -> None:
        self._change(step=ReconcileStep.RESULT, result=result)

    def _on_failed(self, problem: Problem) -> None:
        self._change(step=ReconcileStep.FAILED, problem=problem)

    def _change(self, **changes: object) -> None:
        self._set(replace(self.state, **changes))

    def _set(self, state: ReconcileState) -> None:
        self.state = state
        self._render(state)
