"""How the services write refunds: a change goes into the ledger, then out as news, in that order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from posapp.domain.inbox import Decision
from posapp.domain.refund import RefundState
from posapp.domain.status import OrderStatus
from posapp.services.events import OrderChanged
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posapp.domain.money import Money
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.services.events import Publish
    from posapp.services.health import HealthMonitor
    from posapp.services.journal import Journal
    from posapp.store.refunds import RefundStore

T = TypeVar("T")
_TRIES: Final = 4
_NOTHING: Final[Mapping[str, str]] = {}


class RefundJournal:
    """Commits, then publishes. Lives on the io thread. Every method raises `LedgerError` where nothing was written.

    Attributes:
        store: What it writes into.
        orders: The journal of the payments.
        clock: The till's clocks.
    """

    def __init__(
        self, store: RefundStore, orders: Journal, publish: Publish, health: HealthMonitor, owner: str
    ) -> None:
        """Write into the store as the process named `owner`."""
        self.store = store
        self.orders = orders
        self.clock = orders.clock
        self._publish = publish
        self._health = health
        self._owner = owner

    def add(self, refund: Refund, *, seen_minor: int, ceiling: Money | None) -> tuple[OrderSnapshot, bool]:
        """Commit a refund and tell the world; see `RefundStore.add`."""
        snapshot, is_new = self._written(
            lambda: self.store.add(refund, self._owner, seen_minor=seen_minor, ceiling=ceiling)
        )
        if is_new:
            self._publish(OrderChanged(snapshot))
        return snapshot, is_new

    def rewrite(
        self, merchant_refund_id: str, revise: Callable[[Refund], Refund], facts: Mapping[str, str] = _NOTHING
    ) -> OrderSnapshot:
        """Bring a refund to what `revise` makes of it as it stands *now*, as `Journal.rewrite` does an attempt.

        Args:
            merchant_refund_id: The refund.
            revise: Asked again where somebody else was faster.
            facts: What else belongs into the audit row.
        """
        for _ in range(_TRIES):
            old = self.refund(merchant_refund_id)
            new = revise(old)
            if new == old:
                return self.orders.snapshot(old.order_id)
            snapshot = self._change(old, new, facts)
            if snapshot is not None:
                self._publish(OrderChanged(snapshot))
                return self._settled(snapshot, new)
        raise LedgerError("ledger_busy", "The refund kept changing under our hands; nothing was written.")

    def settle(self, merchant_refund_id: str, decision: Decision, facts: Mapping[str, str]) -> OrderSnapshot:
        """Write down what a person decided about an odd refund, with the words and names for the audit."""
        return self.rewrite(merchant_refund_id, lambda refund: replace(refund, settled=decision.value), facts)

    def refund(self, merchant_refund_id: str) -> Refund:
        """Read a refund that is known to exist."""
        refund = self.store.refund(merchant_refund_id)
        if refund is None:
            raise LookupError(f"no refund {merchant_refund_id}")
        return refund

    def _change(self, old: Refund, new: Refund, facts: Mapping[str, str]) -> OrderSnapshot | None:
        return self._written(lambda: self.store.change(old, new, self.clock.now(), facts))

    def _settled(self, snapshot: OrderSnapshot, refund: Refund) -> OrderSnapshot:
        """Decide about an odd payment whose money has all gone back: nothing is left to be decided."""
        ref = refund.request.merchant_order_id
        attempt = next(attempt for attempt in snapshot.attempts if attempt.merchant_order_id == ref)
        if refund.state is not RefundState.SUCCEEDED or not _all_back(snapshot, attempt):
            return snapshot

        def settle(attempt: Attempt) -> Attempt:
            is_odd = attempt.alarm is not None or snapshot.status is OrderStatus.OVERPAID
            is_open = is_odd and attempt.settled is None
            return replace(attempt, settled=Decision.REFUNDED) if is_open else attempt

        return self.orders.rewrite(ref, settle)

    def _written(self, write: Callable[[], T]) -> T:
        try:
            result = write()
        except LedgerError as error:
            self._health.ledger_failed(error.code)
            raise
        self._health.ledger_works()
        return result


def _all_back(snapshot: OrderSnapshot, attempt: Attempt) -> bool:
    back = sum(
        refund.money.minor
        for refund in snapshot.refunds
        if refund.request.merchant_order_id == attempt.merchant_order_id and refund.state is RefundState.SUCCEEDED
    )
    return back >= attempt.money.minor
