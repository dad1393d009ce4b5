"""CBTIS refunds: create and query.

Source: docs.globalcbtis.com, the refunds page. A reply that says SUCCEEDED means the money has gone back.
"""

from __future__ import annotations

from posapp.sandbox.cbtis import replies
from posapp.sandbox.cbtis.errors import CbtisError, Code, envelope
from posapp.sandbox.cbtis.payments import ID_LENGTH, fields_of, find_order, read_amount
from posapp.sandbox.exchange import Call, Reply
from posapp.sandbox.ids import random_digits
from posapp.sandbox.orders import OrderState, Provider, Refund, RefundState
from posapp.sandbox.request_body import Wrong
from posapp.sandbox.truth import Truth

_REASON_LENGTH = 128


class Refunds:
    """The two refund endpoints. Its methods run under the book's lock."""

    def __init__(self, truth: Truth) -> None:
        """Answer from this book."""
        self._truth = truth

    def create(self, call: Call) -> Reply:
        """Answer POST .../refunds/create."""
        fields = fields_of(call)
        merchant_refund_id = fields.text("merchant_refund_id", longest=ID_LENGTH)
        reason = fields.optional_text("reason", longest=_REASON_LENGTH)
        fields.text("amount", longest=ID_LENGTH)
        order = find_order(self._truth, fields, "payment_order_id", "merchant_payment_order_id")
        amount = read_amount(fields, order.currency)
        if self._truth.refund_of(Provider.CBTIS, merchant_refund_id) is not None:
            raise CbtisError(Code.REFUND_DUPLICATE)
        if order.state is not OrderState.PAID:
            raise CbtisError(Code.ORDER_NOT_PAID)
        if amount > self._truth.refundable(order):
            raise CbtisError(Code.REFUND_TOO_LARGE)
        now = self._truth.now()
        refund = Refund(
            refund_id=f"R{random_digits(21)}",
            merchant_key=merchant_refund_id,
            amount=amount,
            reason=reason,
            created_at=now,
            updated_at=now,
            state=RefundState.DONE,
        )
        self._truth.add_refund(order, refund)
        return envelope(replies.refund_created(order, refund))

    def query(self, call: Call) -> Reply:
        """Answer POST .../refunds/query."""
        fields = fields_of(call)
        refund_id = fields.optional_text("refund_id", longest=ID_LENGTH)
        merchant_refund_id = fields.optional_text("merchant_refund_id", longest=ID_LENGTH)
        if refund_id is None and merchant_refund_id is None:
            raise fields.wrong(Wrong.MISSING, "refund_id", "or merchant_refund_id must be provided")
        by_id = self._truth.refund(refund_id, Provider.CBTIS) if refund_id is not None else None
        by_key = None
        if merchant_refund_id is not None:
            by_key = self._truth.refund_of(Provider.CBTIS, merchant_refund_id)
        if refund_id is not None and merchant_refund_id is not None and by_id != by_key:
            raise CbtisError(Code.REFUND_IDS_DIFFER if by_id and by_key else Code.REFUND_NOT_FOUND)
        found = by_id or by_key
        if found is None:
            raise CbtisError(Code.REFUND_NOT_FOUND)
        return envelope(replies.refund_queried(*found, stale=call.stale))
