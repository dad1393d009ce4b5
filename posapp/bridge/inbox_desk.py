"""What waits for a person, as the screens see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.asking import Asking
    from posapp.bridge.io_thread import Services
    from posapp.domain.errors import Problem
    from posapp.domain.inbox import Decision, InboxItem, InboxList
    from posapp.domain.order import OrderSnapshot
    from posapp.services.till import TillServices


class InboxDesk(Protocol):
    """Lives on the GUI thread; `done` and `failed` as `TillFacade` promises."""

    def items(self, done: Callable[[InboxList], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Read what waits for a person; works where the ledger may only be read, too."""
        ...

    def count(self, done: Callable[[int], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Count the orders that need a look, up to `COUNTED_UP_TO`."""
        ...

    def decide(
        self,
        item: InboxItem,
        decision: Decision,
        words: str,
        approval: str | None,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit what a person decided about an item; it cannot be taken back.

        Args:
            item: What it is about; the rules look at the order as it stands by then.
            decision: One of `decisions_of(item)`.
            words: Why, in one line; kept in the audit.
            approval: Token of who allowed it, where somebody had to.
            done: Called with the order as it then stands.
            failed: Called where it was not allowed or not written.
        """
        ...


class LiveInboxDesk:
    """The live desk; see `InboxDesk` for what its methods promise."""

    def __init__(self, asking: Asking) -> None:
        """Ask the io thread."""
        self._asking = asking

    def items(self, done: Callable[[InboxList], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Read what waits for a person."""

        async def job(services: Services) -> InboxList:
            return services.waiting.items()

        self._asking.read(job, done, failed)

    def count(self, done: Callable[[int], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Count the orders that need a look."""

        async def job(services: Services) -> int:
            return services.waiting.count()

        self._asking.read(job, done, failed)

    def decide(
        self,
        item: InboxItem,
        decision: Decision,
        words: str,
        approval: str | None,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit what a person decided about an item."""

        async def job(services: TillServices) -> OrderSnapshot:
            return services.inbox.decide(
                item.merchant_order_id, item.merchant_refund_id, decision, words, approval=approval
            )

        self._asking.ask(job, done, failed)
