"""The io thread by itself: who reports what, and how it ends."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from posapp.app.system_clock import SystemClock
from posapp.bridge.io_thread import IoThread
from posapp.services import backups as backups_room
from posapp.services.till import TillServices
from posapp.store.backup import list_backups
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from tests.bridge.live import AMOUNT, FACTS
from tests.e2e.child import wait_until
from tests.scripted_gateway import ScriptedGateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posapp.bridge.io_thread import Services
    from posapp.services.events import Event

SOON_S = 10.0


class Notes:
    """Takes what the io thread reports."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.failed = threading.Event()
        self.broken = threading.Event()
        self.dead = threading.Event()
        self.failures: list[Exception] = []
        self.death: BaseException | None = None
        self.errors: list[BaseException] = []
        self.threads: set[str] = set()

    def opened(self, services: Services) -> None:
        """Note the start."""
        self.threads.add(threading.current_thread().name)
        self.begun.set()

    def not_opened(self, error: Exception) -> None:
        """Note a start that failed."""
        self.threads.add(threading.current_thread().name)
        self.failures.append(error)
        self.failed.set()

    def broke(self, error: BaseException) -> None:
        """Note a failure."""
        self.threads.add(threading.current_thread().name)
        self.errors.append(error)
        self.broken.set()

    def died(self, thread: IoThread, error: BaseException) -> None:
        """Note the end."""
        self.threads.add(threading.current_thread().name)
        self.death = error
        self.dead.set()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def io(tmp_path: Path, notes: Notes) -> Iterator[IoThread]:
    async def build() -> TillServices:
        def unheard(_event: Event) -> None:
            """Nobody looks."""

        ledger = open_ledger(tmp_path / "ledger.db")
        owner = Owner(tmp_path / "owners")
        return TillServices(FACTS, ledger, ScriptedGateway(), SystemClock(), unheard, owner, base_s=2.0)

    thread = IoThread(build, notes)
    thread.start()
    assert notes.begun.wait(SOON_S)
    yield thread
    assert thread.stop()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first backup not wait for a quiet minute."""
    monkeypatch.setattr(backups_room, "FIRST_S", 0.0)


@pytest.mark.usefixtures("soon")
def test_a_till_that_runs_takes_its_backup_by_itself(io: IoThread, notes: Notes, tmp_path: Path) -> None:
    async def sell(services: TillServices) -> None:
        services.checkout.begin(AMOUNT)

    io.submit(sell).result(SOON_S)
    wait_until(lambda: list_backups(tmp_path / "backups") != (), "no backup was taken")
    assert notes.errors == []


def test_jobs_run_on_the_thread_that_owns_the_ledger(io: IoThread, notes: Notes) -> None:
    async def job(services: TillServices) -> tuple[str, bool]:
        return threading.current_thread().name, services.newest_open(AMOUNT) is None

    assert io.submit(job).result(SOON_S) == ("posapp-io", True)
    assert notes.threads == {"posapp-io"}


def test_what_nobody_waits_for_is_reported_when_it_fails(io: IoThread, notes: Notes) -> None:
    async def broken() -> None:
        raise ValueError("a bug")

    async def job(_services: TillServices) -> None:
        io.spawn(broken())

    io.submit(job).result(SOON_S)
    assert notes.broken.wait(SOON_S)
    assert [str(error) for error in notes.errors] == ["a bug"]


def test_what_nobody_waits_for_and_goes_well_is_not_reported(io: IoThread, notes: Notes) -> None:
    ended = threading.Event()

    async def fine() -> None:
        ended.set()

    async def job(_services: TillServices) -> None:
        io.spawn(fine())

    io.submit(job).result(SOON_S)
    assert ended.wait(SOON_S)
    assert notes.errors == []


@pytest.mark.parametrize(
    "context, words", [({"message": "odd"}, "odd"), ({"message": "odd", "exception": ValueError("a bug")}, "a bug")]
)
def test_what_the_loop_complains_of_is_reported(
    io: IoThread, notes: Notes, context: dict[str, object], words: str
) -> None:
    async def job(_services: TillServices) -> None:
        asyncio.get_running_loop().call_exception_handler(context)

    io.submit(job).result(SOON_S)
    assert [str(error) for error in notes.errors] == [words]


def test_a_job_that_fails_fails_its_future_only(io: IoThread, notes: Notes) -> None:
    async def job(_services: TillServices) -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        io.submit(job).result(SOON_S)
    assert notes.errors == []


def test_a_start_that_hangs_can_be_stopped(notes: Notes) -> None:
    asked = threading.Event()

    async def build() -> TillServices:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def job(_services: TillServices) -> None:
        raise AssertionError("never")

    thread = IoThread(build, notes)
    thread.start()
    assert asked.wait(SOON_S)
    waiting = thread.submit(job)
    assert thread.stop()
    assert waiting.cancelled()
    assert not notes.begun.is_set()
    assert notes.errors == []


def test_a_thread_that_does_not_end_in_time_is_said_to_be_one(io: IoThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posapp.bridge.io_thread.JOIN_S", 0.05)
    stuck, go_on = threading.Event(), threading.Event()

    async def job(_services: TillServices) -> None:
        stuck.set()
        go_on.wait(SOON_S)  # a bug: it blocks the loop

    io.submit(job)
    assert stuck.wait(SOON_S)
    assert not io.stop()
    go_on.set()
    monkeypatch.undo()
    assert io.stop(), "asked again, it has ended by now"
