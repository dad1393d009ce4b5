"""The other processes on the same ledger: what they wrote is announced here, and what dead ones left is taken over."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from posapp.services.events import OrderChanged
from posapp.store.errors import LedgerError
from posapp.store.vouching import TILL

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import OrderSnapshot
    from posapp.services.events import Publish
    from posapp.services.journal import Journal

RECOVER_S: Final = 30.0
"""How often to look whether a process died while it was creating. Nobody waits for it: its cashier has gone."""


class Neighbours:
    """Looks over the fence, on the io thread.

    The audit has one row for every change of every process, so whatever is in it beyond the rows of our own is news,
    be it an order that began and ended between two looks or a doubt that changed no state.
    """

    def __init__(
        self,
        journal: Journal,
        data_version: Callable[[], int],
        take_over: Callable[[], int],
        publish: Publish,
        till_changed: Callable[[], None],
    ) -> None:
        """Begin with the ledger as it is now.

        Args:
            journal: The till's journal.
            data_version: Changes when another process has written to the ledger.
            take_over: Gives what dead processes left their honest state.
            publish: Told what other processes wrote about orders.
            till_changed: Called where they wrote about the till itself, like its people.
        """
        self._journal = journal
        self._data_version = data_version
        self._take_over = take_over
        self._publish = publish
        self._till_changed = till_changed
        self._seen_version = data_version()
        self._seen_row = journal.store.last_change()
        self._own: set[int] = set()
        self._recover_at = journal.clock.monotonic() + RECOVER_S

    def wrote(self, snapshot: OrderSnapshot) -> None:
        """Take note of a change of our own, which is announced already."""
        self._own.add(snapshot.version)

    def look(self) -> None:
        """Announce what other processes wrote since the last look, and take over what the dead among them left.

        Raises:
            LedgerError: The ledger could not be read; the next look begins where this one began.
        """
        version = self._data_version()
        if version != self._seen_version:
            self._announce()
        elif self._own:
            self._seen_row = max(self._own)  # nobody else has written, so whatever was added is ours
        self._seen_version = version
        self._own.clear()
        now = self._journal.clock.monotonic()
        if now >= self._recover_at:
            self._recover_at = now + RECOVER_S
            with suppress(LedgerError):  # the health monitor has heard of it, and the dead can wait
                self._take_over()

    def _announce(self) -> None:
        changes = self._journal.store.changes_since(self._seen_row)
        rings: dict[str, bool] = {}
        for change in changes:
            if change.seq not in self._own:
                # The process that found it out may have nobody in front of it: the bell is here.
                rings[change.order_id] = rings.get(change.order_id, False) or change.alarm
        news = [(self._journal.store.snapshot(order_id), alarm) for order_id, alarm in rings.items()]
        if rings.pop(TILL, None) is not None:
            self._till_changed()
        if changes:
            self._seen_row = changes[-1].seq
        for snapshot, alarm in news:
            if snapshot is not None:
                self._publish(OrderChanged(snapshot, rings=alarm))
