"""X4 and X5: ids never meet, over tills with one account and over cloned disks; each till lists its own."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.merchant_ref import RANDOM_BYTES, merchant_ref
from tests.unit.services.bench import Bench, quick_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [pytest.mark.xdist_group("faults-concurrency"), pytest.mark.timeout(180)]

ROOT: Final = Path(__file__).parents[3]
NOW_MS: Final = 1_790_000_000_000
IDS, CAMPAIGN_IDS = 100_000, 1_000_000
FORKS, EACH = 4, 2_000


# --- X4 --------------------------------------------------------------------------------------------------


def test_x4_ids_of_two_tills_never_meet(campaign: bool, figure: Callable[[str], None]) -> None:
    """Both tills in the same milliseconds, and with names that begin their ids alike."""
    count = CAMPAIGN_IDS if campaign else IDS
    tills = ("Harbour Tea / Till 12", "eaTill12")
    ids = {merchant_ref(tills[n % 2], NOW_MS + n // 2_000, os.urandom(RANDOM_BYTES)) for n in range(count)}
    assert len(ids) == count
    assert {one.partition("-")[0] for one in ids} == {"eaTill12"}, "the prefixes were meant to be equal"
    figure(f"{count:,} ids of two tills that share their prefix, 0 duplicates")


@given(
    tills=st.tuples(st.text(max_size=20), st.text(max_size=20)),
    at=st.tuples(st.integers(0, 2**44), st.integers(0, 2**44)),
    entropy=st.tuples(st.binary(min_size=9, max_size=9), st.binary(min_size=9, max_size=9)),
)
def test_x4_only_the_same_randomness_in_the_same_millisecond_makes_the_same_id(
    tills: tuple[str, str], at: tuple[int, int], entropy: tuple[bytes, bytes]
) -> None:
    first, second = (merchant_ref(*one) for one in zip(tills, at, entropy, strict=True))
    # 72 random bits are drawn and 70 of them written.
    same = at[0] == at[1] and int.from_bytes(entropy[0]) % 2**70 == int.from_bytes(entropy[1]) % 2**70
    if not same:
        assert first != second


def test_x4_each_till_lists_its_own(make_till: Callable[..., Till], sandbox: SandboxProcess) -> None:
    first, second = make_till(), make_till()
    second.reconfigure('till = "T1"', 'till = "T2"')
    refs: dict[str, object] = {}
    for till, amount in ((first, "11.00"), (second, "22.00")):
        charge = till.charge(amount, "HKD", wait=0)
        refs[amount] = charge.until("qr")["merchant_order_id"]
        assert charge.end().code == 5
    for ref in refs.values():
        sandbox.pay(ref)
    for till, amount in ((first, "11.00"), (second, "22.00")):
        (mine,) = till.orders("--refresh")
        assert (mine["merchant_order_id"], mine["amount"], mine["state"]) == (refs[amount], amount, "SUCCEEDED")
    # Nobody asked about the other till's order: one question each.
    assert [sandbox.order(ref)["queries"] for ref in refs.values()] == [1, 1]


# --- X5 --------------------------------------------------------------------------------------------------


def test_x5_a_cloned_disk_with_the_same_dice_and_the_same_clock_makes_other_ids() -> None:
    """A till, and its copy that wakes up in the same second with the same state of every generator of ours."""
    with quick_folder() as name:
        original = _bench(Path(name) / "original")
        original.charge()
        original.till.stop()
        original.loop.abandon()
        shutil.copytree(Path(name) / "original", Path(name) / "clone")
        runs: list[list[str]] = []
        for folder in ("original", "clone"):
            bench = _bench(Path(name) / folder)
            random.seed(4711)
            before = {attempt.merchant_order_id for order in bench.every_order() for attempt in order.attempts}
            made = [bench.charge() for _ in range(50)]
            attempts = [attempt for order in made for attempt in order.attempts]
            runs.append([a.merchant_order_id for a in attempts] + [a.request_id for a in attempts])
            assert len(before) == 1
            bench.close()
        assert not set(runs[0]) & set(runs[1])


def test_x5_ids_of_a_forked_process_differ_from_its_parents() -> None:
    """The generator's state is copied by a fork as it is by a snapshot of a virtual machine; ids must not be."""
    script = f"""
import os, random, sys
from posapp.domain.merchant_ref import RANDOM_BYTES, merchant_ref
random.seed(1)
for child in range({FORKS}):
    if os.fork() == 0:
        ids = [merchant_ref("T1", {NOW_MS}, os.urandom(RANDOM_BYTES)) for _ in range({EACH})]
        sys.stdout.write("\\n".join(ids) + "\\n")
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    ids = done.stdout.split()
    assert len(ids) == len(set(ids)) == FORKS * EACH


CLONE: Final = """
import os, sys
os.urandom = lambda count: bytes(count)
from posapp.app.system_clock import SystemClock
from datetime import UTC, datetime
now = SystemClock.now
first = []
def stuck(self):
    first.append(1)
    return datetime(2026, 3, 14, 4, 0, tzinfo=UTC) if len(first) == 1 else now(self)
SystemClock.now = stuck
from posapp.app.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A till whose first id is always the same: what would happen if randomness failed us."""


def test_x5_an_id_that_a_stranger_has_used_is_said_and_never_green(
    make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    """The clone's create is refused as a double; the answer about it names another amount, so somebody has to look."""
    first, clone = make_till(), make_till()
    told = [_charge_with_stuck_dice(till, amount) for till, amount in ((first, "11.00"), (clone, "22.00"))]
    (ref,) = {seen["merchant_order_id"] for seen in sandbox.seen()}
    assert [code for code, _ in told] == [5, 5]
    assert told[1][1].startswith("posapp: merchant_order_id was used before (support id ")
    sandbox.pay(ref)
    assert first.order("--refresh")["state"] == "SUCCEEDED"
    mistaken = clone.order("--refresh")
    assert (mistaken["merchant_order_id"], mistaken["standing"], mistaken["needs_look"]) == (ref, "REVIEW", True)
    (attempt,) = cast("list[dict[str, object]]", mistaken["attempts"])
    assert (attempt["review"], attempt["review_detail"]) == ("AMOUNT_DIFFERS", "HKD 22.00 / HKD 11")
    assert mistaken["paid_at"] is None
    sandbox.reset()  # two POSTs under one id were the point of it


def _charge_with_stuck_dice(till: Till, amount: str) -> tuple[int, str]:
    where = ("--config", str(till.config), "--data-dir", str(till.data))
    done = subprocess.run(
        [sys.executable, "-c", CLONE, "charge", amount, "HKD", "--wait", "0", *where],
        env=dict(till.env),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    return done.returncode, done.stderr


def _bench(folder: Path) -> Bench:
    folder.mkdir(exist_ok=True)
    return Bench(folder)
