"""Which alarms ring: each stays until someone has opened its order. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot


class Alarms:
    """Alarms that nobody has looked at yet, oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[str, OrderSnapshot] = {}

    @property
    def first(self) -> OrderSnapshot | None:
        """The one that is shown."""
        return next(iter(self._waiting.values()), None)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._waiting)

    def take(self, snapshot: OrderSnapshot) -> None:
        """Ring for an order."""
        self._waiting[snapshot.order.order_id] = snapshot

    def refresh(self, snapshot: OrderSnapshot) -> None:
        """Take newer news of an order that rings already; one that somebody has decided about rings no longer."""
        known = self._waiting.get(snapshot.order.order_id)
        if known is None or snapshot.version < known.version:
            return
        if any(attempt.alarm is not None and attempt.settled is None for attempt in snapshot.attempts):
            self._waiting[snapshot.order.order_id] = snapshot
        else:
            self.opened(snapshot.order.order_id)

    def opened(self, order_id: str) -> None:
        """Someone looks at the order: it rings no longer."""
        self._waiting.pop(order_id, None)

    def opened_all(self) -> None:
        """Someone looks at all of them, where they stand until somebody decides."""
        self._waiting.clear()
