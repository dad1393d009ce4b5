"""What is left of a till whose ledger may be read and not written: its lists. It asks nobody and shows no code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.services.day import TradingDay
from posapp.services.till import DUPLICATE_WINDOW
from posapp.store.inbox import WaitingList
from posapp.store.listing import OrderList

if TYPE_CHECKING:
    from posapp.domain.clock import Clock
    from posapp.domain.errors import Problem
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.store.ledger import Ledger


class TillView:
    """Lives on the io thread, where its ledger was opened.

    It has no gateway: an answer that cannot be written down must neither turn anything green nor be forgotten.

    Attributes:
        listing: What screens read.
        waiting: What waits for a person.
        day: What days add up to.
        reason: Why there is nothing but reading.
    """

    def __init__(self, ledger: Ledger, clock: Clock, reason: Problem, facts: TillFacts) -> None:
        """Read from an open ledger."""
        self._ledger = ledger
        self._clock = clock
        self.listing = OrderList(ledger)
        self.waiting = WaitingList(ledger)
        self.day = TradingDay(ledger, facts, clock)
        self.reason = reason

    def newest_open(self, money: Money) -> OrderSnapshot | None:
        """Find an open order of the same amount from the last minutes."""
        return self.listing.newest_open(money, self._clock.now(), DUPLICATE_WINDOW)

    async def stop(self) -> None:
        """Close the ledger."""
        self.let_go()

    def let_go(self) -> None:
        """Close the ledger; a second time does no harm."""
        self._ledger.close()
