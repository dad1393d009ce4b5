"""The sandbox's control API."""

from __future__ import annotations

import httpx
import pytest

from posapp.sandbox.server import Sandbox
from tests.unit.sandbox.clients import AirwallexClient, CbtisClient, ControlClient, new_id


def test_the_truth_of_an_empty_sandbox(control: ControlClient) -> None:
    truth = control.truth()
    assert (truth["orders"], truth["seen"], truth["refused"]) == ([], [], [])
    assert truth["requests"] == {"cbtis": {}, "airwallex": {}}
    assert truth["requests_total"] == 0


def test_the_truth_names_all_that_an_auditor_needs(cbtis: CbtisClient, control: ControlClient) -> None:
    made = cbtis.created(amount="50.00")
    name = made["merchant_order_id"]
    control.pay(name)
    cbtis.query(merchant_order_id=name)
    cbtis.query(order_id=made["order_id"])
    cbtis.refund(payment_order_id=made["order_id"], merchant_refund_id="R1", amount="10")
    refused = cbtis.order(amount="bad")
    cbtis.post("payment_intents/create", refused)
    truth = control.truth()
    (order,) = truth["orders"]
    assert order["provider"] == "cbtis"
    assert (order["merchant_order_id"], order["order_id"]) == (name, made["order_id"])
    assert (order["amount"], order["currency"], order["status"]) == ("50.00", "HKD", "SUCCEEDED")
    assert order["qr_urls"] == [made["next_action"]["qrcode_url"]]
    assert (order["create_posts"], order["queries"], order["request_ids"]) == (1, 2, [])
    assert order["paid_at"] is not None
    assert [(r["merchant_refund_id"], r["amount"], r["status"]) for r in order["refunds"]] == [
        ("R1", "10", "SUCCEEDED")
    ]
    assert truth["requests"]["cbtis"] == {"auth": 1, "create": 2, "query": 2, "refund": 1}
    seen = {s["merchant_order_id"]: (s["create_posts"], s["created"]) for s in truth["seen"]}
    assert seen == {name: (1, True), refused["merchant_order_id"]: (1, False)}
    assert [(r["operation"], r["merchant_order_id"], r["code"]) for r in truth["refused"]] == [
        ("create", refused["merchant_order_id"], 20006)
    ]


def test_the_truth_of_one_order_alone(cbtis: CbtisClient, control: ControlClient) -> None:
    made, _other = cbtis.created(), cbtis.created()
    name = made["merchant_order_id"]
    reply = control.http.get("/sandbox/truth", params={"merchant_order_id": name}).json()
    assert [o["merchant_order_id"] for o in reply["orders"]] == [name]
    assert [s["merchant_order_id"] for s in reply["seen"]] == [name]


def test_refusals_are_capped_but_counted(cbtis: CbtisClient, control: ControlClient) -> None:
    for _ in range(1_010):
        cbtis.query()
    truth = control.truth()
    assert len(truth["refused"]) == 1_000
    assert truth["refused_total"] == 1_010


def test_pay_and_cancel_change_the_order(cbtis: CbtisClient, control: ControlClient) -> None:
    paid, cancelled = cbtis.created(), cbtis.created()
    reply = control.act(paid["merchant_order_id"], "pay")
    assert reply.status_code == 200
    assert reply.json()["order"]["status"] == "SUCCEEDED"
    assert control.act(cancelled["merchant_order_id"], "cancel").json()["order"]["status"] == "CANCELLED"
    assert cbtis.query(order_id=paid["order_id"]).json()["data"]["status"] == "SUCCEEDED"
    assert cbtis.query(order_id=cancelled["order_id"]).json()["data"]["status"] == "CANCELLED"


def test_an_order_is_known_by_the_gateways_id_as_well(airwallex: AirwallexClient, control: ControlClient) -> None:
    made = airwallex.confirmed()
    assert control.act(made["id"], "pay").status_code == 200
    assert control.http.get(f"/sandbox/orders/{made['id']}").json()["order"]["status"] == "SUCCEEDED"


def test_a_body_is_not_needed(cbtis: CbtisClient, http: httpx.Client) -> None:
    name = cbtis.created()["merchant_order_id"]
    assert http.post(f"/sandbox/orders/{name}/pay").status_code == 200


@pytest.mark.parametrize("action", ["pay", "cancel", "expire"])
def test_an_unknown_order_is_404(control: ControlClient, action: str) -> None:
    reply = control.act(new_id(), action)
    assert reply.status_code == 404
    assert reply.json()["error"]


@pytest.mark.parametrize(
    "first, then, status",
    [
        ("pay", "pay", 409),
        ("pay", "cancel", 409),
        ("pay", "expire", 409),
        ("cancel", "pay", 409),
        ("cancel", "cancel", 409),
        ("cancel", "expire", 409),
        ("expire", "pay", 409),
        ("expire", "cancel", 409),
    ],
)
def test_a_state_that_does_not_allow_it_is_409(
    cbtis: CbtisClient, control: ControlClient, first: str, then: str, status: int
) -> None:
    name = cbtis.created()["merchant_order_id"]
    before = control.act(name, first).json()["order"]["status"]
    assert control.act(name, then).status_code == status
    assert control.http.get(f"/sandbox/orders/{name}").json()["order"]["status"] == before


