"""The pretend gateway's books: what really happened, whatever the mischief made the wire say.

Methods may be called from any thread; each takes the book's lock, and a caller that needs several steps to
be one holds `Truth.lock` around them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from decimal import Decimal

from posapp.sandbox.ids import random_letters
from posapp.sandbox.orders import (
    NANOSECONDS,
    Attempt,
    AttemptState,
    Order,
    OrderState,
    Provider,
    Refund,
    RefundState,
    Settings,
)
from posapp.sandbox.traffic import Traffic


class NotAllowedError(Exception):
    """The order's state does not allow what was asked; the text says why, for people."""


class Truth:
    """Orders, refunds and counters of one sandbox.

    `base_url` is what wallet addresses start with; the server sets it once its port is known.
    """

    def __init__(self, base_url: str = "", *, clock_ns: Callable[[], int] = time.time_ns) -> None:
        """Open an empty book."""
        self.lock = threading.RLock()
        self.base_url = base_url
        self.now = clock_ns
        self.settings = Settings()
        self.traffic = Traffic(self.lock)
        self.orders: list[Order] = []
        self._by_id: dict[str, Order] = {}
        self._by_merchant_id: dict[tuple[Provider, str], list[Order]] = {}
        self._by_token: dict[str, tuple[Order, Attempt]] = {}
        self._by_attempt: dict[str, Order] = {}
        self._refund_by_id: dict[str, tuple[Order, Refund]] = {}
        self._refund_by_key: dict[tuple[Provider, str], tuple[Order, Refund]] = {}

    def reset(self) -> None:
        """Forget every order and counter; settings go back to what they were at the start."""
        with self.lock:
            self.settings = Settings()
            self.orders.clear()
            self.traffic.clear()
            for table in (self._by_id, self._by_merchant_id, self._by_token, self._by_attempt):
                table.clear()
            self._refund_by_id.clear()
            self._refund_by_key.clear()

    # Finding

    def order(self, order_id: str, provider: Provider | None = None) -> Order | None:
        """Return the order with this gateway id, brought up to date, or nothing."""
        with self.lock:
            found = self._by_id.get(order_id)
            if found is None or (provider is not None and found.provider is not provider):
                return None
            return self._up_to_date(found)

    def orders_of(self, provider: Provider, merchant_order_id: str) -> list[Order]:
        """Return the orders with this merchant id, oldest first, brought up to date."""
        with self.lock:
            return [self._up_to_date(o) for o in self._by_merchant_id.get((provider, merchant_order_id), [])]

    def named(self, any_id: str, provider: Provider | None = None) -> Order | None:
        """Return the newest order known by this merchant id or gateway id."""
        with self.lock:
            for each in (provider,) if provider else tuple(Provider):
                found = self.orders_of(each, any_id)
                if found:
                    return found[-1]
            return self.order(any_id, provider)

    def all_orders(self, provider: Provider | None = None) -> list[Order]:
        """Return every order, oldest first, brought up to date."""
        with self.lock:
            return [self._up_to_date(o) for o in self.orders if provider in (None, o.provider)]

    def by_token(self, token: str) -> tuple[Order, Attempt] | None:
        """Return the order and attempt behind a wallet address."""
        with self.lock:
            found = self._by_token.get(token)
            if found is not None:
                self._up_to_date(found[0])
            return found

    def by_attempt(self, attempt_id: str) -> Order | None:
        """Return the order that has this attempt."""
        with self.lock:
            found = self._by_attempt.get(attempt_id)
            return None if found is None else self._up_to_date(found)

    # Orders

    def add_order(self, order: Order) -> None:
        """Put a new order in the book."""
        with self.lock:
            order.updated_at = order.created_at
            self.orders.append(order)
            self._by_id[order.order_id] = order
            key = (order.provider, order.merchant_order_id)
            self._by_merchant_id.setdefault(key, []).append(order)
            self.traffic.created(*key)

    def add_attempt(self, order: Order, flow: str) -> Attempt:
        """Hand out a code for the order; any code handed out before it dies."""
        with self.lock:
            now = self.now()
            if order.provider is Provider.AIRWALLEX:
                order.previous = order.view()
            for old in order.attempts:
                if old.state is AttemptState.WAITING:
                    old.state, old.updated_at = AttemptState.CANCELLED, now
            attempt = Attempt(f"att_{random_letters(24)}", random_letters(22), flow, now, now)
            order.attempts.append(attempt)
            order.state, order.updated_at = OrderState.WAITING, now
            self._by_token[attempt.token] = (order, attempt)
            self._by_attempt[attempt.attempt_id] = order
            return attempt

    def wallet_url(self, attempt: Attempt) -> str:
        """Return the address of the attempt's wallet page on this server."""
        return f"{self.base_url}/wallet/{attempt.token}"

    def pay(self, order: Order, attempt: Attempt | None = None, *, force: bool = False) -> None:
        """Let the shopper pay.

        Args:
            order: The order to pay.
            attempt: The code that was scanned; the newest one if not given.
            force: Pay even though the order or its code is dead ("paid after cancel").

        Raises:
            NotAllowedError: It is paid already, has no code yet, or is dead and not forced.
        """
        with self.lock:
            self._up_to_date(order)
            code = attempt or order.latest
            if order.state is OrderState.PAID:
                raise NotAllowedError("the order is already paid")
            if code is None:
                raise NotAllowedError("the order has no code to pay yet: it was not confirmed")
            if code.state is not AttemptState.WAITING and not force:
                raise NotAllowedError(f"the order's code is {code.state}, and force was not asked for")
            now = self.now()
            order.previous = order.view()
            code.state, code.updated_at = AttemptState.PAID, now
            order.state, order.updated_at, order.paid_at = OrderState.PAID, now, now
            order.cancelled_at, order.cancellation_reason = None, None

    def cancel(self, order: Order, *, reason: str | None = None, force: bool = False) -> None:
        """Close the order unpaid.

        Raises:
            NotAllowedError: It is cancelled already, or paid and not forced.
        """
        with self.lock:
            self._up_to_date(order)
            if order.state is OrderState.CANCELLED:
                raise NotAllowedError("the order is already cancelled")
            if order.state is OrderState.PAID and not force:
                raise NotAllowedError("the order is already paid")
            now = self.now()
            order.previous = order.view()
            if order.latest is not None and order.latest.state in (AttemptState.WAITING, AttemptState.PAID):
                order.latest.state, order.latest.updated_at = AttemptState.CANCELLED, now
            order.state, order.updated_at, order.cancelled_at = OrderState.CANCELLED, now, now
            order.paid_at, order.cancellation_reason = None, reason

    def end_attempt(self, order: Order, state: AttemptState, *, attempt: Attempt | None = None) -> None:
        """Let the live code die unpaid: declined by the shopper, failed or timed out.

        CBTIS then closes the order; an Airwallex intent drops back to waiting for a payment method.

        Raises:
            NotAllowedError: There is no live code.
        """
        with self.lock:
            self._up_to_date(order)
            code = attempt or order.latest
            if order.state is not OrderState.WAITING or code is None or code.state is not AttemptState.WAITING:
                raise NotAllowedError(f"the order is {order.state} and has no live code")
            self._end(order, code, state, self.now())

    def _end(self, order: Order, attempt: Attempt, state: AttemptState, at: int) -> None:
        order.previous = order.view()
        attempt.state, attempt.updated_at, order.updated_at = state, at, at
        if order.provider is Provider.CBTIS:
            order.state, order.cancelled_at = OrderState.CANCELLED, at
        else:
            order.state = OrderState.NEW

    def _up_to_date(self, order: Order) -> Order:
        """Apply what time alone has changed: codes run out, refunds move on."""
        now = self.now()
        latest = order.latest
        if order.state is OrderState.WAITING and latest is not None and latest.state is AttemptState.WAITING:
            ends_at = latest.created_at + int(self.settings.order_life_seconds * NANOSECONDS)
            if now >= ends_at:
                self._end(order, latest, AttemptState.EXPIRED, ends_at)
        for refund in order.refunds:
            self._advance(refund, now)
        return order

    # Refunds

    def add_refund(self, order: Order, refund: Refund) -> None:
        """Put a refund in the book; the caller has checked that it may be."""
        with self.lock:
            order.previous = order.view()
            order.refunds.append(refund)
            order.updated_at = refund.created_at
            self._refund_by_id[refund.refund_id] = (order, refund)
            self._refund_by_key[order.provider, refund.merchant_key] = (order, refund)

    def refund(self, refund_id: str, provider: Provider | None = None) -> tuple[Order, Refund] | None:
        """Return the refund with this gateway id and its order."""
        with self.lock:
            return self._refund_found(self._refund_by_id.get(refund_id), provider)

    def refund_of(self, provider: Provider, merchant_key: str) -> tuple[Order, Refund] | None:
        """Return the refund the merchant gave this key."""
        with self.lock:
            return self._refund_found(self._refund_by_key.get((provider, merchant_key)), provider)

    def set_refund(self, refund: Refund, state: RefundState) -> None:
        """Put a refund where a test wants it; time does not move it any more."""
        with self.lock:
            refund.previous, refund.state, refund.by_hand = refund.state, state, True
            refund.updated_at = self.now()

    def refundable(self, order: Order) -> Decimal:
        """Return what is paid and not yet refunded."""
        with self.lock:
            return order.amount - order.refunded if order.state is OrderState.PAID else Decimal(0)

    def _refund_found(
        self, found: tuple[Order, Refund] | None, provider: Provider | None
    ) -> tuple[Order, Refund] | None:
        if found is None or (provider is not None and found[0].provider is not provider):
            return None
        self._up_to_date(found[0])
        return found

    def _advance(self, refund: Refund, now: int) -> None:
        if refund.by_hand or refund.state in (RefundState.DONE, RefundState.FAILED):
            return
        age = (now - refund.created_at) / NANOSECONDS
        if age >= self.settings.refund_settled_after_seconds:
            refund.previous, refund.state = RefundState.ACCEPTED, RefundState.DONE
            refund.updated_at = now
        elif age >= self.settings.refund_accepted_after_seconds and refund.state is RefundState.RECEIVED:
            refund.previous, refund.state = refund.state, RefundState.ACCEPTED
            refund.updated_at = now
