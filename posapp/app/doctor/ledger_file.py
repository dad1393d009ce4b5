"""The ledger: can it be read, is it whole, and what is open in it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.app.doctor.ground import Ground

CHECK_S: Final = 6.0
_ADVICE: Final = {
    "ledger_newer": "Update posapp.",
    "ledger_busy": "Close the program that holds it; a backup or virus scanner may be at work.",
    "ledger_read_only": "Give the till's user the right to write it.",
    "ledger_cannot_open": "Give the till's user the right to read it.",
}
_GONE: Final = "If it was moved, put it back. Else restore the newest backup (posapp restore latest)."
_DAMAGED: Final = "Do not delete it. Restore the newest backup (posapp restore latest), which sets it aside."


def examine(ground: Ground) -> Finding:
    """Look into the ledger of real sales."""
    from posapp.store.presence import was_there

    path = ground.folder.ledger
    gone = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    if gone and was_there(path):
        figures = {"file": str(path), "cause": "ledger_missing"}
        return fail(f"{path}: The ledger is gone: its file is missing or empty.", _GONE, figures)
    if not path.exists():
        return ok("There is none yet; the first order makes it.", {"file": str(path)})
    return examine_file(path, CHECK_S)


def examine_file(path: Path, limit_s: float) -> Finding:
    """Look into a ledger that is there.

    Args:
        path: The file.
        limit_s: Seconds for the check of its structure.
    """
    from posapp.store.errors import LedgerError
    from posapp.store.examination import examine_ledger
    from posapp.store.schema import SCHEMA_VERSION

    try:
        found = examine_ledger(path, limit_s)
    except LedgerError as error:
        return fail(f"{path}: {error}", _ADVICE.get(error.code, _DAMAGED), {"file": str(path), "cause": error.code})
    orders, still_open = sum(found.orders.values()), found.orders.get("OPEN", 0)
    figures = {
        "file": str(path),
        "size_bytes": found.size_bytes,
        "schema_version": found.schema_version,
        "checked": found.checked,
        "orders": orders,
        "open": still_open,
        "needs_look": found.needs_look,
        "orders_by_status": {**found.orders},
        "attempts_by_state": {**found.attempts},
        "audit_rows": found.audit_rows,
    }
    if not orders and not found.schema_version:
        return warn(f"{path} is empty.", "If this till has sold before, restore a backup (posapp restore).", figures)
    whole = "whole" if found.checked else f"readable (too large to be checked in {limit_s:g} s; posapp verify does)"
    older = "" if found.schema_version == SCHEMA_VERSION else "; the next start brings it up to date"
    said = f"{whole}, {orders} orders, {still_open} open, {found.size_bytes / 1e6:.1f} MB{older}."
    if found.needs_look:
        return warn(f"{said} {found.needs_look} need a look.", "Look at them on the page Orders.", figures)
    return ok(f"{said[0].upper()}{said[1:]}", figures)
