"""What a window's till falls back on, put together; nothing of it is imported before it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.bridge.recourse import Recourse

if TYPE_CHECKING:
    from posapp.app.logs import Recent
    from posapp.app.paths import DataFolder
    from posapp.bridge.recourse import LogBook, Rescue
    from posapp.domain.errors import Problem
    from posapp.domain.till import TillFacts
    from posapp.services.viewing import TillView


def recourse(folder: DataFolder, recent: Recent, facts: TillFacts) -> Recourse:
    """Return what a till in this folder falls back on.

    Args:
        folder: The data folder.
        recent: What this run has logged so far.
        facts: The till's; of the ledger of training mode there are no backups.
    """
    ledger = folder.training_ledger if facts.training else folder.ledger

    async def view(reason: Problem) -> TillView:
        from posapp.app.system_clock import SystemClock
        from posapp.services.viewing import TillView
        from posapp.store.ledger import open_ledger_to_view

        return TillView(open_ledger_to_view(ledger), SystemClock(), reason, facts)

    def rescue() -> Rescue:
        from posapp.app.rescue import LedgerRescue

        return LedgerRescue(ledger, None if facts.training else folder.backups)

    def log_book() -> LogBook:
        from posapp.app.log_book import LogBook

        return LogBook(folder.logs, recent)

    return Recourse(view, rescue, log_book)
