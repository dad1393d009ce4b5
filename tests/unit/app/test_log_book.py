"""The log as a person reads it: this run and those before it, what is unread, what a crash or a kill left."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.app.log_book import MOST_TEXT, READ_BYTES, LogBook
from posapp.app.logs import RECENT, keep_recent, start_logging
from posapp.domain.log_entry import LogLevel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ExpectedWarnings

log = logging.getLogger("posapp.test")
EARLIER = "2026-03-14T12:00:00.123Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def book(root: logging.Logger, folder: Path) -> Iterator[LogBook]:
    """The log of a run that has begun."""
    assert root.handlers
    recent = keep_recent()
    start_logging(folder)
    book = LogBook(folder, recent)
    yield book
    book.close()


def before(folder: Path, *lines: str) -> None:
    (folder / "posapp.log").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def texts(book: LogBook) -> list[str]:
    return [entry.text for entry in book.entries()]


def test_errors_and_warnings_of_this_run_newest_first(book: LogBook, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("the disk|no reply")
    book.open()
    log.info("order T1-1")
    log.warning("no reply for %d s", 5)
    log.error("the disk\nfails; client_secret=CANARY")
    newest, oldest = book.entries()
    assert (newest.level, newest.source, newest.unread) == (LogLevel.ERROR, "posapp.test", True)
    assert newest.text == r"the disk\nfails; client_secret=***"
    assert (oldest.level, oldest.text, oldest.unread) == (LogLevel.WARNING, "no reply for 5 s", False)
    assert abs(newest.at - datetime.now(UTC)) < timedelta(seconds=5)
    assert book.unread() == 1


def test_what_earlier_runs_wrote_stands_below_and_nothing_twice(
    book: LogBook, folder: Path, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("new")
    before(folder, f"{EARLIER} ERROR posapp.old old", "2026-03-14T11:00:00.000Z WARNING posapp.old older")
    book.open()
    for number in range(3):
        log.error("new %d", number)
    assert len((folder / "posapp.log").read_text("utf-8").splitlines()) == 5
    assert sorted(texts(book)[:3]) == ["new 0", "new 1", "new 2"]
    assert texts(book)[3:] == ["old", "older"]
    old = book.entries()[3]
    assert (old.at, old.level, old.source) == (
        datetime(2026, 3, 14, 12, 0, 0, 123000, UTC),
        LogLevel.ERROR,
        "posapp.old",
    )
    assert book.unread() == 4


ODD_LINES = [
    "",
    "half a li",
    "2026-03-14 12:00:00,123 ERROR posapp of a program before this",
    "2026-02-31T12:00:00.000Z ERROR posapp no such day",
    "2026-03-14T12:00:00.000Z SHOUT posapp no such level",
    "2026-03-14T12:00:00.000Z INFO posapp of no interest",
    "2026-03-14T12:00:00.000Z ERROR",
    "\x00\x01\x02",
]


def test_what_is_no_line_of_ours_is_left_out(book: LogBook, folder: Path) -> None:
    before(folder, *ODD_LINES, f"{EARLIER} ERROR posapp good", "2026-03-14T12:00:00.000Z ERROR posapp cut o")
    with (folder / "posapp.log").open("ab") as file:
        file.write(b"2026-03-14T12:00:00.000Z ERROR posapp \xff\xfe\x1b[31m tampered with \xe2\x80\xae")
    book.open()
    assert sorted(texts(book)) == ["cut o", "good", r"��\x1b[31m tampered with \u202e"]


def test_the_newest_five_hundred_are_enough(book: LogBook, folder: Path, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("now")
    before(folder, *(f"2026-03-14T12:00:00.{number:03}Z ERROR posapp old {number}" for number in range(900)))
    book.open()
    log.error("now")
    entries = book.entries()
    assert len(entries) == RECENT
    assert [entry.text for entry in entries[:2]] == ["now", "old 899"]


def test_huge_files_are_read_at_their_end_only(book: LogBook, folder: Path) -> None:
    lines = b"".join(b"2026-03-14T12:00:00.000Z ERROR posapp %d\n" % number for number in range(200_000))
    (folder / "posapp.log").write_bytes(b"2026-03-14T12:00:01.000Z ERROR posapp newest\n")
    (folder / "posapp.log.1").write_bytes(lines)
    (folder / "posapp.log.2").write_bytes(b"2026-03-14T12:59:00.000Z ERROR posapp not read any more\n")
    began = time.monotonic()
    book.open()
    assert texts(book)[0] == "newest"
    assert time.monotonic() - began < 5.0
    assert READ_BYTES // 60 < book.unread() < READ_BYTES // 30


def test_a_text_without_an_end_is_cut(book: LogBook, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("x" * 100)
    book.open()
    log.error("x" * 1_000_000)
    assert len(texts(book)[0]) == MOST_TEXT


# --- unread ----------------------------------------------------------------------------------------------


def test_what_somebody_has_looked_at_is_read_also_after_a_restart(
    book: LogBook, folder: Path, root: logging.Logger, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("seen|not yet")
    before(folder, f"{EARLIER} ERROR posapp old")
    book.open()
    log.error("seen")
    assert book.unread() == 2
    book.mark_seen()
    assert book.unread() == 0
    assert not any(entry.unread for entry in book.entries())
    time.sleep(0.005)  # noqa: TID251 - the log tells milliseconds
    log.error("not yet")
    assert book.unread() == 1
    book.close()
    recent = keep_recent()
    again = LogBook(folder, recent)
    again.open()
    assert again.unread() == 1
    assert [entry.text for entry in again.entries() if entry.unread] == ["not yet"]
    assert recent in root.handlers


ODD_STAMPS = [b"", b"yesterday", b"\xff\xfe", b"2026-03-14", b"9" * 1000, b"9999-12-31T23:59:59+00:00"]


@pytest.mark.parametrize("stamp", ODD_STAMPS)
def test_an_odd_stamp_hides_no_error(book: LogBook, folder: Path, stamp: bytes) -> None:
    (folder / "seen").write_bytes(stamp)
    before(folder, f"{EARLIER} ERROR posapp old", f"{EARLIER} WARNING posapp never unread")
    (folder / "posapp.log").write_text(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z ERROR posapp new\n", "utf-8")
    book.open()
    assert book.unread() == 1


def test_a_folder_that_cannot_be_written_is_looked_at_all_the_same(
    book: LogBook, folder: Path, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("odd")
    (folder / "seen").mkdir()
    book.open()
    log.error("odd")
    book.mark_seen()
    assert book.unread() == 0


def test_every_error_is_told_on_its_thread_and_no_warning(book: LogBook, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("odd|meant")
    heard: list[int] = []
    book.open()
    book.listen(lambda: heard.append(book.unread()))
    log.warning("meant well")
    log.error("odd")
    log.critical("odd")
    book.listen(None)
    log.error("odd")
    assert heard == [1, 2]


def test_a_record_that_cannot_be_written_breaks_nothing(book: LogBook, expected_warnings: ExpectedWarnings) -> None:
    class Bad:
        def __str__(self) -> str:
            raise RuntimeError("no words")

    book.open()
    record = log.makeRecord("posapp.test", logging.ERROR, "", 0, "%s", (Bad(),), None)
    for handler in logging.getLogger().handlers:
        if handler.__class__.__module__.startswith("posapp"):
            handler.handle(record)
    assert book.entries() == ()
    assert expected_warnings.records == []


# --- crashes and kills -----------------------------------------------------------------------------------


def test_a_crash_is_told_once_and_stays_in_the_log(
    book: LogBook, folder: Path, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect(r"posapp\.crash: posapp crashed at 2\d{3}-.*: Aborted in no code of ours")
    (folder / "crash.log").write_text("Fatal Python error: Aborted\n\n", "utf-8")
    problem = book.open()
    assert problem is not None
    assert (problem.code, problem.detail) == ("crashed_last_time", "Aborted in no code of ours")
    (entry,) = book.entries()
    assert (entry.level, entry.unread, book.unread()) == (LogLevel.CRASH, True, 1)
    book.close()
    again = LogBook(folder, keep_recent())
    assert again.open() is None
    assert [entry.level for entry in again.entries()] == [LogLevel.CRASH]
    again.close()


def test_a_run_that_was_killed_is_told_from_one_that_ended(
    book: LogBook, folder: Path, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("the last run, begun at 2.*, ended without being closed")
    assert book.open() is None
    assert book.entries() == ()
    killed = LogBook(folder, keep_recent())
    killed.open()
    assert [entry.level for entry in killed.entries()] == [LogLevel.WARNING]
    assert killed.unread() == 0, "a power cut is nothing that somebody must look at"
    killed.close()
    count = len(expected_warnings.records)
    LogBook(folder, keep_recent()).open()
    assert len(expected_warnings.records) == count, "it had ended as it should"


def test_a_crash_is_not_also_told_as_a_kill(book: LogBook, folder: Path, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("posapp crashed")
    (folder / "running").write_text("2026-03-14T12:00:00+00:00\n", "ascii")
    (folder / "crash.log").write_text("Fatal Python error: Aborted\n", "utf-8")
    book.open()
    assert len(book.entries()) == 1


@pytest.mark.parametrize("content", [b"", b"\xff", b"soon"])
def test_an_odd_marker_is_a_marker(
    book: LogBook, folder: Path, content: bytes, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("begun at an unknown time")
    (folder / "running").write_bytes(content)
    book.open()


def test_without_a_folder_there_is_a_log_of_this_run(
    book: LogBook, folder: Path, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("odd")
    folder.rmdir()
    folder.write_text("no folder", "utf-8")
    expected_warnings.expect("what a crash may have left cannot be read")
    assert book.open() is None
    log.error("odd")
    assert texts(book)[0] == "odd"
    book.mark_seen()
    assert book.unread() == 0
