"""The keeper of backups in virtual time: daily, never at once, whatever the clock does, and said once when it fails."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest

from posapp.domain.till import HealthState
from posapp.services import backups as backups_room
from posapp.services.backups import FIRST_S, LOOK_S, RETRY_S, BackupKeeper
from posapp.services.events import ProblemRaised
from posapp.store import backup as store_room
from posapp.store.backup import list_backups
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.domain.errors import Problem
    from tests.conftest import ExpectedWarnings
    from tests.unit.services.bench import Bench

T = TypeVar("T")
DAY_S = 86_400.0


async def at_once(work: Callable[..., T], *values: object) -> T:
    """Do on the loop what goes to another thread: virtual time would run away from a real one."""
    return work(*values)


@pytest.fixture(autouse=True)
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "to_thread", at_once)


def keep(bench: Bench) -> Path:
    bench.till.background(bench.services.backups.run())
    return bench.till.ledger.backups


def problems(bench: Bench) -> list[Problem]:
    return [event.problem for event in bench.till.events if isinstance(event, ProblemRaised)]


def test_the_first_comes_some_minutes_after_the_start_then_one_a_day(bench: Bench) -> None:
    bench.charge()
    folder = keep(bench)
    bench.let_pass(FIRST_S - 1)
    assert list_backups(folder) == ()
    bench.let_pass(2)
    (first,) = list_backups(folder)
    assert first.orders == 1
    bench.let_pass(DAY_S - LOOK_S)
    assert list_backups(folder) == (first,)
    bench.let_pass(2 * LOOK_S)
    second, _ = list_backups(folder)
    assert second.taken_at - first.taken_at < timedelta(days=1, seconds=2 * LOOK_S)


def test_a_restarted_till_waits_for_its_day(bench: Bench) -> None:
    folder = keep(bench)
    bench.let_pass(FIRST_S + 1)
    bench.kill()
    keep(bench)
    bench.let_pass(DAY_S / 2)
    assert len(list_backups(folder)) == 1
    bench.let_pass(DAY_S / 2 + LOOK_S)
    assert len(list_backups(folder)) == 2


@pytest.mark.parametrize("turned", [-400 * DAY_S, 400 * DAY_S])
def test_a_turned_clock_neither_stops_nor_floods_it(bench: Bench, turned: float) -> None:
    folder = keep(bench)
    bench.let_pass(FIRST_S + 1)
    bench.clock.turn_wall(turned)
    bench.let_pass(2 * LOOK_S)
    assert len(list_backups(folder)) == 2, "how old the other one is nobody knows"
    bench.let_pass(20 * LOOK_S)
    assert len(list_backups(folder)) == 2
    bench.let_pass(DAY_S)
    assert len(list_backups(folder)) == 3


def test_a_clock_that_stands_still_does_not_stop_it(bench: Bench) -> None:
    folder = keep(bench)
    bench.let_pass(FIRST_S + 1)
    for _ in range(150):
        bench.let_pass(LOOK_S)
        bench.clock.turn_wall(-LOOK_S)
    assert len(list_backups(folder)) == 2


def test_old_ones_are_thinned_out(bench: Bench, expected_warnings: ExpectedWarnings) -> None:
    folder = bench.till.ledger.backups
    folder.mkdir()
    for number in range(1, 11):
        (folder / f"ledger-20200101T0000{number:02}Z-{number:06}.db").write_bytes(b"x" * 100)
    expected_warnings.expect("a backup cannot be used")
    keep(bench)
    bench.let_pass(FIRST_S + 1)
    assert len(list(folder.glob("*.db"))) == 11 - store_room.MOST_AT_ONCE


def test_a_failure_is_said_once_and_tried_again_every_hour(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("no backup could be made")
    monkeypatch.setattr(store_room, "RESERVE_BYTES", 1 << 60)
    folder = keep(bench)
    bench.let_pass(FIRST_S + 10 * RETRY_S)
    (problem,) = problems(bench)
    assert problem.code == "backup_failed"
    assert "disk" in problem.message
    assert len(expected_warnings.records) == 1
    monkeypatch.undo()
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    bench.let_pass(RETRY_S + 1)
    assert len(list_backups(folder)) == 1


def test_pretend_money_is_not_backed_up(bench: Bench) -> None:
    keeper = BackupKeeper(bench.till.ledger, None, bench.clock, bench.till.events.append)
    bench.till.background(keeper.run())
    bench.let_pass(3 * DAY_S)
    assert not bench.till.ledger.backups.exists()
    assert bench.till.failures == []


@pytest.mark.parametrize("damaged", [False, True])
def test_a_large_ledger_is_checked_after_the_start(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, damaged: bool, expected_warnings: ExpectedWarnings
) -> None:
    checked: list[Path] = []

    def check(path: Path) -> None:
        checked.append(path)
        if damaged:
            raise LedgerError("ledger_corrupt", "The ledger's file is damaged.")

    monkeypatch.setattr(backups_room, "QUICK_CHECK_BYTES", 0)
    monkeypatch.setattr(backups_room, "check_pages_of", check)
    if damaged:
        expected_warnings.expect("not written any more")
    bench.watch()
    bench.let_pass(1)  # the check and the care for the ledger, which looks every five seconds, must not meet
    keep(bench)
    bench.let_pass(FIRST_S + 1)
    assert checked == [bench.till.ledger.path]
    assert [problem.code for problem in problems(bench)] == (["ledger_corrupt"] if damaged else [])
    assert bench.till.ledger.is_broken is damaged
    bench.let_pass(120)
    # Opened anew it proves to be whole: nothing was really wrong with it.
    assert bench.services.health.current.state is not HealthState.LEDGER
    assert not bench.till.ledger.is_broken


def test_whoever_stops_the_till_does_not_wait_for_a_whole_backup(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # real threads
    asked = threading.Event()

    def endless(_ledger: Path, _folder: Path, _now: object, *, cancelled: Callable[[], bool]) -> object:
        asked.set()
        while not cancelled():
            threading.Event().wait(0.01)
        raise LedgerError("cancelled", "The backup was given up.")

    monkeypatch.setattr(backups_room, "take_backup", endless)
    monkeypatch.setattr(backups_room, "FIRST_S", 0.0)

    async def stopped() -> None:
        keeping = asyncio.ensure_future(bench.services.backups.run())
        assert await asyncio.to_thread(asked.wait, 10)
        keeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeping

    asyncio.run(stopped())
    assert problems(bench) == []
