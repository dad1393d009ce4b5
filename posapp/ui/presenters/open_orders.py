"""Which orders are open behind the page: the chips. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.status import OrderStatus, Standing

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot

KEEP_PAID_S: Final = 30.0
"""Seconds that a paid order stays as a chip while nobody looks at it: good news, and the last orders show it too."""
KEEP_SETTLED_S: Final = 90.0
"""The same for one that was closed unpaid: somebody may have to charge it again."""


class OpenOrders:
    """Every order that a shopper may still be paying, and those settled a moment ago that nobody has looked at yet."""

    def __init__(self) -> None:
        self._orders: dict[str, OrderSnapshot] = {}
        self._settled_at: dict[str, float] = {}

    @property
    def has_settled(self) -> bool:
        """Whether `sweep` will have something to do one day."""
        return bool(self._settled_at)

    def take(self, snapshot: OrderSnapshot, now: float) -> bool:
        """Take news at a moment of a monotonic clock; returns whether anything changed."""
        order_id = snapshot.order.order_id
        known = self._orders.get(order_id)
        is_open = snapshot.status is OrderStatus.OPEN
        if known is None and not is_open:
            return False
        if known is not None and (snapshot.version < known.version or snapshot == known):
            return False
        self._orders[order_id] = snapshot
        if is_open or snapshot.standing is Standing.REVIEW:
            self._settled_at.pop(order_id, None)
        else:
            self._settled_at.setdefault(order_id, now)
        return True

    def looked_at(self, order_id: str) -> None:
        """Drop an order that is settled and was seen."""
        known = self._orders.get(order_id)
        if known is not None and known.status is not OrderStatus.OPEN:
            self._drop(order_id)

    def sweep(self, now: float) -> bool:
        """Drop what has been settled for a while; returns whether anything went."""
        old = [order_id for order_id, at in self._settled_at.items() if now - at >= self._keep_s(order_id)]
        for order_id in old:
            self._drop(order_id)
        return bool(old)

    def get(self, order_id: str) -> OrderSnapshot | None:
        """Return the newest news of an order, if it is one of these."""
        return self._orders.get(order_id)

    def others(self, shown: str | None) -> tuple[OrderSnapshot, ...]:
        """Return those that are not on the page, the one charged last first."""
        rest = [snapshot for order_id, snapshot in self._orders.items() if order_id != shown]
        return tuple(sorted(rest, key=lambda one: one.order.created_at, reverse=True))

    def _keep_s(self, order_id: str) -> float:
        paid = self._orders[order_id].standing is Standing.PAID
        return KEEP_PAID_S if paid else KEEP_SETTLED_S

    def _drop(self, order_id: str) -> None:
        self._orders.pop(order_id, None)
        self._settled_at.pop(order_id, None)
