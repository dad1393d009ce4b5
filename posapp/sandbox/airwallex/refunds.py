"""Airwallex refunds: create (an acknowledgement), retrieve and list.

Source: airwallex.com, refunds API. A refund goes RECEIVED, ACCEPTED, SETTLED with time; the control API
can make it FAILED.
"""

from __future__ import annotations

from decimal import Decimal

from posapp.sandbox.airwallex import replies
from posapp.sandbox.airwallex.errors import AirwallexError, invalid
from posapp.sandbox.airwallex.idempotency import RequestIds
from posapp.sandbox.airwallex.intents import check_metadata, fields_of, read_amount, read_request_id
from posapp.sandbox.airwallex.paging import page_of
from posapp.sandbox.exchange import Call, Operation, Reply
from posapp.sandbox.ids import random_letters
from posapp.sandbox.orders import REFUND_WORDS, Order, OrderState, Provider, Refund, RefundState
from posapp.sandbox.request_body import Fields
from posapp.sandbox.truth import Truth

_REASON_LENGTH = 128


class Refunds:
    """The refund endpoints. Its methods run under the book's lock."""

    def __init__(self, truth: Truth, request_ids: RequestIds) -> None:
        """Answer from this book; request ids are shared with the intents."""
        self._truth = truth
        self._request_ids = request_ids

    def create(self, call: Call) -> Reply:
        """Answer POST .../refunds/create with 201 and RECEIVED."""
        fields = fields_of(call)
        request_id = read_request_id(fields)
        before = self._request_ids.replay(request_id, Operation.REFUND, call)
        if before is not None:
            return before
        order = self._read_order(fields)
        reason = fields.optional_text("reason", longest=_REASON_LENGTH)
        check_metadata(fields)
        if order.state is not OrderState.PAID:
            raise AirwallexError("invalid_status_for_operation")
        now = self._truth.now()
        refund = Refund(
            refund_id=f"rfd_{random_letters(22)}",
            merchant_key=request_id,
            amount=self._read_amount(fields, order),
            reason=reason,
            created_at=now,
            updated_at=now,
            state=RefundState.RECEIVED,
            attempt_id=order.latest.attempt_id if order.latest else None,
        )
        self._truth.add_refund(order, refund)
        reply = Reply(201, replies.refund(order, refund))
        return self._request_ids.keep(request_id, Operation.REFUND, call, reply)

    def _read_order(self, fields: Fields) -> Order:
        intent_id = fields.optional_text("payment_intent_id")
        attempt_id = fields.optional_text("payment_attempt_id")
        if intent_id is None and attempt_id is None:
            raise invalid("payment_intent_id", "or payment_attempt_id must be provided")
        by_intent = self._truth.order(intent_id, Provider.AIRWALLEX) if intent_id is not None else None
        by_attempt = self._truth.by_attempt(attempt_id) if attempt_id is not None else None
        both_differ = intent_id is not None and attempt_id is not None and by_intent is not by_attempt
        order = by_intent or by_attempt
        if order is None or both_differ:
            raise AirwallexError("resource_not_found", "The requested payment was not found")
        return order

    def _read_amount(self, fields: Fields, order: Order) -> Decimal:
        """Return the amount to refund: what is left if none is named."""
        left = self._truth.refundable(order)
        amount = left if fields.raw("amount") is None else read_amount(fields, order.currency)
        if amount > left or left <= 0:
            raise AirwallexError("amount_above_limit", "The refund exceeds the amount left to refund")
        return amount

    def retrieve(self, call: Call) -> Reply:
        """Answer GET .../refunds/{id}."""
        found = self._truth.refund(call.path_params["id"], Provider.AIRWALLEX)
        if found is None:
            raise AirwallexError("resource_not_found", "The requested refund was not found")
        return Reply(200, replies.refund(*found, stale=call.stale))

    def list_all(self, call: Call) -> Reply:
        """Answer GET .../refunds: newest first, by intent, attempt or status."""
        wanted = {k: call.query.get(k) for k in ("payment_intent_id", "payment_attempt_id", "status")}
        found = [
            (order, refund)
            for order in self._truth.all_orders(Provider.AIRWALLEX)
            for refund in order.refunds
            if wanted["payment_intent_id"] in (None, order.order_id)
            and wanted["payment_attempt_id"] in (None, refund.attempt_id)
            and wanted["status"] in (None, REFUND_WORDS[Provider.AIRWALLEX][refund.state])
        ]
        found.sort(key=lambda pair: pair[1].created_at, reverse=True)
        items, has_more = page_of(found, call.query, lambda pair: pair[1].created_at)
        return Reply(200, {"has_more": has_more, "items": [replies.refund(*p, stale=call.stale) for p in items]})
