"""Who uses a ledger, and whether there was one: what stands between an exchange and a till that is selling."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.presence import BACKUPS, alone, note_made, note_may_be_new, share, was_there

ROOT = Path(__file__).parents[3]
USING = """
import sys
from pathlib import Path
from posapp.store.presence import share
lock = share(Path(sys.argv[1]))
print("used", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_many_may_use_it_and_nobody_may_exchange_it_meanwhile(ledger: Path) -> None:
    first, second = share(ledger), share(ledger)
    assert first is not None
    assert second is not None
    for lock in (first, second):
        with pytest.raises(LedgerError) as caught, alone(ledger):
            pass
        assert caught.value.code == "ledger_in_use"
        lock.close()
    with alone(ledger), pytest.raises(LedgerError) as busy:
        share(ledger)
    assert busy.value.code == "ledger_busy"
    again = share(ledger)
    assert again is not None
    again.close()


def test_another_process_counts_until_it_is_killed(ledger: Path) -> None:
    command = [sys.executable, "-c", USING, str(ledger)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "used\n"
        with pytest.raises(LedgerError), alone(ledger):
            pass
        process.kill()
        process.wait(10)
        with alone(ledger):
            pass


def test_an_open_ledger_is_used_until_it_is_closed(ledger: Path) -> None:
    opened = open_ledger(ledger)
    with pytest.raises(LedgerError), alone(ledger):
        pass
    opened.close()
    with alone(ledger):
        pass


def test_where_no_file_can_be_made_nobody_can_exchange_anything(tmp_path: Path) -> None:
    assert share(tmp_path / "nowhere" / "ledger.db") is None


def test_a_ledger_that_was_made_is_missed(ledger: Path) -> None:
    assert not was_there(ledger)
    open_ledger(ledger).close()
    assert was_there(ledger)
    note_may_be_new(ledger)
    assert not was_there(ledger)
    note_made(ledger)
    assert was_there(ledger)


def test_backups_or_a_log_tell_of_a_ledger_where_the_note_is_lost(ledger: Path) -> None:
    (ledger.parent / BACKUPS).mkdir()
    assert not was_there(ledger)
    backup = ledger.parent / BACKUPS / "ledger-20260314T040000Z-000001.db"
    backup.touch()
    assert was_there(ledger)
    backup.unlink()
    log = ledger.with_name("ledger.db-wal")
    log.touch()
    assert not was_there(ledger)
    log.write_bytes(b"something")
    assert was_there(ledger)


def test_the_word_of_a_person_outweighs_the_backups(ledger: Path) -> None:
    (ledger.parent / BACKUPS).mkdir()
    (ledger.parent / BACKUPS / "ledger-20260314T040000Z-000001.db").touch()
    note_may_be_new(ledger)
    open_ledger(ledger).close()
    ledger.unlink()
    assert was_there(ledger)
