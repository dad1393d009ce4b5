"""Giving money back: a refund is committed, then sent once; what nobody knows is asked about, never sent again."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.merchant_ref import RANDOM_BYTES, merchant_ref
from posapp.domain.refund import MAX_REASON, Refund, RefundRequest, RefundState, is_reason, is_tail
from posapp.domain.staff import Right
from posapp.domain.status import AttemptState
from posapp.gateways.errors import GatewayError
from posapp.services.refund_judgement import judge_refund, refund_failed
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import date

    from posapp.domain.money import Money
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.refund import RefundWish
    from posapp.domain.till import TillFacts
    from posapp.gateways.base import PaymentGateway
    from posapp.services.health import HealthMonitor
    from posapp.services.refund_asking import RefundAsker
    from posapp.services.refund_journal import RefundJournal
    from posapp.services.staff import Staff

_RESULT_TRIES: Final = 10
_RESULT_PAUSE_S: Final = 0.5
_LATER_PAUSE_S: Final = 5.0


class Refunds:
    """The use cases of giving money back. Lives on the io thread.

    Methods raise `DomainError` for what the rules do not allow and `LedgerError` where nothing could be written.
    """

    def __init__(
        self,
        facts: TillFacts,
        journal: RefundJournal,
        gateway: PaymentGateway,
        asker: RefundAsker,
        health: HealthMonitor,
        staff: Staff,
        today: Callable[[], date],
    ) -> None:
        """Give back at this gateway and write into this journal.

        Args:
            facts: The till's unchanging facts.
            journal: Where refunds are written.
            gateway: Who gives back.
            asker: Who asks about refunds.
            health: Told how the gateway does.
            staff: Says in whose name something is done.
            today: The business day that a refund made now belongs to.
        """
        self._facts = facts
        self._journal = journal
        self._gateway = gateway
        self._asker = asker
        self._health = health
        self._staff = staff
        self._today = today
        self._to_send: dict[str, Refund] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, wish: RefundWish) -> OrderSnapshot:
        """Commit a refund; nothing is sent yet: pass the wish's id to `send`.

        Where the same wish was committed before, its order is returned and there is nothing to send.

        Raises:
            DomainError: `refund_not_offered`, `refund_partial`, `refund_unknown`, `refund_not_paid`, `refund_too_much`,
                `refund_changed`, `refund_wrong_order`, `refund_reason`, `refund_currency`, `refund_over_ceiling`,
                `other_gateway`, `amount_zero`, `amount_too_many_decimals`, or as `Staff.authorise`.
        """
        before = self._journal.store.by_request(wish.wish_id)
        if before is not None:
            same = (before.request.merchant_order_id, before.money) == (wish.merchant_order_id, wish.money)
            if not same:
                raise DomainError("refund_reused", "That press was for another refund; nothing was done.")
            return self._journal.orders.snapshot(before.order_id)
        attempt = self._allowed(wish)
        authority = self._staff.authorise(Right.REFUND, wish.approval)
        now = self._journal.clock.now()
        refund = Refund(
            request=RefundRequest(
                merchant_refund_id=self._new_id(),
                request_id=wish.wish_id,
                merchant_order_id=wish.merchant_order_id,
                payment_gateway_id=attempt.gateway_id,
                money=wish.money,
                reason=wish.reason,
            ),
            order_id=attempt.order_id,
            provider=attempt.provider,
            business_day=self._today(),
            created_at=now,
            asked_by=authority.asked_by,
            approved_by=authority.approved_by,
        )
        ceiling = self._ceiling(refund.authoriser)
        snapshot, is_new = self._journal.add(refund, seen_minor=wish.seen_minor, ceiling=ceiling)
        if is_new:
            self._to_send[wish.wish_id] = refund
        return snapshot

    async def send(self, wish_id: str) -> None:
        """Send the refund that this wish has just become, once, and write down what came of it.

        Does nothing where it was sent already, or was another process's.

        Raises:
            LedgerError: The outcome could not be written; it is kept and written as soon as it can be.
        """
        refund = self._to_send.pop(wish_id, None)
        if refund is None:
            return
        try:
            answer = await self._gateway.refund(refund.request)
        except GatewayError as error:
            failure = error  # the name in the clause ends with it
            self._health.failed(error)
            await self._write(refund, lambda now: refund_failed(now, failure, self._journal.clock.now()))
        except Exception:
            # A bug of ours, and nobody can tell what left before it: the gateway has to be asked.
            await self._write(refund, lambda now: _unknown(now, "internal"))
            raise
        else:
            self._health.answered()
            await self._write(refund, lambda now: judge_refund(now, answer, self._journal.clock.now()))

    def send_soon(self, wish_id: str) -> None:
        """As `send`, for who does not wait; what comes of it is published."""
        if wish_id in self._to_send:
            self._run(self._send_unheard(wish_id))

    async def ask(self, merchant_refund_id: str) -> OrderSnapshot:
        """Ask the gateway how a refund stands.

        Raises:
            GatewayError: It gave no answer.
            DomainError: `refund_unknown`.
        """
        if self._journal.store.refund(merchant_refund_id) is None:
            raise DomainError("refund_unknown", "The ledger has no such refund.")
        return await self._asker.ask(merchant_refund_id)

    async def close(self) -> None:
        """End what runs; what was being sent is asked about at the next start."""
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _allowed(self, wish: RefundWish) -> Attempt:
        """Check all that no authority can change; the ledger checks the sums again as it commits."""
        capabilities = self._gateway.capabilities
        if not capabilities.can_refund:
            raise DomainError("refund_not_offered", f"{capabilities.name} gives no money back on a till's word.")
        attempt = self._journal.orders.store.attempt(wish.merchant_order_id)
        if attempt is None:
            raise DomainError("refund_unknown", "The ledger has no such payment.")
        if attempt.state is not AttemptState.SUCCEEDED:
            raise DomainError("refund_not_paid", "That payment is not paid, so there is nothing to give back.")
        if attempt.provider != capabilities.provider:
            raise DomainError("other_gateway", "This payment was made at another gateway than the one set up now.")
        if wish.order_tail is not None and not is_tail(wish.order_tail, wish.merchant_order_id):
            raise DomainError("refund_wrong_order", "Those are not the last characters of this payment's id.")
        if not is_reason(wish.reason):
            raise DomainError("refund_reason", f"A reason is one line of at most {MAX_REASON} characters.")
        self._check_amount(wish, attempt)
        return attempt

    def _check_amount(self, wish: RefundWish, attempt: Attempt) -> None:
        capabilities = self._gateway.capabilities
        if wish.money.currency != attempt.money.currency:
            raise DomainError("refund_currency", f"That payment was made in {attempt.money.currency}.")
        if wish.money.minor <= 0:
            raise DomainError("amount_zero", "An amount above zero is needed.")
        if not wish.money.is_whole_at(self._facts.decimals(wish.money.currency)):
            raise DomainError(
                "amount_too_many_decimals", f"{capabilities.name} takes no such fractions of {wish.money.currency}."
            )
        left = self._journal.orders.snapshot(attempt.order_id).refundable(attempt.merchant_order_id)
        if wish.money.minor > left.minor:
            raise DomainError("refund_too_much", f"At most {left} of this payment can still be given back.")
        if wish.money != attempt.money and not capabilities.partial_refund:
            raise DomainError("refund_partial", f"{capabilities.name} gives back whole payments only.")

    def _ceiling(self, name: str) -> Money | None:
        person = next((person for person in self._staff.crew.people if person.name == name), None)
        return None if person is None else person.refund_ceiling

    def _new_id(self) -> str:
        unix_ms = int(self._journal.clock.now().timestamp() * 1000)
        return merchant_ref(self._facts.till, unix_ms, os.urandom(RANDOM_BYTES))

    async def _send_unheard(self, wish_id: str) -> None:
        try:
            await self.send(wish_id)
        except LedgerError:
            return  # the health monitor has said so, and the outcome is kept

    async def _write(self, refund: Refund, revise: Callable[[Refund], Refund]) -> None:
        """Commit what the gateway answered; a ledger in trouble is tried again for a while, then later.

        A refusal exists nowhere else: CBTIS does not know a refund that it has refused.
        """

        def commit() -> None:
            self._journal.rewrite(refund.merchant_refund_id, lambda now: revise(now) if _is_ours(now) else now)

        for tries_left in reversed(range(_RESULT_TRIES)):
            try:
                commit()
            except LedgerError:
                if not tries_left:
                    self._run(_later(commit))
                    raise
                await asyncio.sleep(_RESULT_PAUSE_S)
            else:
                return

    def _run(self, job: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(job)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            context = {"message": "sending a refund failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)


async def _later(commit: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(_LATER_PAUSE_S)
        try:
            commit()
        except LedgerError:
            continue  # the health monitor has said so
        return


def _is_ours(refund: Refund) -> bool:
    """Tell whether nobody has asked about it meanwhile: the answer to the request is the first thing to know."""
    return refund.state is RefundState.REQUESTED


def _unknown(refund: Refund, code: str) -> Refund:
    return replace(refund, state=RefundState.UNKNOWN, problem_code=code)
