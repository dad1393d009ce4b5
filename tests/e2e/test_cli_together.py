"""Several commands at once on one till's data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.e2e.child import wait_until

if TYPE_CHECKING:
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till


def test_charges_at_the_same_time_each_end_paid(till: Till, sandbox: SandboxProcess) -> None:
    charges = [till.charge(f"{number}.00") for number in range(1, 5)]
    refs = [charge.until("qr")["merchant_order_id"] for charge in charges]
    for ref in refs:
        sandbox.pay(ref)
    for ref, charge in zip(refs, charges, strict=True):
        ended = charge.end()
        assert (ended.code, ended.err) == (0, "")
        assert {event["merchant_order_id"] for event in ended.events} == {ref}
    orders = till.orders()
    assert {order["state"] for order in orders} == {"SUCCEEDED"}
    assert {order["amount"] for order in orders} == {"1.00", "2.00", "3.00", "4.00"}
    assert till.run("verify").code == 0


def test_a_charge_that_another_process_is_creating_is_left_to_it(till: Till, sandbox: SandboxProcess) -> None:
    sandbox.fault("create", "latency", seconds=4)  # of the five that posapp waits for an answer
    first = till.charge("1.00")
    ref = first.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    second = till.charge("2.00", wait=0.5)
    # CREATING, unless this machine is so busy that the hold was over before the question.
    assert _states(till, "--refresh")[str(ref)] in {"CREATING", "CREATED", "PENDING"}
    second.until("qr")
    assert first.until("qr")["merchant_order_id"] == ref
    sandbox.pay(ref)
    assert second.end().code == 5
    ended = first.end()
    assert (ended.code, ended.names[:4]) == (0, ["attempt", "state CREATED", "state PENDING", "qr"])


def test_what_another_process_finds_out_ends_the_wait(till: Till, sandbox: SandboxProcess) -> None:
    till.reconfigure("base_seconds = 1.0", "base_seconds = 10.0")
    charge = till.charge(wait=30)
    ref = charge.until("qr")["merchant_order_id"]
    wait_until(lambda: sandbox.order(ref)["queries"] == 1, "the first question")
    sandbox.pay(ref)
    began = time.monotonic()
    assert _states(till, "--refresh")[str(ref)] == "SUCCEEDED"
    ended = charge.end()
    assert (ended.code, ended.last["state"]) == (0, "SUCCEEDED")
    assert time.monotonic() - began < 8.0
    assert sandbox.order(ref)["queries"] == 2


def _states(till: Till, *arguments: str) -> dict[str, str]:
    return {str(order["merchant_order_id"]): str(order["state"]) for order in till.orders(*arguments)}
