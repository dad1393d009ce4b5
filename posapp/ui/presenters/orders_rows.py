"""The rows of the order list: pages from the ledger and live changes put into one order, newest first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from posapp.domain.order_query import OrderFilter
from posapp.ui.presenters.orders_filter import belongs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posapp.domain.order import OrderSnapshot


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class RowEffect(Enum):
    """What a changed order does to the list."""

    NONE = "none"
    INSERT = "insert"
    UPDATE = "update"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One step that turns the list into what the ledger says now."""

    effect: RowEffect
    row: int
    snapshot: OrderSnapshot


class OrderRows:
    """Rows newest first, fed by pages and by live changes; an older version never replaces a newer one.

    A change is planned first and applied second, since a Qt model has to announce it in between.
    """

    def __init__(self) -> None:
        self._rows: list[OrderSnapshot] = []
        self._ages: list[tuple[int, int]] = []  # as the ledger orders them, newest first is ascending
        self._known: dict[str, OrderSnapshot] = {}  # the newest of every order that was seen since the last reset
        self._shown: set[str] = set()
        self._wanted = OrderFilter()
        self._complete = False
        self._loaded = False

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> OrderSnapshot:
        return self._rows[row]

    @property
    def is_complete(self) -> bool:
        """Whether the ledger has no further page."""
        return self._complete

    @property
    def seen(self) -> int:
        """How many orders it holds, in a row or only to know their newest version."""
        return len(self._known)

    def reset(self, wanted: OrderFilter) -> None:
        """Forget everything and begin a list of what is wanted."""
        self._rows.clear()
        self._ages.clear()
        self._known.clear()
        self._shown.clear()
        self._wanted = wanted
        self._complete = False
        self._loaded = False

    def row_of(self, order_id: str) -> int | None:
        """Return the row of an order, or None where it is not in the list (yet)."""
        if order_id not in self._shown:
            return None
        row = bisect_left(self._ages, _age(self._known[order_id]))
        while self._rows[row].order.order_id != order_id:
            row += 1
        return row

    def page_rows(self, page: Sequence[OrderSnapshot]) -> list[OrderSnapshot]:
        """Return what a page adds at the end: without what is shown already or has ceased to belong meanwhile."""
        fresh: list[OrderSnapshot] = []
        for row in page:
            known = self._known.get(row.order.order_id)
            newest = row if known is None or known.version <= row.version else known
            if row.order.order_id not in self._shown and (newest is row or belongs(newest, self._wanted)):
                fresh.append(newest)
        return fresh

    def append(self, rows: Sequence[OrderSnapshot], *, complete: bool) -> None:
        """Put what `page_rows` returned at the end."""
        self._loaded = True
        self._complete = complete
        for snapshot in rows:
            self._put(len(self._rows), snapshot)

    def late_comers(self) -> list[OrderSnapshot]:
        """Return orders that changed while a page was on its way, that belong into the loaded part and are missing."""
        missing = [
            snapshot
            for order_id, snapshot in self._known.items()
            if order_id not in self._shown and self._has_place(snapshot) and belongs(snapshot, self._wanted)
        ]
        return sorted(missing, key=_age, reverse=True)

    def plan(self, snapshot: OrderSnapshot) -> RowChange:
        """Say what a changed order does to the list, and remember it as the newest known."""
        order_id = snapshot.order.order_id
        known = self._known.get(order_id)
        if known is not None and known.version > snapshot.version:
            return RowChange(RowEffect.NONE, -1, snapshot)
        row = self.row_of(order_id)
        self._known[order_id] = snapshot
        fits = belongs(snapshot, self._wanted)
        if row is not None:
            return RowChange(RowEffect.UPDATE if fits else RowEffect.REMOVE, row, snapshot)
        if fits and self._has_place(snapshot):
            return RowChange(RowEffect.INSERT, bisect_left(self._ages, _age(snapshot)), snapshot)
        return RowChange(RowEffect.NONE, -1, snapshot)

    def apply(self, change: RowChange) -> None:
        """Carry out a planned change."""
        match change.effect:
            case RowEffect.INSERT:
                self._put(change.row, change.snapshot)
            case RowEffect.UPDATE:
                self._rows[change.row] = change.snapshot
            case RowEffect.REMOVE:
                self._shown.discard(change.snapshot.order.order_id)
                del self._rows[change.row]
                del self._ages[change.row]
            case RowEffect.NONE:
                pass

    def _put(self, row: int, snapshot: OrderSnapshot) -> None:
        self._rows.insert(row, snapshot)
        self._ages.insert(row, _age(snapshot))
        self._known[snapshot.order.order_id] = snapshot
        self._shown.add(snapshot.order.order_id)

    def _has_place(self, snapshot: OrderSnapshot) -> bool:
        """Whether it belongs into the part that is loaded; anything older comes with its own page."""
        if not self._loaded:
            return False
        return self._complete or bisect_right(self._ages, _age(snapshot)) < len(self._ages)


def _age(snapshot: OrderSnapshot) -> tuple[int, int]:
    order = snapshot.order
    return -order.business_day.toordinal(), (_EPOCH - order.created_at) // _MICROSECOND
