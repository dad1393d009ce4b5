"""Giving money back at a till without gateway: refunds are kept in the orders of a `FakeTill`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Unpack

from posapp.domain.errors import DomainError
from posapp.domain.refund import Refund, RefundRequest, RefundReview, RefundState, RefundWish

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypedDict

    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from tests.ui.fake_till import FakeTill

    class RefundChanges(TypedDict, total=False):
        """What may be said about a refund beyond being asked for."""

        state: RefundState
        gateway_refund_id: str | None
        support_id: str | None
        problem_code: str | None
        problem_text: str | None
        review: RefundReview | None
        review_detail: str | None
        final_at: datetime | None
        settled: str | None
        asked_by: str
        approved_by: str


class FakeRefundDesk:
    """Implements `RefundDesk` in memory; `failures` and `held` of the till hold for `refund` and `ask_refund`.

    Attributes:
        becomes: What the gateway says to the next refund; None to leave it REQUESTED.
    """

    def __init__(self, till: FakeTill) -> None:
        self.till = till
        self.becomes: RefundState | None = None

    def begin(
        self,
        wish: RefundWish,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit a refund."""
        self.till.calls.append(("refund", wish))
        self.till.reply("refund", lambda: self._commit(wish), done, failed)

    def ask_now(
        self,
        merchant_refund_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask how a refund stands."""
        self.till.calls.append(("ask_refund", merchant_refund_id))
        self.till.reply("ask_refund", lambda: self._order_of(merchant_refund_id), done, failed)

    # what a test or a demonstration makes happen

    def add(self, merchant_order_id: str, minor: int, **changes: Unpack[RefundChanges]) -> OrderSnapshot:
        """Have a refund of a payment."""
        snapshot = self._order_of_payment(merchant_order_id)
        money = replace(snapshot.order.money, minor=minor)
        wish = RefundWish(f"wish-{len(snapshot.refunds) + 1}", merchant_order_id, money, 0)
        refund = replace(_refund_of(snapshot, wish), **changes)
        return self.till.keep(replace(snapshot, refunds=(*snapshot.refunds, refund)))

    def change(self, merchant_refund_id: str, **changes: Unpack[RefundChanges]) -> OrderSnapshot:
        """Let a refund come further, and tell everyone."""
        snapshot = self._order_of(merchant_refund_id)
        refunds = tuple(
            replace(one, **changes) if one.merchant_refund_id == merchant_refund_id else one for one in snapshot.refunds
        )
        return self.till.keep(replace(snapshot, refunds=refunds))

    def wishes(self) -> list[RefundWish]:
        """Return every wish that arrived."""
        return [arguments[0] for arguments in self.till.called("refund")]

    # inside

    def _commit(self, wish: RefundWish) -> OrderSnapshot:
        snapshot = self._order_of_payment(wish.merchant_order_id)
        if any(one.request.request_id == wish.wish_id for one in snapshot.refunds):
            return snapshot
        if wish.money.minor > snapshot.refundable(wish.merchant_order_id).minor:
            raise DomainError("refund_too_much", "more than is left")
        refund = _refund_of(snapshot, wish)
        if self.becomes is not None:
            refund = replace(refund, state=self.becomes, support_id="rid-771")
        return self.till.keep(replace(snapshot, refunds=(*snapshot.refunds, refund)))

    def _order_of(self, merchant_refund_id: str) -> OrderSnapshot:
        return next(
            one
            for one in self.till.orders_by_id.values()
            if any(refund.merchant_refund_id == merchant_refund_id for refund in one.refunds)
        )

    def _order_of_payment(self, merchant_order_id: str) -> OrderSnapshot:
        return next(
            one
            for one in self.till.orders_by_id.values()
            if any(attempt.merchant_order_id == merchant_order_id for attempt in one.attempts)
        )


def _refund_of(snapshot: OrderSnapshot, wish: RefundWish) -> Refund:
    attempt = next(one for one in snapshot.attempts if one.merchant_order_id == wish.merchant_order_id)
    number = len(snapshot.refunds) + 1
    request = RefundRequest(
        merchant_refund_id=f"T1-01KR7A2M9{number:014}",
        request_id=wish.wish_id,
        merchant_order_id=wish.merchant_order_id,
        payment_gateway_id=attempt.gateway_id,
        money=wish.money,
        reason=wish.reason,
    )
    now = datetime.now(UTC)
    return Refund(request, attempt.order_id, attempt.provider, snapshot.order.business_day, now)
