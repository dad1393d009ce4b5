"""The services' one way to write: a change goes into the ledger, then out as news, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from posapp.services.events import OrderChanged
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posapp.domain.clock import Clock
    from posapp.domain.order import Attempt, Order, OrderSnapshot
    from posapp.services.events import Publish
    from posapp.services.health import HealthMonitor
    from posapp.store.orders import OrderStore

T = TypeVar("T")
_TRIES = 4


class Journal:
    """Commits, then publishes. Lives on the io thread. Every method raises `LedgerError` where nothing was written."""

    def __init__(self, store: OrderStore, clock: Clock, publish: Publish, health: HealthMonitor, owner: str) -> None:
        """Write into the store as the process named `owner`."""
        self.store = store
        self.clock = clock
        self._publish = publish
        self._health = health
        self._owner = owner

    def add(self, order: Order | None, attempt: Attempt) -> OrderSnapshot:
        """Commit a new attempt, and its order where it is the first."""
        return self._written(lambda: self.store.add(order, attempt, self._owner))

    def rewrite(
        self, merchant_order_id: str, revise: Callable[[Attempt], Attempt], facts: Mapping[str, str] | None = None
    ) -> OrderSnapshot:
        """Bring an attempt to what `revise` makes of it as it stands *now*.

        Compare-and-set: where somebody else was faster, `revise` is asked again about the newer attempt. Returns the
        order as it then stands, also where `revise` changed nothing. `facts` go into the audit row beside what changed.
        """
        for _ in range(_TRIES):
            old = self._attempt(merchant_order_id)
            new = revise(old)
            if new == old:
                return self.snapshot(old.order_id)
            snapshot = self._change(old, new, facts or {})
            if snapshot is not None:
                rings = new.alarm is not None and new.alarm is not old.alarm
                self._publish(OrderChanged(snapshot, rings=rings))
                return snapshot
        raise LedgerError("ledger_busy", "The order kept changing under our hands; nothing was written.")

    def resend(self, old: Attempt, new: Attempt) -> OrderSnapshot | None:
        """Take an attempt that was never sent back to CREATING, as ours; None where somebody else was faster."""
        return self._written(lambda: self.store.change(old, new, self.clock.now(), self._owner))

    def note(self, attempt: Attempt, event: str, facts: dict[str, str]) -> OrderSnapshot:
        """Write an audit row about something that changed no state."""
        return self._written(lambda: self.store.note(attempt, event, facts, self.clock.now()))

    def publish(self, snapshot: OrderSnapshot) -> None:
        """Tell the world about a new order."""
        self._publish(OrderChanged(snapshot))

    def snapshot(self, order_id: str) -> OrderSnapshot:
        """Read an order that is known to exist."""
        snapshot = self.store.snapshot(order_id)
        if snapshot is None:
            raise LookupError(f"no order {order_id}")
        return snapshot

    def _attempt(self, merchant_order_id: str) -> Attempt:
        attempt = self.store.attempt(merchant_order_id)
        if attempt is None:
            raise LookupError(f"no attempt {merchant_order_id}")
        return attempt

    def _change(self, old: Attempt, new: Attempt, facts: Mapping[str, str]) -> OrderSnapshot | None:
        return self._written(lambda: self.store.change(old, new, self.clock.now(), facts=facts))

    def _written(self, write: Callable[[], T]) -> T:
        try:
            result = write()
        except LedgerError as error:
            self._health.ledger_failed(error.code)
            raise
        self._health.ledger_works()
        return result
