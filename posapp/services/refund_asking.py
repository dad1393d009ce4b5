"""Asking the gateway about a refund and bringing the ledger in line with its answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from posapp.domain.refund import RefundState
from posapp.gateways.base import RefundRef
from posapp.gateways.errors import GatewayError
from posapp.services.reconcile import OtherGateway
from posapp.services.refund_judgement import judge_refund

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.gateways.base import PaymentGateway
    from posapp.services.health import HealthMonitor
    from posapp.services.poll_schedule import TokenBucket
    from posapp.services.refund_journal import RefundJournal


class RefundAsker:
    """Turns the gateway's answers into transitions. Lives on the io thread.

    One question a refund is in flight at any time; who asks meanwhile gets the same answer.

    Attributes:
        budget: The reconciler's: questions about payments and about refunds share it.
    """

    def __init__(
        self, journal: RefundJournal, gateway: PaymentGateway, health: HealthMonitor, budget: TokenBucket
    ) -> None:
        """Ask this gateway, write into this journal."""
        self._journal = journal
        self._gateway = gateway
        self._health = health
        self._in_flight: dict[str, asyncio.Task[OrderSnapshot]] = {}
        self.budget = budget

    @property
    def in_flight(self) -> Collection[str]:
        """The refunds that are being asked about right now."""
        return self._in_flight.keys()

    def knows(self, refund: Refund) -> bool:
        """Tell whether the gateway that is set up is the one that can know of it."""
        return refund.provider == self._gateway.capabilities.provider

    def ask(self, merchant_refund_id: str) -> Awaitable[OrderSnapshot]:
        """Ask how a refund stands and write down what that means; awaited, returns its order.

        One that was never sent, or is being sent right now, is not asked about.

        Raises:
            GatewayError: No usable answer; nothing changed. `OtherGateway` where nobody was asked.
            LedgerError: The answer could not be written; asking again brings it again.
        """
        task = self._in_flight.get(merchant_refund_id)
        if task is None:
            self.budget.take(self._journal.clock.monotonic())
            task = asyncio.ensure_future(self._ask(merchant_refund_id))
            self._in_flight[merchant_refund_id] = task
            task.add_done_callback(lambda _: self._in_flight.pop(merchant_refund_id, None))
            # Everyone who asked may have gone away meanwhile.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return asyncio.shield(task)

    async def close(self) -> None:
        """End the questions in flight; what they would have brought is asked for at the next start."""
        running = list(self._in_flight.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _ask(self, merchant_refund_id: str) -> OrderSnapshot:
        refund = self._journal.refund(merchant_refund_id)
        if refund.state in (RefundState.REQUESTED, RefundState.NOT_SENT):
            return self._journal.orders.snapshot(refund.order_id)
        if not self.knows(refund):
            raise OtherGateway
        try:
            answer = await self._gateway.query_refund(reference(refund))
        except GatewayError as error:
            self._health.failed(error)
            raise
        self._health.answered()
        now = self._journal.clock.now()
        return self._journal.rewrite(merchant_refund_id, lambda current: judge_refund(current, answer, now))


def reference(refund: Refund) -> RefundRef:
    """Name a refund for its gateway."""
    return RefundRef(
        merchant_refund_id=refund.merchant_refund_id,
        gateway_refund_id=refund.gateway_refund_id,
        payment_gateway_id=refund.request.payment_gateway_id,
        request_id=refund.request.request_id,
    )
