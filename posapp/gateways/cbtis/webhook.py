"""CBTIS's notices: is one genuine, and what does it hint at. Used by a relay; a till asks for itself.

Source: docs.globalcbtis.com, webhook verification page. The signature is a plain SHA-256 over the raw body, a
    point and
the key; it covers no time, so a notice can be replayed for ever. A payment's notice holds neither amount nor
status: it is a reason to query, never a fact to book.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import Malformed
from posapp.gateways.reading import optional_identifier, optional_record, optional_text, shown
from posapp.gateways.strict_json import BadJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping


_MAX_TYPE: Final = 64


@dataclass(frozen=True, slots=True)
class CbtisNotice:
    """What a genuine notice names.

    Attributes:
        notify_type: `payment_success` and `refund_success` are known; untrusted text.
        order_id: CBTIS's id of the payment.
        merchant_order_id: Ours.
        refund_id: CBTIS's id of the refund.
        merchant_refund_id: Ours.
    """

    notify_type: str
    order_id: str | None = None
    merchant_order_id: str | None = None
    refund_id: str | None = None
    merchant_refund_id: str | None = None


def signature(raw_body: bytes, apikey: str) -> str:
    """Return the signature as lower-case hexadecimal digits.

    Args:
        raw_body: The bytes exactly as they came.
        apikey: The key of the webhook; whether it is the client secret is not documented.
    """
    return hashlib.sha256(raw_body + b"." + apikey.encode()).hexdigest()


def is_genuine(raw_body: bytes, headers: Mapping[str, str], apikey: str, header_name: str) -> bool:
    """Tell whether a notice was signed with the key, in constant time.

    Args:
        raw_body: The bytes exactly as they came; parse them only afterwards.
        headers: The request's headers, in any case.
        apikey: The key of the webhook.
        header_name: The header that carries the signature; its name is missing from the stored documents.
    """
    received = next((value for name, value in headers.items() if name.lower() == header_name.lower()), "")
    if not apikey or not received.isascii():
        return False
    return hmac.compare_digest(signature(raw_body, apikey), received.strip().lower())


def read_notice(raw_body: bytes) -> CbtisNotice:
    """Read a notice that was found genuine.

    Raises:
        Malformed: Where it is no notice.
    """
    try:
        body = parse_object(raw_body)
    except BadJson as exc:
        raise Malformed(exc.code, str(exc)) from exc
    kind = shown(optional_text(body, "notify_type"), _MAX_TYPE)
    if kind is None:
        raise Malformed("notice", "the notice does not say what it is about")
    data = optional_record(body, "data")
    return CbtisNotice(
        notify_type=kind,
        order_id=optional_identifier(data, "order_id"),
        merchant_order_id=optional_identifier(data, "merchant_order_id"),
        refund_id=optional_identifier(data, "refund_id"),
        merchant_refund_id=optional_identifier(data, "merchant_refund_id"),
    )
