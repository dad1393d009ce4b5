"""Airwallex's JSON, from its documents' own bodies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer, PaymentCode
from posapp.gateways.airwallex import wire
from posapp.gateways.airwallex.capabilities import CAPABILITIES
from posapp.gateways.base import Created, GatewayState, RefundRef, ReportedRefund, ReportedStatus
from posapp.gateways.errors import Malformed, NotSent
from posapp.gateways.strict_json import JsonObject, parse_object
from tests.unit.gateways.samples import attempt, golden, refund

INTENT = "int_gECH4yeBzr50vOYFtzNyIsSW9e8"
ORDER = "d45fe031-ac74-4347-b2db-00cb3528adca"
REFUND = RefundRef("R1", request_id="5a1c")


def strict(body: object) -> JsonObject:
    return parse_object(json.dumps(body).encode())


def sample(**fields: object) -> JsonObject:
    return strict(golden("airwallex/create.json", **fields))


# --- what goes out


def test_an_intent_is_asked_for_as_documented() -> None:
    body = json.loads(
        wire.create_body(attempt("airwallex", currency="CNY", amount="9.99"), "https://www.airwallex.com")
    )
    assert body == {
        "request_id": "0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c01",
        "amount": 9.99,
        "currency": "CNY",
        "merchant_order_id": "P9297895081903",
        "descriptor": "Tea",
        "return_url": "https://www.airwallex.com",
    }


@pytest.mark.parametrize(
    "amount, currency, written",
    [
        ("128.50", "HKD", b'"amount":128.50'),
        ("0.1", "USD", b'"amount":0.10'),
        ("9007199254.74", "USD", None),
        ("999999999.99", "HKD", b'"amount":999999999.99'),
        ("50", "TWD", b'"amount":50,'),
        ("5000", "JPY", b'"amount":5000,'),
        ("100", "HUF", b'"amount":100,'),
        ("1.234", "KWD", b'"amount":1.234'),
    ],
)
def test_an_amount_is_a_number_written_digit_by_digit(amount: str, currency: str, written: bytes | None) -> None:
    if written is None:
        with pytest.raises(ValueError, match="more than a till takes"):
            attempt("airwallex", amount=amount, currency=currency)
        return
    assert written in wire.create_body(attempt("airwallex", amount=amount, currency=currency), None)


@pytest.mark.parametrize("currency", ["TWD", "HUF", "IDR", "MGA"])
def test_a_fraction_of_a_currency_that_takes_none_is_not_sent(currency: str) -> None:
    assert CAPABILITIES.decimals[currency] == 0
    with pytest.raises(NotSent) as caught:
        wire.wire_amount(Money.parse("1.50", currency))
    assert caught.value.code == "amount_decimals"


def test_the_confirm_starts_the_flow() -> None:
    for flow in (Flow.QRCODE, Flow.OFFICIAL_ACCOUNT, Flow.MOBILE_WEB):
        body = json.loads(wire.confirm_body(attempt("airwallex", flow), None))
        assert body == {
            "request_id": "0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c02",
            "payment_method": {"type": "wechatpay", "wechatpay": {"flow": flow.value}},
        }


def test_a_mini_program_carries_the_payer() -> None:
    body = json.loads(wire.confirm_body(attempt("airwallex", Flow.MINI_PROGRAM, payer=Payer("o1")), "https://r"))
    assert body["payment_method"]["wechatpay"] == {"flow": "mini_program", "open_id": "o1"}
    assert body["return_url"] == "https://r"


@pytest.mark.parametrize(
    "flow, payer, return_url, code",
    [
        (Flow.MINI_PROGRAM, None, None, "payer_missing"),
        (Flow.MINI_PROGRAM, Payer(""), None, "payer_missing"),
        (Flow.MOBILE_WEB, None, None, "return_url_missing"),
    ],
)
def test_what_cannot_be_asked_for_is_said_before_the_intent_exists(
    flow: Flow, payer: Payer | None, return_url: str | None, code: str
) -> None:
    with pytest.raises(NotSent) as caught:
        wire.create_body(attempt("airwallex", flow, payer=payer), return_url)
    assert caught.value.code == code


def test_a_long_description_is_cut() -> None:
    from dataclasses import replace

    body = json.loads(wire.create_body(replace(attempt("airwallex"), description="x" * 50), None))
    assert body["descriptor"] == "x" * 32
    body = json.loads(wire.create_body(replace(attempt("airwallex"), description=""), None))
    assert "descriptor" not in body


def test_a_refund_is_asked_for_with_our_key() -> None:
    body = json.loads(wire.refund_body(refund("0.10", "CNY", reason="r" * 200), INTENT))
    assert body == {
        "request_id": "0b6f4b7e-3c3c-4f5e-9a2b-0a4f3a1b0c04",
        "payment_intent_id": INTENT,
        "amount": 0.1,
        "metadata": {"merchant_refund_id": "R9297895081903"},
        "reason": "r" * 128,
    }


# --- what comes back


def created(action_file: str | None, **fields: object) -> Created:
    confirmed = sample(status="REQUIRES_CUSTOMER_ACTION", **fields)
    if action_file:
        confirmed |= strict(golden(f"airwallex/{action_file}.json"))
    return wire.read_created(sample(), confirmed, None)


@pytest.mark.parametrize(
    "action_file, code",
    [
        ("next_action_qrcode", PaymentCode(CodeKind.SCAN, "weixin://wxpay/s/An4baqw")),
        (
            "next_action_official_account",
            PaymentCode(
                CodeKind.LINK,
                "https://api.airwallex.com/pa/redirect/hk/hkpdxjqhmgsyvijy6hz_bwvqvc?checksum=1c11d21315c1",
            ),
        ),
        ("next_action_mobile_app", None),
        (None, None),
    ],
)
def test_reads_the_documented_replies(action_file: str | None, code: PaymentCode | None) -> None:
    found = created(action_file)
    assert found == Created(INTENT, ORDER, Decimal("100.0"), "CNY", code)


@pytest.mark.parametrize(
    "action, code",
    [
        ({"type": "render_qr_code", "qrcode": "weixin://a/b"}, PaymentCode(CodeKind.SCAN, "weixin://a/b")),
        ({"type": "render_qrcode", "qrcode_url": "weixin://a/b"}, PaymentCode(CodeKind.SCAN, "weixin://a/b")),
        ({"qrcode": "weixin://a/b", "url": "https://x/y"}, PaymentCode(CodeKind.SCAN, "weixin://a/b")),
        ({"url": "https://x/y"}, PaymentCode(CodeKind.LINK, "https://x/y")),
        ({"qrcode": "javascript:x", "url": "https://x/y"}, None),
        ({"qrcode": None, "url": "https://x/y"}, PaymentCode(CodeKind.LINK, "https://x/y")),
        ({"type": "call_sdk", "data": []}, None),
        ([], None),
        (None, None),
        ("scan", None),
    ],
)
def test_dispatches_on_what_next_action_holds(action: object, code: PaymentCode | None) -> None:
    assert created(None, next_action=action).code == code


def test_parameters_for_a_mini_program_are_handed_over() -> None:
    data = {
        "appId": "wx",
        "timeStamp": "1",
        "nonceStr": "n",
        "package": "prepay_id=w",
        "signType": "RSA",
        "paySign": "s",
    }
    found = created(None, next_action={"type": "call_sdk", "data": data})
    assert found.code is not None
    assert json.loads(found.code.content) == data


def test_a_confirm_that_answers_for_another_intent_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        wire.read_created(sample(), sample(id="int_other"), None)
    assert caught.value.code == "wrong_intent"


def test_another_orders_id_and_amount_are_passed_on_as_they_are() -> None:
    found = created("next_action_qrcode", merchant_order_id="P2", amount=5, currency="USD")
    assert (found.merchant_order_id, found.amount, found.currency) == ("P2", Decimal(5), "USD")


@pytest.mark.parametrize("value", [None, 5, "", "../login", "a b"])
def test_an_intent_without_a_usable_id_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        wire.intent_id(sample(id=value))


def state(*, confirmed: bool = True, **fields: object) -> GatewayState:
    return wire.read_state(sample(**fields), None, confirmed=confirmed)


@pytest.mark.parametrize(
    "word, expected",
    [
        ("REQUIRES_PAYMENT_METHOD", ReportedStatus.PENDING),
        ("REQUIRES_CUSTOMER_ACTION", ReportedStatus.PENDING),
        ("REQUIRES_CAPTURE", ReportedStatus.PENDING),
        ("PENDING", ReportedStatus.PENDING),
        ("PENDING_REVIEW", ReportedStatus.PENDING),
        ("SUCCEEDED", ReportedStatus.SUCCEEDED),
        ("CANCELLED", ReportedStatus.CANCELLED),
        ("CANCELED", ReportedStatus.UNRECOGNISED),
        ("EXPIRED", ReportedStatus.UNRECOGNISED),
        ("CAPTURE_REQUESTED", ReportedStatus.UNRECOGNISED),
        ("DONE", ReportedStatus.UNRECOGNISED),
        ("succeeded", ReportedStatus.UNRECOGNISED),
        ("SUCCEEDED ", ReportedStatus.UNRECOGNISED),
        ("", ReportedStatus.UNRECOGNISED),
        (None, ReportedStatus.UNRECOGNISED),
        (1, ReportedStatus.UNRECOGNISED),
        (True, ReportedStatus.UNRECOGNISED),
        (["SUCCEEDED"], ReportedStatus.UNRECOGNISED),
    ],
)
def test_only_the_seven_documented_words_mean_anything(word: object, expected: ReportedStatus) -> None:
    assert state(status=word).status is expected


@pytest.mark.parametrize(
    "word, attempt_word, confirmed, dead",
    [
        ("REQUIRES_PAYMENT_METHOD", "EXPIRED", True, True),
        ("REQUIRES_PAYMENT_METHOD", "FAILED", True, True),
        ("REQUIRES_PAYMENT_METHOD", "CANCELLED", True, True),
        ("REQUIRES_PAYMENT_METHOD", "EXPIRED", False, False),
        ("REQUIRES_PAYMENT_METHOD", "RECEIVED", True, False),
        ("REQUIRES_PAYMENT_METHOD", None, True, False),
        ("REQUIRES_CUSTOMER_ACTION", "EXPIRED", True, False),
        ("SUCCEEDED", "FAILED", True, False),
    ],
)
def test_a_dead_code_is_told_from_a_new_payment(
    word: str, attempt_word: str | None, confirmed: bool, dead: bool
) -> None:
    found = state(status=word, latest_payment_attempt={"status": attempt_word}, confirmed=confirmed)
    assert found.code_dead is dead


def test_a_paid_intent_has_the_time_of_its_attempt() -> None:
    latest = {"status": "SETTLED", "updated_at": "2020-06-21T05:30:00+0000", "refunded_amount": 0.5}
    found = state(status="SUCCEEDED", latest_payment_attempt=latest)
    assert found.paid_at == datetime(2020, 6, 21, 5, 30, tzinfo=UTC)
    assert found.paid_at_raw == "2020-06-21T05:30:00+0000"
    assert found.refunded == Decimal("0.5")
    assert state(status="SUCCEEDED").paid_at == datetime(2020, 6, 21, 5, 23, 25, tzinfo=UTC)
    assert state(status="PENDING", latest_payment_attempt=latest).paid_at is None


@pytest.mark.parametrize("latest", [None, [], "x", {"status": []}, {"updated_at": 5}])
def test_a_strange_attempt_does_not_stand_in_the_way(latest: object) -> None:
    assert state(status="SUCCEEDED", latest_payment_attempt=latest).status is ReportedStatus.SUCCEEDED


@pytest.mark.parametrize(
    "word, expected",
    [
        ("RECEIVED", ReportedRefund.PROCESSING),
        ("CREATED", ReportedRefund.PROCESSING),
        ("PROCESSING", ReportedRefund.PROCESSING),
        ("ACCEPTED", ReportedRefund.SUCCEEDED),
        ("SETTLED", ReportedRefund.SUCCEEDED),
        ("SUCCEEDED", ReportedRefund.SUCCEEDED),
        ("FAILED", ReportedRefund.FAILED),
        ("accepted", ReportedRefund.UNRECOGNISED),
        (None, ReportedRefund.UNRECOGNISED),
    ],
)
def test_refund_words(word: str | None, expected: ReportedRefund) -> None:
    assert (
        wire.read_refund(strict(golden("airwallex/refund_create.json", status=word)), None, REFUND).status is expected
    )


def test_reads_the_documented_refund() -> None:
    found = wire.read_refund(strict(golden("airwallex/refund_create.json")), None, REFUND)
    assert (found.gateway_refund_id, found.amount, found.currency) == (
        "rfd_sgst4689lgcv3c7rbyc_bppn22",
        Decimal("0.1"),
        "CNY",
    )
    assert found.merchant_refund_id == "c557e8c1-d16a-4821-8cf4-9f865058e597"  # another request's, and said so


def test_our_id_stands_behind_our_request_id_where_the_reply_has_no_metadata() -> None:
    body = strict(golden("airwallex/refund_create.json"))
    ours = RefundRef("R1", request_id="c557e8c1-d16a-4821-8cf4-9f865058e597")
    assert wire.read_refund(body, None, ours).merchant_refund_id == "R1"
    body["metadata"] = {wire.REFUND_KEY: "R2"}
    assert wire.read_refund(body, None, ours).merchant_refund_id == "R2"


def test_a_refund_is_known_by_its_request_id_or_our_key() -> None:
    listed = strict(golden("airwallex/refund_create.json"))
    assert wire.is_same_refund(listed, RefundRef("R1", request_id="c557e8c1-d16a-4821-8cf4-9f865058e597"))
    assert not wire.is_same_refund(listed, RefundRef("R1", request_id="other"))
    assert not wire.is_same_refund(listed, RefundRef("R1"))
    listed["metadata"] = {"merchant_refund_id": "R1"}
    assert wire.is_same_refund(listed, RefundRef("R1"))


@pytest.mark.parametrize("body", [{}, {"items": {}}, {"items": [1]}, {"items": [], "has_more": "no"}])
def test_a_list_that_is_none_is_malformed(body: object) -> None:
    with pytest.raises(Malformed):
        wire.items(strict(body))