@pytest.mark.parametrize("dead", ["cancel", "expire"])
def test_paid_after_cancel_by_force(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, dead: str
) -> None:
    made, intent = cbtis.created(), airwallex.confirmed()
    for name in (made["merchant_order_id"], intent["merchant_order_id"]):
        assert control.act(name, dead).status_code == 200
        assert control.act(name, "pay", force=False).status_code == 409
        assert control.act(name, "pay", force=True).status_code == 200
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["status"] == "SUCCEEDED"
    found = airwallex.retrieve(intent["id"]).json()
    assert found["status"] == "SUCCEEDED"
    assert "cancelled_at" not in found


def test_cancelled_after_paid_by_force(cbtis: CbtisClient, control: ControlClient) -> None:
    name = cbtis.created()["merchant_order_id"]
    control.pay(name)
    assert control.act(name, "cancel", force=True).status_code == 200
    assert cbtis.query(merchant_order_id=name).json()["data"]["status"] == "CANCELLED"


def test_an_unconfirmed_intent_cannot_be_paid(airwallex: AirwallexClient, control: ControlClient) -> None:
    name = airwallex.created()["merchant_order_id"]
    assert control.act(name, "pay").status_code == 409
    assert control.act(name, "pay", force=True).status_code == 409


def test_one_id_at_both_providers_can_be_told_apart(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient
) -> None:
    name = cbtis.created()["merchant_order_id"]
    intent = airwallex.created(merchant_order_id=name)
    airwallex.confirm(intent["id"])
    assert control.http.post(f"/sandbox/orders/{name}/pay", params={"provider": "airwallex"}).status_code == 200
    assert airwallex.retrieve(intent["id"]).json()["status"] == "SUCCEEDED"
    assert cbtis.query(merchant_order_id=name).json()["data"]["status"] == "PENDING"
    assert control.http.post(f"/sandbox/orders/{name}/pay", params={"provider": "x"}).json()["field"] == "provider"


@pytest.mark.parametrize("body, field", [({"force": "yes"}, "force"), ({"forced": True}, "forced")])
def test_wrong_options_are_400_and_named(
    cbtis: CbtisClient, control: ControlClient, body: dict[str, object], field: str
) -> None:
    reply = control.act(cbtis.created()["merchant_order_id"], "pay", **body)
    assert reply.status_code == 400
    assert reply.json()["field"] == field


def test_faults_are_installed_listed_and_cleared(http: httpx.Client) -> None:
    rules = [{"on": "query", "fault": "stale"}, {"on": "create", "fault": "latency", "seconds": 1.5, "times": 0}]
    installed = http.post("/sandbox/faults", json=rules).json()["installed"]
    assert [rule["fault"] for rule in installed] == ["stale", "latency"]
    assert installed[1]["seconds"] == 1.5
    assert http.get("/sandbox/faults").json()["faults"] == installed
    assert http.delete(f"/sandbox/faults/{installed[0]['id']}").json() == {"cleared": 1}
    assert http.delete(f"/sandbox/faults/{installed[0]['id']}").status_code == 404
    assert http.delete("/sandbox/faults").json() == {"cleared": 1}
    assert http.get("/sandbox/faults").json() == {"faults": []}


@pytest.mark.parametrize(
    "content, field",
    [
        (b'{"on":"query","fault":"gremlin"}', "fault"),
        (b'{"on":"query","fault":"stale","times":"1"}', "times"),
        (b'{"on":"query","fault":"stale","tmies":1}', "tmies"),
        (b"7", "faults"),
        (b"{", None),
        (b"", None),
    ],
)
def test_a_wrong_fault_is_400_and_names_the_field(http: httpx.Client, content: bytes, field: str | None) -> None:
    reply = http.post("/sandbox/faults", content=content)
    assert reply.status_code == 400
    assert reply.json()["field"] == field
    assert http.get("/sandbox/faults").json() == {"faults": []}


@pytest.mark.parametrize(
    "body, field",
    [
        ({"order_life_seconds": "x"}, "order_life_seconds"),
        ({"order_life_seconds": -1}, "order_life_seconds"),
        ({"life": 1}, "life"),
    ],
)
def test_wrong_settings_are_400_and_change_nothing(http: httpx.Client, body: dict[str, object], field: str) -> None:
    before = http.get("/sandbox/settings").json()
    reply = http.post("/sandbox/settings", json=body)
    assert reply.status_code == 400
    assert reply.json()["field"] == field
    assert http.get("/sandbox/settings").json() == before
    assert before["settings"]["order_life_seconds"] == 7200


def test_reset_forgets_everything(airwallex: AirwallexClient, control: ControlClient, sandbox: Sandbox) -> None:
    body = airwallex.intent()
    first = airwallex.post("payment_intents/create", body).json()
    control.settings(order_life_seconds=1)
    control.fault(on="any", fault="stale")
    assert control.http.post("/sandbox/reset").status_code == 200
    assert control.truth()["orders"] == []
    assert sandbox.truth.settings.order_life_seconds == 7200
    assert sandbox.scenarios.installed() == []
    assert airwallex.post("payment_intents/create", body).json()["id"] != first["id"]


def test_unknown_control_addresses_are_json(http: httpx.Client) -> None:
    assert http.get("/sandbox/nothing").json()["error"] == "no such address"
    assert http.delete("/sandbox/truth").json()["error"] == "method not allowed"
    assert "GET /sandbox/truth" in http.get("/sandbox").json()["control"]


def test_unknown_refunds_and_actions_are_404(http: httpx.Client) -> None:
    assert http.post("/sandbox/refunds/R0/fail").status_code == 404
    assert http.post("/sandbox/refunds/R0/burn").status_code == 404
