"""What a window needs to know about its till: who and where it is, what its gateway can do, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.currency import decimals_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from posapp.domain.business_day import BusinessDay
    from posapp.domain.order import Flow


@dataclass(frozen=True, slots=True)
class TillFacts:
    """The till's unchanging facts for one run of the program.

    Attributes:
        shop: The shop's name, as the shopper reads it.
        till: The till's name.
        currency: ISO 4217 code that is charged.
        provider: `cbtis` or `airwallex`.
        gateway_name: The gateway's name for people, like `CBTIS`.
        flow: How shoppers pay.
        day: The business-day rule.
        training: Pretend money: coloured frame, watermark, a ledger of its own.
        can_cancel: Whether the gateway can close a payment on our word.
        gateway_decimals: Currencies in which the gateway takes fewer decimals than ISO 4217 has.
        can_refund: Whether the gateway documents refunds.
        partial_refund: Whether a refund may be less than the payment.
        blind_close: Whether a shift is counted before anybody is told what is expected.
        lock_after_s: Seconds without a key or a touch after which the till locks; 0 for never.
    """

    shop: str
    till: str
    currency: str
    provider: str
    gateway_name: str
    flow: Flow
    day: BusinessDay
    training: bool
    can_cancel: bool
    gateway_decimals: Mapping[str, int] = field(default_factory=dict[str, int])
    can_refund: bool = True
    partial_refund: bool = True
    blind_close: bool = False
    lock_after_s: int = 120

    def decimals(self, currency: str) -> int:
        """Return how many decimals amounts in a currency are typed and shown with."""
        return min(decimals_of(currency), self.gateway_decimals.get(currency, 4))


class HealthState(StrEnum):
    """What the bar on top says about the gateway."""

    UNASKED = "unasked"  # nothing was asked yet
    ANSWERING = "answering"
    SLOW_DOWN = "slow_down"  # it asked us to ask less often
    SILENT = "silent"  # no answer: network, time-out, 5xx
    REJECTED = "rejected"  # it does not accept our credentials
    LEDGER = "ledger"  # our own ledger cannot be written; nothing may be started
    STOPPED = "stopped"  # the part of the program that asks has ended or hangs; it is being started again


@dataclass(frozen=True, slots=True)
class GatewayHealth:
    """How the gateway (and our ledger) are doing.

    Attributes:
        state: The word.
        last_answer_at: When anything was last answered, UTC.
        since: When this state began, UTC.
        problem_code: Code of the last failure, for its sentence.
        watched: How many attempts are being asked about.
        clock_ahead_s: By how many seconds this computer's clock is ahead of the gateway's (negative: behind); None
            while no answer told.
    """

    state: HealthState
    last_answer_at: datetime | None = None
    since: datetime | None = None
    problem_code: str | None = None
    watched: int = 0
    clock_ahead_s: int | None = None


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """What asking the gateway about one order just brought.

    Attributes:
        merchant_order_id: The attempt that was asked about.
        answered: Whether the gateway answered at all.
        asked_at: When it was asked, UTC.
        problem_code: Why there was no answer.
    """

    merchant_order_id: str
    answered: bool
    asked_at: datetime
    problem_code: str | None = None
