"""A ledger that came to harm: seen at the start, set aside whole, and brought back without losing an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.faults.storage.wreck import WRECKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
QUICK = "flipped"


@pytest.fixture(
    params=[pytest.param(name, marks=() if name == QUICK else pytest.mark.campaign) for name in WRECKS], ids=str
)
def wreck(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_s5_a_wreck_is_seen_never_an_empty_list_and_restored(
    till: Till, sandbox: SandboxProcess, wreck: str, figure: Callable[[str], None]
) -> None:
    paid = till.charge("10.00")
    sandbox.pay(paid.until("qr")["merchant_order_id"])
    assert paid.end().code == 0
    assert till.run("backup").code == 0
    later = till.charge("11.00")  # newer than the backup
    later_ref = later.until("qr")["merchant_order_id"]
    later.kill()
    harm, word = WRECKS[wreck]
    harm(till.data / "ledger.db")
    if wreck in ("foreign", "text"):
        for suffix in ("-wal", "-shm"):
            (till.data / f"ledger.db{suffix}").unlink(missing_ok=True)
    before = {path.name: path.read_bytes() for path in till.data.glob("ledger.db*")}

    refused = [till.charge("12.00").end(), till.run("orders"), till.run("orders", "--refresh")]
    assert {(ended.code, ended.out) for ended in refused} == {(1, "")}
    assert all(word in ended.err for ended in refused), refused
    kept = {name: (till.data / name).read_bytes() for name in before if not name.endswith("-shm")}
    assert kept == {name: content for name, content in before.items() if name in kept}, "left as evidence"

    sandbox.pay(later_ref)
    told = till.run("restore", "latest", "--yes", "--json")
    assert (told.code, told.err) == (0, ""), told
    aside = told.last["set_aside"]
    if wreck != "deleted":
        assert (till.data / str(aside)).read_bytes() == before["ledger.db"]
    listed = {str(order["merchant_order_id"]): order for order in till.orders("--refresh")}
    assert till.run("verify").code == 0
    states = sorted(str(order["state"]) for order in listed.values())
    figure(f"{wreck}: {told.last['saved_orders']} newer order saved")
    if wreck in ("foreign", "text", "without log"):
        # Nothing of the last order was left to be read; the sentence says which time to compare with the gateway.
        assert (states, told.last["saved_orders"]) == (["SUCCEEDED"], 0)
        assert cast("str", told.last["may_be_missing_from"]) < cast("str", told.last["may_be_missing_to"])
        _forget(till, sandbox, later_ref)
    else:
        assert (states, told.last["saved_orders"]) == (["SUCCEEDED", "SUCCEEDED"], 1)


def _forget(till: Till, sandbox: SandboxProcess, ref: object) -> None:
    """Let the audit after the test know that nothing on this computer could name this order any more."""
    known = till.ids()
    assert ref not in known
    sandbox.reset()
