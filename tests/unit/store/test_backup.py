"""Backups: whole, private, never in the way of a sale, and neither overwritten nor thinned out by a wrong clock."""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.store import backup as backup_room
from posapp.store.backup import backup_named, list_backups, take_backup, thin_backups, write_backup
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.ownership import lock_alone
from posapp.store.verify import verify
from tests.fakes import NOON, an_attempt, an_order
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ExpectedWarnings

NOW = datetime(2026, 3, 15, 4, 0, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def code_of(caught: pytest.ExceptionInfo[LedgerError]) -> str:
    return caught.value.code


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.db"))


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = random.Random(1).randbytes(len(content) - 4096)  # noqa: S311 - always the same damage
    path.write_bytes(content)


# --- taking one ------------------------------------------------------------------------------------------


def test_a_backup_is_the_ledger_as_it_stands(books: Books, folder: Path) -> None:
    for serial in range(1, 6):
        books.sell(serial)
    backup = take_backup(books.path, folder, NOW)
    assert backup.name == "ledger-20260315T040000Z-000001.db"
    assert (backup.orders, backup.newest_order_at, backup.taken_at) == (5, NOON, NOW)
    assert list_backups(folder) == (backup,)
    with closing(sqlite3.connect(folder / backup.name)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)  # reading it leaves no file beside it
        assert copy.execute("SELECT count(*) FROM orders").fetchone() == (5,)
    opened = open_ledger(folder / backup.name)
    assert verify(opened).is_whole
    opened.close()


def test_nobody_else_can_read_it_and_nothing_else_stays(books: Books, folder: Path) -> None:
    backup = take_backup(books.path, folder, NOW)
    assert stat.S_IMODE((folder / backup.name).stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == [backup.name, "ledger.lock"]


def test_it_may_be_taken_on_any_thread_while_others_write(books: Books, folder: Path) -> None:
    for serial in range(1, 300):
        books.sell(serial)
    taken: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup_room, "_PAGES", 1)
        taking = threading.Thread(target=lambda: taken.append(take_backup(books.path, folder, NOW).orders))
        taking.start()
        serial = 300
        while taking.is_alive():
            books.orders.add(an_order(serial), an_attempt(serial), OWNER)
            serial += 1
        taking.join()
    assert taken[0] >= 299
    assert serial > 301, "sales went on meanwhile"


def test_what_is_committed_while_it_is_taken_does_not_make_it_begin_anew(books: Books, folder: Path) -> None:
    for serial in range(1, 60):
        books.sell(serial)
    pages = os.path.getsize(books.path) // 4096
    looks = 0

    def sell_between() -> bool:
        nonlocal looks
        looks += 1
        books.sell(60 + looks)
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup_room, "_PAGES", 2)
        backup = take_backup(books.path, folder, NOW, cancelled=sell_between)
    assert backup.orders == 59
    assert looks <= pages + 50


def test_it_can_be_given_up(books: Books, folder: Path) -> None:
    kept = take_backup(books.path, folder, NOW)
    with pytest.raises(LedgerError) as caught:
        take_backup(books.path, folder, NOW, cancelled=lambda: True)
    assert code_of(caught) == "cancelled"
    assert sorted(path.name for path in folder.iterdir()) == [kept.name, "ledger.lock"]


def test_one_at_a_time(books: Books, folder: Path) -> None:
    folder.mkdir()
    lock = lock_alone(folder / "ledger.lock")
    assert lock is not None
    with lock, pytest.raises(LedgerError) as caught:
        take_backup(books.path, folder, NOW)
    assert code_of(caught) == "backup_busy"


def test_what_a_killed_one_left_is_cleared_away(books: Books, folder: Path) -> None:
    folder.mkdir()
    for name in ("ledger.part", "ledger.part-journal"):
        (folder / name).write_bytes(b"half of something")
    backup = take_backup(books.path, folder, NOW)
    assert sorted(path.name for path in folder.iterdir()) == [backup.name, "ledger.lock"]


def test_a_damaged_ledger_brings_no_backup_and_costs_none(books: Books, folder: Path) -> None:
    for serial in range(1, 40):
        books.sell(serial)
    books.ledger.close()
    kept = take_backup(books.path, folder, NOW)
    damage(books.path)
    with pytest.raises(LedgerError) as caught:
        take_backup(books.path, folder, NOW + timedelta(days=1))
    assert code_of(caught) == "ledger_corrupt"
    assert names(folder) == [kept.name]


