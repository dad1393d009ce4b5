"""Restoring: the backup proves itself first, the former ledger is kept whole, and no order known to it is lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.store.backup import take_backup
from posapp.store.errors import LedgerError
from posapp.store.exchange import commit_exchange, finish_exchange
from posapp.store.ledger import open_ledger
from posapp.store.presence import alone
from posapp.store.restore import restore_backup, set_aside
from posapp.store.verify import verify
from tests.fakes import NOON, Progress, an_attempt, ref
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from posapp.domain.order import Attempt
    from tests.conftest import ExpectedWarnings

S = AttemptState
NOW = datetime(2026, 3, 15, 4, 0, 0, tzinfo=UTC)
ASIDE = "ledger.set-aside-20260315T040000Z.db"
PAID: Progress = {"shown_at": NOON, "paid_at": NOON, "final_at": NOON}


def sold(books: Books, serial: int) -> None:
    books.sell(serial, note=f"Table {serial}")
    books.walk(serial, S.SUCCEEDED, **PAID)


class Shop:
    """A ledger with a backup of its first ten orders, then ten more, of which some are paid; and what went before."""

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "ledger.db"
        books = Books.at(self.ledger)
        books.connection.execute("PRAGMA synchronous = OFF")
        for serial in range(1, 11):
            books.sell(serial)
        books.walk(10, S.CREATED, gateway_id="G10")
        self.backup = folder / "backups" / take_backup(self.ledger, folder / "backups", NOW).name
        for serial in range(11, 21):
            sold(books, serial)
        books.walk(1, S.SUCCEEDED, **PAID)
        books.move(10, state=S.PENDING, shown_at=NOON)
        books.orders.add(None, an_attempt(30, order_id=ref(2), number=2), OWNER)
        self.attempts = {ref(serial): books.orders.attempt(ref(serial)) for serial in (*range(1, 21), 30)}
        books.ledger.close()

    def restore(self) -> int:
        return restore_backup(self.backup, self.ledger, NOW).saved_orders

    def now(self) -> dict[str, Attempt | None]:
        """Read every attempt there is now; the ledger must be whole."""
        books = Books.at(self.ledger)
        try:
            assert verify(books.ledger).findings == ()
            rows = books.connection.execute("SELECT merchant_order_id FROM attempts").fetchall()
            return {str(one): books.orders.attempt(str(one)) for (one,) in rows}
        finally:
            books.ledger.close()

    def tamper(self, statement: str, serial: int) -> None:
        books = Books.at(self.ledger)
        with books.tampering() as tool:
            tool.execute(f"{statement} = ?", (ref(serial),))
        books.ledger.close()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


# --- what is saved ---------------------------------------------------------------------------------------


def test_a_former_ledger_that_can_be_read_goes_on_where_the_backup_ends(shop: Shop) -> None:
    books = Books.at(shop.ledger)
    chain = books.connection.execute("SELECT * FROM audit ORDER BY seq").fetchall()
    books.ledger.close()
    restored = restore_backup(shop.backup, shop.ledger, NOW)
    assert (restored.saved_orders, restored.set_aside, restored.backup.orders) == (10, ASIDE, 10)
    assert shop.now() == shop.attempts
    books = Books.at(shop.ledger)
    assert books.connection.execute("SELECT * FROM audit ORDER BY seq").fetchall() == chain
    books.ledger.close()


def test_the_former_ledger_is_kept_as_it_was(shop: Shop) -> None:
    content = shop.ledger.read_bytes()
    shop.restore()
    assert shop.ledger.with_name(ASIDE).read_bytes() == content
    assert sorted(path.name for path in shop.ledger.parent.iterdir()) == [
        "backups",
        "ledger.db",
        "ledger.lock",
        ASIDE,
    ]


def test_its_write_ahead_log_is_read_and_kept_with_it(shop: Shop, tmp_path: Path) -> None:
    books = Books.at(shop.ledger)
    sold(books, 40)  # is in the log alone
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path, crashed, ignore=lambda _folder, names: {name for name in names if name == "crashed"})
    books.ledger.close()
    here = crashed / "ledger.db"
    log = here.with_name("ledger.db-wal").read_bytes()
    assert restore_backup(crashed / "backups" / shop.backup.name, here, NOW).saved_orders == 11
    assert here.with_name(f"{ASIDE}-wal").read_bytes() == log
    ledger = open_ledger(here)
    assert verify(ledger).is_whole
    ledger.close()


def test_what_the_audit_does_not_vouch_for_becomes_an_outcome_nobody_knows(shop: Shop) -> None:
    shop.tamper("UPDATE attempts SET paid_raw = 'forged' WHERE merchant_order_id", 15)
    assert shop.restore() == 10
    now, before = shop.now(), shop.attempts
    assert set(now) == set(before)
    doubted = now[ref(15)]
    assert doubted is not None
    assert (doubted.state, doubted.problem_code, doubted.paid_at) == (S.UNKNOWN, "restored", None)
    assert doubted.shown_at == NOON, "a shopper may hold its code"
    assert {one for one in now if now[one] != before[one]} == {ref(15)}


def test_an_order_says_where_it_was_saved_from(shop: Shop) -> None:
    shop.tamper("UPDATE attempts SET paid_raw = 'forged' WHERE merchant_order_id", 15)
    shop.restore()
    books = Books.at(shop.ledger)
    timeline = books.list.details(ref(15)).timeline
    books.ledger.close()
    assert [(entry.event, entry.new_state) for entry in timeline] == [("state", "UNKNOWN"), ("saved", None)]
    assert timeline[1].facts == {"from": "ledger.db"}


def test_an_attempt_whose_order_is_lost_brings_an_order_of_its_own(shop: Shop) -> None:
    shop.tamper("DELETE FROM orders WHERE order_id", 15)
    assert shop.restore() == 10
    attempt = shop.now()[ref(15)]
    assert attempt is not None
    assert attempt.state is S.UNKNOWN
    before = shop.attempts[ref(15)]
    assert before is not None
    assert (attempt.money, attempt.provider, attempt.request_id) == (before.money, before.provider, before.request_id)


def test_an_attempt_that_only_the_audit_knows_is_asked_about_again(shop: Shop) -> None:
    shop.tamper("DELETE FROM attempts WHERE merchant_order_id", 15)
    assert shop.restore() == 10
    attempt, before = shop.now()[ref(15)], shop.attempts[ref(15)]
    assert attempt is not None
    assert before is not None
    assert (attempt.state, attempt.money, attempt.shown_at) == (S.UNKNOWN, before.money, NOON)


def test_a_code_that_was_shown_after_the_backup_counts_as_seen_whatever_else_is_lost(shop: Shop) -> None:
    shop.tamper("UPDATE attempts SET support_id = 'forged' WHERE merchant_order_id", 10)
    shop.restore()
    attempt = shop.now()[ref(10)]
    assert attempt is not None
    assert (attempt.state, attempt.shown_at, attempt.support_id) == (S.PENDING, NOON, None)


def test_damaged_pages_cost_what_was_on_them_and_no_more(shop: Shop, tmp_path: Path) -> None:
    books = Books.at(shop.ledger)
    books.connection.execute("PRAGMA synchronous = OFF")
    for serial in range(100, 600):
        sold(books, serial)
    books.ledger.close()
    content = bytearray(shop.ledger.read_bytes())
    pages = random.Random(5).sample(range(60, len(content) // 4096), 12)  # noqa: S311 - the same ones
    for page in pages:
        content[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    shop.ledger.write_bytes(content)
    saved = shop.restore()
    now = shop.now()
    assert saved >= 450
    paid = [attempt for attempt in now.values() if attempt is not None and attempt.state is S.SUCCEEDED]
    assert len(paid) >= 300, "most are vouched for"


@pytest.mark.parametrize("content", [b"", b"a shopping list\n" * 1000, None])
def test_where_nothing_can_be_read_the_backup_alone_is_the_ledger(
    shop: Shop, content: bytes | None, expected_warnings: ExpectedWarnings
) -> None:
    if content is None:
        shop.ledger.unlink()
    else:
        if content:
            expected_warnings.expect("nothing could be saved")
        shop.ledger.write_bytes(content)
    restored = restore_backup(shop.backup, shop.ledger, NOW)
    assert restored.saved_orders == 0
    assert restored.set_aside == (None if content is None else ASIDE)
    assert set(shop.now()) == {ref(serial) for serial in range(1, 11)}


def test_another_program_s_file_is_set_aside_and_not_read(shop: Shop, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("nothing could be saved")
    shop.ledger.unlink()
    with closing(sqlite3.connect(shop.ledger)) as stranger:
        stranger.execute("CREATE TABLE theirs (a)")
    content = shop.ledger.read_bytes()
    assert shop.restore() == 0
    assert shop.ledger.with_name(ASIDE).read_bytes() == content


def test_an_older_ledger_than_the_backup_takes_nothing_back(shop: Shop, tmp_path: Path) -> None:
    """The former ledger ends where the backup already goes on: an old copy that somebody put in its place."""
    books = Books.at(shop.ledger)
    newer = take_backup(shop.ledger, tmp_path / "backups", NOW)
    books.ledger.close()
    shutil.copy(shop.backup, shop.ledger)
    assert restore_backup(tmp_path / "backups" / newer.name, shop.ledger, NOW).saved_orders == 0
    assert shop.now() == shop.attempts


# --- what a backup must be -------------------------------------------------------------------------------


def refused(shop: Shop, backup: Path) -> str:
    before = {path: path.read_bytes() for path in shop.ledger.parent.iterdir() if path.is_file()}
    with pytest.raises(LedgerError) as caught:
        restore_backup(backup, shop.ledger, NOW)
    assert {path: path.read_bytes() for path in shop.ledger.parent.iterdir() if path.is_file()} == before
    return caught.value.code


@pytest.mark.parametrize(
    "tampering, code",
    [
        ("CREATE TRIGGER extra AFTER INSERT ON orders BEGIN DELETE FROM audit; END", "backup_unsound"),
        ("CREATE VIEW extra AS SELECT 1", "backup_unsound"),
        ("DROP TRIGGER audit_is_append_only_update", "backup_unsound"),
        ("DELETE FROM attempts WHERE id = 3", "backup_unsound"),
        ('UPDATE audit SET facts = \'{"a":"b"}\' WHERE seq = 5', "backup_unsound"),
        ("PRAGMA application_id = 5", "backup_unsound"),
        ("PRAGMA user_version = 99", "ledger_newer"),
    ],
)
def test_a_backup_that_is_not_as_we_wrote_it_is_refused(shop: Shop, tmp_path: Path, tampering: str, code: str) -> None:
    odd = Path(shutil.copy(shop.backup, tmp_path / "backups" / "odd.db"))
    with closing(sqlite3.connect(odd, isolation_level=None)) as tool:
        triggers = tool.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            tool.execute(f"DROP TRIGGER {name}")
        if not tampering.startswith("DROP"):
            tool.execute(tampering)
        for name, sql in triggers:
            if name not in tampering:
                tool.execute(sql)
    assert refused(shop, odd) == code


@pytest.mark.parametrize("kind", ["missing", "empty", "folder", "text", "cut", "flipped"])
def test_a_backup_that_is_none_is_refused(shop: Shop, tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "backups" / "odd.db"
    content = bytearray(shop.backup.read_bytes())
    if kind == "folder":
        odd.mkdir()
    elif kind == "cut":
        odd.write_bytes(content[: len(content) // 2])
    elif kind == "flipped":
        content[5000:9000] = b"\x5a" * 4000
        odd.write_bytes(content)
    elif kind != "missing":
        odd.write_bytes(b"" if kind == "empty" else b"a shopping list\n" * 1000)
    expected = "backup_missing" if kind in ("missing", "empty", "folder") else "backup_unsound"
    assert refused(shop, odd) == expected


def test_a_raw_copy_of_a_ledger_with_its_log_will_do_and_is_only_read(shop: Shop, tmp_path: Path) -> None:
    books = Books.at(shop.ledger)
    books.sell(40)
    copied = tmp_path / "usb"
    copied.mkdir()
    for path in tmp_path.glob("ledger.db*"):
        shutil.copy(path, copied)
    books.ledger.close()
    content = {path: path.read_bytes() for path in copied.iterdir()}
    assert restore_backup(copied / "ledger.db", shop.ledger, NOW).saved_orders == 0
    assert {path: path.read_bytes() for path in copied.iterdir()} == content
    assert ref(40) in shop.now()


def test_a_ledger_in_use_is_not_exchanged(shop: Shop) -> None:
    ledger = open_ledger(shop.ledger)
    for exchange in (lambda: restore_backup(shop.backup, shop.ledger, NOW), lambda: set_aside(shop.ledger, NOW)):
        with pytest.raises(LedgerError) as caught:
            exchange()
        assert caught.value.code == "ledger_in_use"
    ledger.close()
    shop.restore()


def test_a_full_disk_leaves_everything_where_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    assert refused(shop, shop.backup) == "disk_full"
    monkeypatch.undo()
    assert shop.now() == shop.attempts


# --- exchanging the files --------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", range(1, 6))
def test_killed_in_the_exchange_the_next_start_finishes_it(
    shop: Shop, stage: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = shop.ledger.with_name("ledger.db-wal")
    log.write_bytes(b"")
    real = Path.replace
    done = 0

    class KilledError(BaseException):
        pass

    def replace_until(self: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == stage:
            raise KilledError
        return real(self, target)

    whole = Path(shutil.copy(shop.backup, tmp_path / "ledger.restoring"))
    monkeypatch.setattr(Path, "replace", replace_until)
    try:
        with alone(shop.ledger):
            commit_exchange(whole, shop.ledger, NOW)
    except KilledError:
        pass
    monkeypatch.undo()
    assert set(shop.now()) == {ref(serial) for serial in range(1, 11)}
    assert shop.ledger.with_name(ASIDE).is_file()
    assert not list(tmp_path.glob("ledger.restored-*"))
    finish_exchange(shop.ledger)  # there is nothing left to be done


def test_nothing_that_was_set_aside_is_ever_overwritten(shop: Shop) -> None:
    for _ in range(3):
        shop.restore()
    aside = sorted(path.name for path in shop.ledger.parent.glob("ledger.set-aside-*"))
    assert aside == [
        "ledger.set-aside-20260315T040000Z-2.db",
        "ledger.set-aside-20260315T040000Z-3.db",
        ASIDE,
    ]


def test_setting_aside_makes_room_for_a_new_ledger(shop: Shop) -> None:
    content = shop.ledger.read_bytes()
    assert set_aside(shop.ledger, NOW) == shop.ledger.with_name(ASIDE)
    assert shop.ledger.with_name(ASIDE).read_bytes() == content
    assert shop.now() == {}
    assert set_aside(shop.ledger, NOW) is not None


def test_setting_aside_takes_a_lonely_log_with_it(shop: Shop) -> None:
    shop.ledger.unlink()
    shop.ledger.with_name("ledger.db-wal").write_bytes(b"of a ledger that is gone")
    assert set_aside(shop.ledger, NOW) is None
    assert shop.ledger.with_name(f"{ASIDE}-wal").read_bytes() == b"of a ledger that is gone"
    assert shop.now() == {}


def test_a_restored_ledger_that_goes_missing_is_missed_again(shop: Shop) -> None:
    set_aside(shop.ledger, NOW)
    shop.restore()
    os.unlink(shop.ledger)
    with pytest.raises(LedgerError) as caught:
        open_ledger(shop.ledger)
    assert caught.value.code == "ledger_missing"


def test_paid_again_in_the_backup_it_stays_so(shop: Shop, tmp_path: Path) -> None:
    """The former ledger may be the older one of the two: what the backup knows as paid is never taken back."""
    books = Books.at(shop.ledger)
    newer = take_backup(shop.ledger, tmp_path / "backups", NOW)
    books.ledger.close()
    shutil.copy(shop.backup, shop.ledger)
    books = Books.at(shop.ledger)
    attempt = books.orders.attempt(ref(1))
    assert attempt is not None
    books.orders.change(attempt, replace(attempt, state=S.UNKNOWN, problem_code="interrupted"), NOON)
    books.ledger.close()
    restore_backup(tmp_path / "backups" / newer.name, shop.ledger, NOW)
    paid = shop.now()[ref(1)]
    assert paid is not None
    assert paid.state is S.SUCCEEDED


# --- reading what is left --------------------------------------------------------------------------------


def test_pages_that_describe_the_tables_are_taken_from_the_backup(shop: Shop) -> None:
    books = Books.at(shop.ledger)
    for serial in range(100, 200):
        sold(books, serial)
    books.ledger.close()
    with shop.ledger.open("r+b") as file:
        file.write(bytes(3 * 4096))  # the header and the first pages of the description are gone
    assert shop.restore() == 110
    assert {attempt.state for attempt in shop.now().values() if attempt is not None} >= {S.SUCCEEDED, S.PENDING}


def test_a_ledger_that_is_cut_off_gives_what_lies_before_the_cut(shop: Shop) -> None:
    books = Books.at(shop.ledger)
    for serial in range(100, 400):
        sold(books, serial)
    books.ledger.close()
    os.truncate(shop.ledger, shop.ledger.stat().st_size // 2 + 100)
    assert shop.restore() >= 100
    shop.now()


def test_commits_in_a_log_without_its_ledger_are_read_on_top_of_the_backup(shop: Shop, tmp_path: Path) -> None:
    newest = take_backup(shop.ledger, tmp_path / "backups", NOW)
    books = Books.at(shop.ledger)
    sold(books, 40)
    log = shop.ledger.with_name("ledger.db-wal").read_bytes()
    books.ledger.close()
    shop.ledger.unlink()
    shop.ledger.with_name("ledger.db-wal").write_bytes(log)
    restored = restore_backup(tmp_path / "backups" / newest.name, shop.ledger, NOW)
    assert restored.saved_orders == 1
    paid = shop.now()[ref(40)]
    assert paid is not None
    assert paid.state is S.SUCCEEDED
    assert shop.ledger.with_name(f"{ASIDE}-wal").read_bytes() == log


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_harm_the_result_is_whole_and_has_the_backup_s_orders(
    shop: Shop, seed: int, expected_warnings: ExpectedWarnings
) -> None:
    dice = random.Random(seed)  # noqa: S311 - always the same harms
    content = bytearray(shop.ledger.read_bytes())
    for _ in range(dice.choice((1, 20, 400))):
        place = dice.randrange(len(content))
        content[place : place + dice.choice((1, 40, 4096))] = dice.randbytes(dice.choice((1, 40)))
    shop.ledger.write_bytes(content)
    shop.restore()
    for record in expected_warnings.records:
        expected_warnings.expect(record.getMessage())
    assert {ref(serial) for serial in range(1, 11)} <= set(shop.now())
