"""Ledgers of other versions of posapp: a later one is left alone, every earlier one is brought along whole."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.store.backup import take_backup
from posapp.store.ledger import open_ledger
from posapp.store.restore import restore_backup
from posapp.store.schema import SCHEMA_VERSION
from posapp.store.verify import verify
from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "ledger").glob("ledger_v*.db"))
SUMS = (
    "SELECT count(*), sum(amount_minor), min(created_us), max(created_us) FROM orders",
    "SELECT currency, status, count(*), sum(amount_minor) FROM orders GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT state, currency, count(*), sum(amount_minor), count(gateway_id) FROM attempts GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT count(*), max(seq), max(hash) FROM audit",
)


def sums(ledger: Path) -> list[list[tuple[object, ...]]]:
    """Count and add up what is in a ledger's file."""
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
        return [connection.execute(query).fetchall() for query in SUMS]


def test_s7_a_newer_ledger_is_left_untouched(till: Till, sandbox: SandboxProcess) -> None:
    till.charge(wait=0).end()
    ledger = till.data / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before, posts = ledger.read_bytes(), len(sandbox.seen())
    charged, listed, backed_up, verified = (
        till.run(*words) for words in (["charge", "5", "HKD"], ["orders"], ["backup"], ["verify"])
    )
    assert {(ended.code, ended.out, ended.err) for ended in (charged, listed, backed_up)} == {(1, "", charged.err)}
    assert "newer posapp" in charged.err
    assert (verified.code, "newer posapp" in verified.out) == (1, True)
    assert ledger.read_bytes() == before
    assert len(sandbox.seen()) == posts


def test_s8_there_is_a_ledger_of_every_schema_that_ever_was() -> None:
    assert [path.stem for path in GOLDEN] == [f"ledger_v{version}" for version in range(1, SCHEMA_VERSION + 1)]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_s8_an_old_ledger_is_migrated_with_equal_counts_and_sums(
    golden: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    path = Path(shutil.copy(golden, tmp_path / "ledger.db"))
    before = sums(path)
    (orders, total, _, _) = before[0][0]
    assert orders
    ledger = open_ledger(path)
    assert ledger.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert verify(ledger).findings == ()
    ledger.close()
    assert sums(path) == before
    figure(f"{golden.stem}: {orders} orders, {total} minor units, the same after migration")


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_s8_an_old_backup_is_restored_and_migrated(golden: Path, tmp_path: Path) -> None:
    """A backup from before an update, and a damaged ledger from before it, too."""
    path = Path(shutil.copy(golden, tmp_path / "ledger.db"))
    before = sums(path)  # of the copy: reading leaves a log beside a ledger, and nothing may appear beside the golden
    backup = take_backup(path, tmp_path / "backups", NOON)
    content = bytearray(path.read_bytes())
    content[:5000] = bytes(5000)
    path.write_bytes(content)
    restore_backup(tmp_path / "backups" / backup.name, path, NOON)
    assert sums(path) == before
    ledger = open_ledger(path)
    assert verify(ledger).is_whole
    ledger.close()
