"""The day page without widgets: which day is shown, what it adds up to, and how far its close has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from posapp.bridge.facade import TillFacade
    from posapp.domain.day_close import DayClose, DayPage
    from posapp.domain.errors import Problem
    from posapp.domain.progress import Progress

JOB: Final = "close_day"


class CloseStep(Enum):
    """How far the close of the shown day has come."""

    NONE = auto()
    CONFIRM = auto()
    ASKING = auto()
    FAILED = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class DayState:
    """What the page shows.

    Attributes:
        page: The day; None before the first answer, and where nobody may see it.
        problem: Why there is nothing, or nothing newer.
        loading: Whether an answer is on its way.
        may_see: Whether who stands at the till was let in.
        step: How far the close is.
        done: Open orders asked about so far.
        total: Open orders to be asked about.
        close_problem: Why a close failed.
        closed: What the last close wrote.
    """

    page: DayPage | None = None
    problem: Problem | None = None
    loading: bool = False
    may_see: bool = True
    step: CloseStep = CloseStep.NONE
    done: int = 0
    total: int = 0
    close_problem: Problem | None = None
    closed: DayClose | None = None


class DayPresenter:
    """Asks the desk and tells the page what to show. Lives on the GUI thread."""

    def __init__(self, facade: TillFacade, render: Callable[[DayState], None]) -> None:
        """Show through `render`."""
        self._desk = facade.day
        self._render = render
        self._wanted: date | None = None
        self._asked = 0
        self._one_look = False
        self.state = DayState()
        facade.signals.progressed.connect(self._on_progress)

    def open(self, day: date | None, approval: str | None = None) -> None:
        """Read a day; None for the one that trades now. With an approval it is one look: it is not kept up to date."""
        if day != self._wanted:
            self._set(step=CloseStep.NONE, close_problem=None, closed=None)
        self._wanted = day
        self._one_look = approval is not None
        self._read(approval)

    def step(self, days: int) -> None:
        """Read the day so many days away; not one that has not begun."""
        page = self.state.page
        if page is not None:
            day = page.report.day + timedelta(days=days)
            if day <= page.today and self.state.step is not CloseStep.ASKING:
                self.open(day)

    def refresh(self) -> None:
        """Read the shown day anew, where that needs nobody's word."""
        if self.state.may_see and not self._one_look and self.state.step is not CloseStep.ASKING:
            self._read(None)

    def shut(self) -> None:
        """Forget what is shown: who stands at the till may not see it."""
        self._asked += 1
        self._wanted = None
        asking = self.state.step is CloseStep.ASKING  # goes on; its answer comes all the same
        self.state = DayState(may_see=False, step=CloseStep.ASKING if asking else CloseStep.NONE)
        self._render(self.state)

    def propose_close(self) -> None:
        """Ask whether the shown day shall be closed."""
        page = self.state.page
        if page is not None and page.close is None:
            self._set(step=CloseStep.CONFIRM, close_problem=None, closed=None)

    def close(self, approval: str | None) -> None:
        """Close the shown day."""
        page = self.state.page
        if page is None or self.state.step is CloseStep.ASKING:
            return
        self._set(step=CloseStep.ASKING, done=0, total=0, close_problem=None)
        self._desk.close_day(page.report.day, approval, self._on_closed, self._on_close_failed)

    def hurry(self) -> None:
        """Close without waiting for more answers."""
        self._desk.hurry_close()

    def call_off(self) -> None:
        """Stop a close that asks."""
        self._desk.cancel_close()

    def put_away(self) -> None:
        """Take the panel of the close away."""
        if self.state.step is not CloseStep.ASKING:
            self._set(step=CloseStep.NONE, close_problem=None, closed=None)

    def _read(self, approval: str | None) -> None:
        self._asked += 1
        asked = self._asked

        def done(page: DayPage) -> None:
            if asked == self._asked:
                self._wanted = page.report.day
                self._set(page=page, problem=None, loading=False, may_see=True)

        def failed(problem: Problem) -> None:
            if asked == self._asked:
                kept = self.state.page if problem.code != "right_missing" else None
                self._set(page=kept, problem=problem, loading=False)

        self._set(loading=True)
        self._desk.page(self._wanted, approval, done, failed)

    def _on_progress(self, progress: Progress) -> None:
        if progress.job == JOB and self.state.step is CloseStep.ASKING:
            self._set(done=progress.done, total=progress.total or 0)

    def _on_closed(self, close: DayClose) -> None:
        self._set(step=CloseStep.DONE, closed=close)
        if self.state.may_see and not self._one_look:
            self._read(None)

    def _on_close_failed(self, problem: Problem) -> None:
        if problem.code == "close_cancelled":
            self._set(step=CloseStep.NONE)
        else:
            self._set(step=CloseStep.FAILED, close_problem=problem)

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)
        self._render(self.state)
