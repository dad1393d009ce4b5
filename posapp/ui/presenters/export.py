"""A file for others, from the choice of its form to the word that it is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths

from posapp.domain.export import Exported, ExportForm
from posapp.domain.staff import Right
from posapp.ui.printing.lazy_paper import LazyPaper

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order_query import OrderFilter
    from posapp.domain.progress import Progress

JOB = "export"
_ENDINGS = frozenset(form.value for form in ExportForm)


class ExportStep(StrEnum):
    """How far it is."""

    HIDDEN = "hidden"
    CHOOSING = "choosing"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be in the file: the orders of a filter, or a day.

    Attributes:
        name: What the file is called, without its ending.
        wanted: The filter; None for a day.
        day: The day; None for orders.
        closed: Whether that day has a Z: on paper it is a copy of it.
    """

    name: str
    wanted: OrderFilter | None = None
    day: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ExportState:
    """What the panel shows.

    Attributes:
        step: How far it is.
        subject: What is to be in the file.
        form: In which form.
        path: Where.
        done: Rows that are written.
        total: Rows that there are; None while that is not known.
        exported: What came of it.
        problem: Why nothing did.
    """

    step: ExportStep = ExportStep.HIDDEN
    subject: Subject | None = None
    form: ExportForm = ExportForm.XLSX
    path: str = ""
    done: int = 0
    total: int | None = None
    exported: Exported | None = None
    problem: Problem | None = None


class ExportPresenter:
    """Lives on the GUI thread."""

    def __init__(self, facade: TillFacade, render: Callable[[ExportState], None]) -> None:
        """Export through this till; the panel is told of every change."""
        self._facade = facade
        self._render = render
        self.state = ExportState()
        facade.signals.progressed.connect(self._on_progress)

    @property
    def right(self) -> Right:
        """What it takes: a copy of a Z is one wherever it is made."""
        subject = self.state.subject
        copies = subject is not None and subject.closed and self.state.form is ExportForm.PDF
        return Right.REPRINT if copies else Right.EXPORT

    def open(self, subject: Subject) -> None:
        """Offer to write a file; one that is being written goes on."""
        if self.state.step is not ExportStep.WRITING:
            self._set(step=ExportStep.CHOOSING, subject=subject, path=self._usual(subject, self.state.form))

    def choose(self, form: ExportForm) -> None:
        """Take another form; the name's ending goes with it."""
        path = self.state.path
        known = tuple(f".{each.value}" for each in ExportForm)
        if path.lower().endswith(known):
            path = f"{path[: path.rindex('.')]}.{form.value}"
        self._set(form=form, path=path)

    def set_path(self, path: str) -> None:
        """Take another place; a name that ends like one of the forms asks for that form."""
        ending = Path(path.strip()).suffix[1:].lower()
        self._set(path=path, form=ExportForm(ending) if ending in _ENDINGS else self.state.form)

    def start(self, approval: str | None) -> None:
        """Write it."""
        state = self.state
        subject = state.subject
        if state.step is ExportStep.WRITING or subject is None or not state.path.strip():
            return
        path = str(Path(state.path.strip()).expanduser())
        self._set(step=ExportStep.WRITING, done=0, total=None, problem=None, exported=None)
        paper = LazyPaper() if state.form is ExportForm.PDF else None
        desk = self._facade.exports
        if subject.wanted is not None:
            desk.export_orders(subject.wanted, state.form, path, paper, approval, self._on_done, self._on_failed)
        elif subject.day is not None:
            desk.export_day(subject.day, state.form, path, paper, approval, self._on_done, self._on_failed)

    def cancel(self) -> None:
        """End the file that is being written."""
        self._facade.exports.cancel_export()

    def put_away(self) -> None:
        """Show nothing any more, unless a file is being written."""
        if self.state.step is not ExportStep.WRITING:
            self._set(step=ExportStep.HIDDEN)

    def again(self) -> None:
        """Go back to the choice."""
        self._set(step=ExportStep.CHOOSING)

    def _usual(self, subject: Subject, form: ExportForm) -> str:
        folder = Path(self.state.path).parent if self.state.path else _documents()
        return str(folder / f"{subject.name}.{form.value}")

    def _on_progress(self, progress: Progress) -> None:
        if progress.job == JOB and self.state.step is ExportStep.WRITING:
            self._set(done=progress.done, total=progress.total)

    def _on_done(self, exported: Exported) -> None:
        self._set(step=ExportStep.DONE, exported=exported)

    def _on_failed(self, problem: Problem) -> None:
        if problem.code == "cancelled":
            self._set(step=ExportStep.CHOOSING)
        else:
            self._set(step=ExportStep.FAILED, problem=problem)

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)
        self._render(self.state)


def _documents() -> Path:
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found else Path.home()
