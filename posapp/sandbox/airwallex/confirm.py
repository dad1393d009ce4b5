"""Airwallex's confirm: which WeChat flow is wanted, and what the client does next.

Source: airwallex.com, the five WeChat Pay pages. The mini program's and H5's replies are cut in every
copy; their `next_action` follows the pages' prose.
"""

from __future__ import annotations

from dataclasses import dataclass

from posapp.sandbox import wechat
from posapp.sandbox.airwallex.errors import AirwallexError, invalid
from posapp.sandbox.exchange import JsonObject
from posapp.sandbox.orders import Attempt, Order
from posapp.sandbox.request_body import Fields
from posapp.sandbox.truth import Truth

_FLOWS = ("qrcode", "official_account", "mini_program", "mobile_app", "mobile_web")
_APP_ID = "wxce926ea78004260e"


@dataclass(frozen=True, slots=True)
class Method:
    """A checked WeChat payment method."""

    flow: str
    return_url: str | None


def read_method(fields: Fields, order: Order) -> Method:
    """Return the confirm's payment method, or refuse it with a validation_error."""
    method = fields.child("payment_method")
    if method.text("type") != "wechatpay":
        raise AirwallexError("payment_method_not_allowed", "Only wechatpay is enabled for this account")
    part = method.child("wechatpay")
    flow = part.text("flow")
    if flow not in _FLOWS:
        raise invalid(part.name("flow"), f"must be one of {', '.join(_FLOWS)}")
    open_id = part.optional_text("open_id", longest=128)
    if flow == "mini_program" and open_id is None:
        raise invalid(part.name("open_id"), "must be provided")
    return_url = fields.optional_url("return_url") or order.return_url
    if flow == "mobile_web" and return_url is None:
        raise invalid("return_url", "must be provided")
    return Method(flow, return_url)


def next_action_for(truth: Truth, order: Order, attempt: Attempt, method: Method) -> JsonObject:
    """Return `next_action`, and remember in the attempt what was handed out."""
    now = attempt.created_at
    if method.flow == "mini_program":
        return {"type": "call_sdk", "data": wechat.mini_program_data(now)}
    if method.flow == "mobile_app":
        return {"type": "call_sdk", "data": wechat.mobile_app_data(now, _APP_ID)}
    attempt.content = truth.wallet_url(attempt)
    if method.flow == "qrcode":
        # Both fields hold the content of the code, as documented; neither is the address of a picture.
        return {"type": "render_qrcode", "qrcode": attempt.content, "qrcode_url": attempt.content}
    attempt.success_url = attempt.cancel_url = method.return_url
    order.return_url = order.return_url or method.return_url
    return {"type": "redirect", "method": "GET", "url": attempt.content}
