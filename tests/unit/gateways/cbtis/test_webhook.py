"""CBTIS's notices: the documents' own signature, reading."""

from __future__ import annotations

import pytest

from posapp.gateways.cbtis.webhook import CbtisNotice, is_genuine, read_notice, signature
from posapp.gateways.errors import Malformed
from tests.unit.gateways.samples import golden_bytes

KEY = "6d0e8fa7b10c40c3a48c0c2be41cb178"
DIGEST = "3ce5a54d8a76590179f0f4192a6c0efddf20e118966b6276b1bfbbc0b33f362a"
BODY = golden_bytes("cbtis/notice_refund.json")


def test_the_documents_own_example() -> None:
    assert signature(BODY, KEY) == DIGEST
    assert is_genuine(BODY, {"X-Signature": DIGEST}, KEY, "x-signature")
    assert is_genuine(BODY, {"x-sig": f" {DIGEST.upper()} "}, KEY, "X-Sig")


@pytest.mark.parametrize(
    "body, headers, key",
    [
        (BODY + b"\n", {"sig": DIGEST}, KEY),
        (BODY.replace(b"105.00", b"105.0"), {"sig": DIGEST}, KEY),
        (BODY, {"sig": DIGEST[:-1] + "b"}, KEY),
        (BODY, {"sig": ""}, KEY),
        (BODY, {"other": DIGEST}, KEY),
        (BODY, {"sig": "é" * 64}, KEY),
        (BODY, {"sig": DIGEST}, KEY[:-1]),
        (BODY, {"sig": signature(BODY, "")}, ""),
    ],
)
def test_anything_else_is_not_genuine(body: bytes, headers: dict[str, str], key: str) -> None:
    assert not is_genuine(body, headers, key, "sig")


def test_reads_the_documented_notices() -> None:
    assert read_notice(BODY) == CbtisNotice(
        "refund_success", refund_id="C34368224017070000", merchant_refund_id="P2164521756312637123"
    )
    assert read_notice(golden_bytes("cbtis/notice_payment.json")) == CbtisNotice(
        "payment_success", order_id="C991289984923795789123", merchant_order_id="P9297895081903"
    )


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"notify_type":5}', b'{"notify_type":"x","data":{"order_id":5}}']
)
def test_refuses_what_is_no_notice(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_notice(body)
