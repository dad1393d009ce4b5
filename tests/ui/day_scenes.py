"""The day page in every state, for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.progress import Progress
from posapp.domain.shift import Shift, ShiftBoard
from posapp.domain.staff import Crew, Person, Role
from tests.ui.fake_day_desk import NOW, TODAY, sample_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.ui.views.day_view import DayView
    from tests.ui.gallery import Scene


def _shifts() -> ShiftBoard:
    first = Shift(
        1, NOW - timedelta(hours=30), "Ada", 1, NOW - timedelta(hours=22), "Ada", 90,
        (Money(842050, "HKD"),), (Money(842050, "HKD"),),
    )  # fmt: skip
    second = replace(first, number=2, closed_by="Bo", counted=(Money(840000, "HKD"),))
    return ShiftBoard(Shift(3, NOW - timedelta(hours=7), "Ada", 91), (Money(1204300, "HKD"),), (second, first))


def _fill(scene: Scene, *, odd: bool = True) -> DayView:
    desk = scene.till.day
    for days in (5, 4, 1):
        day = TODAY - timedelta(days=days)
        desk.rows[day] = sample_rows(day, odd=False)
        desk.close(day)
    desk.rows[TODAY] = sample_rows(TODAY, odd=odd)
    desk.board = _shifts()
    scene.window.navigator.show_day()
    scene.settle(150)
    return scene.window.pages.day


def _down(view: DayView, part: float) -> None:
    bar = view.scroll_bar
    bar.setValue(int(bar.maximum() * part))


def day_open(scene: Scene) -> None:
    """A busy day with everything odd about it."""
    _fill(scene)


def day_calm(scene: Scene) -> None:
    """A busy day without anything odd."""
    _fill(scene, odd=False)


def day_middle(scene: Scene) -> None:
    """The tables."""
    _down(_fill(scene), 0.45)


def day_end(scene: Scene) -> None:
    """The shifts and the Zs."""
    _down(_fill(scene), 1.0)


def day_empty(scene: Scene) -> None:
    """Nothing was sold yet."""
    scene.window.navigator.show_day()


def day_confirm(scene: Scene) -> None:
    """Asked whether the day shall be closed."""
    _fill(scene).header.close_button.click()


def day_asking(scene: Scene) -> None:
    """The open orders are asked about."""
    scene.till.held.add("close_day")
    view = _fill(scene)
    view.header.close_button.click()
    view.close_panel.notice.first.click()
    scene.till.signals.progressed.emit(Progress("close_day", 3, 7))


def day_closed(scene: Scene) -> None:
    """The day was just closed."""
    view = _fill(scene, odd=False)
    view.header.close_button.click()
    view.close_panel.notice.first.click()
    scene.settle(150)


def day_after_close(scene: Scene) -> None:
    """Money came in after the close."""
    view = _fill(scene, odd=False)
    scene.till.day.after_close = scene.till.day.page_of(TODAY)
    view.open_day(TODAY - timedelta(days=1))


def day_copy(scene: Scene) -> None:
    """A Z was copied."""
    view = _fill(scene)
    view.closes.rows[0].copy_button.click()
    scene.settle(150)
    _down(view, 1.0)


def day_failed(scene: Scene) -> None:
    """The close could not be written."""
    scene.till.failures["close_day"] = Problem("disk_full", "no space left")
    view = _fill(scene)
    view.header.close_button.click()
    view.close_panel.notice.first.click()


def day_locked(scene: Scene) -> None:
    """A cashier may count shifts and sees no totals."""
    crew = (Person("1", "Ada", Role.MANAGER), Person("2", "Bo", Role.CASHIER))
    scene.till.signals.crew_changed.emit(Crew(crew, crew[1]))
    scene.till.day.board = replace(_shifts(), expected=None)
    scene.window.navigator.show_day()


def training_day(scene: Scene) -> None:
    """Training mode."""
    _fill(scene)


SCENES: tuple[Callable[[Scene], None], ...] = (
    day_open, day_calm, day_middle, day_end, day_empty, day_confirm, day_asking, day_closed, day_after_close,
    day_copy, day_failed, day_locked, training_day,
)  # fmt: skip
