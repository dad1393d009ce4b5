"""Asking the gateway about an attempt and bringing the ledger in line with its answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from posapp.domain.status import AttemptState
from posapp.domain.till import AskedAnswer
from posapp.gateways.base import AttemptRef, ReportedStatus
from posapp.gateways.errors import GatewayError, Refused
from posapp.services import tail
from posapp.services.events import Asked
from posapp.services.judgement import judge, lapse
from posapp.services.poll_schedule import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.gateways.base import GatewayState, PaymentGateway
    from posapp.services.events import Publish
    from posapp.services.health import HealthMonitor
    from posapp.services.journal import Journal


class OtherGateway(Refused):
    """The payment was made at another gateway than the one that is set up now, so nobody was asked."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("other_gateway", "This payment was made at another gateway than the one that is set up now.")


class Reconciler:
    """Turns the gateway's answers into transitions. Lives on the io thread.

    One question an attempt is in flight at any time; who asks meanwhile gets the same answer, so an older reply can
    never arrive after a newer one.

    Attributes:
        budget: How many questions may go out; whoever asks spends it, and the watcher waits for it.
        listeners: Hear every answer before it is judged, with the attempt as it was asked about.
    """

    def __init__(self, journal: Journal, gateway: PaymentGateway, health: HealthMonitor, publish: Publish) -> None:
        """Ask this gateway, write into this journal."""
        self._journal = journal
        self._gateway = gateway
        self._health = health
        self._publish = publish
        self._in_flight: dict[str, asyncio.Task[OrderSnapshot]] = {}
        self.listeners: list[Callable[[Attempt, GatewayState], None]] = []
        self.budget = TokenBucket(at=journal.clock.monotonic())

    @property
    def in_flight(self) -> Collection[str]:
        """The attempts that are being asked about right now."""
        return self._in_flight.keys()

    def ask(self, merchant_order_id: str) -> Awaitable[OrderSnapshot]:
        """Ask how an attempt stands and write down what that means; awaited, returns its order.

        The question counts as asked when this returns, not only when somebody waits for it.

        Raises:
            GatewayError: No usable answer; nothing changed. `OtherGateway` where nobody was asked.
            LedgerError: The answer could not be written; asking again brings it again.
        """
        task = self._in_flight.get(merchant_order_id)
        if task is None:
            task = self._start(merchant_order_id, self._gateway.query)
        return asyncio.shield(task)

    async def cancel(self, merchant_order_id: str) -> OrderSnapshot:
        """Close an attempt at a gateway that can, and write down how it then stands, which may be paid.

        What is not open any more when its turn comes is left alone.

        Raises:
            GatewayError: As `ask`; what became of it is not known and it stays watched.
            LedgerError: As `ask`.
        """
        while (running := self._in_flight.get(merchant_order_id)) is not None:
            await asyncio.wait([running])
        attempt = self._attempt(merchant_order_id)
        if not attempt.is_watched:
            return self._journal.snapshot(attempt.order_id)
        return await asyncio.shield(self._start(merchant_order_id, self._gateway.cancel))

    async def close(self) -> None:
        """End the questions in flight; what they would have brought is asked for at the next start."""
        running = list(self._in_flight.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _start(
        self, merchant_order_id: str, question: Callable[[AttemptRef], Awaitable[GatewayState]]
    ) -> asyncio.Task[OrderSnapshot]:
        self.budget.take(self._journal.clock.monotonic())
        task = asyncio.ensure_future(self._ask(merchant_order_id, question))
        self._in_flight[merchant_order_id] = task
        task.add_done_callback(lambda _: self._in_flight.pop(merchant_order_id, None))
        # Everyone who asked may have gone away meanwhile; the failure was published all the same.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _ask(
        self, merchant_order_id: str, question: Callable[[AttemptRef], Awaitable[GatewayState]]
    ) -> OrderSnapshot:
        attempt = self._attempt(merchant_order_id)
        if attempt.provider != self._gateway.capabilities.provider:
            # Whatever this gateway says of it, "not found" included, says nothing about the payment.
            error = OtherGateway()
            self._say(merchant_order_id, error.code)
            raise error
        try:
            answer = await question(reference(attempt))
        except GatewayError as error:
            self._health.failed(error)
            self._say(merchant_order_id, error.code)
            raise
        self._health.answered()
        for listener in self.listeners:
            listener(attempt, answer)
        snapshot = self._apply(attempt, answer)
        self._say(merchant_order_id, None)
        return snapshot

    def _apply(self, asked: Attempt, answer: GatewayState) -> OrderSnapshot:
        notes: list[str] = []
        nowhere = asked.state is AttemptState.UNKNOWN and answer.status is ReportedStatus.NOT_FOUND
        tail_over = nowhere and self._tail_is_over(asked)

        def revise(current: Attempt) -> Attempt:
            notes.clear()
            others = self._journal.snapshot(current.order_id).attempts
            another_paid = any(
                other.state is AttemptState.SUCCEEDED and other.merchant_order_id != current.merchant_order_id
                for other in others
            )
            now = self._journal.clock.now()
            judgement = judge(current, answer, now, another_paid=another_paid)
            if judgement.note is not None:
                notes.append(judgement.note)
            if tail_over and current.state is AttemptState.UNKNOWN:
                return lapse(current, now)
            return judgement.attempt

        snapshot = self._journal.rewrite(asked.merchant_order_id, revise)
        for note in notes:
            snapshot = self._journal.note(asked, note, {"answer": answer.status.value})
        return snapshot

    def _tail_is_over(self, attempt: Attempt) -> bool:
        """Tell whether an attempt was not found for long enough, and keep count of the days that say so."""
        now = self._journal.clock.now()
        heard = self._journal.store.noted(attempt, "not_found")
        if tail.counts_anew(heard, now):
            self._journal.note(attempt, "not_found", {})
            heard = [*heard, now]
        return tail.is_over(attempt.created_at, heard, now)

    def _attempt(self, merchant_order_id: str) -> Attempt:
        attempt = self._journal.store.attempt(merchant_order_id)
        if attempt is None:
            raise LookupError(f"no attempt {merchant_order_id}")
        return attempt

    def _say(self, merchant_order_id: str, problem_code: str | None) -> None:
        now = self._journal.clock.now()
        self._publish(Asked(AskedAnswer(merchant_order_id, problem_code is None, now, problem_code)))


def reference(attempt: Attempt) -> AttemptRef:
    """Name an attempt for its gateway."""
    return AttemptRef(
        merchant_order_id=attempt.merchant_order_id,
        gateway_id=attempt.gateway_id,
        cancel_request_id=attempt.cancel_request_id,
        confirmed=attempt.code is not None,
    )
