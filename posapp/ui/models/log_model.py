"""The log as a Qt list model: a few hundred entries at most, written when they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from posapp.ui.log_words import entry_line, entry_spoken

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from posapp.domain.log_entry import LogEntry
    from posapp.domain.till import TillFacts

Index = QModelIndex | QPersistentModelIndex

_NO_PARENT = QModelIndex()


class LogModel(QAbstractListModel):
    """One row per entry, newest first. Lives on the GUI thread."""

    def __init__(self, facts: TillFacts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._entries: tuple[LogEntry, ...] = ()

    def show_entries(self, entries: tuple[LogEntry, ...]) -> None:
        """Show other entries."""
        if entries != self._entries:
            self.beginResetModel()
            self._entries = entries
            self.endResetModel()

    def entry_at(self, row: int) -> LogEntry:
        """Return the entry in a row."""
        return self._entries[row]

    def row_of(self, entry: LogEntry) -> int | None:
        """Return the row that an entry has now, read or not; None where it is no longer in the list."""
        wanted = (entry.at, entry.level, entry.source, entry.text)
        rows = (row for row, one in enumerate(self._entries) if (one.at, one.level, one.source, one.text) == wanted)
        return next(rows, None)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Return how many entries there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return an entry's line, or what a screen reader says of it."""
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry_line(entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry_spoken(entry, self._facts)
        return None
