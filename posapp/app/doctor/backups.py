"""The backups: is there a whole one, and how old is it?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.clock import span
from posapp.app.doctor.finding import Finding, ok, skipped, warn

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

OLD: Final = timedelta(days=3)
_MAKE_ONE: Final = "Run posapp backup, or leave the window open for a while: it makes one a day."


def examine(ground: Ground) -> Finding:
    """Look for the newest whole backup."""
    from posapp.store.backup import list_backups

    backups = list_backups(ground.folder.backups) if ground.folder.backups.is_dir() else ()
    if not backups and not ground.folder.ledger.exists():
        return skipped("There is no ledger yet.")
    if not backups:
        return warn("There is none.", _MAKE_ONE, {"count": 0})
    newest = backups[0]
    age = datetime.now(UTC) - newest.taken_at
    old_s = max(0, round(age.total_seconds()))
    figures = {
        "count": len(backups),
        "newest": newest.name,
        "age_s": old_s,
        "orders": newest.orders,
    }
    said = f"{len(backups)}; the newest is {span(old_s)} old and holds {newest.orders} orders."
    return warn(said, _MAKE_ONE, figures) if age > OLD else ok(said, figures)
