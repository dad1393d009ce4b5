"""A disk that fails when it is told to write through: no new payment, and nothing called durable that may not be."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.faults.storage.bad_disk import charge_on_a_bad_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
SENTENCE = "posapp: The disk reports an error, so the ledger cannot be trusted with more.\n"


@contextmanager
def a_quick_shopper(sandbox: SandboxProcess) -> Generator[None]:
    """Pay whatever can be paid, as soon as it is there."""
    gone = threading.Event()
    paid: set[object] = set()

    def shop() -> None:
        while not gone.wait(0.1):
            for seen in sandbox.seen():
                ref = seen["merchant_order_id"]
                if ref not in paid:
                    paid.add(ref)
                    sandbox.pay(ref)

    shopping = threading.Thread(target=shop, name="shopper")
    shopping.start()
    try:
        yield
    finally:
        gone.set()
        shopping.join()


def test_s3_what_cannot_be_written_through_is_not_begun(till: Till, sandbox: SandboxProcess) -> None:
    till.run("orders")
    sold = charge_on_a_bad_disk(till, "1+", wait=5)
    assert (sold.code, sold.events, sold.err) == (1, [], SENTENCE)
    assert "ledger.db-wal" in sold.failed
    assert sandbox.truth()["requests_total"] == 0
    assert till.run("verify").code == 0


@pytest.mark.campaign
def test_s3_a_failure_is_not_forgotten_because_the_next_try_works(till: Till, sandbox: SandboxProcess) -> None:
    """The disk fails once, at the commit of the answer: what the second fsync says is worth nothing."""
    till.charge(wait=0).end()  # the log is there already, so each commit is one write-through
    till.run("orders")
    for when in range(2, 6):
        sold = charge_on_a_bad_disk(till, str(when), wait=2)
        if sold.failed == ["ledger.db-wal"] and sold.names[:1] == ["attempt"]:
            break
    else:
        pytest.fail("the answer's commit was not met")
    assert (sold.code, sold.names, sold.err) == (5, ["attempt", "open"], SENTENCE)
    (attempt,) = (order for order in till.orders("--refresh") if order["order_id"] == sold.events[0]["order_id"])
    assert attempt["state"] == "ORPHAN"
    assert till.run("verify").code == 0
    assert all(seen["create_posts"] == 1 for seen in sandbox.seen())


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("for_good", [False, True])
def test_s3_wherever_it_fails_nothing_is_green_that_the_ledger_does_not_have(
    till: Till, sandbox: SandboxProcess, for_good: bool, figure: Callable[[str], None]
) -> None:
    till.run("orders")
    places = greens = 0
    with a_quick_shopper(sandbox):
        for when in range(1, 40):
            sold = charge_on_a_bad_disk(till, f"{when}{'+' if for_good else ''}", wait=12)
            if not sold.failed:
                break
            places += 1
            assert (sold.code == 0) == any(event.get("state") == "SUCCEEDED" for event in sold.events), sold
            assert sold.err in ("", SENTENCE), sold
            greens += sold.code == 0
            known = {str(order["order_id"]): order["state"] for order in till.orders()}
            if sold.code == 0:
                assert known[str(sold.events[0]["order_id"])] == "SUCCEEDED"
            assert till.run("verify").code == 0
        else:
            pytest.fail("the sale writes through without end")
    states = {order["state"] for order in till.orders("--refresh")}
    assert states == {"SUCCEEDED"}, "each was asked about and is known in the end"
    figure(f"write-through failing {'for good' if for_good else 'once'} at each of {places} places, {greens} paid")
