"""Which of a gateway's codes may be put before a shopper: text from outside, so only documented kinds pass."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from posapp.domain.order import CodeKind, PaymentCode
from posapp.gateways.settings import is_loopback

if TYPE_CHECKING:
    from posapp.gateways.strict_json import JsonObject

MAX_CONTENT: Final = 2048
MAX_HANDOFF: Final = 4096
_SCHEMES: Final = frozenset({"https", "weixin", "wxp"})


def displayable(kind: CodeKind, content: str) -> PaymentCode | None:
    """Return a code to draw or a page to open, or None where it must not be shown.

    Allowed are `https:`, WeChat's own `weixin:` and `wxp:`, and `http:` to this computer itself (the
    sandbox), in at most 2,048 printable ASCII characters. The content is passed on exactly as it was given.

    Args:
        kind: `SCAN` or `LINK`.
        content: As the gateway gave it.
    """
    if not 0 < len(content) <= MAX_CONTENT or not all("!" <= character <= "~" for character in content):
        return None
    try:
        parts = urlsplit(content)
        host = parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme
    if scheme in _SCHEMES and content[len(scheme) :].startswith("://") and host:
        return PaymentCode(kind, content)
    if scheme == "http" and host and is_loopback(host):
        return PaymentCode(kind, content)
    return None


def handoff(data: JsonObject) -> PaymentCode | None:
    """Return the parameters for `wx.requestPayment` as JSON text, or None where the object is no such thing.

    What makes it one: `package`, `nonceStr`, `timeStamp` and `paySign`, all texts
    (developers.weixin.qq.com, wx.requestPayment). Other texts beside them are kept; anything that is no text
    is not.
    """
    needed = ("timeStamp", "nonceStr", "package", "paySign")
    if not all(isinstance(data.get(key), str) and data[key] for key in needed):
        return None
    content = json.dumps({key: value for key, value in data.items() if isinstance(value, str)}, separators=(",", ":"))
    return PaymentCode(CodeKind.HANDOFF, content) if len(content) <= MAX_HANDOFF else None