@pytest.mark.parametrize(
    "tampering, code",
    [
        ('UPDATE audit SET facts = \'{"a":"b"}\' WHERE seq = 2', "backup_unsound"),
        ("DELETE FROM audit WHERE seq = 3", "backup_unsound"),
        ("DELETE FROM audit WHERE seq = 5", "backup_unsound"),
        ("CREATE TRIGGER extra AFTER INSERT ON orders BEGIN SELECT 1; END", "backup_unsound"),
        ("CREATE VIEW extra AS SELECT 1", "backup_unsound"),
        ("PRAGMA application_id = 5", "ledger_foreign"),
        ("PRAGMA user_version = 99", "ledger_newer"),
        ("PRAGMA user_version = 0", "ledger_foreign"),
    ],
)
def test_what_is_not_as_we_wrote_it_is_no_backup(books: Books, folder: Path, tampering: str, code: str) -> None:
    for serial in range(1, 6):
        books.sell(serial)
    books.ledger.close()
    with books.tampering() as tool:
        tool.execute(tampering)
    with pytest.raises(LedgerError) as caught:
        take_backup(books.path, folder, NOW)
    assert code_of(caught) == code
    assert names(folder) == []


@pytest.mark.parametrize("content", [None, b""])
def test_there_has_to_be_a_ledger(tmp_path: Path, folder: Path, content: bytes | None) -> None:
    path = tmp_path / "ledger.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        take_backup(path, folder, NOW)
    assert code_of(caught) == "ledger_missing"


