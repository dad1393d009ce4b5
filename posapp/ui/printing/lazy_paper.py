"""The paper that is only loaded on the thread that draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from posapp.domain.day_report import DayReport
    from posapp.domain.export import Heading, OrderRow


class LazyPaper:
    """Implements `Paper`; see `QtPaper`."""

    def orders(self, target: str, heading: Heading, rows: Iterable[OrderRow], heard: Callable[[int], None]) -> None:
        """Write a list of orders."""
        from posapp.ui.printing.qt_paper import QtPaper

        QtPaper().orders(target, heading, rows, heard)

    def day(self, target: str, report: DayReport, copy: int) -> None:
        """Write a day's report."""
        from posapp.ui.printing.qt_paper import QtPaper

        QtPaper().day(target, report, copy)
