"""CBTIS payments: create for every WeChat flow, and query by either id.

Source: docs.globalcbtis.com, the WeChat pages (QR code, official account, mini program, app).
"""

from __future__ import annotations

import re
from decimal import Decimal

from posapp.sandbox import currencies, wechat
from posapp.sandbox.cbtis import replies
from posapp.sandbox.cbtis.errors import CbtisError, Code, envelope, refuse_field
from posapp.sandbox.exchange import Call, JsonObject, Reply
from posapp.sandbox.ids import random_digits
from posapp.sandbox.orders import Attempt, Order, Provider
from posapp.sandbox.request_body import BadBodyError, Fields, Wrong, read_object
from posapp.sandbox.truth import Truth

ID_LENGTH = 32
_AMOUNT = re.compile(r"[0-9]{1,32}(\.[0-9]{1,31})?")
_FLOWS = ("qrcode", "official_account", "mini_program", "mobile_app")


def fields_of(call: Call) -> Fields:
    """Return the fields of a request's body, or refuse the body."""
    try:
        return Fields(read_object(call.body, exact=True), refuse_field)
    except BadBodyError as exc:
        raise CbtisError(Code.BODY_UNREADABLE, str(exc)) from exc


def read_amount(fields: Fields, currency: str) -> Decimal:
    """Return `amount`: a string, more than 0, no finer than the currency allows."""
    text = fields.text("amount", longest=ID_LENGTH)
    if not _AMOUNT.fullmatch(text):
        raise CbtisError(Code.AMOUNT_INVALID, "it must be a plain decimal number in a string")
    amount = Decimal(text)
    if amount <= 0:
        raise CbtisError(Code.AMOUNT_INVALID, "it must be more than 0")
    allowed = currencies.decimals(Provider.CBTIS, currency)
    if currencies.decimals_of(amount) > allowed:
        raise CbtisError(Code.AMOUNT_INVALID, f"{currency} takes at most {allowed} decimals")
    return amount


def _read_currency(fields: Fields, key: str) -> str:
    currency = fields.text(key, longest=3)
    if not currencies.is_known(currency):
        raise CbtisError(Code.CURRENCY_NOT_SUPPORTED, key)
    return currency


class Payments:
    """The two payment endpoints. Its methods run under the book's lock."""

    def __init__(self, truth: Truth) -> None:
        """Answer from this book."""
        self._truth = truth

    def create(self, call: Call) -> Reply:
        """Answer POST .../payment_intents/create."""
        fields = fields_of(call)
        currency = _read_currency(fields, "currency")
        amount = read_amount(fields, currency)
        if fields.optional_text("settlement_currency") is not None:
            _read_currency(fields, "settlement_currency")
        merchant_order_id = fields.text("merchant_order_id", longest=ID_LENGTH)
        description = fields.text("description")
        fields.optional_url("notify_url")
        method = self._read_method(fields)
        if self._truth.orders_of(Provider.CBTIS, merchant_order_id):
            raise CbtisError(Code.ORDER_DUPLICATE)
        order = Order(
            provider=Provider.CBTIS,
            order_id=f"C{random_digits(21)}",
            merchant_order_id=merchant_order_id,
            amount=amount,
            amount_text=fields.text("amount"),
            currency=currency,
            description=description,
            created_at=self._truth.now(),
            number=len(self._truth.orders),
        )
        next_action = self._start(order, method)
        return envelope(replies.created(order, next_action))

    def _read_method(self, fields: Fields) -> Fields:
        """Return the `wechat` object of a method this gateway takes, checked."""
        method = fields.child("payment_method")
        if method.text("type") != "wechat":
            raise CbtisError(Code.METHOD_NOT_SUPPORTED, "payment_method.type must be wechat")
        wechat_part = method.child("wechat")
        flow = wechat_part.text("flow")
        if flow not in _FLOWS:
            raise CbtisError(Code.METHOD_NOT_SUPPORTED, f"flow must be one of {', '.join(_FLOWS)}")
        if flow == "official_account":
            for key in ("success_url", "failed_url", "canceled_url"):
                wechat_part.optional_url(key)
        if flow in ("mini_program", "mobile_app"):
            wechat_part.text("sub_appid", longest=ID_LENGTH)
        if flow == "mini_program":
            wechat_part.text("sub_openid", longest=128)
        return wechat_part

    def _start(self, order: Order, method: Fields) -> JsonObject:
        """Put the order in the book with its one code, and return what the client does next."""
        self._truth.add_order(order)
        flow = method.text("flow")
        attempt = self._truth.add_attempt(order, flow)
        if flow == "qrcode":
            attempt.content = self._truth.wallet_url(attempt)
            return {"type": "render_qrcode", "qrcode_url": attempt.content}
        return {"type": "call_sdk", "data": self._sdk_data(order, attempt, method)}

    def _sdk_data(self, order: Order, attempt: Attempt, method: Fields) -> JsonObject:
        if attempt.flow == "official_account":
            attempt.content = self._truth.wallet_url(attempt)
            attempt.success_url = method.optional_url("success_url")
            attempt.cancel_url = method.optional_url("canceled_url")
            return {"type": "redirect", "url": attempt.content}
        app_id = method.text("sub_appid")
        if attempt.flow == "mobile_app":
            return wechat.mobile_app_data(order.created_at, app_id)
        return wechat.mini_program_data(order.created_at, app_id)

    def query(self, call: Call) -> Reply:
        """Answer POST .../payment_intents/query."""
        fields = fields_of(call)
        order = find_order(self._truth, fields, "order_id", "merchant_order_id")
        order.queries += 1
        return envelope(replies.queried(order, stale=call.stale))


def find_order(truth: Truth, fields: Fields, id_key: str, merchant_key: str) -> Order:
    """Return the order named by either id, or by both if they agree."""
    order_id = fields.optional_text(id_key, longest=ID_LENGTH)
    merchant_id = fields.optional_text(merchant_key, longest=ID_LENGTH)
    if order_id is None and merchant_id is None:
        raise fields.wrong(Wrong.MISSING, id_key, f"or {merchant_key} must be provided")
    by_id = truth.order(order_id, Provider.CBTIS) if order_id is not None else None
    of_merchant = truth.orders_of(Provider.CBTIS, merchant_id) if merchant_id is not None else []
    by_merchant = of_merchant[-1] if of_merchant else None
    if order_id is not None and merchant_id is not None and by_id is not by_merchant:
        raise CbtisError(Code.ORDER_IDS_DIFFER if by_id and by_merchant else Code.ORDER_NOT_FOUND)
    found = by_id or by_merchant
    if found is None:
        raise CbtisError(Code.ORDER_NOT_FOUND)
    return found
