"""A manager's word that an order may have a further code though one that was seen can still be paid.

Both stay watched. The one before counts as given up, so that its payment rings; a payment of both rings as paid twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError

if TYPE_CHECKING:
    from posapp.domain.order import Attempt
    from posapp.domain.staff import Authority
    from posapp.services.journal import Journal

EVENT: Final = "override"
MAX_REASON: Final = 120


def check_reason(reason: str) -> None:
    """Refuse a reason that is none, or that could not stand in a list.

    Raises:
        DomainError: `reason_unusable`.
    """
    if not reason.strip() or len(reason) > MAX_REASON or not reason.isprintable():
        raise DomainError("reason_unusable", f"A reason is one line of at most {MAX_REASON} characters.")


def note_override(journal: Journal, open_still: list[Attempt], reason: str, authority: Authority) -> None:
    """Write down, before there is a further code, who allowed it beside which ones and why.

    Raises:
        LedgerError: It could not be written, so it is not allowed.
    """
    facts = {"reason": reason.strip(), "asked_by": authority.asked_by, "approved_by": authority.approved_by}
    for attempt in open_still:
        journal.note(attempt, EVENT, facts)


def is_overridden(journal: Journal, older: Attempt, newer: Attempt) -> bool:
    """Tell whether a later code may be shown though this one can still be paid."""
    return older.number < newer.number and bool(journal.store.noted(older, EVENT))
