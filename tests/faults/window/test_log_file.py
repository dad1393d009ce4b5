"""U9: a log that is full, huge or cannot be written; the till sells, and the logs stay bounded."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from posapp.app.logs import KEPT_FILES, MAX_BYTES, MAX_LINE, LogFile, OneLine, Recent
from tests.faults.window.storyteller import logged, start_told, told

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [pytest.mark.xdist_group("faults-trouble"), pytest.mark.timeout(120)]

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


def _may_mount() -> bool:
    """Tell whether a small disk can be had here, by asking for one."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    trial = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


needs_disk = pytest.mark.skipif(not _may_mount(), reason="a small disk needs mount and its rights")


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Generator[Path]:
    """Mount a small disk on a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        unmount = ["umount", "-l", str(folder)]
        subprocess.run(unmount, check=True)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """A logger that nobody else hears, whose failures stay silent as they do in the program."""
    monkeypatch.setattr(logging, "raiseExceptions", False)
    log = logging.getLogger("posapp.test.logs")
    log.propagate = False
    log.setLevel(logging.INFO)
    yield log
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


def attach(log: logging.Logger, file: Path) -> LogFile:
    handler = LogFile(file)
    handler.setFormatter(OneLine(FORMAT))
    log.addHandler(handler)
    return handler


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def sell(till: Till, sandbox: SandboxProcess, *accidents: str) -> int:
    """Sell once in a window that also has something to log; returns how many errors it showed as unread."""
    noise = [f"accident {kind}" for kind in accidents]
    child = start_told(till, "await ready", "accident thread", *noise, "sell 4200", "paid", "quit")
    sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert (ended.code, ended.err) == (0, "")
    assert till.order()["state"] == "SUCCEEDED"
    return max(int(str(event["count"])) for event in told(ended, "unread"))


# --- the window sells ------------------------------------------------------------------------------------


@needs_disk
def test_u9_with_its_log_s_disk_full_the_window_sells_and_shows_what_went_wrong(
    till: Till, sandbox: SandboxProcess
) -> None:
    with small_disk(till.data / "logs", 16) as logs:
        (logs / "ballast").write_bytes(b"x" * os.statvfs(logs).f_bavail * os.statvfs(logs).f_frsize)
        assert sell(till, sandbox) == 1
        assert logged(till) == []


def a_folder(file: Path) -> None:
    file.mkdir()


def no_folder_around(file: Path) -> None:
    file.parent.rmdir()
    file.parent.write_text("a file", "utf-8")


def nothing_at_its_end(file: Path) -> None:
    file.symlink_to("/nowhere/at/all")


@pytest.mark.campaign
@pytest.mark.parametrize("spoil", [a_folder, no_folder_around, nothing_at_its_end], ids=lambda spoil: spoil.__name__)
def test_u9_with_a_log_that_cannot_be_written_the_window_sells(
    till: Till, sandbox: SandboxProcess, spoil: Callable[[Path], None]
) -> None:
    (till.data / "logs").mkdir(parents=True)
    spoil(till.data / "logs" / "posapp.log")
    child = start_told(till, "await ready", "accident thread", "sell 4200", "paid", "quit")
    sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert ended.code == 0
    assert till.order()["state"] == "SUCCEEDED"
    assert max(int(str(event["count"])) for event in told(ended, "unread")) == 1, (
        "in the window it is seen all the same"
    )
    if spoil is no_folder_around:  # then, and only then, it goes to whoever started the program
        assert "a thread fails" in ended.err
        child.stderr_file.write_text("", "utf-8")
    assert child.said() == ""


@pytest.mark.campaign
def test_u9_a_huge_log_of_somebody_else_s_is_cut(till: Till, sandbox: SandboxProcess) -> None:
    logs = till.data / "logs"
    logs.mkdir(parents=True)
    for name in ("posapp.log", "posapp.log.3"):
        with (logs / name).open("wb") as file:
            file.truncate(200 * 1024 * 1024)
    assert sell(till, sandbox) == 1
    assert size(logs) <= 3 * (MAX_BYTES + 4 * MAX_LINE)
    assert "a thread fails" in (logs / "posapp.log").read_text("utf-8")


@pytest.mark.campaign
def test_u9_a_folder_that_goes_away_while_the_window_is_open_is_made_anew(till: Till, sandbox: SandboxProcess) -> None:
    child = start_told(
        till, "await ready", "accident thread", "sell 100", "paid", "accident collected", "sell 4200", "paid", "quit"
    )
    first = child.until("code")["ref"]
    shutil.rmtree(till.data / "logs")
    sandbox.pay(first)
    sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert (ended.code, ended.err) == (0, "")
    assert ["a finalizer fails" in line for line in logged(till, "CRITICAL")] == [True]


# --- the file stays bounded ------------------------------------------------------------------------------


def flood(log: logging.Logger, most: int, line: int = MAX_LINE - 200) -> int:
    """Log so many bytes; returns how many records that were."""
    records = most // line
    for number in range(records):
        log.info("%d %s", number, "x" * line)
    return records


def test_u9_the_files_are_rotated_and_bounded(
    log: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, campaign: bool, figure: Callable[[str], None]
) -> None:
    most = MAX_BYTES if campaign else 256 * 1024
    monkeypatch.setattr("posapp.app.logs.MAX_BYTES", most)
    attach(log, tmp_path / "posapp.log")
    records = flood(log, 15 * most)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"posapp.log", *(f"posapp.log.{number}" for number in range(1, KEPT_FILES + 1))}
    assert size(tmp_path) <= (KEPT_FILES + 1) * most
    newest = (tmp_path / "posapp.log").read_text("utf-8").splitlines()[-1]
    assert f" {records - 1} xxx" in newest
    figure(f"{records} records, {15 * most // 1024 // 1024} MiB written, {size(tmp_path) / 1024 / 1024:.1f} MiB kept")


@pytest.mark.parametrize("goes", ["the file", "the folder"])
def test_u9_what_is_taken_away_is_made_anew(log: logging.Logger, tmp_path: Path, goes: str) -> None:
    file = tmp_path / "logs" / "posapp.log"
    attach(log, file)
    log.error("before")
    if goes == "the file":
        file.unlink()
    else:
        shutil.rmtree(file.parent)
    log.error("after")
    (line,) = file.read_text("utf-8").splitlines()
    assert line.endswith(" after")


def test_u9_one_record_cannot_fill_a_file(log: logging.Logger, tmp_path: Path) -> None:
    attach(log, tmp_path / "posapp.log")
    log.info("x" * 20_000_000)
    (line,) = (tmp_path / "posapp.log").read_text("utf-8").splitlines()
    assert len(line) < MAX_LINE + 100
    assert line.endswith("more characters)")


def test_u9_two_programs_rotating_one_file_lose_no_bound(
    log: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 64 * 1024
    monkeypatch.setattr("posapp.app.logs.MAX_BYTES", most)
    attach(log, tmp_path / "posapp.log")
    attach(log, tmp_path / "posapp.log")
    for number in range(200):
        log.info("%d %s", number, "x" * 8_000)  # each program writes it with a file of its own
    assert len(list(tmp_path.iterdir())) <= KEPT_FILES + 1
    assert size(tmp_path) <= (KEPT_FILES + 1) * (most + 8_100)
    assert " 199 xxx" in (tmp_path / "posapp.log").read_text("utf-8").splitlines()[-1]


@needs_disk
def test_u9_after_a_full_disk_whole_lines_are_written_again(log: logging.Logger, tmp_path: Path) -> None:
    with small_disk(tmp_path / "logs", 64) as folder:
        attach(log, folder / "posapp.log")
        flood(log, 256 * 1024, 1_000)
        full = (folder / "posapp.log").stat().st_size
        (folder / "posapp.log").unlink()
        log.error("there is room again")
        text = (folder / "posapp.log").read_text("utf-8")
        assert full <= 64 * 1024
        assert text.splitlines()[-1].endswith("ERROR posapp.test.logs there is room again")
        assert all(line.count("posapp.test") == 1 for line in text.splitlines())


def test_u9_what_cannot_be_written_is_kept_in_memory(log: logging.Logger, tmp_path: Path) -> None:
    (tmp_path / "posapp.log").mkdir()
    attach(log, tmp_path / "posapp.log")
    recent = Recent()
    log.addHandler(recent)
    for number in range(2_000):
        log.error("error %d", number)
    assert recent.errors == 2_000
    assert [note.text for note in recent.copy()] == [f"error {number}" for number in range(1_500, 2_000)]
