"""The log as the window gets it: how many errors are unread, the entries, and what a crash left."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from posapp.bridge.recourse import Recourse
from posapp.domain.errors import Problem
from posapp.store.errors import SecretError
from tests.bridge.live import Answer, LiveBench
from tests.bridge.stand_ins import FakeLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.conftest import ExpectedWarnings

CRASHED = Problem("crashed_last_time", "posapp crashed when it last ran.", detail="Aborted in the main thread")


@pytest.fixture
def book() -> FakeLog:
    return FakeLog(CRASHED)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, book: FakeLog) -> Iterator[LiveBench]:
    """A till with a log, not started."""
    bench = LiveBench(qtbot, tmp_path, recourse=Recourse(log_book=lambda: book))
    yield bench
    assert bench.till.stop()
    assert book.closed
    assert book.listener is None
    assert {thread for _, _, thread in bench.news} <= {threading.main_thread().ident}


def entries(bench: LiveBench) -> object:
    answer = Answer()
    bench.till.log_entries(answer.done, answer.failed)
    return bench.wait_answer(answer).what


def test_what_is_unread_and_what_a_crash_left_is_told_after_the_start(bench: LiveBench) -> None:
    assert bench.news == []
    bench.start()
    bench.wait_for("log_unread")
    assert bench.heard("log_unread") == [1]
    assert bench.heard("problem_raised") == [CRASHED]


def test_errors_are_counted_as_they_come_from_whatever_thread(bench: LiveBench, book: FakeLog) -> None:
    bench.start()
    bench.wait_for("log_unread")

    def many() -> None:
        for _ in range(1000):
            book.error()

    thread = threading.Thread(target=many)
    thread.start()
    thread.join()
    bench.qtbot.waitUntil(lambda: bench.heard("log_unread")[-1] == 1001)
    assert len(bench.heard("log_unread")) < 50, "a storm is told in few words"


def test_looking_at_it_reads_everything(bench: LiveBench, book: FakeLog) -> None:
    bench.start()
    bench.wait_for("log_unread")
    assert entries(bench) == book.entries()
    bench.till.log_seen()
    bench.wait_for("log_unread", 2)
    assert bench.heard("log_unread") == [1, 0]
    assert entries(bench) == book.entries()
    assert not book.entries()[0].unread


def test_the_log_can_be_read_where_the_start_failed(
    bench: LiveBench, book: FakeLog, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the till could not start")
    bench.fails_to_build = SecretError("keyring_locked", "The keyring is locked.")
    bench.till.start()
    bench.wait_for("start_failed")
    assert entries(bench) == book.entries()
    bench.till.log_seen()
    bench.wait_for("log_unread", 2)


def test_an_error_after_the_end_reaches_nobody(bench: LiveBench, book: FakeLog) -> None:
    bench.start()
    bench.wait_for("log_unread")
    listener = book.listener
    assert listener is not None
    assert bench.till.stop()
    listener()
    bench.qtbot.wait(20)
    assert bench.heard("log_unread") == [1]


def test_without_a_log_there_is_nothing_in_it(live: LiveBench) -> None:
    assert entries(live) == ()
    live.till.log_seen()
    live.wait_for("log_unread")
    assert live.heard("log_unread") == [0]
    assert live.heard("problem_raised") == []
