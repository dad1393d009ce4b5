"""The ledger copied while it is in use: what comes out is whole, and can be restored elsewhere."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.store.backup import list_backups, take_backup
from posapp.store.ledger import open_ledger
from posapp.store.restore import restore_backup
from posapp.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
ROOT = Path(__file__).parents[3]
SELLING = """
import sys
from pathlib import Path
from tests.unit.store.books import Books
books = Books.at(Path(sys.argv[1]))
for serial in range(1, 1_000_000):
    books.sell(serial, note="x" * 100)
    print(serial, flush=True)
"""


def test_s10_backups_taken_in_the_middle_of_sales_are_whole_and_miss_nothing_that_was_said(
    tmp_path: Path, campaign: bool, figure: Callable[[str], None]
) -> None:
    ledger, backups = tmp_path / "ledger.db", tmp_path / "backups"
    taken = 60 if campaign else 6
    orders: list[int] = []
    with subprocess.Popen(
        [sys.executable, "-c", SELLING, str(ledger)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as selling:
        assert selling.stdout is not None
        for _ in range(taken):
            said = max(int(selling.stdout.readline()) for _ in range(15))
            backup = take_backup(ledger, backups, datetime.now(UTC))
            assert backup.orders >= said, "an order that was said to be committed is not in the backup"
            orders.append(backup.orders)
        selling.kill()
    for number, backup in enumerate(reversed(list_backups(backups))):
        there = tmp_path / f"elsewhere {number}" / "ledger.db"
        there.parent.mkdir()
        restore_backup(backups / backup.name, there, datetime.now(UTC))
        restored = open_ledger(there)
        found = verify(restored)
        restored.close()
        assert (found.orders, found.findings) == (orders[number], ())
    figure(f"{taken} backups of {orders[0]} to {orders[-1]} orders taken during sales, each restored whole")


def test_s10_a_backup_taken_beside_a_running_charge_is_restored_and_the_open_order_found(
    till: Till, sandbox: SandboxProcess
) -> None:
    charge = till.charge()
    ref = charge.until("qr")["merchant_order_id"]
    taken, refused = till.run("backup", "--json"), till.run("restore", "latest", "--yes")
    assert (taken.code, taken.last["orders"]) == (0, 1)
    assert stat.S_IMODE(Path(str(taken.last["path"])).stat().st_mode) == 0o600
    assert (refused.code, refused.out, "in use" in refused.err) == (1, "", True)
    sandbox.pay(ref)
    assert charge.end().code == 0

    usb = till.folder / "usb.db"
    assert till.run("backup", "--to", str(usb)).code == 0
    assert till.run("backup", "--to", str(usb)).code == 1, "it is there already"
    shutil.rmtree(till.data)  # the computer is a new one
    unsaid = till.run("restore", str(usb))
    assert (unsaid.code, unsaid.out, "--yes" in unsaid.err) == (2, "", True)
    assert not (till.data / "ledger.db").exists()
    told = till.run("restore", str(usb), "--yes")
    assert (told.code, told.err, "compare" in told.out) == (0, "", True)
    assert till.order("--refresh")["state"] == "SUCCEEDED"
    assert till.run("verify").code == 0
