"""The states of an attempt, the status of an order, and the only transitions there are."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class AttemptState(StrEnum):
    """Where one payment intent stands, as far as this till knows."""

    DRAFT = "DRAFT"  # not committed yet; never found in a ledger
    CREATING = "CREATING"
    NOT_SENT = "NOT_SENT"
    REFUSED = "REFUSED"
    CREATED = "CREATED"
    PENDING = "PENDING"
    UNKNOWN = "UNKNOWN"
    ORPHAN = "ORPHAN"
    SUCCEEDED = "SUCCEEDED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"


class OrderStatus(StrEnum):
    """What an order's attempts add up to."""

    OPEN = "OPEN"
    PAID = "PAID"
    OVERPAID = "OVERPAID"
    CLOSED = "CLOSED"


class Standing(StrEnum):
    """What a person is told about an order: one colour, one icon, one word."""

    WAITING = "WAITING"
    NOT_KNOWN = "NOT_KNOWN"
    PAID = "PAID"
    UNPAID = "UNPAID"
    REFUSED = "REFUSED"
    REVIEW = "REVIEW"


class ReviewReason(StrEnum):
    """Why an answer of the gateway needs human eyes before it is believed."""

    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    WRONG_ORDER = "WRONG_ORDER"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    CODE_UNUSABLE = "CODE_UNUSABLE"


class AlarmKind(StrEnum):
    """What rings wherever the cashier is and stays in the inbox until someone decides."""

    PAID_LATE = "PAID_LATE"  # after the order was given up, or its code never knowingly shown
    PAID_AFTER_CANCEL = "PAID_AFTER_CANCEL"
    PAID_TWICE = "PAID_TWICE"
    CONTRADICTED = "CONTRADICTED"  # the gateway takes back its own SUCCEEDED


_S = AttemptState

TRANSITIONS: Final[dict[AttemptState, frozenset[AttemptState]]] = {
    _S.DRAFT: frozenset({_S.CREATING}),
    _S.CREATING: frozenset({_S.NOT_SENT, _S.REFUSED, _S.CREATED, _S.UNKNOWN}),
    _S.NOT_SENT: frozenset({_S.CREATING}),
    _S.REFUSED: frozenset(),
    _S.CREATED: frozenset({_S.PENDING, _S.SUCCEEDED, _S.CANCELLED}),
    _S.PENDING: frozenset({_S.SUCCEEDED, _S.CANCELLED}),
    _S.UNKNOWN: frozenset({_S.ORPHAN, _S.SUCCEEDED, _S.CANCELLED, _S.LAPSED}),
    _S.ORPHAN: frozenset({_S.SUCCEEDED, _S.CANCELLED}),
    _S.SUCCEEDED: frozenset(),
    _S.CANCELLED: frozenset({_S.SUCCEEDED}),  # "paid after cancel", with an alarm
    _S.LAPSED: frozenset({_S.ORPHAN, _S.SUCCEEDED, _S.CANCELLED}),  # only when a person asks again
}
"""Every transition that may happen; the ledger refuses all others."""

WATCHED: Final = frozenset({_S.CREATED, _S.PENDING, _S.UNKNOWN, _S.ORPHAN})
"""States in which the gateway is asked on a schedule."""

NON_FINAL: Final = WATCHED | {_S.CREATING}
"""States that can still become paid on their own."""


def may_change(old: AttemptState, new: AttemptState) -> bool:
    """Tell whether the life of an order allows this transition."""
    return new in TRANSITIONS[old]
