"""The sandbox's refunds, against Airwallex's documents."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.clients import AirwallexClient, ControlClient, Json, new_id


@pytest.fixture
def paid(airwallex: AirwallexClient, control: ControlClient) -> Json:
    made = airwallex.confirmed(amount=50)
    control.pay(made["merchant_order_id"])
    return airwallex.retrieve(made["id"]).json()


def refund(airwallex: AirwallexClient, paid: Json, **changes: object) -> Json:
    body = {"request_id": new_id("req-"), "payment_intent_id": paid["id"]} | changes
    return airwallex.post("refunds/create", body).json()


def test_the_example_gets_the_documented_reply(airwallex: AirwallexClient, paid: Json) -> None:
    body = {"request_id": new_id("req-"), "payment_intent_id": paid["id"], "amount": 0.1, "reason": "request refund"}
    reply = airwallex.post("refunds/create", body)
    assert reply.status_code == 201
    made = reply.json()
    assert made.keys() == {
        "id",
        "request_id",
        "payment_intent_id",
        "payment_attempt_id",
        "amount",
        "currency",
        "reason",
        "status",
        "created_at",
        "updated_at",
    }
    assert made["id"].startswith("rfd_")
    assert made["payment_attempt_id"] == paid["latest_payment_attempt"]["id"]
    assert (made["amount"], made["currency"], made["status"]) == (0.1, "CNY", "RECEIVED")


def test_a_refund_moves_on_with_time(airwallex: AirwallexClient, control: ControlClient, paid: Json) -> None:
    made = refund(airwallex, paid)
    assert airwallex.get(f"refunds/{made['id']}").json()["status"] == "RECEIVED"
    control.settings(refund_accepted_after_seconds=0, refund_settled_after_seconds=1000)
    assert airwallex.get(f"refunds/{made['id']}").json()["status"] == "ACCEPTED"
    control.settings(refund_settled_after_seconds=0)
    assert airwallex.get(f"refunds/{made['id']}").json()["status"] == "SETTLED"


def test_without_an_amount_all_that_is_left_is_refunded(airwallex: AirwallexClient, paid: Json) -> None:
    assert refund(airwallex, paid, amount=12.34)["amount"] == 12.34
    assert refund(airwallex, paid)["amount"] == 37.66
    assert refund(airwallex, paid)["code"] == "amount_above_limit"
    attempt = airwallex.retrieve(paid["id"]).json()["latest_payment_attempt"]
    assert attempt["refunded_amount"] == 50


def test_a_failed_refund_gives_its_amount_back(airwallex: AirwallexClient, control: ControlClient, paid: Json) -> None:
    made = refund(airwallex, paid)
    assert control.http.post(f"/sandbox/refunds/{made['id']}/fail").status_code == 200
    assert airwallex.get(f"refunds/{made['id']}").json()["status"] == "FAILED"
    assert refund(airwallex, paid)["amount"] == 50


def test_the_same_refund_again_is_one_refund(airwallex: AirwallexClient, control: ControlClient, paid: Json) -> None:
    key = new_id("req-")
    first = refund(airwallex, paid, request_id=key, amount=1)
    assert refund(airwallex, paid, request_id=key, amount=1) == first
    assert refund(airwallex, paid, request_id=key, amount=2)["code"] == "duplicate_request"
    assert [r["refund_id"] for r in control.truth()["orders"][0]["refunds"]] == [first["id"]]


def test_a_refund_may_name_the_attempt(airwallex: AirwallexClient, paid: Json) -> None:
    attempt_id = paid["latest_payment_attempt"]["id"]
    made = refund(airwallex, paid, payment_intent_id=None, payment_attempt_id=attempt_id, amount=1)
    assert made["payment_intent_id"] == paid["id"]


@pytest.mark.parametrize(
    "changes, code, source",
    [
        ({"request_id": None}, "validation_error", "request_id"),
        ({"request_id": "r" * 65}, "validation_error", "request_id"),
        ({"payment_intent_id": None}, "validation_error", "payment_intent_id"),
        ({"payment_intent_id": "int_0"}, "resource_not_found", None),
        ({"payment_attempt_id": "att_0"}, "resource_not_found", None),
        ({"amount": 50.01}, "amount_above_limit", None),
        ({"amount": 0}, "validation_error", "amount"),
        ({"amount": "1"}, "validation_error", "amount"),
        ({"reason": "x" * 129}, "validation_error", "reason"),
    ],
)
def test_a_wrong_refund_is_refused(
    airwallex: AirwallexClient, paid: Json, changes: dict[str, object], code: str, source: str | None
) -> None:
    body = refund(airwallex, paid, **changes)
    assert (body["code"], body.get("source")) == (code, source)


def test_an_unpaid_intent_is_not_refunded(airwallex: AirwallexClient) -> None:
    assert refund(airwallex, airwallex.confirmed())["code"] == "invalid_status_for_operation"


def test_the_list_shows_the_refunds_of_an_intent(airwallex: AirwallexClient, paid: Json) -> None:
    made = [refund(airwallex, paid, amount=n)["id"] for n in (1, 2)]
    reply = airwallex.get("refunds", payment_intent_id=paid["id"], page_size=10).json()
    assert [item["id"] for item in reply["items"]] == made[::-1]
    assert airwallex.get("refunds", status="FAILED").json()["items"] == []
    assert airwallex.get("refunds", page_size=5).json()["code"] == "invalid_argument"
    assert airwallex.get("refunds/rfd_0").json()["code"] == "resource_not_found"
