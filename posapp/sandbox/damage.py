"""What can be done to a good reply: damaged bytes, swapped amounts and ids, strange words.

Pure functions; the reply given is never changed.
"""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from posapp.sandbox.exchange import JsonObject, JsonValue, Reply, encode
from posapp.sandbox.rule_fields import Variant

_DEPTH = 100_000
_HUGE = 2_000_000
_BOMB_CHUNK = b" " * 1_048_576
_BOMB_CHUNKS = 32
_GZIP = 16 + zlib.MAX_WBITS
_HTML = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Guest network</h1></body></html>"
_WRONG: dict[str, JsonValue] = {
    "access_token": 12345,
    "expires_in": "soon",
    "token": 12345,
    "expires_at": 0,
    "status": 1,
    "order_id": 12345,
    "id": 12345,
    "merchant_order_id": ["P1"],
    "currency": 344,
    "next_action": "scan",
    "items": {},
    "create_time": 0,
    "created_at": 0,
}


def _object(reply: Reply) -> JsonObject:
    return copy.deepcopy(reply.payload) if isinstance(reply.payload, dict) else {}


def _targets(payload: JsonObject) -> list[JsonObject]:
    """Return the objects of a reply that describe an order or refund."""
    data = payload.get("data")
    if isinstance(data, dict):
        return [data]
    items = payload.get("items")
    if isinstance(items, list):
        return [item for item in items if isinstance(item, dict)]
    return [payload]


def _everywhere(value: JsonValue, change: Callable[[JsonObject], None]) -> None:
    """Apply a change to every object in a payload."""
    if isinstance(value, dict):
        change(value)
        for inner in list(value.values()):
            _everywhere(inner, change)
    elif isinstance(value, list):
        for inner in value:
            _everywhere(inner, change)


def _with(reply: Reply, payload: JsonValue) -> Reply:
    return Reply(reply.status, payload, dict(reply.headers))


