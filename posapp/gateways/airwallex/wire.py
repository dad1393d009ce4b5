"""Airwallex's JSON: what goes out, and the reading of everything that comes back.

Shapes: airwallex.com/docs, PaymentIntents, refunds and the WeChat Pay pages. Replies are flat; amounts are
    JSON numbers
in major units; new fields may appear at any time and are ignored.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from posapp.domain.order import CodeKind, Flow
from posapp.gateways.airwallex.capabilities import CAPABILITIES
from posapp.gateways.base import Created, GatewayState, RefundAnswer, ReportedRefund, ReportedStatus
from posapp.gateways.errors import Malformed, NotSent
from posapp.gateways.payment_code import displayable, handoff
from posapp.gateways.reading import (
    identifier,
    instant,
    optional_amount,
    optional_identifier,
    optional_record,
    optional_text,
    path_identifier,
    shown,
)

if TYPE_CHECKING:
    from posapp.domain.money import Money
    from posapp.domain.order import Attempt, PaymentCode
    from posapp.domain.refund import RefundRequest
    from posapp.gateways.base import RefundRef
    from posapp.gateways.strict_json import JsonObject

SUPPORT_KEY: Final = "trace_id"
REFUND_KEY: Final = "merchant_refund_id"
"""Our own key in a refund's metadata: Airwallex has no field for a merchant's refund id."""

_MAX_REASON: Final = 128
_MAX_DESCRIPTOR: Final = 32
_MAX_WORD: Final = 64
# A Decimal is written digit by digit as a JSON number; a float would round what it cannot hold.
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def create_body(attempt: Attempt, return_url: str | None) -> bytes:
    """Build the create request.

    Raises:
        NotSent: `flow_unsupported`, `payer_missing`, `return_url_missing` or `amount_decimals`: it cannot be
            asked for at all; said before the intent exists.
    """
    if attempt.flow not in CAPABILITIES.flows:
        raise NotSent("flow_unsupported", f"Airwallex documents no {attempt.flow.value} flow")
    if attempt.flow is Flow.MINI_PROGRAM and (attempt.payer is None or not attempt.payer.open_id):
        raise NotSent("payer_missing", "a mini-program payment needs the shopper's id")
    if attempt.flow is Flow.MOBILE_WEB and not return_url:
        raise NotSent("return_url_missing", "a payment in a phone's browser needs an address to come back to")
    fields: dict[str, object] = {
        "request_id": attempt.request_id,
        "amount": wire_amount(attempt.money),
        "currency": attempt.money.currency,
        "merchant_order_id": attempt.merchant_order_id,
    }
    if attempt.description:
        fields["descriptor"] = attempt.description[:_MAX_DESCRIPTOR]
    if return_url:
        fields["return_url"] = return_url
    return _ENCODER.encode(fields)


def confirm_body(attempt: Attempt, return_url: str | None) -> bytes:
    """Build the confirm request, which starts the WeChat flow."""
    wechatpay = {"flow": attempt.flow.value}
    if attempt.flow is Flow.MINI_PROGRAM and attempt.payer is not None:
        wechatpay["open_id"] = attempt.payer.open_id
    fields: dict[str, object] = {
        "request_id": attempt.confirm_request_id,
        "payment_method": {"type": "wechatpay", "wechatpay": wechatpay},
    }
    if return_url:
        fields["return_url"] = return_url
    return _ENCODER.encode(fields)


def cancel_body(request_id: str) -> bytes:
    """Build the cancel request."""
    return _ENCODER.encode({"request_id": request_id, "cancellation_reason": "closed at the till"})


def refund_body(refund: RefundRequest, intent_id: str) -> bytes:
    """Build the refund request.

    Raises:
        NotSent: `amount_decimals`.
    """
    fields: dict[str, object] = {
        "request_id": refund.request_id,
        "payment_intent_id": intent_id,
        "amount": wire_amount(refund.money),
        "metadata": {REFUND_KEY: refund.merchant_refund_id},
    }
    if refund.reason:
        fields["reason"] = refund.reason[:_MAX_REASON]
    return _ENCODER.encode(fields)


def wire_amount(money: Money) -> Decimal:
    """Return an amount as the number to send: major units, with the decimals that Airwallex takes.

    Raises:
        NotSent: `amount_decimals` where it has more.
    """
    decimals = CAPABILITIES.decimals.get(money.currency)
    if decimals is not None and not money.is_whole_at(decimals):
        raise NotSent("amount_decimals", f"Airwallex takes {money.currency} with {decimals} decimals only")
    return Decimal(money.plain(decimals))


def intent_id(body: JsonObject) -> str:
    """Return an intent's id, fit to stand in a path.

    Raises:
        Malformed: `id_unusable`.
    """
    return path_identifier(body, "id")


def read_created(created: JsonObject, confirmed: JsonObject, support_id: str | None) -> Created:
    """Read what create and confirm answered; of ids and amounts the later word counts, the earlier where it is silent.

    Raises:
        Malformed: Where types break the documents, or the confirm speaks of another intent than the create.
    """
    gateway_id = intent_id(created)
    if optional_identifier(confirmed, "id") not in (None, gateway_id):
        raise Malformed("wrong_intent", "the confirm answered about another payment", support_id=support_id)
    both = created | {key: value for key, value in confirmed.items() if value is not None}
    return Created(
        gateway_id=gateway_id,
        merchant_order_id=optional_identifier(both, "merchant_order_id"),
        amount=optional_amount(both, "amount"),
        currency=shown(optional_text(both, "currency"), _MAX_WORD),
        code=read_code(optional_record(confirmed, "next_action")),
        support_id=support_id,
    )


def read_code(action: JsonObject) -> PaymentCode | None:
    """Find what to put before the shopper, by what `next_action` holds.

    `type` is not asked: the API's examples write `render_qrcode`, its own Android library reads
    `render_qr_code`. Despite its name `qrcode_url` holds the content of the code, too. For other wallets
    `url` stands beside `qrcode` as a page to fall back on, so it comes last.
    """
    for key in ("qrcode", "qrcode_url"):
        content = optional_text(action, key)
        if content is not None:
            return displayable(CodeKind.SCAN, content)
    url = optional_text(action, "url")
    if url is not None:
        return displayable(CodeKind.LINK, url)
    return handoff(optional_record(action, "data"))


_STATUSES: Final = {
    "REQUIRES_PAYMENT_METHOD": ReportedStatus.PENDING,
    "REQUIRES_CUSTOMER_ACTION": ReportedStatus.PENDING,
    "REQUIRES_CAPTURE": ReportedStatus.PENDING,
    "PENDING": ReportedStatus.PENDING,
    "PENDING_REVIEW": ReportedStatus.PENDING,
    "SUCCEEDED": ReportedStatus.SUCCEEDED,
    "CANCELLED": ReportedStatus.CANCELLED,
}
"""The seven words of Airwallex's newest plugin, of which it calls the last two final."""

