"""Keeps the rail's count of what needs a look, and says it once when the till opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.ui.widgets.news_strip import NewsStrip
    from posapp.ui.widgets.rail import RailEntry

COUNT_AFTER_MS: Final = 300
"""A storm of changes is one look into the ledger."""


class InboxWatch(QObject):
    """Lives on the GUI thread, from the moment at which the till opens."""

    def __init__(self, facade: TillFacade, entry: RailEntry, news: NewsStrip, parent: QObject) -> None:
        super().__init__(parent)
        self._facade = facade
        self._entry = entry
        self._news = news
        self._is_first = True
        self._soon = QTimer(self, interval=COUNT_AFTER_MS, singleShot=True)
        self._soon.timeout.connect(self._look)
        facade.signals.order_changed.connect(self._on_order_changed)
        facade.signals.ready.connect(self._look)
        self._look()

    def _on_order_changed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        self._facade.inbox.count(self._on_count, self._on_failed)

    def _on_count(self, count: int) -> None:
        self._entry.set_badge(count, self.tr("to look at: %n", "", count))
        if self._is_first or count == 0:
            self._news.say_to_look_at(count)
        self._is_first = False

    def _on_failed(self, _problem: Problem) -> None:
        """Say nothing: what keeps the ledger from being read is told elsewhere."""
