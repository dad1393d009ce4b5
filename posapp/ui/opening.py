"""Whether the till is open, closed by some trouble, or open for looking at its orders alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from posapp.bridge.signals import TillSignals
    from posapp.domain.errors import Problem
    from posapp.domain.start import StartTrouble


class Opening(QObject):
    """Follows the till's news. Lives on the GUI thread.

    Signals:
        closed(StartTrouble): The till could not be opened; nothing works but the start page and the log.
        opened(): The till is open.
        view_only_changed(Problem or None): Nothing can be written from now on, and why; None: it can be again.
    """

    closed = Signal(object)
    opened = Signal()
    view_only_changed = Signal(object)

    def __init__(self, signals: TillSignals, parent: QObject) -> None:
        super().__init__(parent)
        self._is_closed = False
        self._coming: Problem | None = None  # why the till that is about to be open can only be looked at
        signals.start_failed.connect(self._on_start_failed)
        signals.view_only.connect(self._on_view_only)
        signals.ready.connect(self._on_ready)

    @property
    def is_closed(self) -> bool:
        """Whether the till could not be opened."""
        return self._is_closed

    def _on_start_failed(self, trouble: StartTrouble) -> None:
        self._is_closed = True
        self.closed.emit(trouble)

    def _on_view_only(self, problem: Problem) -> None:
        self._coming = problem
        self.view_only_changed.emit(problem)

    def _on_ready(self) -> None:
        self._is_closed = False
        if self._coming is None:  # it was opened anew, and this time for writing
            self.view_only_changed.emit(None)
        self._coming = None
        self.opened.emit()
