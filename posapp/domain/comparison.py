"""What comparing a day with the gateway brings: who agrees, who does not, and who gave no answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Difference(StrEnum):
    """In what the ledger and the gateway do not agree about a payment."""

    PAID_HERE = "PAID_HERE"  # paid in the ledger, not at the gateway
    PAID_THERE = "PAID_THERE"  # paid at the gateway, not in the ledger
    AMOUNT = "AMOUNT"
    REFUNDED = "REFUNDED"  # how much went back
    UNKNOWN_THERE = "UNKNOWN_THERE"  # the gateway does not know it
    STATE = "STATE"  # neither has it as paid, and they say different things
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"  # the answer names another order, or is no word we know


@dataclass(frozen=True, slots=True)
class Finding:
    """One payment about which the two do not agree.

    Attributes:
        order_id: Its order.
        merchant_order_id: The attempt.
        difference: In what.
        here: What the ledger says, as text to show: an amount like `HKD 20.00`, or a state's code.
        there: What the gateway says, likewise; untrusted plain text.
    """

    order_id: str
    merchant_order_id: str
    difference: Difference
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One payment about which the gateway gave no answer.

    Attributes:
        order_id: Its order.
        merchant_order_id: The attempt.
        problem_code: Why.
    """

    order_id: str
    merchant_order_id: str
    problem_code: str


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """What a comparison would cost.

    Attributes:
        payments: How many payments are asked about.
        seconds: How long that takes at the pace the gateway allows.
    """

    payments: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it.

    Attributes:
        day: The business day.
        payments: How many payments may have reached the gateway.
        agreed: How many of them both say the same about.
        learned: How many of those the ledger only learned by asking.
        findings: Those that differ.
        unanswered: Those that nothing is known about.
        complete: Whether all were asked; False where it was ended before.
    """

    day: date
    payments: int
    agreed: int
    learned: int = 0
    findings: tuple[Finding, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    complete: bool = True
