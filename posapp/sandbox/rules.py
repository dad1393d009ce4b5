"""One fault rule: its fields, how it is read from JSON, and which requests it concerns.

Every rule has `on` (auth, create, confirm, query, list, cancel, refund, refund_query, any) and `fault`; it may
have `provider`, `merchant_order_id`, `times` (1; 0 until cleared) and `after` (skip the first n). The faults:

| fault | its own fields | what the client meets |
|---|---|---|
| latency | seconds, committed (true) | a reply held back after the work, or before it with committed false |
| drop_before | reset (false) | the connection closes, nothing was done |
| drop_after | reset (false) | the work is done, then the connection closes |
| status | status, retry_after, body, committed (false) | a bare HTTP status |
| malformed | variant | the work is done, the body is damaged; see `rule_fields.Variant` |
| stale | | the state before the order's last change |
| expired_token | | every token ends now; on auth, the new token is dead at birth |
| swap_amount | amount, currency | another amount or currency; one more in amount if neither is named |
| swap_order | other | another order's ids |
| unknown_status | word | any status word |
| not_found | | the order is not known, nothing is done |
| drip | seconds | one byte each so many seconds |
| business_error | code, message | a refusal with any code, nothing is done |
| patch | set, remove | dotted names in the reply get new values or go |

All latencies that concern a request add up; of the other faults the first one strikes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from posapp.sandbox.exchange import JsonObject, JsonValue, Operation
from posapp.sandbox.orders import Provider
from posapp.sandbox.rule_fields import READERS, BadRuleError


class Fault(StrEnum):
    """The kinds of mischief."""

    LATENCY = "latency"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    STATUS = "status"
    MALFORMED = "malformed"
    STALE = "stale"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the name of a fault
    SWAP_AMOUNT = "swap_amount"
    SWAP_ORDER = "swap_order"
    UNKNOWN_STATUS = "unknown_status"
    NOT_FOUND = "not_found"
    DRIP = "drip"
    BUSINESS_ERROR = "business_error"
    PATCH = "patch"


ANY = "any"
_OPERATIONS = (*(op.value for op in Operation if op is not Operation.SIMULATE), ANY)
_COMMON = ("on", "provider", "merchant_order_id", "fault", "times", "after")
_EXTRA: dict[Fault, tuple[str, ...]] = {
    Fault.LATENCY: ("seconds", "committed"),
    Fault.DROP_BEFORE: ("reset",),
    Fault.DROP_AFTER: ("reset",),
    Fault.STATUS: ("status", "retry_after", "body", "committed"),
    Fault.MALFORMED: ("variant",),
    Fault.SWAP_AMOUNT: ("amount", "currency"),
    Fault.SWAP_ORDER: ("other",),
    Fault.UNKNOWN_STATUS: ("word",),
    Fault.DRIP: ("seconds",),
    Fault.BUSINESS_ERROR: ("code", "message"),
    Fault.PATCH: ("set", "remove"),
}
_REQUIRED: dict[Fault, tuple[str, ...]] = {
    Fault.LATENCY: ("seconds",),
    Fault.STATUS: ("status",),
    Fault.MALFORMED: ("variant",),
    Fault.UNKNOWN_STATUS: ("word",),
    Fault.DRIP: ("seconds",),
    Fault.BUSINESS_ERROR: ("code",),
}


@dataclass(slots=True)
class Rule:
    """One installed fault. `times` 0 means until cleared; `skipped` and `struck` count what it did."""

    number: int
    on: str
    fault: Fault
    provider: Provider | None = None
    merchant_order_id: str | None = None
    times: int = 1
    after: int = 0
    options: JsonObject = field(default_factory=dict[str, JsonValue])
    skipped: int = 0
    struck: int = 0

    @property
    def spent(self) -> bool:
        """Tell whether it has struck as often as it was to."""
        return self.times > 0 and self.struck >= self.times

    def concerns(self, provider: Provider, operation: Operation, merchant_order_id: str | None) -> bool:
        """Tell whether a request is one of those this rule is about."""
        return (
            self.on in (ANY, operation)
            and operation is not Operation.SIMULATE
            and self.provider in (None, provider)
            and self.merchant_order_id in (None, merchant_order_id)
        )

    def describe(self) -> JsonObject:
        """Return the rule as JSON, with what it has done so far."""
        return {
            "id": self.number,
            "on": self.on,
            "provider": self.provider,
            "merchant_order_id": self.merchant_order_id,
            "fault": self.fault,
            **self.options,
            "times": self.times,
            "after": self.after,
            "struck": self.struck,
            "skipped": self.skipped,
        }


def read_rule(given: JsonValue, number: int) -> Rule:
    """Return the rule a JSON object describes.

    Raises:
        BadRuleError: A name is unknown, a value is missing or has the wrong type.
    """
    if not isinstance(given, dict):
        raise BadRuleError("faults", "each rule must be a JSON object")
    kind = _word(given, "fault", tuple(f.value for f in Fault))
    if kind is None:
        raise BadRuleError("fault", "must be given")
    fault = Fault(kind)
    allowed = _COMMON + _EXTRA.get(fault, ())
    for key in given:
        if key not in allowed:
            raise BadRuleError(key, f"is not a field of a {fault} rule; known are {', '.join(allowed)}")
    on = _word(given, "on", _OPERATIONS)
    if on is None:
        raise BadRuleError("on", "must be given")
    provider = _word(given, "provider", tuple(p.value for p in Provider))
    merchant_order_id = given.get("merchant_order_id")
    if merchant_order_id is not None and not isinstance(merchant_order_id, str):
        raise BadRuleError("merchant_order_id", "must be a string")
    return Rule(
        number=number,
        on=on,
        fault=fault,
        provider=None if provider is None else Provider(provider),
        merchant_order_id=merchant_order_id,
        times=_count(given, "times", 1),
        after=_count(given, "after", 0),
        options=_options(given, fault),
    )


def _word(given: JsonObject, key: str, known: tuple[str, ...]) -> str | None:
    value = given.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or value not in known:
        raise BadRuleError(key, f"must be one of {', '.join(known)}")
    return value


def _count(given: JsonObject, key: str, default: int) -> int:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRuleError(key, "must be a whole number, 0 or more")
    return value


def _options(given: JsonObject, fault: Fault) -> JsonObject:
    for key in _REQUIRED.get(fault, ()):
        if given.get(key) is None:
            raise BadRuleError(key, f"must be given for a {fault} rule")
    options: JsonObject = {}
    for key in _EXTRA.get(fault, ()):
        value = given.get(key)
        if value is not None:
            options[key] = READERS[key](key, value)
    if fault is Fault.PATCH and not options:
        raise BadRuleError("set", "or remove must be given for a patch rule")
    return options
