"""Both sides of a contradiction: what was asked for and what the gateway said, taken apart. No Qt."""

from __future__ import annotations

from typing import Final

from posapp.domain.status import ReviewReason

_COMPARED: Final = (ReviewReason.AMOUNT_DIFFERS, ReviewReason.WRONG_ORDER)
_BETWEEN: Final = " / "
_UNSAID: Final = "?"


def both_values(reason: ReviewReason, detail: str) -> tuple[str, str] | None:
    """Split what the ledger holds about a mismatch ("ours / theirs").

    Args:
        reason: Only amounts and ids are compared.
        detail: `Attempt.review_detail`, made fit to show.

    Returns:
        Ours and the gateway's, which is empty where it said nothing; None where there are no two values.
    """
    ours, between, theirs = detail.partition(_BETWEEN)
    if reason not in _COMPARED or not between:
        return None
    unsaid = not theirs.replace(_UNSAID, "").strip()
    return ours.strip(), "" if unsaid else theirs.strip()
