"""The sandbox's payments, against CBTIS's documents."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest

from posapp.sandbox.server import Sandbox
from tests.unit.sandbox.clients import CbtisClient, ControlClient, new_id

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?\+08:00")


def test_the_token_reply_is_flat(cbtis: CbtisClient) -> None:
    reply = cbtis.auth()
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json().keys() == {"access_token", "expires_in"}
    assert reply.json()["expires_in"] == 3600


@pytest.mark.parametrize(
    "changes, status, code",
    [
        ({"client_secret": "wrong"}, 401, 10001),
        ({"uid": "1"}, 401, 10001),
        ({"client_secret": ""}, 200, 20002),
        ({"grant_type": "password"}, 200, 20004),
    ],
)
def test_a_wrong_token_request_is_refused(cbtis: CbtisClient, changes: dict[str, str], status: int, code: int) -> None:
    reply = cbtis.auth(**changes)
    assert reply.status_code == status
    assert reply.json()["code"] == code
    assert "access_token" not in reply.text


def test_the_qr_example_gets_the_documented_reply(cbtis: CbtisClient, sandbox: Sandbox) -> None:
    body = cbtis.order()
    reply = cbtis.post("payment_intents/create", body)
    assert reply.status_code == 200
    envelope = reply.json()
    assert envelope.keys() == {"code", "data", "message", "rid"}
    assert (envelope["code"], envelope["message"]) == (0, "ok")
    assert re.fullmatch(r"[0-9a-f]{32}", envelope["rid"])
    data = envelope["data"]
    assert list(data) == [
        "order_id",
        "merchant_order_id",
        "amount",
        "currency",
        "create_time",
        "next_action",
        "status",
    ]
    assert re.fullmatch(r"C\d{21}", data["order_id"])
    assert data["merchant_order_id"] == body["merchant_order_id"]
    assert (data["amount"], data["currency"], data["status"]) == ("50", "HKD", "PENDING")
    assert TIME.fullmatch(data["create_time"])
    assert data["next_action"].keys() == {"type", "qrcode_url"}
    assert data["next_action"]["type"] == "render_qrcode"
    assert data["next_action"]["qrcode_url"].startswith(f"{sandbox.base_url}/wallet/")


def test_each_reply_has_a_rid_of_its_own(cbtis: CbtisClient) -> None:
    assert cbtis.create().json()["rid"] != cbtis.create().json()["rid"]


def test_the_official_account_example_gets_its_url_under_data(cbtis: CbtisClient, sandbox: Sandbox) -> None:
    flow = {
        "flow": "official_account",
        "success_url": "https://redirect_to_your_success_url",
        "failed_url": "https://redirect_to_your_failed_url",
        "canceled_url": "https://redirect_to_your_canceled_url",
    }
    action = cbtis.created(payment_method={"type": "wechat", "wechat": flow})["next_action"]
    assert action["type"] == "call_sdk"
    assert action["data"]["type"] == "redirect"
    assert action["data"]["url"].startswith(f"{sandbox.base_url}/wallet/")


def test_the_mini_program_example_gets_what_request_payment_takes(cbtis: CbtisClient) -> None:
    flow = {
        "flow": "mini_program",
        "sub_appid": "wx7bc98d929da735fe",
        "sub_openid": "oqZa55Qo-u0cVViWMAgv_YbyXb4U",
    }
    action = cbtis.created(payment_method={"type": "wechat", "wechat": flow})["next_action"]
    assert action["type"] == "call_sdk"
    data = action["data"]
    assert data.keys() == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert data["appId"] == "wx7bc98d929da735fe"
    assert data["timeStamp"].isdigit()
    assert data["package"].startswith("prepay_id=wx")
    assert len(data["nonceStr"]) <= 32


def test_the_app_example_gets_what_the_sdk_takes(cbtis: CbtisClient) -> None:
    flow = {"flow": "mobile_app", "sub_appid": "wxce926ea78004260e"}
    data = cbtis.created(payment_method={"type": "wechat", "wechat": flow})["next_action"]["data"]
    assert data.keys() == {"appId", "partnerId", "prepayId", "package", "nonceStr", "timeStamp", "sign"}
    assert data["package"] == "Sign=WXPay"


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"amount": None}, 20002),
        ({"amount": ""}, 20002),
        ({"amount": 50}, 20003),
        ({"amount": "1" * 33}, 20005),
        ({"amount": "0"}, 20006),
        ({"amount": "0.00"}, 20006),
        ({"amount": "-1"}, 20006),
        ({"amount": "1e3"}, 20006),
        ({"amount": "1,50"}, 20006),
        ({"amount": " 1"}, 20006),
        ({"amount": "\u0661"}, 20006),
        ({"amount": "NaN"}, 20006),
        ({"amount": "1.005"}, 20006),
        ({"amount": "1.5", "currency": "JPY"}, 20006),
        ({"amount": "1.00", "currency": "TWD"}, 20006),
        ({"currency": None}, 20002),
        ({"currency": 344}, 20003),
        ({"currency": "HKDX"}, 20005),
        ({"currency": "hkd"}, 20007),
        ({"currency": "ABC"}, 20007),
        ({"settlement_currency": "ABC"}, 20007),
        ({"merchant_order_id": None}, 20002),
        ({"merchant_order_id": ""}, 20002),
        ({"merchant_order_id": "P" * 33}, 20005),
        ({"merchant_order_id": 7}, 20003),
        ({"description": None}, 20002),
        ({"description": ["x"]}, 20003),
        ({"notify_url": "not an address"}, 20004),
        ({"payment_method": None}, 20002),
        ({"payment_method": "wechat"}, 20003),
        ({"payment_method": {"type": "aplus", "aplus": {"flow": "cashier"}}}, 20008),
        ({"payment_method": {"type": "wechat"}}, 20002),
        ({"payment_method": {"type": "wechat", "wechat": {}}}, 20002),
        ({"payment_method": {"type": "wechat", "wechat": {"flow": "mobile_web"}}}, 20008),
        ({"payment_method": {"type": "wechat", "wechat": {"flow": "mini_program", "sub_appid": "wx1"}}}, 20002),
        ({"payment_method": {"type": "wechat", "wechat": {"flow": "mini_program", "sub_openid": "o"}}}, 20002),
        ({"payment_method": {"type": "wechat", "wechat": {"flow": "mobile_app"}}}, 20002),
    ],
)
def test_a_wrong_create_is_refused_and_makes_no_order(
    cbtis: CbtisClient, sandbox: Sandbox, changes: dict[str, object], code: int
) -> None:
    reply = cbtis.create(**changes)
    assert reply.status_code == 200
    assert (reply.json()["code"], reply.json()["data"]) == (code, None)
    assert reply.json()["message"] != "ok"
    assert sandbox.truth.all_orders() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "1.25"},
        {"amount": "105.00"},
        {"amount": "1", "currency": "TWD"},
        {"amount": "1.125", "currency": "KWD"},
        {"amount": "1", "currency": "USD", "settlement_currency": "HKD"},
        {"merchant_order_id": "P" * 32},
        {"notify_url": None},
    ],
)
def test_a_right_create_is_taken_as_sent(cbtis: CbtisClient, changes: dict[str, object]) -> None:
    data = cbtis.created(**changes)
    assert data["amount"] == changes.get("amount", "50")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"\xff\xfe", b'{"a":1,"a":2}', b'{"amount":NaN}', b'{"d":"\\ud800"}', b"[" * 100_000],
)
def test_a_body_that_is_no_json_object_is_refused(cbtis: CbtisClient, content: bytes) -> None:
    reply = cbtis.http.post("/mch-api/v1/pa/payment_intents/create", content=content, headers=cbtis.headers)
    assert reply.json()["code"] == 20001


def test_a_body_beyond_all_reason_is_refused(cbtis: CbtisClient) -> None:
    reply = cbtis.http.post("/mch-api/v1/pa/payment_intents/create", content=b" " * 1_000_001)
    assert reply.status_code == 413


def test_a_second_create_with_the_same_id_is_refused(cbtis: CbtisClient, control: ControlClient) -> None:
    body = cbtis.order()
    first = cbtis.post("payment_intents/create", body).json()["data"]
    second = cbtis.post("payment_intents/create", body).json()
    assert (second["code"], second["data"]) == (30001, None)
    truth = control.truth()
    assert [o["order_id"] for o in truth["orders"]] == [first["order_id"]]
    assert truth["orders"][0]["create_posts"] == 2


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eA=="}, {"authorization": "Bearer"}]
)
def test_without_a_good_token_nothing_is_done(
    http: httpx.Client, control: ControlClient, headers: dict[str, str]
) -> None:
    body = CbtisClient.order()
    reply = http.post("/mch-api/v1/pa/payment_intents/create", json=body, headers=headers)
    assert reply.status_code == 401
    assert reply.json()["code"] == 10002
    truth = control.truth()
    assert truth["orders"] == []
    assert truth["seen"][0]["merchant_order_id"] == body["merchant_order_id"]


def test_the_other_providers_token_is_no_token(http: httpx.Client, sandbox: Sandbox, cbtis: CbtisClient) -> None:
    reply = http.get("/api/v1/pa/payment_intents", headers=cbtis.headers)
    assert reply.status_code == 401
    assert sandbox.truth.traffic.refused[-1].code == "unauthorized"


def test_a_token_ends(cbtis: CbtisClient, control: ControlClient) -> None:
    control.settings(cbtis_token_seconds=0)
    token = cbtis.auth().json()
    assert token["expires_in"] == 0
    cbtis.headers = {"authorization": f"Bearer {token['access_token']}"}
    reply = cbtis.query(merchant_order_id="P1")
    assert (reply.status_code, reply.json()["code"]) == (401, 10003)


def test_a_query_finds_an_order_by_either_id(cbtis: CbtisClient) -> None:
    made = cbtis.created()
    for ids in (
        {"order_id": made["order_id"]},
        {"merchant_order_id": made["merchant_order_id"]},
        {"order_id": made["order_id"], "merchant_order_id": made["merchant_order_id"]},
        {"order_id": "", "merchant_order_id": made["merchant_order_id"]},
    ):
        data = cbtis.query(**ids).json()["data"]
        assert list(data) == ["order_id", "merchant_order_id", "amount", "currency", "status", "create_time"]
        assert data["order_id"] == made["order_id"]
        assert data["status"] == "PENDING"
        assert data["create_time"] == made["create_time"]


def test_a_paid_order_has_a_pay_time(cbtis: CbtisClient, control: ControlClient) -> None:
    made = cbtis.created()
    control.pay(made["merchant_order_id"])
    data = cbtis.query(order_id=made["order_id"]).json()["data"]
    assert data["status"] == "SUCCEEDED"
    assert TIME.fullmatch(data["pay_time"])
    paid_at = datetime.fromisoformat(data["pay_time"])
    assert datetime.fromisoformat(data["create_time"]) <= paid_at
    assert abs((datetime.now(UTC) - paid_at).total_seconds()) < 10


def test_queries_that_name_no_order_are_refused(cbtis: CbtisClient) -> None:
    one, other = cbtis.created(), cbtis.created()
    assert cbtis.query().json()["code"] == 20002
    assert cbtis.query(order_id="", merchant_order_id="").json()["code"] == 20002
    assert cbtis.query(order_id=7).json()["code"] == 20003
    assert cbtis.query(order_id="C" * 33).json()["code"] == 20005
    assert cbtis.query(merchant_order_id=new_id()).json()["code"] == 30002
    assert cbtis.query(order_id="C0", merchant_order_id=one["merchant_order_id"]).json()["code"] == 30002
    both = cbtis.query(order_id=one["order_id"], merchant_order_id=other["merchant_order_id"]).json()
    assert (both["code"], both["data"]) == (30003, None)


def test_an_unpaid_order_is_closed_when_its_time_is_over(cbtis: CbtisClient, control: ControlClient) -> None:
    made = cbtis.created()
    control.settings(order_life_seconds=0)
    data = cbtis.query(order_id=made["order_id"]).json()["data"]
    assert data["status"] == "CANCELLED"
    assert "pay_time" not in data
    assert control.act(made["merchant_order_id"], "pay").status_code == 409


def test_unknown_addresses_and_methods_answer_in_the_envelope(cbtis: CbtisClient) -> None:
    lost = cbtis.http.get("/mch-api/v1/pa/nothing")
    assert (lost.status_code, lost.json()["code"]) == (404, 10004)
    wrong = cbtis.http.get("/mch-api/v1/pa/payment_intents/create")
    assert (wrong.status_code, wrong.json()["code"]) == (405, 10005)
    assert cbtis.http.get("/mch-api/v1/auth/").status_code == 404
