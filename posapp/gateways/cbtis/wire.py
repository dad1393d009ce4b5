"""CBTIS's JSON: what goes out, and the reading of everything that comes back.

Shapes: docs.globalcbtis.com, the WeChat pages (QR code, official account, mini program) and the refunds page.
    No error
code is documented there; what each kind of answer is taken for is decided in `verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from posapp.domain.order import CodeKind, Flow
from posapp.gateways.base import Created, GatewayState, RefundAnswer, ReportedRefund, ReportedStatus
from posapp.gateways.cbtis.capabilities import CAPABILITIES
from posapp.gateways.cbtis.codes import Meaning, meaning, says_duplicate
from posapp.gateways.errors import Malformed, NotSent
from posapp.gateways.payment_code import displayable, handoff
from posapp.gateways.reading import (
    identifier,
    instant,
    optional_amount,
    optional_identifier,
    optional_record,
    optional_text,
    shown,
)

if TYPE_CHECKING:
    from posapp.domain.money import Money
    from posapp.domain.order import Attempt, PaymentCode
    from posapp.domain.refund import RefundRequest
    from posapp.gateways.base import AttemptRef, RefundRef
    from posapp.gateways.settings import GatewaySettings
    from posapp.gateways.strict_json import JsonObject

SUPPORT_KEY: Final = "rid"

_MAX_REASON: Final = 128
_MAX_STATUS: Final = 64
_MAX_TIME: Final = 64


@dataclass(frozen=True, slots=True)
class Envelope:
    """The frame of every business reply: `{code, data, message, rid}`.

    Attributes:
        code: 0 is success; no other value is documented.
        data: The result; empty where there was none.
        message: The gateway's words as one shown line.
        rid: Its support desk's handle.
    """

    code: int
    data: JsonObject
    message: str
    rid: str | None


class Verdict(Enum):
    """What an envelope amounts to."""

    DONE = auto()
    REFUSED = auto()
    NOT_FOUND = auto()
    UNKNOWN = auto()


def read_envelope(body: JsonObject) -> Envelope:
    """Read the frame.

    Raises:
        Malformed: `envelope` where `code` is no whole number, or `data` is neither an object nor absent.
    """
    code = body.get("code")
    if isinstance(code, bool) or not isinstance(code, int):
        raise Malformed("envelope", "the reply has no whole number as its code")
    data = body.get("data")
    if data is not None and not isinstance(data, dict):
        raise Malformed("envelope", "the reply's data is not an object")
    message = shown(optional_text(body, "message")) or "no reason given"
    return Envelope(code, data or {}, message, shown(optional_text(body, SUPPORT_KEY), _MAX_STATUS))


_REFUSING_STATUSES: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
)


def verdict(status: int, envelope: Envelope) -> Verdict:
    """Judge an answer that is no 401, 409, 429 or 5xx.

    CBTIS documents no error code, so beside the few that were seen (`codes`) the HTTP status has to say what
    kind of "no" it is. Its application answered (there is an envelope) and a 400, 403, 404 or 422 blames the
    request: a definite refusal; for a question, a 404 is "not found". A 200 with an unknown code may stand
    for anything, a fault after the order was made included: unknown; and so may words about a duplicate.

    Raises:
        Malformed: `envelope` where code and status contradict each other.
    """
    if envelope.code == 0:
        if status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return Verdict.DONE
        raise Malformed(
            "envelope",
            "the reply says success with a status that does not",
            http_status=status,
            support_id=envelope.rid,
        )
    known = meaning(envelope.code, envelope.message)
    if known is not None:
        return Verdict.NOT_FOUND if known is Meaning.NOT_FOUND else Verdict.REFUSED
    if status == HTTPStatus.NOT_FOUND:
        return Verdict.NOT_FOUND
    if says_duplicate(envelope.message):
        return Verdict.UNKNOWN
    return Verdict.REFUSED if status in _REFUSING_STATUSES else Verdict.UNKNOWN


def create_body(attempt: Attempt, settings: GatewaySettings) -> bytes:
    """Build the create request.

    Raises:
        NotSent: `flow_unsupported`, `payer_missing` or `amount_decimals`: it cannot be asked for at all.
    """
    wechat: dict[str, str] = {"flow": attempt.flow.value}
    if attempt.flow not in CAPABILITIES.flows:
        raise NotSent("flow_unsupported", f"CBTIS documents no {attempt.flow.value} flow")
    if attempt.flow is Flow.OFFICIAL_ACCOUNT:
        wechat |= _given(
            success_url=settings.success_url, failed_url=settings.failed_url, canceled_url=settings.canceled_url
        )
    if attempt.flow is Flow.MINI_PROGRAM:
        if attempt.payer is None or not attempt.payer.open_id or not attempt.payer.app_id:
            raise NotSent("payer_missing", "a mini-program payment needs the shopper's id and the program's id")
        # The page's prose says sub_open_id, its JSON sub_openid; the latter is WeChat's own name too.
        wechat |= {"sub_appid": attempt.payer.app_id, "sub_openid": attempt.payer.open_id}
    return msgspec.json.encode(
        {
            "amount": wire_amount(attempt.money),
            "currency": attempt.money.currency,
            "merchant_order_id": attempt.merchant_order_id,
            "payment_method": {"type": "wechat", "wechat": wechat},
            # A required field; the order's id where the till gives no words of its own.
            "description": attempt.description or attempt.merchant_order_id,
            **_given(notify_url=settings.notify_url),
        }
    )


def wire_amount(money: Money) -> str:
    """Write an amount in major units as CBTIS's examples do: whole amounts without a point, others in full.

    Raises:
        NotSent: `amount_decimals` where the currency takes fewer decimals here than the amount has.
    """
    decimals = CAPABILITIES.decimals.get(money.currency)
    if decimals is not None and not money.is_whole_at(decimals):
        raise NotSent("amount_decimals", f"CBTIS takes {money.currency} with {decimals} decimals only")
    return money.plain(0) if money.is_whole_at(0) else money.plain(decimals)


def query_body(ref: AttemptRef) -> bytes:
    """Build the query by both ids where both are known; either would do."""
    return msgspec.json.encode({**_given(order_id=ref.gateway_id), "merchant_order_id": ref.merchant_order_id})


def refund_body(refund: RefundRequest) -> bytes:
    """Build the refund request.

    Raises:
        NotSent: As `wire_amount`.
    """
    return msgspec.json.encode(
        {
            **_given(payment_order_id=refund.payment_gateway_id),
            "merchant_payment_order_id": refund.merchant_order_id,
            "merchant_refund_id": refund.merchant_refund_id,
            "amount": wire_amount(refund.money),
            **_given(reason=refund.reason[:_MAX_REASON] or None),
        }
    )


def refund_query_body(ref: RefundRef) -> bytes:
    """Build the refund query by both ids where both are known."""
    return msgspec.json.encode(
        {**_given(refund_id=ref.gateway_refund_id), "merchant_refund_id": ref.merchant_refund_id}
    )


def read_created(envelope: Envelope) -> Created:
    """Read a create's data; the ids and the amount are passed on as they are, another order's included.

    Raises:
        Malformed: Where its types break the documents.
    """
    data = envelope.data
    return Created(
        gateway_id=identifier(data, "order_id"),
        merchant_order_id=optional_identifier(data, "merchant_order_id"),
        amount=optional_amount(data, "amount"),
        currency=shown(optional_text(data, "currency"), _MAX_STATUS),
        code=read_code(optional_record(data, "next_action")),
        support_id=envelope.rid,
    )


def read_code(action: JsonObject) -> PaymentCode | None:
    """Find what to put before the shopper, by what `next_action` holds and not by its `type`.

    The official-account page writes of `next_action.url` and shows `next_action.data.url`: both are read.
    `call_sdk` stands for a redirect and for parameters of an SDK; of the latter only those for
    `wx.requestPayment` are of use.
    """
    qrcode = optional_text(action, "qrcode_url")
    if qrcode is not None:
        return displayable(CodeKind.SCAN, qrcode)
    data = optional_record(action, "data")
    url = optional_text(action, "url") or optional_text(data, "url")
    if url is not None:
        return displayable(CodeKind.LINK, url)
    return handoff(data)


_STATUSES: Final = {
    "PENDING": ReportedStatus.PENDING,
    "SUCCEEDED": ReportedStatus.SUCCEEDED,
    "CANCELLED": ReportedStatus.CANCELLED,
}


def read_state(envelope: Envelope) -> GatewayState:
    """Read a query's data. Only the three documented words, written exactly so, mean anything.

    Raises:
        Malformed: Where ids or amount break the documents, or there is no data at all.
    """
    data = envelope.data
    if not data:
        raise Malformed("field_wrong_type", "the reply has no data", support_id=envelope.rid)
    word = data.get("status")
    paid_at = optional_text(data, "pay_time")
    return GatewayState(
        status=_STATUSES.get(word, ReportedStatus.UNRECOGNISED)
        if isinstance(word, str)
        else ReportedStatus.UNRECOGNISED,
        merchant_order_id=optional_identifier(data, "merchant_order_id"),
        gateway_id=optional_identifier(data, "order_id"),
        amount=optional_amount(data, "amount"),
        currency=shown(optional_text(data, "currency"), _MAX_STATUS),
        paid_at=instant(paid_at),
        paid_at_raw=shown(paid_at, _MAX_TIME),
        raw_status=shown(word, _MAX_STATUS),
        support_id=envelope.rid,
    )


_REFUND_STATUSES: Final = {
    "SUCCEEDED": ReportedRefund.SUCCEEDED,
    # The table of refund statuses is not in the stored page. PENDING is the payment's word for "not final",
    # which is all that is taken from it; a word for failure is not known, so none is believed.
    "PENDING": ReportedRefund.PROCESSING,
}


def read_refund(envelope: Envelope) -> RefundAnswer:
    """Read a refund's create or query data; the documented create reply holds no amount and no id of CBTIS's own.

    Raises:
        Malformed: Where ids or amount break the documents.
    """
    data = envelope.data
    word = data.get("status")
    return RefundAnswer(
        status=_REFUND_STATUSES.get(word, ReportedRefund.UNRECOGNISED)
        if isinstance(word, str)
        else ReportedRefund.UNRECOGNISED,
        merchant_refund_id=optional_identifier(data, "merchant_refund_id"),
        gateway_refund_id=optional_identifier(data, "refund_id"),
        amount=optional_amount(data, "amount"),
        currency=shown(optional_text(data, "currency"), _MAX_STATUS),
        raw_status=shown(word, _MAX_STATUS),
        support_id=envelope.rid,
    )


def _given(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}
