"""Airwallex's events: is one genuine and fresh, and what does it hint at. Used by a relay; a till asks for itself.

Source: airwallex.com/docs, webhooks overview: `x-signature` is the HMAC-SHA256 of `x-timestamp` and the raw
    body. That
the timestamp is in milliseconds, and that more than five minutes are refused, is what Airwallex's own
cartridge does.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import Malformed
from posapp.gateways.reading import identifier, optional_identifier, optional_record, optional_text, shown
from posapp.gateways.strict_json import BadJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_AGE_MS: Final = 300_000
_MAX_NAME: Final = 64
_MAX_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class AirwallexEvent:
    """What a genuine event names.

    Attributes:
        event_id: Stable over repeats of the delivery: drop what was seen before.
        name: Like `payment_intent.succeeded`; untrusted text.
        object_id: Id of the intent, attempt or refund it is about.
        intent_id: Id of the intent, where the event is about something of it.
        merchant_order_id: Ours, where it is there.
    """

    event_id: str
    name: str
    object_id: str | None = None
    intent_id: str | None = None
    merchant_order_id: str | None = None


def signature(timestamp: str, raw_body: bytes, secret: str) -> str:
    """Return the signature as lower-case hexadecimal digits."""
    return hmac.new(secret.encode(), timestamp.encode() + raw_body, hashlib.sha256).hexdigest()


def is_genuine(raw_body: bytes, headers: Mapping[str, str], secret: str, now_ms: int) -> bool:
    """Tell whether an event was signed with the secret less than five minutes ago.

    Args:
        raw_body: The bytes exactly as they came; parse them only afterwards.
        headers: The request's headers, in any case.
        secret: The subscription's own secret.
        now_ms: Milliseconds since 1970 on a correct clock.
    """
    given = {name.lower(): value.strip() for name, value in headers.items()}
    timestamp, received = given.get("x-timestamp", ""), given.get("x-signature", "")
    if not secret or not received.isascii() or not timestamp.isascii() or not timestamp.isdigit():
        return False
    if not hmac.compare_digest(signature(timestamp, raw_body, secret), received.lower()):
        return False
    return len(timestamp) <= _MAX_DIGITS and abs(now_ms - int(timestamp)) < MAX_AGE_MS


def read_event(raw_body: bytes) -> AirwallexEvent:
    """Read an event that was found genuine.

    Raises:
        Malformed: Where it is no event.
    """
    try:
        body = parse_object(raw_body)
    except BadJson as exc:
        raise Malformed(exc.code, str(exc)) from exc
    name = shown(optional_text(body, "name"), _MAX_NAME)
    if name is None:
        raise Malformed("event", "the event does not say what it is about")
    about = optional_record(optional_record(body, "data"), "object")
    object_id = optional_identifier(about, "id")
    is_intent = name.startswith("payment_intent.")
    return AirwallexEvent(
        event_id=identifier(body, "id"),
        name=name,
        object_id=object_id,
        intent_id=object_id if is_intent else optional_identifier(about, "payment_intent_id"),
        merchant_order_id=optional_identifier(about, "merchant_order_id"),
    )
