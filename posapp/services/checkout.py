"""Charging: an order is committed, then sent once; its code is shown only after "shown" is committed."""

from __future__ import annotations

import asyncio
import os
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.merchant_ref import RANDOM_BYTES, merchant_ref
from posapp.domain.order import Attempt, CodeKind, Order
from posapp.domain.staff import Right
from posapp.domain.status import NON_FINAL, AttemptState, OrderStatus
from posapp.gateways.errors import AuthFailed, GatewayError
from posapp.services.chargeable import check_charge
from posapp.services.override import check_reason, is_overridden, note_override
from posapp.services.sending import Sender
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot, Payer
    from posapp.domain.till import TillFacts
    from posapp.gateways.base import PaymentGateway
    from posapp.services.health import HealthMonitor
    from posapp.services.journal import Journal
    from posapp.services.reconcile import Reconciler
    from posapp.services.staff import Staff


class CheckoutError(DomainError):
    """What was asked for is not possible with this order now; `code` says why."""


class Checkout:
    """The cashier's use cases. Lives on the io thread.

    Methods raise `CheckoutError` for what the rules do not allow and `LedgerError` where nothing could be written.
    """

    def __init__(
        self,
        facts: TillFacts,
        journal: Journal,
        gateway: PaymentGateway,
        reconciler: Reconciler,
        health: HealthMonitor,
        staff: Staff,
        today: Callable[[datetime], date],
    ) -> None:
        """Charge at this gateway and write into this journal, in the name of who stands at the till.

        `today` tells the business day that an order made at an instant belongs to.
        """
        self._today = today
        self._staff = staff
        self._facts = facts
        self._journal = journal
        self._gateway = gateway
        self._reconciler = reconciler
        self._sender = Sender(journal, gateway, health)

    def begin(self, money: Money, note: str = "", payer: Payer | None = None) -> OrderSnapshot:
        """Commit a new order with its first attempt; nothing is sent yet.

        Raises:
            DomainError: The amount cannot be charged at this gateway, the note is too long, or `signed_out`.
        """
        self._staff.insist_on_somebody()
        check_charge(money, note, self._facts, self._gateway.capabilities)
        attempt = self._new_attempt(None, 1, money, note, payer)
        order = Order(
            order_id=attempt.merchant_order_id,
            money=money,
            note=note,
            till=self._facts.till,
            cashier=self._staff.cashier,
            business_day=self._today(attempt.created_at),
            created_at=attempt.created_at,
        )
        snapshot = self._journal.add(order, attempt)
        self._journal.publish(snapshot)
        return snapshot

    async def create(self, snapshot: OrderSnapshot) -> OrderSnapshot:
        """Send the newest attempt, which is CREATING, to the gateway, once, and write down what came of it.

        A rejected token may only show at the create itself. Where the gateway has no idempotency key that request is
        not repeated: this id counts as refused, and one further attempt with a new id goes out.
        """
        attempt = snapshot.attempts[-1]
        error = await self._sender.send(attempt)
        snapshot = self._journal.snapshot(attempt.order_id)
        last = snapshot.attempts[-1]
        stale_token = isinstance(error, AuthFailed) and error.sent and not self._gateway.capabilities.idempotent_create
        if not stale_token or last.state is not AttemptState.REFUSED or last.given_up_at is not None:
            return snapshot
        again = self._new_attempt(last, last.number + 1, last.money, snapshot.order.note, last.payer)
        snapshot = self._journal.add(None, again)
        self._journal.publish(snapshot)
        await self._sender.send(again)
        return self._journal.snapshot(attempt.order_id)

    async def close(self) -> None:
        """End what a ledger in trouble left to be written; the next start asks the gateway about it."""
        await self._sender.close()

    def show(self, merchant_order_id: str) -> OrderSnapshot:
        """Commit that a code is about to be seen. It may be painted once this returned with the attempt PENDING.

        Raises:
            CheckoutError: `code_gone` where it may no longer be shown or its last answer is in doubt, `already_paid`
                where the order is, `other_code_open` where another code of the same order can still be paid.
        """
        return self._journal.rewrite(merchant_order_id, self._shown)

    async def ask(self, order_id: str) -> OrderSnapshot:
        """Ask the gateway about every attempt of an order that reached it.

        Raises:
            GatewayError: It gave no answer about at least one of them.
        """
        snapshot = self._known(order_id)
        reached = [attempt for attempt in snapshot.attempts if attempt.state not in _NEVER_THERE]
        answers = await asyncio.gather(
            *(self._reconciler.ask(attempt.merchant_order_id) for attempt in reached), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return self._journal.snapshot(order_id)

    async def give_up(self, order_id: str) -> OrderSnapshot:
        """Ask once more (or close the payment where the gateway can), then note that the cashier gave up.

        Raises:
            GatewayError: It gave no answer; the order is noted as given up and stays watched.
            LedgerError: The answer could not be written; where the ledger works again, the giving up is noted.
        """
        snapshot = self._known(order_id)
        failure: GatewayError | LedgerError | None = None
        for attempt in snapshot.attempts:
            try:
                await self._close(attempt)
            except (GatewayError, LedgerError) as error:
                failure = error
        for attempt in snapshot.attempts:
            snapshot = self._journal.rewrite(attempt.merchant_order_id, self._given_up)
        if failure is not None:
            raise failure
        return snapshot

    async def new_code(
        self, order_id: str, *, override: str | None = None, approval: str | None = None
    ) -> tuple[OrderSnapshot, bool]:
        """Commit a further attempt where no code that somebody saw could still be paid, or where a manager allows it.

        Args:
            order_id: The order.
            override: Why there has to be a further code all the same; needs `Right.OVERRIDE`.
            approval: Token of somebody's word for that.

        Returns:
            The order, and whether it has a fresh attempt to be passed to `create`; none where it is paid after all, or
            where an unseen code is there to be shown.

        Raises:
            CheckoutError: `new_code_not_allowed` while a shown code can still be paid, `already_charging`.
            DomainError: `signed_out`, `right_missing`, `approval_used`, `reason_unusable`.
            GatewayError: The gateway did not say that the shown code is dead.
        """
        self._staff.insist_on_somebody()
        snapshot = self._known(order_id)
        authority = None
        if override is not None:
            check_reason(override)
            authority = self._staff.authorise(Right.OVERRIDE, approval)
        await self._close_shown(snapshot, overridden=override is not None)
        snapshot = self._journal.snapshot(order_id)
        last = snapshot.attempts[-1]
        if _is_paid(snapshot) or (last.state is AttemptState.CREATED and not last.code_dead and self._may_show(last)):
            return snapshot, False
        if last.state is AttemptState.CREATING:
            raise CheckoutError("already_charging", "The gateway is being asked for a code right now.")
        open_still = [attempt for attempt in snapshot.attempts if attempt.may_still_be_paid]
        if open_still and (override is None or authority is None):
            raise CheckoutError("new_code_not_allowed", "The gateway did not close the code that was shown.")
        if override is not None and authority is not None:
            note_override(self._journal, open_still, override, authority)
            for attempt in open_still:  # if one of them is paid all the same, that has to ring
                self._journal.rewrite(attempt.merchant_order_id, self._given_up)
        return self._further(self._journal.snapshot(order_id), last), True

    async def _close_shown(self, snapshot: OrderSnapshot, *, overridden: bool) -> None:
        """Close the codes that somebody saw; where a manager overrides, the gateway is asked but need not answer."""
        for attempt in snapshot.attempts:
            if not attempt.may_still_be_paid:
                continue
            if not overridden and not self._gateway.capabilities.can_cancel:
                raise CheckoutError("new_code_not_allowed", "The code that was shown can still be paid.")
            try:
                await self._close(attempt)
            except GatewayError:
                if not overridden:
                    raise

    def _further(self, snapshot: OrderSnapshot, last: Attempt) -> OrderSnapshot:
        if last.state is AttemptState.NOT_SENT and last.provider == self._facts.provider:
            fresh = replace(last, state=AttemptState.CREATING, problem_code=None, problem_text=None, given_up_at=None)
            resent = self._journal.resend(last, fresh)
            if resent is None:
                raise CheckoutError("already_charging", "The gateway is being asked for a code right now.")
        else:
            again = self._new_attempt(last, last.number + 1, last.money, snapshot.order.note, last.payer)
            resent = self._journal.add(None, again)
        self._journal.publish(resent)
        return resent

    async def _close(self, attempt: Attempt) -> None:
        now = self._journal.store.attempt(attempt.merchant_order_id)
        if now is None or not now.is_watched:
            return
        if self._gateway.capabilities.can_cancel:
            self._journal.note(attempt, "cancel_requested", {"request_id": attempt.cancel_request_id})
            await self._reconciler.cancel(attempt.merchant_order_id)
        else:
            await self._reconciler.ask(attempt.merchant_order_id)

    def _shown(self, attempt: Attempt) -> Attempt:
        if not self._may_show(attempt):
            raise CheckoutError("code_gone", "This code can no longer be shown.")
        snapshot = self._journal.snapshot(attempt.order_id)
        if _is_paid(snapshot):
            raise CheckoutError("already_paid", "This order is already paid.")
        others = [other for other in snapshot.attempts if other.merchant_order_id != attempt.merchant_order_id]
        if any(other.may_still_be_paid and not is_overridden(self._journal, other, attempt) for other in others):
            raise CheckoutError("other_code_open", "Another code of this order can still be paid.")
        shown_at = attempt.shown_at or self._journal.clock.now()
        return replace(attempt, state=AttemptState.PENDING, shown_at=shown_at, given_up_at=None)

    def _may_show(self, attempt: Attempt) -> bool:
        # Of a payment at a gateway that is set up no more nobody would ever learn that it was paid.
        return _is_showable(attempt) and attempt.provider == self._facts.provider

    def _given_up(self, attempt: Attempt) -> Attempt:
        open_still = attempt.state in NON_FINAL
        if not open_still or attempt.given_up_at is not None:
            return attempt
        return replace(attempt, given_up_at=self._journal.clock.now())

    def _known(self, order_id: str) -> OrderSnapshot:
        snapshot = self._journal.store.snapshot(order_id)
        if snapshot is None:
            raise CheckoutError("order_unknown", "The ledger has no such order.")
        return snapshot

    def _new_attempt(
        self, before: Attempt | None, number: int, money: Money, note: str, payer: Payer | None
    ) -> Attempt:
        now = self._journal.clock.now()
        unix_ms = int(now.timestamp() * 1000)
        ref = merchant_ref(self._facts.till, unix_ms, os.urandom(RANDOM_BYTES))
        return Attempt(
            merchant_order_id=ref,
            order_id=before.order_id if before else ref,
            number=number,
            provider=self._facts.provider,
            flow=self._facts.flow,
            money=money,
            description=" · ".join(part for part in (self._facts.shop, note) if part),
            request_id=str(uuid.uuid4()),
            confirm_request_id=str(uuid.uuid4()),
            cancel_request_id=str(uuid.uuid4()),
            state=AttemptState.CREATING,
            created_at=now,
            payer=payer,
        )


_NEVER_THERE: Final = frozenset({AttemptState.CREATING, AttemptState.NOT_SENT, AttemptState.REFUSED})


def _is_paid(snapshot: OrderSnapshot) -> bool:
    return snapshot.status in (OrderStatus.PAID, OrderStatus.OVERPAID)


def _is_showable(attempt: Attempt) -> bool:
    """Tell whether a code may be put before a shopper: it is there, unpaid, and nothing about it is in doubt."""
    if attempt.state not in (AttemptState.CREATED, AttemptState.PENDING) or attempt.review is not None:
        return False
    return attempt.code is not None and (attempt.code.kind is not CodeKind.HANDOFF or bool(attempt.code.content))
