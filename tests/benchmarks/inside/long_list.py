"""What is played on the order list of a ledger of any size: days, pages, keystrokes in the search, one row's news."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer

from posapp.domain.order_query import StateFilter
from posapp.ui.models.orders_model import ListState
from posapp.ui.presenters.orders_filter import DaySpan
from tests.benchmarks.inside.paint_watch import PaintWatch
from tests.benchmarks.long_ledgers import LAST_DAY

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tests.benchmarks.inside.stage import Stage

_TICK_MS: Final = 5
_DAYS: Final = 7
_PAGES: Final = 8
_LISTS: Final = 5
_UPDATES: Final = 40
_DOZE_MS: Final = 1_000
_TYPED: Final = (
    "table 12", "milk tea", "奶茶", "外賣 7 號", "invoice 12", "128.50", "28", "7K3M9Q", "zzzz", "wong", "oolong, hot",
    "no such thing",
)  # fmt: skip
_FILTERS: Final[tuple[tuple[StateFilter, str | None, DaySpan], ...]] = (
    (StateFilter.ALL, None, DaySpan.ALL),
    (StateFilter.REFUNDED, None, DaySpan.ALL),
    (StateFilter.NEEDS_LOOK, None, DaySpan.ALL),
    (StateFilter.PAID, "Fay", DaySpan.ALL),
    (StateFilter.UNPAID, "nobody of that name", DaySpan.ALL),
)


def long_list(stage: Stage, _options: argparse.Namespace) -> None:
    """Open days, turn pages, take one row's news after the other, and then rest to be weighed."""
    page = _Page(stage)
    gaps = _Gaps(stage)
    days = [
        page.until_shown(lambda day=LAST_DAY - timedelta(days=number % 2): page.view.bar.day_picked.emit(day))
        for number in range(2 * _DAYS)
    ]
    stage.tell("days", milliseconds=" ".join(f"{value:.2f}" for value in days[::2]))
    pages: list[float] = []
    for _ in range(_LISTS):
        page.until_shown(lambda: page.view.bar.span_picked.emit(DaySpan.TODAY))
        page.until_shown(lambda: page.view.bar.span_picked.emit(DaySpan.ALL))
        pages += [page.turn() for _ in range(_PAGES)]
    stage.tell("pages", milliseconds=" ".join(f"{value:.2f}" for value in pages))
    stage.tell("updates", milliseconds=" ".join(f"{page.update():.3f}" for _ in range(_UPDATES)))
    gaps.stop()
    stage.pause(_DOZE_MS)
    stage.tell("rested")
    stage.session.app.exec()


def search_keys(stage: Stage, _options: argparse.Namespace) -> None:
    """Type texts letter by letter, under several filters; the pause after which a search begins is left out."""
    page = _Page(stage)
    gaps = _Gaps(stage)
    for state, cashier, span in _FILTERS:
        page.until_shown(lambda span=span: page.view.bar.span_picked.emit(span))
        page.view.bar.state_picked.emit(state)
        page.view.bar.cashier_picked.emit(cashier)
        page.settle()
        for text in _TYPED:
            for end in range(1, len(text) + 1):
                typed = text[:end]
                took = page.until_shown(lambda typed=typed: page.view.bar.search_changed.emit(typed))
                stage.tell("key", milliseconds=took, text=typed, state=state.value)
        page.view.bar.search_changed.emit("")
        page.settle()
    gaps.stop()


class _Page:
    """The order list, with a stop watch between wanting something and seeing it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        stage.press(Qt.Key.Key_F3)
        stage.until(stage.window.orders_view.isVisible, "the list is there")
        self.view = stage.window.orders_view
        self.settle()
        self._done = False
        self._rows = PaintWatch(self.view.table.viewport(), lambda: self._done)
        self._message = PaintWatch(self.view.card.message, lambda: self._done)
        self.view.model.state_changed.connect(self._on_state)

    def settle(self) -> None:
        """Wait until the list is read."""
        self._stage.until(lambda: self.view.model.state is not ListState.LOADING, "the list is read")

    def until_shown(self, ask: Callable[[], None]) -> float:
        """Ask for another list and return the milliseconds until its first rows, or that there are none, are seen."""
        self._done = False
        for watch in (self._rows, self._message):
            watch.arm()
        asked = self.view.model.wanted
        began = time.perf_counter()
        ask()
        if self.view.model.wanted == asked:  # a blank at the end, say: nothing else is wanted
            return (time.perf_counter() - began) * 1000
        for pane in (self.view.table.viewport(), self.view.card.message):
            pane.update()
        self._stage.until(lambda: self._rows.at is not None or self._message.at is not None, "the list is seen")
        return (min(at for at in (self._rows.at, self._message.at) if at is not None) - began) * 1000

    def turn(self) -> float:
        """Scroll to the end and return the milliseconds until the next page is seen."""
        model, table = self.view.model, self.view.table
        before = model.rowCount()
        self._done = False
        began = time.perf_counter()
        self._rows.arm()
        table.scrollToBottom()
        model.fetchMore(table.rootIndex())
        self._stage.until(lambda: model.rowCount() > before, "a further page is read")
        self._done = True
        table.viewport().update()
        self._stage.until(lambda: self._rows.at is not None, "the page is seen")
        assert self._rows.at is not None
        return (self._rows.at - began) * 1000

    def update(self) -> float:
        """Bring news of an order in view and return the milliseconds until its row is painted."""
        table = self.view.table
        snapshot = self.view.model.snapshot_at(max(0, table.rowAt(20)))
        assert snapshot is not None
        self._stage.pause(20)
        self._done = True
        self._rows.arm()
        began = time.perf_counter()
        self._stage.session.till.signals.order_changed.emit(snapshot)
        took = (time.perf_counter() - began) * 1000
        self._stage.until(lambda: self._rows.at is not None, "the row is painted")
        return took

    def _on_state(self, state: ListState) -> None:
        if state is not ListState.LOADING:
            self._done = True
            for pane in (self.view.table.viewport(), self.view.card.message):
                pane.update()


class _Gaps:
    """Notes the longest time that the window's event loop stood still."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ticks: list[float] = []
        self._timer = QTimer(stage.window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._ticks.append(time.perf_counter()))
        self._timer.start(_TICK_MS)

    def stop(self) -> None:
        """Tell the longest."""
        self._timer.stop()
        self._stage.tell("gap", max_ms=max(later - earlier for earlier, later in pairwise(self._ticks)) * 1000)
