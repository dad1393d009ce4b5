"""Each fault, as a client meets it."""

from __future__ import annotations

import json
import time
import zlib

import httpx
import pytest

from posapp.sandbox.server import Sandbox
from tests.unit.sandbox.clients import AirwallexClient, CbtisClient, ControlClient, Json


@pytest.fixture
def made(cbtis: CbtisClient) -> Json:
    return cbtis.created()


def test_latency_holds_the_reply_back_after_the_work(cbtis: CbtisClient, control: ControlClient) -> None:
    control.fault(on="create", fault="latency", seconds=0.3)
    body = cbtis.order()
    with pytest.raises(httpx.ReadTimeout):
        cbtis.http.post("/mch-api/v1/pa/payment_intents/create", json=body, headers=cbtis.headers, timeout=0.1)
    assert control.truth()["orders"][0]["merchant_order_id"] == body["merchant_order_id"]


def test_latency_may_hold_the_work_back_as_well(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.fault(on="query", fault="latency", seconds=0.5, committed=False)
    started = time.monotonic()
    assert cbtis.query(order_id=made["order_id"]).json()["code"] == 0
    assert time.monotonic() - started >= 0.5
    started = time.monotonic()
    cbtis.query(order_id=made["order_id"])
    assert time.monotonic() - started < 0.5


@pytest.mark.parametrize("reset", [False, True])
def test_drop_before_reaches_the_server_and_does_nothing(
    cbtis: CbtisClient, control: ControlClient, *, reset: bool
) -> None:
    control.fault(on="create", fault="drop_before", reset=reset)
    body = cbtis.order()
    with pytest.raises(httpx.ReadError if reset else httpx.RemoteProtocolError):
        cbtis.post("payment_intents/create", body)
    truth = control.truth()
    assert truth["orders"] == []
    assert [(s["merchant_order_id"], s["create_posts"], s["created"]) for s in truth["seen"]] == [
        (body["merchant_order_id"], 1, False)
    ]
    assert cbtis.query(merchant_order_id=body["merchant_order_id"]).json()["code"] == 30002


def test_drop_after_does_the_work_and_says_nothing(cbtis: CbtisClient, control: ControlClient) -> None:
    control.fault(on="create", fault="drop_after")
    body = cbtis.order()
    with pytest.raises(httpx.RemoteProtocolError):
        cbtis.post("payment_intents/create", body)
    assert cbtis.query(merchant_order_id=body["merchant_order_id"]).json()["data"]["status"] == "PENDING"
    assert cbtis.post("payment_intents/create", body).json()["code"] == 30001


def test_drop_after_and_the_same_request_id_is_one_intent(airwallex: AirwallexClient, control: ControlClient) -> None:
    control.fault(on="create", fault="drop_after", provider="airwallex")
    body = airwallex.intent()
    with pytest.raises(httpx.RemoteProtocolError):
        airwallex.post("payment_intents/create", body)
    assert airwallex.post("payment_intents/create", body).status_code == 201
    orders = control.truth()["orders"]
    assert [order["create_posts"] for order in orders] == [2]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 503, 504])
def test_a_bare_status_has_the_providers_body(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, status: int
) -> None:
    control.fault(on="any", fault="status", status=status, times=2)
    reply = cbtis.create()
    assert reply.status_code == status
    assert reply.json().keys() == {"code", "data", "message", "rid"}
    assert reply.json()["code"] != 0
    reply = airwallex.create()
    assert reply.status_code == status
    assert reply.json().keys() == {"code", "message", "trace_id", "details"}
    assert control.truth()["orders"] == []