_DEAD_ATTEMPTS: Final = frozenset({"EXPIRED", "FAILED", "CANCELLED"})


def read_state(body: JsonObject, support_id: str | None, *, confirmed: bool) -> GatewayState:
    """Read an intent.

    There is no word for "expired": a failed or expired attempt drops the intent back to
    REQUIRES_PAYMENT_METHOD, which before any confirm simply means "new". So a code is dead where that status
    meets a dead attempt after a confirm. No field is called a time of payment; the attempt's last change, in
    the first reply that says SUCCEEDED, is it.

    Args:
        body: The intent.
        support_id: The reply's own handle, where it had one.
        confirmed: Whether a code was handed out.

    Raises:
        Malformed: Where ids or amounts break the documents.
    """
    word = body.get("status")
    status = _STATUSES.get(word) if isinstance(word, str) else None
    attempt = optional_record(body, "latest_payment_attempt")
    dead = word == "REQUIRES_PAYMENT_METHOD" and attempt.get("status") in _DEAD_ATTEMPTS
    changed = optional_text(attempt, "updated_at") or optional_text(body, "updated_at")
    paid_at = changed if status is ReportedStatus.SUCCEEDED else None
    return GatewayState(
        status=status or ReportedStatus.UNRECOGNISED,
        merchant_order_id=optional_identifier(body, "merchant_order_id"),
        gateway_id=optional_identifier(body, "id"),
        amount=optional_amount(body, "amount"),
        currency=shown(optional_text(body, "currency"), _MAX_WORD),
        paid_at=instant(paid_at),
        paid_at_raw=shown(paid_at, _MAX_WORD),
        raw_status=shown(word, _MAX_WORD),
        code_dead=confirmed and dead,
        refunded=optional_amount(attempt, "refunded_amount"),
        support_id=support_id,
    )


_REFUND_STATUSES: Final = {
    "RECEIVED": ReportedRefund.PROCESSING,
    "CREATED": ReportedRefund.PROCESSING,
    "PROCESSING": ReportedRefund.PROCESSING,
    # All of Airwallex's own plugins count the money as gone back from here on.
    "ACCEPTED": ReportedRefund.SUCCEEDED,
    "SETTLED": ReportedRefund.SUCCEEDED,
    "SUCCEEDED": ReportedRefund.SUCCEEDED,
    "FAILED": ReportedRefund.FAILED,
}
"""Two generations of words: which of them an account sees depends on its API version."""


def read_refund(body: JsonObject, support_id: str | None, ref: RefundRef) -> RefundAnswer:
    """Read a refund; our own id is in its metadata, or stands behind our request id where it has none.

    Raises:
        Malformed: Where ids or amounts break the documents.
    """
    word = body.get("status")
    status = _REFUND_STATUSES.get(word) if isinstance(word, str) else None
    named = optional_identifier(optional_record(body, "metadata"), REFUND_KEY)
    asked = optional_text(body, "request_id")
    if named is None and ref.request_id is not None and asked:
        # Another request's refund is not ours, and must not be taken for one that only says less.
        named = ref.merchant_refund_id if asked == ref.request_id else shown(asked, _MAX_WORD)
    return RefundAnswer(
        status=status or ReportedRefund.UNRECOGNISED,
        merchant_refund_id=named,
        gateway_refund_id=identifier(body, "id"),
        amount=optional_amount(body, "amount"),
        currency=shown(optional_text(body, "currency"), _MAX_WORD),
        raw_status=shown(word, _MAX_WORD),
        support_id=support_id,
    )


def is_same_refund(body: JsonObject, ref: RefundRef) -> bool:
    """Tell whether a listed refund is the one asked for, by our request id or our own key in its metadata."""
    if ref.request_id is not None and body.get("request_id") == ref.request_id:
        return True
    return optional_record(body, "metadata").get(REFUND_KEY) == ref.merchant_refund_id


def items(body: JsonObject) -> tuple[list[JsonObject], bool]:
    """Return a list reply's items and whether there are more.

    Raises:
        Malformed: `list` where it is no list of objects.
    """
    found, more = body.get("items"), body.get("has_more", False)
    if not isinstance(found, list) or not isinstance(more, bool):
        raise Malformed("list", "the reply is not a list")
    records = [item for item in found if isinstance(item, dict)]
    if len(records) != len(found):
        raise Malformed("list", "the reply lists something that is no object")
    return records, more
