"""The sandbox's payment intents, against Airwallex's documents."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from posapp.sandbox.server import Sandbox
from tests.unit.sandbox.clients import AirwallexClient, ControlClient, Json, new_id

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000")


def refused(reply: httpx.Response, code: str, source: str | None = None) -> bool:
    body = reply.json()
    assert body.keys() - {"source"} == {"code", "message", "trace_id", "details"}, body
    return (body["code"], body.get("source")) == (code, source)


def test_login_answers_201_with_a_token_and_its_end(airwallex: AirwallexClient) -> None:
    reply = airwallex.login()
    assert reply.status_code == 201
    assert reply.json().keys() == {"token", "expires_at"}
    assert TIME.fullmatch(reply.json()["expires_at"])


@pytest.mark.parametrize("changes", [{"x-api-key": "wrong"}, {"x-client-id": "wrong"}, {"x-api-key": ""}])
def test_login_with_wrong_keys_is_401(airwallex: AirwallexClient, changes: dict[str, str]) -> None:
    reply = airwallex.login(**changes)
    assert reply.status_code == 401
    assert refused(reply, "unauthorized")


def test_without_a_good_token_everything_is_401(http: httpx.Client, control: ControlClient) -> None:
    body = AirwallexClient.intent()
    for headers in ({}, {"authorization": "Bearer nonsense"}):
        reply = http.post("/api/v1/pa/payment_intents/create", json=body, headers=headers)
        assert reply.status_code == 401
        assert refused(reply, "unauthorized")
    truth = control.truth()
    assert truth["orders"] == []
    assert truth["seen"][0]["create_posts"] == 2
    assert truth["seen"][0]["request_ids"] == [body["request_id"]] * 2


def test_a_token_ends(airwallex: AirwallexClient, control: ControlClient) -> None:
    control.settings(airwallex_token_seconds=0)
    airwallex.headers = {"authorization": f"Bearer {airwallex.login().json()['token']}"}
    assert airwallex.create().status_code == 401


def test_the_create_example_gets_the_documented_reply(airwallex: AirwallexClient) -> None:
    body = airwallex.intent()
    reply = airwallex.post("payment_intents/create", body)
    assert reply.status_code == 201
    made = reply.json()
    assert made.keys() >= {
        "id",
        "request_id",
        "amount",
        "currency",
        "merchant_order_id",
        "status",
        "captured_amount",
        "created_at",
        "updated_at",
        "available_payment_method_types",
        "client_secret",
    }
    assert re.fullmatch(r"int_[a-z0-9]{24}", made["id"])
    assert made["status"] == "REQUIRES_PAYMENT_METHOD"
    assert made["captured_amount"] == 0
    assert {k: made[k] for k in body} == body
    assert TIME.fullmatch(made["created_at"])
    assert "latest_payment_attempt" not in made
    assert "next_action" not in made


def test_whole_amounts_come_with_and_without_a_point(airwallex: AirwallexClient) -> None:
    texts = [airwallex.create().text for _ in range(2)]
    assert sorted(re.findall(r'"amount":([0-9.]+)', text)[0] for text in texts) == ["100", "100.0"]


@pytest.mark.parametrize(
    "changes, source",
    [
        ({"request_id": None}, "request_id"),
        ({"request_id": "r" * 65}, "request_id"),
        ({"request_id": 7}, "request_id"),
        ({"amount": None}, "amount"),
        ({"amount": "100"}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 1.005}, "amount"),
        ({"amount": 1.5, "currency": "TWD"}, "amount"),
        ({"amount": 1.5, "currency": "HUF"}, "amount"),
        ({"amount": 1.5, "currency": "JPY"}, "amount"),
        ({"currency": None}, "currency"),
        ({"currency": "cny"}, "currency"),
        ({"currency": "ABC"}, "currency"),
        ({"merchant_order_id": None}, "merchant_order_id"),
        ({"merchant_order_id": ""}, "merchant_order_id"),
        ({"return_url": "nowhere"}, "return_url"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {str(n): "x" for n in range(51)}}, "metadata"),
        ({"metadata": {"k": "x" * 501}}, "metadata"),
    ],
)
def test_a_wrong_create_is_a_validation_error_that_names_the_field(
    airwallex: AirwallexClient, sandbox: Sandbox, changes: dict[str, object], source: str
) -> None:
    reply = airwallex.create(**changes)
    assert reply.status_code == 400
    assert refused(reply, "validation_error", source)
    assert sandbox.truth.all_orders() == []


def test_a_missing_field_is_told_in_the_documents_words(airwallex: AirwallexClient) -> None:
    reply = airwallex.create(merchant_order_id=None)
    assert reply.json()["message"] == "merchant_order_id must be provided"


def test_an_absurd_amount_is_above_the_limit(airwallex: AirwallexClient) -> None:
    assert refused(airwallex.create(amount=10**13), "amount_above_limit")


@pytest.mark.parametrize(
    "changes", [{"amount": 9.99}, {"amount": 1.125, "currency": "KWD"}, {"amount": 5, "currency": "TWD"}]
)
def test_amounts_come_back_as_they_were(airwallex: AirwallexClient, changes: dict[str, object]) -> None:
    assert airwallex.created(**changes)["amount"] == changes["amount"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"amount":Infinity}'])
def test_a_body_that_is_no_json_object_is_a_validation_error(airwallex: AirwallexClient, content: bytes) -> None:
    reply = airwallex.http.post("/api/v1/pa/payment_intents/create", content=content, headers=airwallex.headers)
    assert reply.status_code == 400
    assert refused(reply, "validation_error")


def test_the_same_request_again_gets_the_same_answer(airwallex: AirwallexClient, sandbox: Sandbox) -> None:
    body = airwallex.intent()
    first = airwallex.post("payment_intents/create", body)
    turned = dict(reversed(body.items()))
    for again in (body, turned):
        reply = airwallex.post("payment_intents/create", again)
        assert (reply.status_code, reply.content) == (201, first.content)
    assert len(sandbox.truth.all_orders()) == 1


def test_a_request_id_serves_one_request_only(airwallex: AirwallexClient) -> None:
    body = airwallex.intent()
    made = airwallex.post("payment_intents/create", body).json()
    other_amount = airwallex.post("payment_intents/create", body | {"amount": 101})
    assert other_amount.status_code == 400
    assert refused(other_amount, "duplicate_request")
    assert refused(airwallex.confirm(made["id"], request_id=body["request_id"]), "duplicate_request")
    assert refused(airwallex.cancel(made["id"], request_id=body["request_id"]), "duplicate_request")


def test_a_refused_request_may_be_mended_under_its_id(airwallex: AirwallexClient) -> None:
    body = airwallex.intent()
    assert airwallex.post("payment_intents/create", body | {"amount": 0}).status_code == 400
    assert airwallex.post("payment_intents/create", body).status_code == 201


def test_confirm_qrcode_gives_the_content_twice(airwallex: AirwallexClient, sandbox: Sandbox) -> None:
    reply = airwallex.confirm(airwallex.created()["id"])
    assert reply.status_code == 200
    intent = reply.json()
    assert intent["status"] == "REQUIRES_CUSTOMER_ACTION"
    action = intent["next_action"]
    assert action.keys() == {"type", "qrcode", "qrcode_url"}
    assert action["type"] == "render_qrcode"
    assert action["qrcode"] == action["qrcode_url"]
    assert action["qrcode"].startswith(f"{sandbox.base_url}/wallet/")
    attempt = intent["latest_payment_attempt"]
    assert attempt["payment_intent_id"] == intent["id"]
    assert attempt["payment_method"] == {"type": "wechatpay", "wechatpay": {"flow": "qrcode"}}


@pytest.mark.parametrize("flow", ["official_account", "mobile_web"])
def test_confirm_with_a_redirect_gives_a_url(airwallex: AirwallexClient, sandbox: Sandbox, flow: str) -> None:
    action = airwallex.confirmed(flow)["next_action"]
    assert (action["type"], action["method"]) == ("redirect", "GET")
    assert action["url"].startswith(f"{sandbox.base_url}/wallet/")


def test_mobile_web_needs_a_return_url(airwallex: AirwallexClient) -> None:
    intent_id = airwallex.created(return_url=None)["id"]
    assert refused(airwallex.confirm(intent_id, "mobile_web"), "validation_error", "return_url")
    assert airwallex.confirm(intent_id, "mobile_web", return_url="https://shop.example/x").status_code == 200


def test_mini_program_needs_an_open_id(airwallex: AirwallexClient) -> None:
    intent_id = airwallex.created()["id"]
    without = airwallex.confirm(intent_id, "mini_program")
    assert refused(without, "validation_error", "payment_method.wechatpay.open_id")
    action = airwallex.confirm(intent_id, "mini_program", open_id="oqZa55Qo").json()["next_action"]
    assert action["data"].keys() == {"timeStamp", "nonceStr", "package", "signType", "paySign"}


def test_mobile_app_gets_what_the_sdk_takes(airwallex: AirwallexClient) -> None:
    action = airwallex.confirmed("mobile_app")["next_action"]
    assert action["type"] == "call_sdk"
    assert action["data"].keys() >= {"appId", "prepayId", "partnerId", "package", "sign"}


@pytest.mark.parametrize(
    "changes, code, source",
    [
        ({"request_id": None}, "validation_error", "request_id"),
        ({"payment_method": None}, "validation_error", "payment_method"),
        ({"payment_method": {"type": "wechatpay"}}, "validation_error", "payment_method.wechatpay"),
        ({"payment_method": {"type": "card", "card": {}}}, "payment_method_not_allowed", None),
        (
            {"payment_method": {"type": "wechatpay", "wechatpay": {"flow": "fax"}}},
            "validation_error",
            "payment_method.wechatpay.flow",
        ),
    ],
)
def test_a_wrong_confirm_is_refused(
    airwallex: AirwallexClient, changes: dict[str, object], code: str, source: str | None
) -> None:
    intent_id = airwallex.created()["id"]
    reply = airwallex.confirm(intent_id, **changes)
    assert reply.status_code == 400
    assert refused(reply, code, source)
    assert airwallex.retrieve(intent_id).json()["status"] == "REQUIRES_PAYMENT_METHOD"


@pytest.mark.parametrize("currency", ["TWD", "THB"])
def test_wechat_refuses_currencies_it_does_not_take(airwallex: AirwallexClient, currency: str) -> None:
    made = airwallex.created(currency=currency)
    assert "wechatpay" not in made["available_payment_method_types"]
    assert refused(airwallex.confirm(made["id"]), "currency_not_supported")


@pytest.mark.parametrize("currency", "HKD USD AUD EUR SGD GBP JPY NZD CHF CAD CNY".split())
def test_wechat_takes_the_hong_kong_list(airwallex: AirwallexClient, currency: str) -> None:
    assert airwallex.confirm(airwallex.created(currency=currency)["id"]).status_code == 200


def test_a_confirm_again_gets_the_same_answer_and_one_code(airwallex: AirwallexClient, control: ControlClient) -> None:
    intent_id, request_id = airwallex.created()["id"], new_id("req-")
    first = airwallex.confirm(intent_id, request_id=request_id)
    assert airwallex.confirm(intent_id, request_id=request_id).content == first.content
    assert len(control.truth()["orders"][0]["attempts"]) == 1


def test_a_new_confirm_kills_the_code_before(airwallex: AirwallexClient, http: httpx.Client) -> None:
    made = airwallex.confirmed()
    again = airwallex.confirm(made["id"]).json()
    old, new = made["next_action"]["qrcode"], again["next_action"]["qrcode"]
    assert old != new
    http.post(f"{old}/pay")
    assert airwallex.retrieve(made["id"]).json()["status"] == "REQUIRES_CUSTOMER_ACTION"
    http.post(f"{new}/pay")
    assert airwallex.retrieve(made["id"]).json()["status"] == "SUCCEEDED"


def test_a_paid_intent_says_so(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed(amount=9.99)
    control.pay(made["merchant_order_id"])
    intent = airwallex.retrieve(made["id"]).json()
    assert intent["status"] == "SUCCEEDED"
    assert intent["captured_amount"] == 9.99
    assert "next_action" not in intent
    attempt = intent["latest_payment_attempt"]
    assert attempt["status"] == "CAPTURE_REQUESTED"
    assert (attempt["captured_amount"], attempt["refunded_amount"]) == (9.99, 0)
    assert refused(airwallex.confirm(made["id"]), "invalid_status_for_operation")


def test_an_expired_code_drops_the_intent_back(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed()
    assert control.act(made["merchant_order_id"], "expire").status_code == 200
    intent = airwallex.retrieve(made["id"]).json()
    assert intent["status"] == "REQUIRES_PAYMENT_METHOD"
    assert intent["latest_payment_attempt"]["status"] == "EXPIRED"
    assert airwallex.confirm(made["id"]).json()["status"] == "REQUIRES_CUSTOMER_ACTION"


def test_time_alone_expires_a_code(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed()
    control.settings(order_life_seconds=0)
    intent = airwallex.retrieve(made["id"]).json()
    assert (intent["status"], intent["latest_payment_attempt"]["status"]) == ("REQUIRES_PAYMENT_METHOD", "EXPIRED")


@pytest.mark.parametrize("confirmed", [False, True])
def test_cancel_ends_an_unpaid_intent(airwallex: AirwallexClient, *, confirmed: bool) -> None:
    made = airwallex.confirmed() if confirmed else airwallex.created()
    reply = airwallex.cancel(made["id"])
    assert reply.status_code == 200
    intent = reply.json()
    assert (intent["status"], intent["cancellation_reason"]) == ("CANCELLED", "shopper left")
    assert TIME.fullmatch(intent["cancelled_at"])
    assert refused(airwallex.cancel(made["id"]), "invalid_status_for_operation")
    assert refused(airwallex.confirm(made["id"]), "invalid_status_for_operation")


def test_cancel_again_with_its_request_id_is_the_same_answer(airwallex: AirwallexClient) -> None:
    intent_id, request_id = airwallex.created()["id"], new_id("req-")
    first = airwallex.cancel(intent_id, request_id=request_id)
    assert airwallex.cancel(intent_id, request_id=request_id).content == first.content
    assert refused(airwallex.cancel(intent_id, request_id=None), "validation_error", "request_id")


def test_a_paid_intent_cannot_be_cancelled(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed()
    control.pay(made["merchant_order_id"])
    assert refused(airwallex.cancel(made["id"]), "invalid_status_for_operation")


def test_an_unknown_intent_is_resource_not_found_under_400(airwallex: AirwallexClient) -> None:
    for reply in (airwallex.retrieve("int_0"), airwallex.confirm("int_0"), airwallex.cancel("int_0")):
        assert reply.status_code == 400
        assert refused(reply, "resource_not_found")


def test_unknown_addresses_are_not_found(airwallex: AirwallexClient) -> None:
    reply = airwallex.http.get("/api/v1/payment_intents")
    assert reply.status_code == 404
    assert refused(reply, "not_found")


def test_the_list_finds_by_merchant_order_id(airwallex: AirwallexClient) -> None:
    mine, _other = airwallex.created(), airwallex.created()
    reply = airwallex.get("payment_intents", merchant_order_id=mine["merchant_order_id"], page_num=0, page_size=10)
    assert reply.status_code == 200
    assert reply.json().keys() == {"has_more", "items"}
    assert [item["id"] for item in reply.json()["items"]] == [mine["id"]]
    assert airwallex.get("payment_intents", merchant_order_id="nobody").json() == {"has_more": False, "items": []}


def test_the_list_goes_by_pages_newest_first(airwallex: AirwallexClient) -> None:
    made = [airwallex.created()["id"] for _ in range(12)]
    first = airwallex.get("payment_intents", page_num=0, page_size=10).json()
    second = airwallex.get("payment_intents", page_num=1, page_size=10).json()
    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_the_list_filters(airwallex: AirwallexClient, control: ControlClient) -> None:
    paid = airwallex.confirmed(currency="HKD")
    control.pay(paid["merchant_order_id"])
    airwallex.created()

    def ids(**query: str | int) -> list[str]:
        return [item["id"] for item in airwallex.get("payment_intents", **query).json()["items"]]

    assert ids(status="SUCCEEDED") == [paid["id"]]
    assert ids(currency="HKD") == [paid["id"]]
    assert len(ids(from_created_at=paid["created_at"])) == 2
    assert ids(to_created_at="2020-06-21T05:23:25+0000") == []


@pytest.mark.parametrize(
    "query", [{"page_size": 9}, {"page_size": 0}, {"page_size": "x"}, {"page_num": -1}, {"from_created_at": "soon"}]
)
def test_a_wrong_list_is_an_invalid_argument(airwallex: AirwallexClient, query: Json) -> None:
    reply = airwallex.get("payment_intents", **query)
    assert reply.status_code == 400
    assert refused(reply, "invalid_argument")


def test_the_simulated_shopper_pays_and_rejects(airwallex: AirwallexClient) -> None:
    def simulate(action: str, url: str) -> httpx.Response:
        path = f"/api/v1/simulation/pa/shopper_actions/{action}"
        return airwallex.http.post(path, json={"url": url}, headers=airwallex.headers)

    paid, rejected = airwallex.confirmed("mobile_web"), airwallex.confirmed()
    reply = simulate("pay", paid["next_action"]["url"])
    assert (reply.status_code, reply.content) == (200, b"")
    assert airwallex.retrieve(paid["id"]).json()["status"] == "SUCCEEDED"
    assert simulate("reject", rejected["next_action"]["qrcode_url"]).status_code == 200
    intent = airwallex.retrieve(rejected["id"]).json()
    assert (intent["status"], intent["latest_payment_attempt"]["status"]) == ("REQUIRES_PAYMENT_METHOD", "FAILED")
    wrong = simulate("wave", paid["next_action"]["url"])
    assert wrong.json()["message"] == "Supported values are: pay,reject,verify."
    assert refused(simulate("pay", "http://127.0.0.1:1/wallet/x"), "validation_error", "url")
    assert refused(simulate("pay", paid["next_action"]["url"]), "invalid_status_for_operation")
    assert json.loads(simulate("verify", "x").content)["code"] == "operation_not_supported"
