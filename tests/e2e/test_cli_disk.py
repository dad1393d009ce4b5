"""A disk that is full or read-only, and ledgers that are not ours: said in a sentence, before anything is sent."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

MAY_MOUNT = sys.platform == "linux" and os.geteuid() == 0
BLOCK = b"\0" * 4_096

needs_a_disk = pytest.mark.skipif(not MAY_MOUNT, reason="only root on Linux can mount a small disk")


@pytest.fixture
def small_disk(till: Till, tmp_path: Path) -> Generator[Path]:
    """Put the till's data on a disk of one megabyte."""
    till.data.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    assert mount is not None
    assert umount is not None
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(till.data)], check=False, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    yield till.data
    till.close()
    kept = shutil.copytree(till.data, tmp_path / "kept")  # for the audit, which comes after us
    subprocess.run([umount, "--lazy", str(till.data)], check=True)
    shutil.copytree(kept, till.data, dirs_exist_ok=True)


@contextmanager
def filled(disk: Path) -> Generator[None]:
    """Leave no byte free for a while."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(BLOCK):
            pass
    yield
    filler.unlink()


@needs_a_disk
def test_on_a_full_disk_nothing_is_sent(till: Till, sandbox: SandboxProcess, small_disk: Path) -> None:
    with filled(small_disk):
        ended = till.charge().end()
    assert (ended.code, ended.out) == (1, "")
    assert "disk" in ended.err.lower() or "space" in ended.err.lower()
    assert sandbox.truth()["requests_total"] == 0


@needs_a_disk
def test_on_a_disk_that_became_full_nothing_is_sent_and_the_books_stay_whole(
    till: Till, sandbox: SandboxProcess, small_disk: Path
) -> None:
    before = till.charge(wait=0).end().last["merchant_order_id"]
    with filled(small_disk):
        ended = till.charge().end()
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    assert [seen["merchant_order_id"] for seen in sandbox.seen()] == [before]
    assert till.run("verify").code == 0
    assert till.order()["merchant_order_id"] == before


@needs_a_disk
def test_an_answer_that_cannot_be_written_is_an_open_order_that_is_found_again(
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


@needs_a_disk
def test_a_disk_that_gets_room_again_in_time_costs_nothing(
    till: Till, sandbox: SandboxProcess, small_disk: Path
) -> None:
    sandbox.fault("create", "latency", seconds=1.5)
    charge = till.charge()
    sandbox.wait_for_create(charge.until("attempt")["merchant_order_id"])
    with filled(small_disk), pytest.raises(AssertionError, match="no line"):
        charge.next_line(patience_s=3)
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    assert charge.end().code == 0


@needs_a_disk
@pytest.mark.parametrize("used", [False, True])
def test_on_a_read_only_disk_nothing_is_sent(till: Till, sandbox: SandboxProcess, small_disk: Path, used: bool) -> None:
    sold = [till.charge(wait=0).end().last["merchant_order_id"]] if used else []
    mount = shutil.which("mount")
    assert mount is not None
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    ended = till.charge().end()
    subprocess.run([mount, "-o", "remount,rw", str(small_disk)], check=True)
    assert (ended.code, ended.out) == (1, "")
    assert [seen["merchant_order_id"] for seen in sandbox.seen()] == sold


def test_a_data_folder_that_is_a_file_is_said(till: Till, sandbox: SandboxProcess) -> None:
    till.data.write_text("not a folder", "utf-8")
    ended = till.charge().end()
    assert (ended.code, ended.out, str(till.data) in ended.err) == (1, "", True)
    assert sandbox.truth()["requests_total"] == 0
    till.data.unlink()


def test_without_a_place_for_logs_it_sells_all_the_same(till: Till) -> None:
    till.data.mkdir()
    (till.data / "logs").write_text("not a folder", "utf-8")
    ended = till.charge(wait=0).end()
    assert (ended.code, ended.err) == (5, "")


def test_a_newer_ledger_is_left_untouched(till: Till, sandbox: SandboxProcess) -> None:
    till.charge(wait=0).end()
    ledger = till.data / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before, posts = ledger.read_bytes(), len(sandbox.seen())
    charged, listed, verified = (till.run(*words) for words in (["charge", "5", "HKD"], ["orders"], ["verify"]))
    assert (charged.code, charged.out) == (listed.code, listed.out) == (1, "")
    assert charged.err == listed.err
    assert "newer posapp" in charged.err
    assert (verified.code, "newer posapp" in verified.out) == (1, True)
    assert ledger.read_bytes() == before
    assert len(sandbox.seen()) == posts


def test_somebody_else_s_file_is_left_untouched(till: Till, sandbox: SandboxProcess) -> None:
    till.data.mkdir()
    ledger = till.data / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = ledger.read_bytes()
    foreign = till.charge().end()
    assert ledger.read_bytes() == before
    ledger.write_bytes(b"this is no ledger" * 100)
    damaged = till.charge().end()
    assert (foreign.code, foreign.out) == (damaged.code, damaged.out) == (1, "")
    assert foreign.err == "posapp: The ledger's file belongs to another program; it was left untouched.\n"
    assert "damaged" in damaged.err
    assert sandbox.truth()["requests_total"] == 0
