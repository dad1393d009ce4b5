"""Airwallex payment intents: create, confirm, retrieve, list, cancel.

Source: airwallex.com, payment intents API and the WeChat Pay pages.
"""

from __future__ import annotations

from decimal import Decimal

from posapp.sandbox import currencies
from posapp.sandbox.airwallex import replies
from posapp.sandbox.airwallex.confirm import next_action_for, read_method
from posapp.sandbox.airwallex.errors import AirwallexError, invalid, refuse_field
from posapp.sandbox.airwallex.idempotency import RequestIds
from posapp.sandbox.airwallex.paging import page_of
from posapp.sandbox.exchange import Call, Operation, Reply
from posapp.sandbox.ids import random_letters
from posapp.sandbox.orders import STATUS_WORDS, Order, OrderState, Provider
from posapp.sandbox.request_body import BadBodyError, Fields, read_object
from posapp.sandbox.truth import NotAllowedError, Truth

LARGEST = Decimal("999999999999")
_REQUEST_ID_LENGTH = 64
_MOST_METADATA = 50
_METADATA_VALUE_LENGTH = 500


def fields_of(call: Call) -> Fields:
    """Return the fields of a request's body, or refuse the body."""
    try:
        return Fields(read_object(call.body, exact=True), refuse_field)
    except BadBodyError as exc:
        raise AirwallexError("validation_error", str(exc)) from exc


def read_request_id(fields: Fields) -> str:
    """Return request_id: required, at most 64 characters."""
    return fields.text("request_id", longest=_REQUEST_ID_LENGTH)


def read_amount(fields: Fields, currency: str) -> Decimal:
    """Return `amount`: a JSON number in major units, more than 0, no finer than the currency allows."""
    value = fields.raw("amount")
    if value is None:
        raise invalid("amount", "must be provided")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid("amount", "must be a number")
    amount = Decimal(value)
    if amount <= 0:
        raise invalid("amount", "must be greater than 0")
    if amount > LARGEST:
        raise AirwallexError("amount_above_limit")
    allowed = currencies.decimals(Provider.AIRWALLEX, currency)
    # A whole number written 100.0 is the same number: JSON has no notion of decimals meant.
    if currencies.decimals_of(amount.normalize()) > allowed:
        raise invalid("amount", f"must have at most {allowed} decimals for {currency}")
    return amount


def check_metadata(fields: Fields) -> None:
    """Refuse metadata beyond 50 keys of 50 characters with values of 500."""
    if fields.raw("metadata") is None:
        return
    fields.child("metadata")
    metadata = fields.raw("metadata")
    if not isinstance(metadata, dict) or len(metadata) > _MOST_METADATA:
        raise invalid("metadata", "must have at most 50 keys")
    for key, value in metadata.items():
        too_long = isinstance(value, str) and len(value) > _METADATA_VALUE_LENGTH
        if too_long or len(key) > _MOST_METADATA:
            raise invalid("metadata", "has a key or value that is too long")


class Intents:
    """The payment intent endpoints. Its methods run under the book's lock."""

    def __init__(self, truth: Truth, request_ids: RequestIds) -> None:
        """Answer from this book; request ids are shared with the refunds."""
        self._truth = truth
        self._request_ids = request_ids

    def create(self, call: Call) -> Reply:
        """Answer POST .../payment_intents/create with 201."""
        fields = fields_of(call)
        request_id = read_request_id(fields)
        before = self._request_ids.replay(request_id, Operation.CREATE, call)
        if before is not None:
            return before
        currency = fields.text("currency", longest=3)
        if not currencies.is_known(currency):
            raise invalid("currency", "must be an ISO 4217 code")
        check_metadata(fields)
        descriptor = fields.optional_text("descriptor")
        merchant_order_id = fields.text("merchant_order_id", longest=64)
        order = Order(
            provider=Provider.AIRWALLEX,
            order_id=f"int_{random_letters(24)}",
            merchant_order_id=merchant_order_id,
            amount=read_amount(fields, currency),
            amount_text="",
            currency=currency,
            description=descriptor or "",
            created_at=self._truth.now(),
            number=len(self._truth.orders),
            request_id=request_id,
            client_secret=f"cs_{random_letters(60)}",
            return_url=fields.optional_url("return_url"),
            descriptor=descriptor,
        )
        order.amount_text = format(order.amount, "f")
        self._truth.add_order(order)
        return self._request_ids.keep(request_id, Operation.CREATE, call, Reply(201, replies.intent(order)))

    def _of_path(self, call: Call) -> Order:
        order = self._truth.order(call.path_params["id"], Provider.AIRWALLEX)
        if order is None:
            raise AirwallexError("resource_not_found", "The requested payment intent was not found")
        return order

    def confirm(self, call: Call) -> Reply:
        """Answer POST .../{id}/confirm; an earlier code of the intent dies."""
        fields = fields_of(call)
        request_id = read_request_id(fields)
        before = self._request_ids.replay(request_id, Operation.CONFIRM, call)
        if before is not None:
            return before
        order = self._of_path(call)
        method = read_method(fields, order)
        if order.state not in (OrderState.NEW, OrderState.WAITING):
            raise AirwallexError("invalid_status_for_operation")
        if order.currency not in currencies.WECHAT_HONG_KONG:
            raise AirwallexError("currency_not_supported")
        attempt = self._truth.add_attempt(order, method.flow)
        action = next_action_for(self._truth, order, attempt, method)
        reply = Reply(200, replies.intent(order, next_action=action))
        return self._request_ids.keep(request_id, Operation.CONFIRM, call, reply)

    def retrieve(self, call: Call) -> Reply:
        """Answer GET .../{id}."""
        order = self._of_path(call)
        order.queries += 1
        return Reply(200, replies.intent(order, stale=call.stale))

    def list_all(self, call: Call) -> Reply:
        """Answer GET .../payment_intents: newest first, filtered, by pages."""
        wanted = {k: call.query.get(k) for k in ("status", "currency", "merchant_order_id")}
        mine = wanted["merchant_order_id"]
        if mine is not None:
            orders = self._truth.orders_of(Provider.AIRWALLEX, mine)
        else:
            orders = self._truth.all_orders(Provider.AIRWALLEX)
        found = [
            order
            for order in reversed(orders)
            if wanted["currency"] in (None, order.currency)
            and wanted["status"] in (None, STATUS_WORDS[Provider.AIRWALLEX][order.seen_as(stale=call.stale).state])
        ]
        items, has_more = page_of(found, call.query, lambda order: order.created_at)
        if mine is not None:
            for order in items:
                order.queries += 1
        return Reply(200, {"has_more": has_more, "items": [replies.intent(o, stale=call.stale) for o in items]})

    def cancel(self, call: Call) -> Reply:
        """Answer POST .../{id}/cancel: allowed until it is paid or cancelled."""
        fields = fields_of(call)
        request_id = read_request_id(fields)
        before = self._request_ids.replay(request_id, Operation.CANCEL, call)
        if before is not None:
            return before
        reason = fields.optional_text("cancellation_reason")
        order = self._of_path(call)
        try:
            self._truth.cancel(order, reason=reason)
        except NotAllowedError as exc:
            raise AirwallexError("invalid_status_for_operation") from exc
        return self._request_ids.keep(request_id, Operation.CANCEL, call, Reply(200, replies.intent(order)))
