"""A start in trouble, in the window: what is wrong is said, what may be done is offered, and it works."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import pytest

from tests.faults.window.storyteller import start_told, tell, told

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.e2e.child import JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [pytest.mark.xdist_group("faults-trouble"), pytest.mark.timeout(120)]


def _may_mount() -> bool:
    """Tell whether a folder can be made read-only here."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    trial = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


@contextmanager
def read_only(folder: Path) -> Generator[None]:
    """Let a folder lie on a disk that may only be read."""
    steps = [["mount", "--bind", str(folder), str(folder)], ["mount", "-o", "remount,bind,ro", str(folder)]]
    for step in steps:
        subprocess.run(step, check=True)
    try:
        yield
    finally:
        unmount = ["umount", "-l", str(folder)]
        subprocess.run(unmount, check=True)


def sold(till: Till, sandbox: SandboxProcess) -> str:
    """Sell once, and once more without a payment; returns the paid order's id."""
    till.charge("12.50", wait=0).end()
    ref = str(till.order()["order_id"])
    sandbox.pay(ref)
    till.run("orders", "--refresh")
    return ref


def listed(event: JsonObject) -> list[str]:
    return cast("list[str]", event["ids"])


@pytest.mark.skipif(not _may_mount(), reason="a read-only disk needs mount and its rights")
def test_s4_on_a_read_only_disk_the_window_shows_the_orders_and_why_it_does_not_sell(
    till: Till, sandbox: SandboxProcess
) -> None:
    ref = sold(till, sandbox)
    asked = sandbox.requests("cbtis")
    with read_only(till.data):
        ended = tell(
            till, "await ready", "orders", "await orders", "charge 1200", "await failed", "entries", "await entries"
        )
    (reason,) = told(ended, "view_only")
    assert reason["code"] in ("ledger_read_only", "ledger_cannot_open")
    assert listed(told(ended, "orders")[0]) == [ref]
    assert [event["code"] for event in told(ended, "failed")] == ["ledger_view_only"]
    assert told(ended, "start_failed") == told(ended, "problem") == []
    assert sandbox.requests("cbtis") == asked, "nobody was asked whose answer could not be kept"


def test_s5_a_damaged_ledger_is_seen_and_the_newest_backup_restored(till: Till, sandbox: SandboxProcess) -> None:
    ref = sold(till, sandbox)
    till.run("backup")
    (backup,) = (till.data / "backups").glob("*.db")
    ledger = till.data / "ledger.db"
    content = bytearray(ledger.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    ledger.write_bytes(content)
    ended = tell(
        till,
        "await start_failed",
        "orders",
        "await failed",
        f"restore {backup.name}",
        "await restored",
        "await ready",
        "orders",
        "await orders",
        "sell 4200",
    )
    (trouble,) = told(ended, "start_failed")
    assert (trouble["code"], trouble["backups"]) == ("ledger_corrupt", [backup.name])
    assert set(cast("list[str]", trouble["choices"])) == {"fresh", "restore", "retry"}
    assert [event["code"] for event in told(ended, "failed")] == ["ledger_corrupt"], "never silently an empty list"
    assert listed(told(ended, "orders")[0]) == [ref]
    (aside,) = till.data.glob("ledger.set-aside-*.db")
    aside.unlink()  # the audit after the test reads every ledger, and this one cannot be read


@pytest.mark.campaign
@pytest.mark.parametrize("spoil", ["gone", "empty", "foreign"])
def test_s5_a_missing_or_foreign_ledger_is_never_silently_an_empty_one(
    till: Till, sandbox: SandboxProcess, spoil: str
) -> None:
    sold(till, sandbox)
    ledger = till.data / "ledger.db"
    if spoil == "gone":
        ledger.unlink()
    else:
        ledger.write_bytes(b"" if spoil == "empty" else b"somebody else's file" * 1000)
    ended = tell(till, "await start_failed", "fresh", "await ready", "orders", "await orders", "sell 4200")
    (trouble,) = told(ended, "start_failed")
    assert trouble["code"] in ("ledger_missing", "ledger_foreign", "ledger_corrupt")
    assert "fresh" in cast("list[str]", trouble["choices"])
    assert listed(told(ended, "orders")[0]) == []
    aside = list(till.data.glob("ledger.set-aside-*.db"))
    assert len(aside) == (spoil != "gone")
    sandbox.reset()  # the audit after the test would miss the order, which nobody could have saved


@pytest.mark.campaign
def test_s11_without_a_keyring_the_orders_can_be_seen_and_the_start_tried_again(
    till: Till, sandbox: SandboxProcess
) -> None:
    ref = sold(till, sandbox)
    till.with_env(POSAPP_GATEWAY_SECRET=None, PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    steps = ("await start_failed", "again", "await start_failed", "view", "await ready", "orders", "await orders")
    ended = tell(till, *steps, "charge 1200", "await failed")
    for trouble in told(ended, "start_failed"):
        assert (trouble["code"], trouble["choices"]) == ("keyring_missing", ["retry", "view"])
    assert [event["code"] for event in told(ended, "view_only")] == ["keyring_missing"]
    assert listed(told(ended, "orders")[0]) == [ref]
    assert [event["code"] for event in told(ended, "failed")] == ["ledger_view_only"]


@pytest.mark.campaign
def test_s6_a_ledger_held_for_a_while_is_waited_for_and_then_opened_by_itself(
    till: Till, sandbox: SandboxProcess
) -> None:
    import sqlite3

    ref = sold(till, sandbox)
    holder = sqlite3.connect(till.data / "ledger.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        child = start_told(till, "await start_failed", "await ready", "orders", "await orders", "quit")
        assert child.until("start_failed")["code"] == "ledger_busy"
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    ended = child.end(40)
    assert (ended.code, ended.err) == (0, "")
    assert listed(told(ended, "orders")[0]) == [ref]
    assert len(told(ended, "start_failed")) == 1
