"""What waits for a person at a till without gateway: read from the orders of a `FakeTill`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.errors import DomainError
from posapp.domain.inbox import InboxKind, InboxList, decisions_of, items_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.errors import Problem
    from posapp.domain.inbox import Decision, InboxItem
    from posapp.domain.order import OrderSnapshot
    from tests.ui.fake_till import FakeTill


class FakeInboxDesk:
    """Implements `InboxDesk` in memory; `failures` and `held` of the till hold for `inbox`, `count` and `decide`."""

    def __init__(self, till: FakeTill) -> None:
        self.till = till

    def items(self, done: Callable[[InboxList], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Read what waits."""
        self.till.calls.append(("inbox",))
        self.till.reply("inbox", self._list, done, failed)

    def count(self, done: Callable[[int], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Count the orders that need a look."""
        self.till.calls.append(("count",))
        self.till.reply("count", lambda: self._list().to_look_at, done, failed)

    def decide(
        self,
        item: InboxItem,
        decision: Decision,
        words: str,
        approval: str | None,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Settle it where that is honest."""
        self.till.calls.append(("decide", item, decision, words, approval))

        def work() -> OrderSnapshot:
            snapshot = self.till.orders_by_id[item.snapshot.order.order_id]
            key = (item.merchant_order_id, item.merchant_refund_id)
            now = [one for one in items_of(snapshot) if (one.merchant_order_id, one.merchant_refund_id) == key]
            if not now:
                raise DomainError("decided_already", "")
            if decision not in decisions_of(now[0]):
                raise DomainError("decision_not_honest", "")
            attempts = tuple(
                replace(one, settled=decision)
                if one.merchant_order_id == item.merchant_order_id and item.merchant_refund_id is None
                else one
                for one in snapshot.attempts
            )
            refunds = tuple(
                replace(one, settled=decision.value) if one.merchant_refund_id == item.merchant_refund_id else one
                for one in snapshot.refunds
            )
            return self.till.keep(replace(snapshot, attempts=attempts, refunds=refunds))

        self.till.reply("decide", work, done, failed)

    def _list(self) -> InboxList:
        orders = self.till.orders_by_id.values()
        found = [item for snapshot in orders for item in items_of(snapshot)]
        rank = {kind: place for place, kind in enumerate(InboxKind)}
        found.sort(key=lambda item: (rank[item.kind], item.snapshot.order.created_at, item.merchant_order_id))
        return InboxList(tuple(found), sum(snapshot.needs_look for snapshot in orders))
