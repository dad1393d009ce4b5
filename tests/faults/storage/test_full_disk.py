"""A disk that is full: before an order nothing is sent, after an answer nothing is lost."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
BLOCK = b"\0" * 4_096


@contextmanager
def filled(disk: Path) -> Generator[None]:
    """Leave no byte free for a while."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(BLOCK):
            pass
    yield
    filler.unlink()


def test_s1_on_a_full_disk_nothing_is_sent(till: Till, sandbox: SandboxProcess, small_disk: Path) -> None:
    with filled(small_disk):
        ended = till.charge().end()
    assert (ended.code, ended.out) == (1, "")
    assert "disk" in ended.err.lower() or "space" in ended.err.lower()
    assert sandbox.truth()["requests_total"] == 0


def test_s1_on_a_disk_that_became_full_nothing_is_sent_and_the_books_stay_whole(
    till: Till, sandbox: SandboxProcess, small_disk: Path
) -> None:
    before = till.charge(wait=0).end().last["merchant_order_id"]
    with filled(small_disk):
        ended = till.charge().end()
        backup = till.run("backup")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    assert (backup.code, backup.out, "disk" in backup.err) == (1, "", True)
    assert [seen["merchant_order_id"] for seen in sandbox.seen()] == [before]
    assert till.run("verify").code == 0
    assert till.order()["merchant_order_id"] == before


@pytest.mark.campaign
def test_s2_an_answer_that_cannot_be_written_is_an_open_order_that_is_found_again(
    till: Till, sandbox: SandboxProcess, small_disk: Path
) -> None:
    sandbox.fault("create", "latency", seconds=2)
    charge = till.charge()
    ref = charge.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    with filled(small_disk):
        ended = charge.end()
    assert (ended.code, ended.names) == (5, ["attempt", "open"])
    assert ended.err == "posapp: The disk is full, so the ledger cannot be written.\n"
    assert till.order("--refresh")["state"] == "ORPHAN"
    assert till.run("verify").code == 0


def test_s2_a_disk_that_gets_room_again_in_time_costs_nothing(
    till: Till, sandbox: SandboxProcess, small_disk: Path
) -> None:
    sandbox.fault("create", "latency", seconds=1.5)
    charge = till.charge()
    sandbox.wait_for_create(charge.until("attempt")["merchant_order_id"])
    with filled(small_disk), pytest.raises(AssertionError, match="no line"):
        charge.next_line(patience_s=3)
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    assert charge.end().code == 0
