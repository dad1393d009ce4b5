"""What a start does with the orders and refunds that the last run left behind. It creates nothing at the gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.refund import RefundState
from posapp.domain.status import AttemptState

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Attempt
    from posapp.domain.refund import Refund
    from posapp.services.journal import Journal
    from posapp.services.refund_journal import RefundJournal


def recover(journal: Journal, owner_is_alive: Callable[[str], bool]) -> int:
    """Turn every CREATING attempt whose process is gone into UNKNOWN; returns how many there were.

    Nobody can tell whether its request had left, so it is asked about, never sent again.

    Args:
        journal: The till's journal.
        owner_is_alive: Whether the process of that name still runs on this ledger.
    """
    abandoned = [
        merchant_order_id
        for merchant_order_id, owner in journal.store.creating_owners().items()
        if not owner_is_alive(owner)
    ]
    for merchant_order_id in abandoned:
        journal.rewrite(merchant_order_id, _abandoned)
    return len(abandoned)


def _abandoned(attempt: Attempt) -> Attempt:
    if attempt.state is not AttemptState.CREATING:
        return attempt
    return replace(attempt, state=AttemptState.UNKNOWN, problem_code="interrupted")


def recover_refunds(journal: RefundJournal, owner_is_alive: Callable[[str], bool]) -> int:
    """Turn every REQUESTED refund whose process is gone into UNKNOWN, as `recover` does with attempts."""
    abandoned = [ref for ref, owner in journal.store.requested_owners().items() if not owner_is_alive(owner)]
    for ref in abandoned:
        journal.rewrite(ref, _abandoned_refund)
    return len(abandoned)


def _abandoned_refund(refund: Refund) -> Refund:
    if refund.state is not RefundState.REQUESTED:
        return refund
    return replace(refund, state=RefundState.UNKNOWN, problem_code="interrupted")
