"""A ledger that another program holds: a backup tool, a virus scanner, somebody with a database browser."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
BUSY = "posapp: Another program holds the ledger; nothing was written.\n"


@contextmanager
def held(ledger: Path) -> Generator[threading.Event]:
    """Hold a ledger so that nobody else can write, on another thread, until the event is set."""
    has, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(ledger, isolation_level=None, timeout=20)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            has.set()
            let_go.wait(60)
            holder.execute("ROLLBACK")

    holding = threading.Thread(target=hold, name="holder")
    holding.start()
    try:
        assert has.wait(20)
        yield let_go
    finally:
        let_go.set()
        holding.join()


@pytest.fixture
def used(till: Till) -> Till:
    """A till whose ledger exists, held open so that its log stays."""
    till.run("orders")
    return till


def test_s6_a_short_hold_is_waited_for_and_goes_unnoticed(used: Till, sandbox: SandboxProcess) -> None:
    with held(used.data / "ledger.db") as let_go:
        charge = used.charge()
        threading.Timer(1.5, let_go.set).start()
        sandbox.pay(charge.until("qr")["merchant_order_id"])
        ended = charge.end()
    assert (ended.code, ended.err) == (0, "")


def test_s6_a_long_hold_is_said_and_nothing_is_sent(used: Till, sandbox: SandboxProcess) -> None:
    with held(used.data / "ledger.db"):
        began = time.monotonic()
        ended = used.charge().end()
        took = time.monotonic() - began
    assert (ended.code, ended.out, ended.err) == (1, "", BUSY)
    assert took < 12, "three seconds of waiting, and the start"
    assert sandbox.truth()["requests_total"] == 0


@pytest.mark.campaign
def test_s6_an_answer_that_meets_a_hold_of_ten_seconds_is_written_once_and_nothing_is_sent_twice(
    used: Till, sandbox: SandboxProcess
) -> None:
    sandbox.fault("create", "latency", seconds=2)
    charge = used.charge()
    ref = charge.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    with held(used.data / "ledger.db") as let_go:
        threading.Timer(10, let_go.set).start()
        sandbox.pay(charge.until("qr")["merchant_order_id"])
        ended = charge.end()
    assert (ended.code, ended.err) == (0, "")
    assert sandbox.order(ref)["create_posts"] == 1
    with closing(sqlite3.connect(f"{(used.data / 'ledger.db').as_uri()}?mode=ro", uri=True)) as connection:
        states = [state for (state,) in connection.execute("SELECT new_state FROM audit WHERE event = 'state'")]
    assert states == ["CREATING", "CREATED", "PENDING", "SUCCEEDED"]