def test_it_leaves_room_to_the_sales(books: Books, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_room, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(LedgerError) as caught:
        take_backup(books.path, folder, NOW)
    assert code_of(caught) == "disk_full"


def test_a_folder_that_cannot_be_is_said(books: Books, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("not a folder", "utf-8")
    with pytest.raises(LedgerError) as caught:
        take_backup(books.path, tmp_path / "backups", NOW)
    assert code_of(caught) == "file_failed"


# --- into a named file -----------------------------------------------------------------------------------


def test_a_named_file_gets_nothing_beside_it(books: Books, tmp_path: Path) -> None:
    books.sell(1)
    target = tmp_path / "usb"
    target.mkdir()
    assert write_backup(books.path, target / "of sunday.db", NOW).orders == 1
    assert [path.name for path in target.iterdir()] == ["of sunday.db"]


def test_a_file_that_is_there_is_never_overwritten(books: Books, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"holiday pictures")
    with pytest.raises(LedgerError) as caught:
        write_backup(books.path, target, NOW)
    assert code_of(caught) == "file_exists"
    assert target.read_bytes() == b"holiday pictures"


# --- listing ---------------------------------------------------------------------------------------------


def test_the_newest_is_the_one_taken_last_whatever_the_clock_said(books: Books, folder: Path) -> None:
    first = take_backup(books.path, folder, NOW)
    back = take_backup(books.path, folder, NOW - timedelta(days=400))
    again = take_backup(books.path, folder, NOW)
    assert [backup.name for backup in list_backups(folder)] == [again.name, back.name, first.name]
    assert len(names(folder)) == 3
    assert backup_named(folder, "latest").name == again.name
    assert backup_named(folder, first.name).name == first.name
    with pytest.raises(LedgerError) as caught:
        backup_named(folder, "../ledger.db")
    assert code_of(caught) == "backup_missing"


def test_a_broken_one_is_said_and_stays(
    books: Books, folder: Path, expected_warnings: ExpectedWarnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for serial in range(1, 40):
        books.sell(serial)
    kept, damaged, cut, empty, foreign = (take_backup(books.path, folder, NOW) for _ in range(5))
    damage(folder / damaged.name)
    os.truncate(folder / cut.name, (folder / cut.name).stat().st_size - 4096)
    os.truncate(folder / empty.name, 0)
    (folder / foreign.name).write_bytes(b"a shopping list\n" * 300)
    expected_warnings.expect("a backup cannot be used")
    assert list_backups(folder) == (kept,)
    assert len(names(folder)) == 5
    monkeypatch.setattr(backup_room, "QUICK_CHECK_BYTES", 0)  # large ones: the look is brief, yet a cut is seen
    assert cut.name not in [backup.name for backup in list_backups(folder)]


def test_what_is_not_named_like_a_backup_is_none(books: Books, folder: Path) -> None:
    kept = take_backup(books.path, folder, NOW)
    content = (folder / kept.name).read_bytes()
    strangers = ("ledger.db", "ledger-20261399T040000Z-000002.db", "ledger-20260315T040000Z-1.db", "notes.txt")
    for name in strangers:
        (folder / name).write_bytes(content)
    (folder / "ledger-20260315T040000Z-000003.db").symlink_to(folder / "notes.txt")
    assert list_backups(folder) == (kept,)
    assert list_backups(folder / "nowhere") == ()


# --- thinning --------------------------------------------------------------------------------------------


def pretend(folder: Path, *moments: datetime) -> None:
    """Make files that are named like backups; thinning never opens one."""
    folder.mkdir(exist_ok=True)
    number = max((int(name[24:-3]) for name in names(folder)), default=0)
    for at in moments:
        number += 1
        (folder / f"ledger-{at:%Y%m%dT%H%M%SZ}-{number:06}.db").write_bytes(b"x")


def thin_all(folder: Path, now: datetime) -> list[datetime]:
    """Thin until nothing is left to be thinned; returns the moments that stay."""
    before: list[str] = []
    while before != names(folder):
        before = names(folder)
        thin_backups(folder, now)
    return [datetime.strptime(name[7:23], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for name in before]


def test_a_year_of_daily_backups_becomes_days_weeks_and_months(folder: Path) -> None:
    pretend(folder, *(NOW - timedelta(days=days) for days in range(500, 0, -1)))
    kept = thin_all(folder, NOW)
    ages = sorted((NOW - at).days for at in kept)
    assert ages[:16] == list(range(1, 17)), "two days and fourteen more are there whole"
    weekly = [age for age in ages if 16 < age <= 16 + 70]
    assert max(b - a for a, b in itertools.pairwise(weekly)) == 7
    assert len(weekly) <= 10 + 3, "one a week, and the last of each month"
    monthly = [age for age in ages if age > 86]
    assert len(monthly) == 12
    assert all(28 <= b - a <= 31 for a, b in itertools.pairwise(monthly))
    assert len(kept) == 16 + len(weekly) + 12


def test_day_after_day_it_comes_to_the_same_and_never_to_a_hole(folder: Path) -> None:
    for days in range(400, 0, -1):
        now = NOW - timedelta(days=days)
        pretend(folder, now)
        thin_backups(folder, now)
    ages = sorted((NOW - at).days for at in thin_all(folder, NOW))
    assert ages[:16] == list(range(1, 17))
    assert 36 <= len(ages) <= 40
    assert max(b - a for a, b in itertools.pairwise(ages)) <= 31


def test_all_of_two_days_stay_and_the_newest_whatever_its_age(folder: Path) -> None:
    pretend(folder, *(NOW - timedelta(hours=hours) for hours in range(47, 0, -1)))
    assert len(thin_all(folder, NOW)) == 47
    later = NOW + timedelta(days=4000)
    assert len(thin_all(folder, later)) == backup_room.NEVER_THINNED


def test_a_clock_that_is_years_ahead_costs_a_few_at_most(folder: Path) -> None:
    pretend(folder, *(NOW - timedelta(days=days) for days in range(30, 0, -1)))
    before = len(names(folder))
    thin_backups(folder, NOW + timedelta(days=4000))
    assert before - len(names(folder)) == backup_room.MOST_AT_ONCE


def test_a_clock_that_was_set_back_deletes_nothing_that_seems_to_lie_in_the_future(folder: Path) -> None:
    pretend(folder, *(NOW + timedelta(days=days) for days in range(1, 60)))
    assert len(thin_all(folder, NOW)) == 59


def test_strangers_and_other_ledgers_are_left_alone(folder: Path) -> None:
    pretend(folder, *(NOW - timedelta(days=900, minutes=minutes) for minutes in range(20, 0, -1)))
    others = ("ledger.db", "photo.jpg", "ledger-20230101T000000Z-1.db")
    for name in others:
        (folder / name).write_bytes(b"x")
    for _ in range(10):
        thin_backups(folder, NOW)
    assert set(others) <= {path.name for path in folder.iterdir()}
    assert len(names(folder)) == 2 + backup_room.NEVER_THINNED
