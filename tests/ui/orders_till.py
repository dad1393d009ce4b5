"""A till full of orders for the tests of the order list: pages by key from memory, details with a timeline."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from posapp.domain.money import Money
from posapp.domain.order_query import PAGE_SIZE, OrderFilter, OrderPage, Origins, PageKey
from posapp.domain.status import AttemptState
from posapp.ui.presenters.orders_filter import belongs
from tests.ui.fake_till import FakeTill

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot

STATES = (AttemptState.SUCCEEDED, AttemptState.PENDING, AttemptState.CANCELLED, AttemptState.SUCCEEDED)


class OrdersTill(FakeTill):
    """Pages as the ledger does: newest first, by key. That it filters alike is shown in test_orders_ledger.py."""

    def fill(self, count: int) -> list[OrderSnapshot]:
        """Add orders a second apart, the last one now; returns them newest first."""
        now = datetime.now(UTC)
        made = [
            self.add(
                Money(100 * (place + 1), "HKD"),
                note=f"note {place}",
                at=now - timedelta(seconds=place),
                state=STATES[place % len(STATES)],
                gateway_id=f"PI{place:08d}",
                code=self.code,
                shown_at=now,
                paid_at=now if STATES[place % len(STATES)] is AttemptState.SUCCEEDED else None,
            )
            for place in range(count)
        ]
        self.calls.clear()
        return made

    def read_now(self, wanted: OrderFilter) -> None:
        """Answer with what the ledger holds now, whatever happens until the answer is given."""
        self.frozen = self._page(wanted, None)

    frozen: OrderPage | None = None

    def _page(self, wanted: OrderFilter, after: PageKey | None) -> OrderPage:
        if self.frozen is not None:
            return self.frozen
        page = self._found(wanted, after)
        if after is not None:
            return page
        orders = [one.order for one in self.orders_by_id.values()]
        origins = Origins(tuple(sorted({one.cashier for one in orders})), tuple(sorted({one.till for one in orders})))
        return replace(page, origins=origins)

    looked_at = PAGE_SIZE
    """So many matches fill a page."""

    def _found(self, wanted: OrderFilter, after: PageKey | None) -> OrderPage:
        key = (0, 0) if after is None else (-after.created_us, -after.row_id)
        newest_first = sorted(self.orders_by_id.values(), key=_place)
        start = 0 if after is None else bisect_right(newest_first, key, key=_place)
        found = islice((one for one in newest_first[start:] if belongs(one, wanted)), PAGE_SIZE + 1)
        page = tuple(found)
        if len(page) <= self.looked_at:
            return OrderPage(page)
        last = page[self.looked_at - 1]
        return OrderPage(page[: self.looked_at], PageKey(last.order.business_day, -_place(last)[0], 0))


def _place(snapshot: OrderSnapshot) -> tuple[int, int]:
    return -round(snapshot.order.created_at.timestamp() * 1_000_000), 0
