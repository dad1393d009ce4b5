"""WeChat's side of a payment: the parameters its SDKs are called with, as random look-alikes.

Names and shapes are WeChat's own (wx.requestPayment of developers.weixin.qq.com, and the app SDK keys the
providers' pages print). The signatures are random text: nothing here is ever sent to WeChat.
"""

from __future__ import annotations

import base64
import secrets

from posapp.sandbox.exchange import JsonObject
from posapp.sandbox.orders import NANOSECONDS

_SUB_MERCHANT = "subMerchantId"


def _prepay_id() -> str:
    return f"wx{secrets.token_hex(15)}0000"


def _signature() -> str:
    return base64.b64encode(secrets.token_bytes(256)).decode()


def mini_program_data(at_ns: int, app_id: str | None = None) -> JsonObject:
    """Return what a mini program hands to wx.requestPayment; `timeStamp` is a text of seconds."""
    data: JsonObject = {} if app_id is None else {"appId": app_id}
    return data | {
        "timeStamp": str(at_ns // NANOSECONDS),
        "nonceStr": secrets.token_hex(16),
        "package": f"prepay_id={_prepay_id()}",
        "signType": "RSA",
        "paySign": _signature(),
    }


def mobile_app_data(at_ns: int, app_id: str) -> JsonObject:
    """Return what an app hands to WeChat's open SDK."""
    return {
        "appId": app_id,
        "partnerId": _SUB_MERCHANT,
        "prepayId": _prepay_id(),
        "package": "Sign=WXPay",
        "nonceStr": secrets.token_hex(16),
        "timeStamp": str(at_ns // NANOSECONDS),
        "sign": _signature(),
    }
