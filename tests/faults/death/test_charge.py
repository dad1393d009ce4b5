"""`posapp charge`, the whole program, killed in the middle: found again by the next command, sent once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(180)]

HELD_S = 30
LINES_TO_QR = 3  # CREATED, PENDING, the code
PROVIDERS = ("cbtis", pytest.param("airwallex", marks=pytest.mark.campaign))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_k2_a_charge_killed_before_anything_was_sent_stays_unknown(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    sandbox.fault("auth", "latency", seconds=HELD_S)
    charge = till.charge()
    ref = charge.until("attempt")["merchant_order_id"]
    charge.kill()
    sandbox.clear_faults()
    assert sandbox.seen() == []
    assert till.order()["state"] == "CREATING"
    found = till.order("--refresh")
    assert (found["merchant_order_id"], found["state"], found["standing"]) == (ref, "UNKNOWN", "NOT_KNOWN")
    assert (found["status"], found["needs_look"]) == ("OPEN", True)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_k3_a_charge_killed_while_the_gateway_holds_its_reply_is_found_and_never_sent_again(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    sandbox.fault("create", "latency", seconds=HELD_S)
    charge = till.charge()
    ref = charge.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    charge.kill()
    sandbox.clear_faults()
    assert till.order("--refresh")["state"] == "ORPHAN"
    assert till.order("--refresh")["state"] == "ORPHAN"
    if provider == "cbtis":  # an intent that was not confirmed has no code to pay
        sandbox.pay(ref)
        paid = till.order("--refresh")
        assert (paid["state"], paid["standing"], paid["needs_look"]) == ("SUCCEEDED", "PAID", True)
    assert [seen["create_posts"] for seen in sandbox.seen()] == [1]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_k7_a_charge_killed_with_its_code_shown_is_picked_up_as_paid_with_the_gateways_pay_time(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    charge = till.charge()
    ref = charge.until("qr")["merchant_order_id"]
    charge.kill()
    sandbox.pay(ref)
    assert till.order()["state"] == "PENDING"
    found = till.order("--refresh")
    assert (found["state"], found["standing"], found["needs_look"]) == ("SUCCEEDED", "PAID", False)
    late = instant(found["paid_at"]) - instant(sandbox.order(ref)["paid_at"])
    assert abs(late) < timedelta(seconds=1)


def instant(text: object) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(str(text))


@pytest.mark.campaign
def test_k12_charges_killed_at_any_moment_leave_honest_books(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    tills = [make_till("cbtis" if number % 2 else "airwallex") for number in range(8)]
    charges = [till.charge() for till in tills]
    for number, charge in enumerate(charges):
        charge.until("attempt")
        for _ in range(min(number // 2, LINES_TO_QR)):
            charge.next_line()
        charge.kill()
    there = {str(seen["merchant_order_id"]) for seen in sandbox.seen() if seen["created"]}
    for till in tills:
        found = till.order("--refresh")
        # What was on its way when the kill came may have arrived later than we looked.
        possible = {"ORPHAN", "CREATED", "PENDING"}
        if found["merchant_order_id"] not in there:
            possible.add("UNKNOWN")
        assert found["state"] in possible
        assert till.run("verify").code == 0
