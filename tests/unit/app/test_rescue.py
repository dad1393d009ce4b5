"""Mending a damaged ledger from the window, on real files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from posapp.app.logs import Recent
from posapp.app.paths import DataFolder
from posapp.app.recourse import recourse
from posapp.app.rescue import LedgerRescue
from posapp.store.backup import take_backup
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from tests.fakes import ref
from tests.scripted_gateway import WITHOUT_KEY
from tests.unit.services.bench import facts
from tests.unit.store.books import Books

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A till's folder with a ledger of two orders and a backup of the first."""
    folder = DataFolder(tmp_path)
    books = Books.at(folder.ledger)
    books.sell(1)
    take_backup(folder.ledger, folder.backups, datetime(2026, 3, 14, 12, tzinfo=UTC))
    books.sell(2)
    books.ledger.close()
    return folder


@pytest.fixture
def rescue(folder: DataFolder) -> LedgerRescue:
    return damaged(folder)


def damaged(folder: DataFolder) -> LedgerRescue:
    """Return the rescue of a ledger that cannot be opened any more."""
    content = folder.ledger.read_bytes()
    folder.ledger.write_bytes(bytes(5000) + content[5000:])
    return LedgerRescue(folder.ledger, folder.backups)


@pytest.mark.parametrize("act", ["restore", "start_fresh"])
def test_a_ledger_that_somebody_else_has_mended_is_left_alone(folder: DataFolder, act: str) -> None:
    rescue = LedgerRescue(folder.ledger, folder.backups)
    (backup,) = rescue.backups()
    with pytest.raises(LedgerError) as refused:
        rescue.restore(backup.name) if act == "restore" else rescue.start_fresh()
    assert refused.value.code == "ledger_is_whole"
    assert orders(folder.ledger) == {ref(1), ref(2)}


def orders(path: Path) -> set[str]:
    ledger = open_ledger(path)
    found = {row[0] for row in ledger.connection.execute("SELECT order_id FROM orders")}
    ledger.close()
    return found


def test_a_backup_is_put_in_the_ledger_s_place_by_its_name(folder: DataFolder, rescue: LedgerRescue) -> None:
    (backup,) = rescue.backups()
    restored = rescue.restore(backup.name)
    assert (restored.backup.orders, restored.saved_orders) == (1, 1)
    assert orders(folder.ledger) == {ref(1), ref(2)}
    assert restored.set_aside is not None
    assert (folder.root / restored.set_aside).is_file()


@pytest.mark.parametrize("name", ["../ledger.db", "", ".", "ledger.db", "/etc/passwd"])
def test_nothing_but_a_backup_can_be_named(folder: DataFolder, rescue: LedgerRescue, name: str) -> None:
    before = folder.ledger.read_bytes()
    with pytest.raises(LedgerError) as refused:
        rescue.restore(name)
    assert refused.value.code == "backup_missing"
    assert folder.ledger.read_bytes() == before


def test_beginning_anew_sets_the_ledger_aside(folder: DataFolder, rescue: LedgerRescue) -> None:
    damaged = folder.ledger.read_bytes()
    rescue.start_fresh()
    assert orders(folder.ledger) == set()
    (aside,) = folder.root.glob("ledger.set-aside-*.db")
    assert aside.read_bytes() == damaged


def test_a_ledger_in_use_is_left_alone(folder: DataFolder) -> None:
    ledger = open_ledger(folder.ledger)
    rescue = damaged(folder)
    for mend in (rescue.start_fresh, lambda: rescue.restore(rescue.backups()[0].name)):
        with pytest.raises(LedgerError) as refused:
            mend()
        assert refused.value.code == "ledger_in_use"
    ledger.close()
    assert not list(folder.root.glob("ledger.set-aside-*"))


def test_real_sales_backups_are_not_offered_for_training(folder: DataFolder) -> None:
    for training, count in ((True, 0), (False, 1)):
        made = recourse(folder, Recent(), replace(facts(WITHOUT_KEY), training=training)).rescue
        assert made is not None
        assert len(made().backups()) == count
