"""A ledger that may only be read: shown, and nothing is sold."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")


def remount(disk: Path, how: str) -> None:
    mount = shutil.which("mount")
    assert mount is not None
    subprocess.run([mount, "-o", f"remount,{how}", str(disk)], check=True)


@pytest.mark.parametrize("used", [True, pytest.param(False, marks=pytest.mark.campaign)])
def test_s4_on_a_read_only_disk_nothing_is_sent_and_orders_are_listed(
    till: Till, sandbox: SandboxProcess, small_disk: Path, used: bool
) -> None:
    sold = [till.charge(wait=0).end().last["merchant_order_id"]] if used else []
    remount(small_disk, "ro")
    ended, listed, verified = till.charge().end(), till.run("orders", "--json"), till.run("verify")
    remount(small_disk, "rw")
    assert (ended.code, ended.out) == (1, "")
    assert [seen["merchant_order_id"] for seen in sandbox.seen()] == sold
    if used:
        assert "read-only" in ended.err
        assert str(sold[0]) in listed.out
        assert (verified.code, verified.out.startswith("the ledger is whole: 1 orders")) == (0, True)


def test_s4_what_a_killed_till_left_in_its_log_is_shown_from_a_read_only_disk_too(
    till: Till, sandbox: SandboxProcess, small_disk: Path
) -> None:
    charge = till.charge()
    ref = charge.until("qr")["merchant_order_id"]
    charge.kill()
    assert (small_disk / "ledger.db-wal").stat().st_size > 0
    for suffix in ("-shm", None):
        remount(small_disk, "ro")
        listed = till.run("orders", "--json")
        remount(small_disk, "rw")
        assert (listed.code, str(ref) in listed.out) == (0, True)
        if suffix:
            (small_disk / f"ledger.db{suffix}").unlink()
    assert sandbox.order(ref)["create_posts"] == 1


@pytest.mark.campaign
def test_s4_a_file_nobody_may_change_is_shown_and_not_sold_into(till: Till, sandbox: SandboxProcess) -> None:
    ref = till.charge(wait=0).end().last["merchant_order_id"]
    chattr = shutil.which("chattr")
    ledger = till.data / "ledger.db"
    if chattr is None or subprocess.run([chattr, "+i", str(ledger)], check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody make a file immutable")
    try:
        ended, listed = till.charge().end(), till.run("orders", "--json")
    finally:
        subprocess.run([chattr, "-i", str(ledger)], check=True)
    assert (ended.code, ended.out, "read-only" in ended.err) == (1, "", True)
    assert (listed.code, str(ref) in listed.out) == (0, True)
    assert [seen["merchant_order_id"] for seen in sandbox.seen()] == [ref]
