"""What a native crash leaves, in few words and without the machine's folders."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from posapp.app.crash_report import KEPT_FILES, MAX_BYTES, take_crashes

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 14, 12, tzinfo=UTC)

SEGFAULT = """\
Fatal Python error: Segmentation fault

Thread 0x00007f8a (most recent call first):
  File "/home/ada/python/selectors.py", line 468 in select
  File "/home/ada/python/threading.py", line 1002 in _bootstrap

Current thread 0x00007f8b (most recent call first):
  File "/home/ada/posapp/ui/widgets/qr_card.py", line 88 in paintEvent
  File "C:\\Users\\ada\\posapp\\app\\window_session.py", line 95 in run
  File "/home/ada/posapp/app/cli.py", line 40 in main
  File "<frozen runpy>", line 88 in _run_code

Extension modules: PySide6.QtCore, shiboken6.Shiboken (total: 12)
"""
IN_A_THREAD = """\
Fatal Python error: Aborted

Current thread 0x00007f8a (most recent call first):
  File "/home/ada/posapp/store/ledger.py", line 12 in writing
  File "/usr/lib/python3.11/threading.py", line 1045 in _bootstrap_inner
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap
"""
SAID = [
    (
        SEGFAULT,
        "Segmentation fault in the main thread: widgets/qr_card.py:88 paintEvent < app/window_session.py:95 run < "
        "app/cli.py:40 main < <frozen runpy>:88 _run_code",
    ),
    (
        IN_A_THREAD,
        "Aborted in a side thread: store/ledger.py:12 writing < python3.11/threading.py:1045 _bootstrap_inner < "
        "python3.11/threading.py:1002 _bootstrap",
    ),
    ("Fatal Python error: Bus error\n\nCurrent thread 0x1 (most recent call first):\n  <no Python frame>\n", None),
    ("Windows fatal exception: access violation\n\n", "access violation in no code of ours"),
    ("\x00\x01 half a rep", "a report that cannot be read"),
]


def leave(folder: Path, text: str | bytes) -> None:
    content = text.encode() if isinstance(text, str) else text
    (folder / "crash.log").write_bytes(content)
    os.utime(folder / "crash.log", (AT.timestamp(), AT.timestamp()))


@pytest.mark.parametrize("report,said", SAID)
def test_a_report_becomes_one_line(tmp_path: Path, report: str, said: str | None) -> None:
    leave(tmp_path, report)
    (crash,) = take_crashes(tmp_path)
    assert crash.at == AT
    assert crash.text == (said or "Bus error in no code of ours")
    assert "ada" not in crash.text


def test_several_crashes_are_told_apart(tmp_path: Path) -> None:
    leave(tmp_path, SEGFAULT + IN_A_THREAD)
    assert [crash.text.split()[0] for crash in take_crashes(tmp_path)] == ["Segmentation", "Aborted"]


@pytest.mark.parametrize("there", [True, False])
def test_no_report_is_no_crash(tmp_path: Path, *, there: bool) -> None:
    if there:
        leave(tmp_path, "")
    assert take_crashes(tmp_path) == ()
    assert [path.name for path in tmp_path.iterdir()] == (["crash.log"] if there else [])


def test_a_report_is_told_once_and_put_away(tmp_path: Path) -> None:
    with (tmp_path / "crash.log").open("a", encoding="utf-8") as mine:  # as every program that runs has it open
        leave(tmp_path, SEGFAULT)
        assert len(take_crashes(tmp_path)) == 1
        assert take_crashes(tmp_path) == ()
        mine.write(IN_A_THREAD)
    assert (tmp_path / "crash.log").read_text("utf-8") == IN_A_THREAD, "the open file goes on where it now begins"
    assert (tmp_path / "crash.1.log").read_text("utf-8") == SEGFAULT


def test_so_many_are_kept_and_no_more(tmp_path: Path) -> None:
    for number in range(KEPT_FILES + 3):
        leave(tmp_path, f"Fatal Python error: number {number}\n")
        take_crashes(tmp_path)
    kept = {path.name: path.read_text("utf-8")[-2] for path in tmp_path.iterdir() if path.stat().st_size}
    assert kept == {"crash.1.log": "5", "crash.2.log": "4", "crash.3.log": "3"}


def test_a_huge_report_is_cut(tmp_path: Path) -> None:
    leave(tmp_path, b"x" * 3 * MAX_BYTES + b"\nFatal Python error: the last\n")
    assert [crash.text for crash in take_crashes(tmp_path)][-1] == "the last in no code of ours"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= MAX_BYTES


def test_many_reports_at_once_are_few_entries(tmp_path: Path) -> None:
    leave(tmp_path, "".join(f"Fatal Python error: number {number}\n" for number in range(1000)))
    assert [crash.text.split()[1] for crash in take_crashes(tmp_path)] == ["995", "996", "997", "998", "999"]


def test_a_report_that_cannot_be_put_away_is_said(tmp_path: Path) -> None:
    leave(tmp_path, SEGFAULT)
    (tmp_path / "crash.1.log").mkdir()
    (tmp_path / "crash.2.log").mkdir()
    (tmp_path / "crash.2.log" / "x").touch()
    (tmp_path / "crash.3.log").mkdir()
    (tmp_path / "crash.3.log" / "x").touch()
    with pytest.raises(OSError, match=r"crash\.2\.log"):
        take_crashes(tmp_path)
    assert (tmp_path / "crash.log").read_text("utf-8") == SEGFAULT
