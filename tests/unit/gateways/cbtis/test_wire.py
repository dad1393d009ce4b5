"""CBTIS's JSON, from its documents' own bodies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer, PaymentCode
from posapp.gateways.base import AttemptRef, RefundRef, ReportedRefund, ReportedStatus
from posapp.gateways.cbtis import wire
from posapp.gateways.cbtis.codes import Meaning, meaning
from posapp.gateways.cbtis.wire import Envelope, Verdict
from posapp.gateways.errors import Malformed, NotSent
from posapp.gateways.strict_json import JsonObject, JsonValue, parse_object
from tests.unit.gateways.samples import attempt, golden, refund, settings

RID = "3647575c0e1049439e484a231864da2c"
SETTINGS = settings("cbtis", "https://gw.test")


def read(body: object) -> Envelope:
    return wire.read_envelope(parse_object(json.dumps(body).encode()))


# --- what goes out


def test_a_qr_code_is_asked_for_as_documented() -> None:
    body = json.loads(
        wire.create_body(attempt(), replace(SETTINGS, notify_url="https://put_your_site_here/example_url"))
    )
    assert body == {
        "amount": "50",
        "currency": "HKD",
        "merchant_order_id": "P9297895081903",
        "payment_method": {"type": "wechat", "wechat": {"flow": "qrcode"}},
        "description": "Tea",
        "notify_url": "https://put_your_site_here/example_url",
    }


def test_an_official_account_carries_the_urls_that_are_set() -> None:
    some = replace(SETTINGS, success_url="https://s", canceled_url="https://c")
    body = json.loads(wire.create_body(attempt(flow=Flow.OFFICIAL_ACCOUNT), some))
    assert body["payment_method"]["wechat"] == {
        "flow": "official_account",
        "success_url": "https://s",
        "canceled_url": "https://c",
    }
    assert "notify_url" not in body


def test_a_mini_program_carries_the_payer() -> None:
    payer = Payer("oqZa55Qo-u0cVViWMAgv_YbyXb4U", "wx7bc98d929da735fe")
    body = json.loads(wire.create_body(attempt(flow=Flow.MINI_PROGRAM, payer=payer), SETTINGS))
    assert body["payment_method"]["wechat"] == {
        "flow": "mini_program",
        "sub_appid": "wx7bc98d929da735fe",
        "sub_openid": "oqZa55Qo-u0cVViWMAgv_YbyXb4U",
    }


@pytest.mark.parametrize("payer", [None, Payer("o"), Payer("o", ""), Payer("", "wx")])
def test_a_mini_program_without_its_payer_is_not_sent(payer: Payer | None) -> None:
    with pytest.raises(NotSent) as caught:
        wire.create_body(attempt(flow=Flow.MINI_PROGRAM, payer=payer), SETTINGS)
    assert caught.value.code == "payer_missing"


def test_an_undocumented_flow_is_not_sent() -> None:
    with pytest.raises(NotSent) as caught:
        wire.create_body(attempt(flow=Flow.MOBILE_WEB), SETTINGS)
    assert caught.value.code == "flow_unsupported"


@pytest.mark.parametrize(
    "amount, currency, expected",
    [
        ("50", "HKD", "50"),
        ("50.00", "HKD", "50"),
        ("128.50", "HKD", "128.50"),
        ("0.01", "USD", "0.01"),
        ("50", "TWD", "50"),
        ("50.00", "TWD", "50"),
        ("50", "JPY", "50"),
        ("1.234", "KWD", "1.234"),
        ("999999999.99", "HKD", "999999999.99"),
    ],
)
def test_amounts_are_text_in_major_units(amount: str, currency: str, expected: str) -> None:
    assert wire.wire_amount(Money.parse(amount, currency)) == expected


def test_a_fraction_of_a_currency_that_takes_none_is_not_sent() -> None:
    with pytest.raises(NotSent) as caught:
        wire.wire_amount(Money.parse("50.50", "TWD"))
    assert caught.value.code == "amount_decimals"


def test_questions_name_every_id_that_is_known() -> None:
    assert json.loads(wire.query_body(AttemptRef("P1"))) == {"merchant_order_id": "P1"}
    assert json.loads(wire.query_body(AttemptRef("P1", "C1"))) == {"order_id": "C1", "merchant_order_id": "P1"}
    assert json.loads(wire.refund_query_body(RefundRef("R1"))) == {"merchant_refund_id": "R1"}
    assert json.loads(wire.refund_query_body(RefundRef("R1", "C2"))) == {"refund_id": "C2", "merchant_refund_id": "R1"}


def test_a_refund_is_asked_for_as_documented() -> None:
    assert json.loads(wire.refund_body(refund(reason="user return the goods"))) == {
        "payment_order_id": "C991289984923795789123",
        "merchant_payment_order_id": "P9297895081903",
        "merchant_refund_id": "R9297895081903",
        "amount": "50",
        "reason": "user return the goods",
    }


def test_a_refund_leaves_out_what_is_not_there_and_cuts_what_is_too_long() -> None:
    assert "reason" not in json.loads(wire.refund_body(refund()))
    body = json.loads(wire.refund_body(refund(reason="x" * 200, gateway_id=None)))
    assert len(body["reason"]) == 128
    assert "payment_order_id" not in body


# --- what comes back


def test_reads_the_documented_qr_reply() -> None:
    found = wire.read_created(read(golden("cbtis/create_qrcode.json")))
    assert found.gateway_id == "C991289984923795789123"
    assert found.merchant_order_id == "P9297895081903"
    assert (found.amount, found.currency) == (Decimal(50), "HKD")
    assert found.code == PaymentCode(CodeKind.SCAN, "https://a.payment.link/code")
    assert found.support_id == RID


OA_URL = (
    "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx0120315004626b2d0d6755623e0001&package=22149257"
)


def test_reads_the_documented_official_account_reply() -> None:
    found = wire.read_created(read(golden("cbtis/create_official_account.json")))
    assert found.code == PaymentCode(CodeKind.LINK, OA_URL)


def test_reads_the_url_where_the_pages_prose_has_it() -> None:
    found = wire.read_created(
        read(golden("cbtis/create_official_account.json", next_action={"type": "x", "url": OA_URL}))
    )
    assert found.code == PaymentCode(CodeKind.LINK, OA_URL)


def test_parameters_for_an_app_are_nothing_to_show() -> None:
    found = wire.read_created(read(golden("cbtis/create_mobile_app.json")))
    assert found.gateway_id == "C991289984923795789123"
    assert found.code is None


def test_parameters_for_a_mini_program_are_handed_over() -> None:
    data = {"timeStamp": "1", "nonceStr": "n", "package": "prepay_id=w", "signType": "RSA", "paySign": "s"}
    found = wire.read_created(read(golden("cbtis/create_qrcode.json", next_action={"type": "call_sdk", "data": data})))
    assert found.code is not None
    assert found.code.kind is CodeKind.HANDOFF
    assert json.loads(found.code.content) == data


@pytest.mark.parametrize(
    "action",
    [
        None,
        "scan",
        [],
        {},
        {"type": "render_qrcode"},
        {"qrcode_url": ""},
        {"qrcode_url": "javascript:alert(1)", "url": "https://a.b/c"},
        {"qrcode_url": "http://10.0.0.1/x"},
        {"qrcode_url": 5},
        {"data": {"url": "file:///etc/passwd"}},
        {"data": "x"},
    ],
)
def test_a_payment_without_a_code_that_can_be_shown_is_still_a_payment(action: object) -> None:
    found = wire.read_created(read(golden("cbtis/create_qrcode.json", next_action=action)))
    assert found.gateway_id == "C991289984923795789123"
    assert found.code is None


def test_reads_the_documented_query_reply() -> None:
    found = wire.read_state(read(golden("cbtis/query_succeeded.json")))
    assert found.status is ReportedStatus.SUCCEEDED
    assert (found.amount, found.currency) == (Decimal(50), "TWD")
    assert found.paid_at == datetime(2023, 8, 30, 20, 44, 5, 928696, tzinfo=UTC)
    assert found.paid_at_raw == "2023-08-31T04:44:05.928696203+08:00"
    assert found.raw_status == "SUCCEEDED"
    assert found.support_id == RID


@pytest.mark.parametrize("word", ["PENDING", "SUCCEEDED", "CANCELLED"])
def test_the_three_documented_words(word: str) -> None:
    assert wire.read_state(read(golden("cbtis/query_succeeded.json", status=word))).status.value == word


@pytest.mark.parametrize(
    "word",
    ["PROCESSING", "REFUNDED", "succeeded", " SUCCEEDED", "SUCCEEDED\n", "", "SUCCEEDED\u200b", None, 1, True, [], {}],
)
def test_any_other_word_is_not_recognised(word: object) -> None:
    found = wire.read_state(read(golden("cbtis/query_succeeded.json", status=word)))
    assert found.status is ReportedStatus.UNRECOGNISED
    assert found.amount == Decimal(50)


@pytest.mark.parametrize("pay_time", [None, "", "soon", 5, "2016-12-31T23:59:60Z"])
def test_a_bad_time_does_not_stand_in_the_way(pay_time: object) -> None:
    found = wire.read_state(read(golden("cbtis/query_succeeded.json", pay_time=pay_time)))
    assert found.status is ReportedStatus.SUCCEEDED
    assert found.paid_at is None


def test_another_orders_ids_are_passed_on_as_they_are() -> None:
    other = {"order_id": "C1", "merchant_order_id": "P1"}
    created = wire.read_created(read(golden("cbtis/create_qrcode.json", **other)))
    state = wire.read_state(read(golden("cbtis/query_succeeded.json", **other)))
    assert (created.gateway_id, created.merchant_order_id) == ("C1", "P1")
    assert (state.gateway_id, state.merchant_order_id) == ("C1", "P1")


@pytest.mark.parametrize(
    "field, value",
    [
        ("order_id", 5),
        ("order_id", None),
        ("order_id", ""),
        ("merchant_order_id", ["P1"]),
        ("amount", "1,0"),
        ("amount", True),
    ],
)
def test_a_create_reply_of_wrong_types_is_malformed(field: str, value: object) -> None:
    with pytest.raises(Malformed):
        wire.read_created(read(golden("cbtis/create_qrcode.json", **{field: value})))


def test_an_amount_written_otherwise_is_the_same_amount() -> None:
    for text in ("50", "50.0", "50.00"):
        assert wire.read_state(read(golden("cbtis/query_succeeded.json", amount=text))).amount == Decimal(50)


def test_a_query_reply_without_data_is_malformed() -> None:
    for data in ("null", "{}"):
        with pytest.raises(Malformed):
            wire.read_state(wire.read_envelope(parse_object(f'{{"code":0,"data":{data}}}'.encode())))


def test_reads_the_documented_refund_reply_which_names_no_amount() -> None:
    found = wire.read_refund(read(golden("cbtis/refund_create.json")))
    assert found.status is ReportedRefund.SUCCEEDED
    assert found.merchant_refund_id == "R9297895081903"
    assert (found.gateway_refund_id, found.amount, found.currency) == (None, None, None)


@pytest.mark.parametrize(
    "word, expected",
    [
        ("PENDING", ReportedRefund.PROCESSING),
        ("FAILED", ReportedRefund.UNRECOGNISED),
        ("succeeded", ReportedRefund.UNRECOGNISED),
        (None, ReportedRefund.UNRECOGNISED),
    ],
)
def test_an_undocumented_refund_word_ends_nothing(word: str | None, expected: ReportedRefund) -> None:
    assert wire.read_refund(read(golden("cbtis/refund_create.json", status=word))).status is expected


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "0", "data": {}},
        {"code": True, "data": {}},
        {"code": False, "data": {}},
        {"code": None, "data": {}},
        {"code": 0.0, "data": {}},
        {"code": [0], "data": {}},
        {"code": 0, "data": []},
        {"code": 0, "data": "x"},
    ],
)
def test_a_frame_that_is_none_is_malformed(body: object) -> None:
    with pytest.raises(Malformed):
        read(body)


def test_a_frame_may_lack_all_but_its_code() -> None:
    assert read({"code": 5}) == Envelope(5, {}, "no reason given", None)


# --- what an answer amounts to


def envelope(code: int, message: str = "?", data: JsonObject | None = None) -> Envelope:
    return Envelope(code, data or {}, message, RID)


@pytest.mark.parametrize(
    "status, code, message, expected",
    [
        (200, 0, "ok", Verdict.DONE),
        (201, 0, "ok", Verdict.DONE),
        (200, 1, "?", Verdict.UNKNOWN),
        (200, 401, "?", Verdict.UNKNOWN),
        (200, -1, "?", Verdict.UNKNOWN),
        (400, 1, "?", Verdict.REFUSED),
        (403, 1, "?", Verdict.REFUSED),
        (422, 1, "?", Verdict.REFUSED),
        (404, 1, "?", Verdict.NOT_FOUND),
        (402, 1, "?", Verdict.UNKNOWN),
        (409, 1, "?", Verdict.UNKNOWN),
        (418, 1, "?", Verdict.UNKNOWN),
        (200, 20006, "amount is not valid: must be more than 0", Verdict.REFUSED),
        (200, 20006, "system busy", Verdict.UNKNOWN),
        (200, 30001, "merchant_order_id was used before", Verdict.UNKNOWN),
        (200, 30002, "order not found", Verdict.NOT_FOUND),
        (200, 40001, "merchant_refund_id was used before", Verdict.UNKNOWN),
    ],
)
def test_only_what_is_surely_a_no_is_a_refusal(status: int, code: int, message: str, expected: Verdict) -> None:
    assert wire.verdict(status, envelope(code, message)) is expected


@pytest.mark.parametrize("status", [202, 204, 400, 404, 418])
def test_success_with_a_failing_status_is_malformed(status: int) -> None:
    with pytest.raises(Malformed):
        wire.verdict(status, envelope(0, "ok"))


def test_a_code_counts_only_with_its_words() -> None:
    assert meaning(30002, "order not found") is Meaning.NOT_FOUND
    assert meaning(30002, "internal error") is None
    assert meaning(99999, "order not found") is None


VALUES: list[JsonValue] = ["x" * 3000, "=1+1", "<b>\u202e😀", "a\r\nb"]


@pytest.mark.parametrize("value", VALUES)
def test_words_from_outside_are_bounded_lines(value: JsonValue) -> None:
    found = wire.read_envelope({"code": 5, "message": value, "rid": value})
    assert len(found.message) <= 500
    assert found.rid is not None
    assert len(found.rid) <= 64
    assert "\n" not in found.message + found.rid