def _bytes(reply: Reply, raw: bytes, content_type: str = "application/json", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(reply.status, None, {**reply.headers, **named}, raw, content_type)


def _extended(payload: JsonObject, name: str, value: bytes) -> bytes:
    """Return the payload's bytes with one more member of raw JSON."""
    start = encode(payload)[:-1]
    return start + (b"," if payload else b"") + encode(name) + b":" + value + b"}"


def _not_a_number(payload: JsonObject) -> bytes:
    def change(found: JsonObject) -> None:
        for key in ("amount", "expires_in"):
            if key in found:
                found[key] = float("nan")

    _everywhere(payload, change)
    payload.setdefault("nan", float("nan"))
    return json.dumps(payload, ensure_ascii=False).encode()


def _twice(payload: JsonObject) -> bytes:
    first = next(iter(payload), "code")
    return b"{" + encode(first) + b":null," + encode(payload or {first: None})[1:]


def _bomb(payload: JsonObject) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    parts = [packer.compress(b'{"padding":"'), *(packer.compress(_BOMB_CHUNK) for _ in range(_BOMB_CHUNKS))]
    parts += [packer.compress(b'",' + (encode(payload)[1:] if payload else b'"code":0}')), packer.flush()]
    return b"".join(parts)


def _wrong_types(payload: JsonObject) -> bytes:
    def change(found: JsonObject) -> None:
        for key, wrong in _WRONG.items():
            if key in found:
                found[key] = wrong
        if "amount" in found:
            found["amount"] = [found["amount"]]
        if isinstance(found.get("code"), int):
            found["code"] = str(found["code"])

    _everywhere(payload, change)
    return encode(payload)


def _without_data(payload: JsonObject) -> bytes:
    return encode({k: v for k, v in payload.items() if k != "data"} if "data" in payload else {})


_BODIES: dict[Variant, Callable[[JsonObject], bytes]] = {
    Variant.TRUNCATED: lambda payload: encode(payload)[: max(1, len(encode(payload)) // 2)],
    Variant.NOT_JSON: lambda _: b"upstream connect error or disconnect/reset before headers",
    Variant.NAN: _not_a_number,
    Variant.DUPLICATE_KEYS: _twice,
    Variant.DEEP: lambda payload: _extended(payload, "deep", b"[" * _DEPTH + b"]" * _DEPTH),
    Variant.HUGE: lambda payload: _extended(payload, "padding", b'"' + b"x" * _HUGE + b'"'),
    Variant.EMPTY: lambda _: b"",
    Variant.BOM: lambda payload: b"\xef\xbb\xbf" + encode(payload),
    Variant.WRONG_TYPE: _wrong_types,
    Variant.MISSING_DATA: _without_data,
}


def damaged(reply: Reply, variant: Variant) -> Reply:
    """Return the reply with its body damaged; CUT is the line's business and leaves it as it is."""
    if variant is Variant.CUT:
        return reply
    if variant is Variant.HTML:
        return Reply(200, None, {}, _HTML, "text/html; charset=utf-8")
    payload = _object(reply)
    if variant is Variant.GZIP:
        return _bytes(reply, _bomb(payload), content_encoding="gzip")
    return _bytes(reply, _BODIES[variant](payload))


def _as_before(amount: Decimal, before: JsonValue) -> JsonValue:
    """Return an amount in the JSON type the reply had."""
    if isinstance(before, str):
        return format(amount, "f")
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def swap_amount(reply: Reply, amount: JsonValue, currency: JsonValue) -> Reply:
    """Return the reply with another amount or currency; one more in amount if neither is named."""
    payload = _object(reply)

    def change(found: JsonObject) -> None:
        for key in ("amount", "captured_amount"):
            before = found.get(key)
            if isinstance(before, bool) or not isinstance(before, str | int | float) or not before:
                continue
            if amount is not None or currency is None:
                found[key] = _other_amount(amount, before)
        if currency is not None and "currency" in found:
            found["currency"] = currency

    _everywhere(payload, change)
    return _with(reply, payload)


def _other_amount(wanted: JsonValue, before: str | float) -> JsonValue:
    try:
        return _as_before(Decimal(str(before)) + 1 if wanted is None else Decimal(str(wanted)), before)
    except InvalidOperation:
        return wanted


def swap_ids(reply: Reply, order_id: str, merchant_order_id: str) -> Reply:
    """Return the reply with another order's ids."""
    payload = _object(reply)
    ours = {"order_id": order_id, "payment_order_id": order_id, "payment_intent_id": order_id}
    theirs = {"merchant_order_id": merchant_order_id, "merchant_payment_order_id": merchant_order_id}

    def change(found: JsonObject) -> None:
        for key, value in (ours | theirs).items():
            if key in found:
                found[key] = value
        if isinstance(found.get("id"), str) and str(found["id"]).startswith("int_"):
            found["id"] = order_id

    _everywhere(payload, change)
    return _with(reply, payload)


def with_status_word(reply: Reply, word: str) -> Reply:
    """Return the reply with any status word at all."""
    payload = _object(reply)
    for target in _targets(payload):
        if "status" in target:
            target["status"] = word
    return _with(reply, payload)


def patched(reply: Reply, new: JsonObject, gone: list[str]) -> Reply:
    """Return the reply with dotted names set to new values or taken out; unknown parents are made."""
    payload = _object(reply)
    for name, value in new.items():
        *parents, last = name.split(".")
        place = payload
        for parent in parents:
            inner = place.get(parent)
            if not isinstance(inner, dict):
                inner = {}
                place[parent] = inner
            place = inner
        place[last] = value
    for name in gone:
        *parents, last = name.split(".")
        found: JsonValue = payload
        for parent in parents:
            found = found.get(parent) if isinstance(found, dict) else None
        if isinstance(found, dict):
            found.pop(last, None)
    return _with(reply, payload)
