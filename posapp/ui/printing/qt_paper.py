"""The paper that Qt draws; works on any thread of a program that has a `QGuiApplication`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.ui.printing.day_paper import day_frame, day_rows
from posapp.ui.printing.orders_paper import orders_frame, orders_rows
from posapp.ui.printing.pages import write_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from posapp.domain.day_report import DayReport
    from posapp.domain.export import Heading, OrderRow


class QtPaper:
    """Implements `Paper`."""

    def orders(self, target: str, heading: Heading, rows: Iterable[OrderRow], heard: Callable[[int], None]) -> None:
        """Write a list of orders."""
        laid_out = orders_rows(heading, rows, lambda done: heard(done // 2))
        write_pages(target, orders_frame(heading), laid_out, lambda drawn: heard(min(heading.rows, drawn)))

    def day(self, target: str, report: DayReport, copy: int) -> None:
        """Write a day's report."""
        write_pages(target, day_frame(report, copy), day_rows(report), _unheard)


def _unheard(_drawn: int) -> None:
    """A day has a few pages: nobody waits for it."""
