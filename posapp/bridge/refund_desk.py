"""Giving money back, as the screens see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.asking import Asking
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.refund import RefundWish
    from posapp.services.till import TillServices


class RefundDesk(Protocol):
    """Lives on the GUI thread; `done` and `failed` as `TillFacade` promises."""

    def begin(
        self,
        wish: RefundWish,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit a refund, then send it once.

        `done` comes as soon as it is committed (REQUESTED, among the order's refunds, under the wish's id as its
        `request_id`); what the gateway says follows as `order_changed`. `failed` means that nothing was committed and
        nothing was sent. The same wish a second time is answered and not done again.
        """
        ...

    def ask_now(
        self,
        merchant_refund_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway how a refund stands; `failed` where it gave no answer."""
        ...


class LiveRefundDesk:
    """The live desk; see `RefundDesk` for what its methods promise."""

    def __init__(self, asking: Asking) -> None:
        """Ask the io thread."""
        self._asking = asking

    def begin(
        self,
        wish: RefundWish,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit a refund, then send it once."""

        async def job(services: TillServices) -> OrderSnapshot:
            snapshot = services.refunds.begin(wish)
            services.refunds.send_soon(wish.wish_id)
            return snapshot

        self._asking.ask(job, done, failed)

    def ask_now(
        self,
        merchant_refund_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway how a refund stands."""

        async def job(services: TillServices) -> OrderSnapshot:
            return await services.refunds.ask(merchant_refund_id)

        self._asking.ask(job, done, failed)