def test_a_status_may_carry_retry_after_and_any_body(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.fault(on="query", fault="status", status=429, retry_after=7, body={"slow": "down"})
    control.fault(on="query", fault="status", status=502, retry_after="soon", body="<h1>Bad Gateway</h1>")
    first, second = (cbtis.query(order_id=made["order_id"]) for _ in range(2))
    assert (first.status_code, first.headers["retry-after"], first.json()) == (429, "7", {"slow": "down"})
    assert (second.status_code, second.headers["retry-after"]) == (502, "soon")
    assert (second.text, second.headers["content-type"]) == ("<h1>Bad Gateway</h1>", "text/plain; charset=utf-8")


def test_a_status_may_come_after_the_work(cbtis: CbtisClient, control: ControlClient) -> None:
    control.fault(on="create", fault="status", status=500, committed=True)
    body = cbtis.order()
    assert cbtis.post("payment_intents/create", body).status_code == 500
    assert cbtis.query(merchant_order_id=body["merchant_order_id"]).json()["code"] == 0


def malformed(cbtis: CbtisClient, control: ControlClient, made: Json, variant: str) -> httpx.Response:
    control.fault(on="query", fault="malformed", variant=variant)
    return cbtis.query(order_id=made["order_id"])


@pytest.mark.parametrize("variant", ["truncated", "not_json", "html", "empty", "bom"])
def test_malformed_bodies_are_no_json(cbtis: CbtisClient, control: ControlClient, made: Json, variant: str) -> None:
    reply = malformed(cbtis, control, made, variant)
    assert reply.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        json.loads(reply.content.decode("utf-8"))
    assert reply.headers["content-type"].startswith("text/html" if variant == "html" else "application/json")
    assert (reply.content == b"") is (variant == "empty")
    assert reply.content.startswith(b"\xef\xbb\xbf") is (variant == "bom")
    assert cbtis.query(order_id=made["order_id"]).json()["code"] == 0


def test_malformed_cut_ends_in_the_middle(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        malformed(cbtis, control, made, "cut")


def test_malformed_nan_only_a_lenient_reader_takes(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    reply = malformed(cbtis, control, made, "nan")
    assert b'"amount": NaN' in reply.content

    def refuse(word: str) -> None:
        raise ValueError(word)

    with pytest.raises(ValueError, match="NaN"):
        json.loads(reply.content, parse_constant=refuse)


def test_malformed_duplicate_keys_says_one_thing_twice(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    reply = malformed(cbtis, control, made, "duplicate_keys")
    pairs = json.loads(reply.content, object_pairs_hook=lambda found: found)
    assert [key for key, _ in pairs].count("code") == 2


def test_malformed_deep_breaks_a_recursive_reader(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    reply = malformed(cbtis, control, made, "deep")
    with pytest.raises(RecursionError):
        json.loads(reply.content)


def test_malformed_huge_is_good_json_beyond_any_cap(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    reply = malformed(cbtis, control, made, "huge")
    assert len(reply.content) > 2_000_000
    assert reply.json()["data"]["order_id"] == made["order_id"]


def test_malformed_gzip_unpacks_to_a_flood(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.fault(on="query", fault="malformed", variant="gzip")
    with cbtis.http.stream(
        "POST",
        "/mch-api/v1/pa/payment_intents/query",
        json={"order_id": made["order_id"]},
        headers=cbtis.headers,
    ) as reply:
        assert reply.headers["content-encoding"] == "gzip"
        packed = b"".join(reply.iter_raw())
    assert len(packed) < 200_000
    plain = zlib.decompress(packed, 16 + zlib.MAX_WBITS)
    assert len(plain) > 30_000_000
    assert json.loads(plain)["data"]["order_id"] == made["order_id"]


def test_malformed_wrong_type_and_missing_data(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, made: Json
) -> None:
    wrong = malformed(cbtis, control, made, "wrong_type").json()
    assert wrong["code"] == "0"
    assert not isinstance(wrong["data"]["amount"], str)
    assert not isinstance(wrong["data"]["status"], str)
    missing = malformed(cbtis, control, made, "missing_data").json()
    assert missing.keys() == {"code", "message", "rid"}
    control.fault(on="create", fault="malformed", variant="missing_data")
    assert airwallex.create().json() == {}


def test_a_stale_read_shows_the_state_before(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.pay(made["merchant_order_id"])
    control.fault(on="query", fault="stale")
    stale, fresh = (cbtis.query(order_id=made["order_id"]).json()["data"] for _ in range(2))
    assert (stale["status"], "pay_time" in stale) == ("PENDING", False)
    assert (fresh["status"], "pay_time" in fresh) == ("SUCCEEDED", True)


def test_a_stale_read_of_an_intent(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed()
    control.fault(on="query", fault="stale")
    assert airwallex.retrieve(made["id"]).json()["status"] == "REQUIRES_PAYMENT_METHOD"
    control.pay(made["merchant_order_id"])
    control.fault(on="query", fault="stale")
    control.fault(on="list", fault="stale")
    assert airwallex.retrieve(made["id"]).json()["status"] == "REQUIRES_CUSTOMER_ACTION"
    listed = airwallex.get("payment_intents", merchant_order_id=made["merchant_order_id"]).json()["items"][0]
    assert listed["status"] == "REQUIRES_CUSTOMER_ACTION"


def test_expired_token_refuses_until_the_next_login(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.fault(on="query", fault="expired_token")
    for _ in range(2):
        reply = cbtis.query(order_id=made["order_id"])
        assert (reply.status_code, reply.json()["code"]) == (401, 10003)
    cbtis.headers = {"authorization": f"Bearer {cbtis.auth().json()['access_token']}"}
    assert cbtis.query(order_id=made["order_id"]).json()["code"] == 0


def test_expired_token_on_auth_is_dead_at_birth(airwallex: AirwallexClient, control: ControlClient) -> None:
    control.fault(on="auth", fault="expired_token")
    reply = airwallex.login()
    assert reply.status_code == 201
    airwallex.headers = {"authorization": f"Bearer {reply.json()['token']}"}
    assert airwallex.create().json()["code"] == "unauthorized"


@pytest.mark.parametrize(
    "options, expected",
    [
        ({}, ("51", "HKD")),
        ({"amount": "1"}, ("1", "HKD")),
        ({"amount": 12.5}, ("12.5", "HKD")),
        ({"currency": "TWD"}, ("50", "TWD")),
        ({"amount": "50.00", "currency": "USD"}, ("50.00", "USD")),
    ],
)
def test_swapped_amounts_at_cbtis(
    cbtis: CbtisClient, control: ControlClient, made: Json, options: Json, expected: tuple[str, str]
) -> None:
    control.fault(on="query", fault="swap_amount", **options)
    data = cbtis.query(order_id=made["order_id"]).json()["data"]
    assert (data["amount"], data["currency"]) == expected
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["amount"] == "50"


def test_swapped_amounts_at_airwallex(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed(amount=9.99)
    control.pay(made["merchant_order_id"])
    control.fault(on="query", fault="swap_amount", amount="1.5", currency="HKD")
    intent = airwallex.retrieve(made["id"]).json()
    assert (intent["amount"], intent["captured_amount"], intent["currency"]) == (1.5, 1.5, "HKD")
    assert intent["latest_payment_attempt"]["amount"] == 1.5


def test_swapped_orders(cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient) -> None:
    one, two, three = (cbtis.created() for _ in range(3))
    control.fault(on="query", fault="swap_order")
    control.fault(on="query", fault="swap_order", other=two["merchant_order_id"])
    first = cbtis.query(order_id=one["order_id"]).json()["data"]
    second = cbtis.query(order_id=one["order_id"]).json()["data"]
    assert first["order_id"] == three["order_id"]
    assert (second["order_id"], second["merchant_order_id"]) == (two["order_id"], two["merchant_order_id"])
    made = airwallex.confirmed()
    control.fault(on="query", fault="swap_order")
    alone = airwallex.retrieve(made["id"]).json()
    assert alone["id"] not in (made["id"], one["order_id"])
    assert alone["merchant_order_id"] != made["merchant_order_id"]


def test_unknown_status_words(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, made: Json
) -> None:
    control.fault(on="query", fault="unknown_status", word=" SUCCEEDED", times=2)
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["status"] == " SUCCEEDED"
    intent = airwallex.retrieve(airwallex.confirmed()["id"]).json()
    assert intent["status"] == " SUCCEEDED"
    assert intent["latest_payment_attempt"]["status"] == "AUTHENTICATION_REDIRECTED"


def test_not_found(cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, made: Json) -> None:
    intent = airwallex.created()
    control.fault(on="any", fault="not_found", times=3)
    assert cbtis.query(order_id=made["order_id"]).json()["code"] == 30002
    assert airwallex.retrieve(intent["id"]).json()["code"] == "resource_not_found"
    listed = airwallex.get("payment_intents", merchant_order_id=intent["merchant_order_id"]).json()
    assert listed == {"has_more": False, "items": []}
    assert cbtis.query(order_id=made["order_id"]).json()["code"] == 0


def test_business_errors_of_any_code(cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient) -> None:
    control.fault(on="create", provider="cbtis", fault="business_error", code=77777, message="no luck")
    control.fault(on="create", provider="airwallex", fault="business_error", code="risk_declined")
    reply = cbtis.create()
    assert (reply.status_code, reply.json()["code"], reply.json()["message"]) == (200, 77777, "no luck")
    refusal = airwallex.create()
    assert (refusal.status_code, refusal.json()["code"]) == (400, "risk_declined")
    assert control.truth()["orders"] == []


def test_drip_sends_byte_by_byte(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.fault(on="query", fault="drip", seconds=0.002)
    started = time.monotonic()
    reply = cbtis.query(order_id=made["order_id"])
    assert reply.json()["code"] == 0
    assert time.monotonic() - started >= 0.002 * len(reply.content)


def test_a_client_that_leaves_a_drip_does_no_harm(cbtis: CbtisClient, control: ControlClient, made: Json) -> None:
    control.fault(on="query", fault="drip", seconds=0.05)
    with cbtis.http.stream(
        "POST",
        "/mch-api/v1/pa/payment_intents/query",
        json={"order_id": made["order_id"]},
        headers=cbtis.headers,
    ) as reply:
        assert reply.status_code == 200
    assert cbtis.query(order_id=made["order_id"]).json()["code"] == 0


def test_patch_sets_and_removes_what_it_names(cbtis: CbtisClient, control: ControlClient) -> None:
    control.fault(
        on="create",
        fault="patch",
        set={"data.next_action.qrcode_url": "javascript:alert(1)", "data.status": None},
        remove=["data.amount", "rid", "no.such.place"],
    )
    reply = cbtis.create().json()
    assert reply["data"]["next_action"] == {"type": "render_qrcode", "qrcode_url": "javascript:alert(1)"}
    assert reply["data"]["status"] is None
    assert "amount" not in reply["data"]
    assert "rid" not in reply


def test_a_replayed_answer_is_not_damaged_for_good(airwallex: AirwallexClient, control: ControlClient) -> None:
    body = airwallex.intent()
    control.fault(on="create", fault="swap_amount", amount=1)
    assert airwallex.post("payment_intents/create", body).json()["amount"] == 1
    assert airwallex.post("payment_intents/create", body).json()["amount"] == 100


def test_faults_find_their_order_by_any_id(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, made: Json
) -> None:
    other = cbtis.created()
    control.fault(on="query", merchant_order_id=made["merchant_order_id"], fault="unknown_status", word="X", times=0)
    assert cbtis.query(order_id=other["order_id"]).json()["data"]["status"] == "PENDING"
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["status"] == "X"
    assert cbtis.query(merchant_order_id=made["merchant_order_id"]).json()["data"]["status"] == "X"
    intent = airwallex.created()
    control.fault(on="confirm", merchant_order_id=intent["merchant_order_id"], fault="status", status=503)
    assert airwallex.confirm(intent["id"]).json()["code"] == "provider_unavailable"


def test_the_truth_is_what_happened_not_what_was_said(
    cbtis: CbtisClient, control: ControlClient, sandbox: Sandbox, made: Json
) -> None:
    control.fault(on="query", fault="unknown_status", word="SUCCEEDED")
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["status"] == "SUCCEEDED"
    assert control.truth()["orders"][0]["status"] == "PENDING"
    assert [str(order.state) for order in sandbox.truth.all_orders()] == ["waiting"]
