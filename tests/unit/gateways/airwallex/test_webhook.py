"""Airwallex's events: signature, age, reading."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from posapp.gateways.airwallex.webhook import MAX_AGE_MS, AirwallexEvent, is_genuine, read_event, signature
from posapp.gateways.errors import Malformed
from tests.unit.gateways.samples import golden_bytes

SECRET = "whsec_1"
NOW = 1_760_000_000_000
BODY = golden_bytes("airwallex/event.json")


def headers(at: str = str(NOW), body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    # The formula once more, by hand: HMAC-SHA256 of the timestamp's text and the raw body.
    digest = hmac.new(secret.encode(), at.encode() + body, hashlib.sha256).hexdigest()
    return {"X-Timestamp": at, "X-Signature": digest}


def test_a_known_answer() -> None:
    assert signature("1760000000000", b'{"id":"evt_1"}', "whsec_1") == (
        "cec6234ad77bf41f73cac0c7c4c8ec37aa4808b532e581855f2703a988c35ea8"
    )


def test_a_fresh_event_signed_with_the_secret_is_genuine() -> None:
    assert is_genuine(BODY, headers(), SECRET, NOW)
    assert is_genuine(BODY, headers(), SECRET, NOW + MAX_AGE_MS - 1)
    assert is_genuine(BODY, headers(), SECRET, NOW - MAX_AGE_MS + 1)


@pytest.mark.parametrize(
    "given, now",
    [
        (headers(), NOW + MAX_AGE_MS),
        (headers(), NOW - MAX_AGE_MS),
        (headers(secret="other"), NOW),
        (headers(body=BODY + b" "), NOW),
        (headers() | {"X-Timestamp": str(NOW + 1)}, NOW),
        (headers() | {"X-Signature": ""}, NOW),
        (headers() | {"X-Signature": "é" * 64}, NOW),
        ({"X-Signature": headers()["X-Signature"]}, NOW),
        (headers(at="9" * 5000), NOW),
        (headers(at="soon"), NOW),
        (headers(at="-1"), NOW),
        ({}, NOW),
    ],
)
def test_anything_else_is_not(given: dict[str, str], now: int) -> None:
    assert not is_genuine(BODY, given, SECRET, now)


def test_nothing_is_genuine_without_a_secret() -> None:
    assert not is_genuine(BODY, headers(secret=""), "", NOW)


def test_reads_the_documented_event() -> None:
    assert read_event(BODY) == AirwallexEvent(
        event_id="evt_100_2019102201549020043_8321220011893766",
        name="payment_intent.created",
        object_id="int_gECH4yeBzr50vOYFtzNyIsSW9e8",
        intent_id="int_gECH4yeBzr50vOYFtzNyIsSW9e8",
        merchant_order_id="d45fe031-ac74-4347-b2db-00cb3528adca",
    )


def test_a_refunds_event_names_its_intent() -> None:
    found = read_event(
        b'{"id":"e","name":"refund.accepted","data":{"object":{"id":"rfd_1","payment_intent_id":"int_1"}}}'
    )
    assert (found.object_id, found.intent_id) == ("rfd_1", "int_1")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id":"e"}', b'{"name":"x"}', b'{"id":5,"name":"x"}'])
def test_refuses_what_is_no_event(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_event(body)
