"""What a start does with the orders that the last run left behind. It creates nothing at the gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.status import AttemptState

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Attempt
    from posapp.services.journal import Journal


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
