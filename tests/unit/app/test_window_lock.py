"""One window at a time, and none that writes without the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posapp.app.paths import DataFolder
from posapp.app.window_lock import WindowLock
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def test_the_second_window_is_told_until_the_first_has_gone(folder: DataFolder) -> None:
    first = WindowLock(folder)
    with first:
        assert not first.is_held_elsewhere
        first.insist()
        assert WindowLock(folder).is_held_elsewhere
    with WindowLock(folder):
        assert WindowLock(folder).is_held_elsewhere


def test_without_the_lock_the_ledger_may_be_seen_and_nothing_be_written(folder: DataFolder) -> None:
    folder.ledger.touch()
    folder.window_lock.mkdir()  # nobody can take it, whoever runs this
    lock = WindowLock(folder)
    assert not lock.is_held_elsewhere
    with pytest.raises(IsADirectoryError):
        lock.insist()
    folder.window_lock.rmdir()
    with lock:
        lock.insist()
        assert WindowLock(folder).is_held_elsewhere


def test_whoever_gets_it_meanwhile_keeps_it(folder: DataFolder) -> None:
    folder.ledger.touch()
    folder.window_lock.mkdir()
    late = WindowLock(folder)
    folder.window_lock.rmdir()
    with WindowLock(folder), pytest.raises(LedgerError) as refused:
        late.insist()
    assert refused.value.code == "ledger_busy"


def test_where_there_is_nothing_to_see_either_the_start_ends_there(folder: DataFolder) -> None:
    folder.window_lock.mkdir()
    with pytest.raises(IsADirectoryError):
        WindowLock(folder)
