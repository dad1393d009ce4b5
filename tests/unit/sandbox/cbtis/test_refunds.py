"""The sandbox's refunds, against CBTIS's documents."""

from __future__ import annotations

import pytest

from posapp.sandbox.server import Sandbox
from tests.unit.sandbox.clients import CbtisClient, ControlClient, Json, new_id


@pytest.fixture
def paid(cbtis: CbtisClient, control: ControlClient) -> Json:
    made = cbtis.created()
    control.pay(made["merchant_order_id"])
    return made


def test_the_example_gets_the_documented_reply(cbtis: CbtisClient, paid: Json) -> None:
    key = new_id("R")
    reply = cbtis.refund(
        payment_order_id=paid["order_id"],
        merchant_payment_order_id=paid["merchant_order_id"],
        merchant_refund_id=key,
        amount="50",
        reason="user return the goods",
    ).json()
    assert reply["code"] == 0
    assert list(reply["data"]) == [
        "payment_order_id",
        "merchant_payment_order_id",
        "merchant_refund_id",
        "create_time",
        "status",
    ]
    assert reply["data"]["merchant_refund_id"] == key
    assert reply["data"]["status"] == "SUCCEEDED"


def test_a_refund_is_found_by_either_id(cbtis: CbtisClient, paid: Json) -> None:
    key = new_id("R")
    cbtis.refund(payment_order_id=paid["order_id"], merchant_refund_id=key, amount="20.5")
    by_key = cbtis.post("refunds/query", {"merchant_refund_id": key}).json()["data"]
    assert by_key["status"] == "SUCCEEDED"
    assert (by_key["amount"], by_key["currency"]) == ("20.5", "HKD")
    by_id = cbtis.post("refunds/query", {"refund_id": by_key["refund_id"]}).json()["data"]
    assert by_id == by_key
    both = {"refund_id": by_key["refund_id"], "merchant_refund_id": key}
    assert cbtis.post("refunds/query", both).json()["data"] == by_key


def test_refunds_never_exceed_what_was_paid(cbtis: CbtisClient, sandbox: Sandbox, paid: Json) -> None:
    def refund(amount: str) -> int:
        reply = cbtis.refund(payment_order_id=paid["order_id"], merchant_refund_id=new_id("R"), amount=amount)
        return reply.json()["code"]

    assert refund("50.01") == 40004
    assert refund("30") == 0
    assert refund("20.01") == 40004
    assert refund("20") == 0
    assert refund("0.01") == 40004
    order = sandbox.truth.order(paid["order_id"])
    assert order is not None
    assert order.refunded == 50


def test_a_refund_key_is_used_once(cbtis: CbtisClient, control: ControlClient, paid: Json) -> None:
    fields = {"payment_order_id": paid["order_id"], "merchant_refund_id": new_id("R"), "amount": "1"}
    assert cbtis.refund(**fields).json()["code"] == 0
    assert cbtis.refund(**fields).json()["code"] == 40001
    assert len(control.truth()["orders"][0]["refunds"]) == 1


def test_an_unpaid_order_is_not_refunded(cbtis: CbtisClient) -> None:
    made = cbtis.created()
    reply = cbtis.refund(payment_order_id=made["order_id"], merchant_refund_id=new_id("R"), amount="1")
    assert reply.json()["code"] == 40005


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"amount": None}, 20002),
        ({"amount": 1}, 20003),
        ({"amount": "0"}, 20006),
        ({"amount": "0.001"}, 20006),
        ({"merchant_refund_id": None}, 20002),
        ({"merchant_refund_id": "R" * 33}, 20005),
        ({"reason": "x" * 129}, 20005),
        ({"payment_order_id": None}, 20002),
        ({"payment_order_id": "C1"}, 30002),
    ],
)
def test_a_wrong_refund_is_refused(cbtis: CbtisClient, paid: Json, changes: dict[str, object], code: int) -> None:
    fields: dict[str, object] = {
        "payment_order_id": paid["order_id"],
        "merchant_refund_id": new_id("R"),
        "amount": "1",
    }
    assert cbtis.refund(**(fields | changes)).json()["code"] == code


def test_questions_about_no_refund_are_refused(cbtis: CbtisClient, paid: Json) -> None:
    keys = [new_id("R"), new_id("R")]
    for key in keys:
        cbtis.refund(payment_order_id=paid["order_id"], merchant_refund_id=key, amount="1")
    ids = [cbtis.post("refunds/query", {"merchant_refund_id": k}).json()["data"]["refund_id"] for k in keys]
    assert cbtis.post("refunds/query", {}).json()["code"] == 20002
    assert cbtis.post("refunds/query", {"refund_id": "R0"}).json()["code"] == 40002
    crossed = {"refund_id": ids[0], "merchant_refund_id": keys[1]}
    assert cbtis.post("refunds/query", crossed).json()["code"] == 40003
