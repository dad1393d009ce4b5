"""The ledger's file: durable, all or nothing, and every fault of its surroundings named."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order_query import OrderFilter
from posapp.store import connection as connection_room
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.schema import APPLICATION_ID, SCHEMA_VERSION
from tests.fakes import NOON, an_attempt, an_order, ref
from tests.unit.store.books import OWNER, Books

if TYPE_CHECKING:
    from collections.abc import Generator

NOBODY = 65534
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


def code_of_opening(path: Path) -> str:
    with pytest.raises(LedgerError) as caught:
        open_ledger(path)
    return caught.value.code


@contextmanager
def held_by_another_process(path: Path) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert holder.stdin is not None
        yield holder
        holder.stdin.close()  # it lets go
        assert holder.wait(10) == 0


@contextmanager
def unprivileged() -> Generator[None]:
    """Be somebody whom file permissions bind, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared_folder() -> Generator[Path]:
    """A folder that `unprivileged` can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


# --- how it is opened ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pragma,value",
    [
        ("synchronous", 2),  # FULL: a commit that returned survives a power cut
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("recursive_triggers", 1),
        ("application_id", APPLICATION_ID),
        ("user_version", SCHEMA_VERSION),
        ("busy_timeout", 3_000),
    ],
)
def test_a_connection_is_as_durable_as_promised(tmp_path: Path, pragma: str, value: object) -> None:
    books = Books.at(tmp_path / "ledger.db")
    assert books.connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    books.ledger.close()


def test_it_is_so_when_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        books = Books.at(tmp_path / "ledger.db")
        assert books.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert books.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        books.ledger.close()


def test_what_was_committed_is_there_after_closing(tmp_path: Path) -> None:
    books = Books.at(tmp_path / "ledger.db")
    written = books.sell(1)
    books.ledger.close()
    assert {path.name for path in tmp_path.iterdir()} == {"ledger.db", "ledger.lock"}
    books = Books.at(tmp_path / "ledger.db")
    assert books.orders.snapshot(ref(1)) == written
    books.ledger.close()


def test_another_thread_is_turned_away(books: Books) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(sqlite3.ProgrammingError, match="thread"):
        pool.submit(books.orders.snapshot, ref(1)).result()


def test_many_programs_may_make_the_same_new_ledger_at_once(tmp_path: Path) -> None:
    # A window and a `posapp charge` that start together on a fresh till. SQLite does not wait when it switches to
    # WAL, so this failed for one of the two.
    path = tmp_path / "ledger.db"
    together = threading.Barrier(4)

    def open_and_sell(serial: int) -> None:
        together.wait()
        books = Books.at(path)
        books.sell(serial)
        books.ledger.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_and_sell, range(1, 5)))
    books = Books.at(path)
    assert len(books.list.page(OrderFilter(), None).orders) == 4
    books.ledger.close()


# --- all or nothing --------------------------------------------------------------------------------------


def test_a_failure_inside_a_transaction_leaves_nothing(books: Books) -> None:
    before = books.content()

    def write_half() -> None:
        with books.ledger.writing() as connection:
            connection.execute("INSERT INTO audit VALUES (1, 1, 'O', NULL, 'x', NULL, NULL, '{}', 'r', 'p', 'h')")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        write_half()
    assert books.content() == before
    assert not books.connection.in_transaction


def test_a_bug_in_a_statement_reaches_the_crash_log_as_it_is(books: Books) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), books.ledger.writing() as connection:
        connection.execute("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(sqlite3.OperationalError, match="no such table"), books.ledger.reading() as connection:
        connection.execute("SELECT * FROM nowhere")
    assert not books.connection.in_transaction


def test_a_transaction_inside_a_transaction_is_a_bug(books: Books) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match="within a transaction"),
        books.ledger.writing(),
        books.ledger.writing(),
    ):
        pass
    assert not books.connection.in_transaction


def test_a_statement_that_ended_the_transaction_itself_leaves_no_second_error(books: Books) -> None:
    def end_it_and_fail() -> None:
        with books.ledger.writing() as connection:
            connection.execute("ROLLBACK")
            raise RuntimeError("after")

    with pytest.raises(RuntimeError, match="after"):
        end_it_and_fail()
    with books.ledger.reading() as connection:
        connection.execute("ROLLBACK")
    assert not books.connection.in_transaction


def test_reading_sees_one_moment_whatever_others_write(books: Books) -> None:
    other = Books.at(books.path)
    with books.ledger.reading() as connection:
        before = connection.execute("SELECT count(*) FROM orders").fetchone()
        other.sell(1)
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == before == (0,)
    assert books.orders.snapshot(ref(1)) is not None
    other.ledger.close()


def test_the_data_version_moves_when_another_process_writes(books: Books) -> None:
    other = Books.at(books.path)
    version = books.ledger.data_version()
    books.sell(1)
    assert books.ledger.data_version() == version
    other.sell(2)
    assert books.ledger.data_version() != version
    other.ledger.close()


# --- the ledger is busy ----------------------------------------------------------------------------------


def test_a_ledger_held_by_another_program_is_said_and_nothing_written(books: Books) -> None:
    books.connection.execute("PRAGMA busy_timeout = 50")
    books.sell(1)
    with held_by_another_process(books.path):
        with pytest.raises(LedgerError) as caught:
            books.sell(2)
        assert caught.value.code == "ledger_busy"
        assert books.orders.snapshot(ref(1)) is not None  # reading goes on meanwhile
    assert books.orders.snapshot(ref(2)) is None
    books.sell(2)


def test_a_short_wait_for_another_program_goes_unnoticed(books: Books) -> None:
    with held_by_another_process(books.path) as holder:
        assert holder.stdin is not None
        letting_go = threading.Timer(0.1, holder.stdin.close)
        letting_go.start()
        assert books.sell(1).version == 1
        letting_go.join()


def test_a_new_ledger_that_stays_locked_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_room, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "ledger.db"
    with held_by_another_process(path):
        assert code_of_opening(path) == "ledger_busy"


def test_a_reader_of_an_old_journal_is_waited_for_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_room, "BUSY_TIMEOUT_S", 0.0)
    path = tmp_path / "ledger.db"
    open_ledger(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = DELETE")
        reader.executescript("BEGIN; SELECT * FROM orders;")
        assert code_of_opening(path) == "ledger_busy"
    books = Books.at(path)
    assert books.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    books.ledger.close()


# --- somebody else's file, or a later one ----------------------------------------------------------------


def make_newer(path: Path) -> sqlite3.Connection:
    """Leave a ledger of a later program, which still has it open."""
    open_ledger(path).close()
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute("CREATE TABLE loyalty (points INTEGER)")
    newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    return newer


def test_a_newer_ledger_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make_newer(path).close()
    before = path.read_bytes()
    assert code_of_opening(path) == "ledger_newer"
    assert path.read_bytes() == before


def test_a_newer_ledger_left_by_a_crash_is_refused_untouched(tmp_path: Path) -> None:
    # Its last commits are still in the write-ahead log, which a writer would fold in when it closes.
    path, crashed = tmp_path / "ledger.db", tmp_path / "crashed" / "ledger.db"
    crashed.parent.mkdir()
    newer = make_newer(path)
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{crashed}{suffix}")
    newer.close()
    before = [Path(f"{crashed}{suffix}").read_bytes() for suffix in ("", "-wal")]
    assert code_of_opening(crashed) == "ledger_newer"
    assert [Path(f"{crashed}{suffix}").read_bytes() for suffix in ("", "-wal")] == before


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE bookmarks (url TEXT)",
        "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 75",  # not a newer posapp: another program
        "CREATE TABLE bookmarks (url TEXT); PRAGMA application_id = 5",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 5",
    ],
)
def test_another_programs_file_is_refused_untouched(tmp_path: Path, script: str) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as stranger:
        stranger.executescript(script)
    before = path.read_bytes()
    assert code_of_opening(path) == "ledger_foreign"
    assert path.read_bytes() == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"ledger.db", "ledger.lock"}


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    books = Books.at(path)
    assert books.sell(1).version == 1
    books.ledger.close()


# --- a damaged file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"xy", b"a shopping list\n" * 100, bytes(5000), b"SQLite format 3\0", b"SQLite format 3\0" + bytes(4080)],
)
def test_what_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    assert code_of_opening(path) == "ledger_corrupt"
    assert path.read_bytes() == content


def test_a_damaged_page_is_found_at_the_start_and_left_as_evidence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    books = Books.at(path)
    for serial in range(1, 30):
        books.sell(serial)
    books.ledger.close()
    content = bytearray(path.read_bytes())
    content[4096:] = random.Random(1).randbytes(len(content) - 4096)  # noqa: S311 - always the same damage
    path.write_bytes(content)
    assert code_of_opening(path) == "ledger_corrupt"
    assert path.read_bytes() == content


def test_a_truncated_file_is_found_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Books.at(path).ledger.close()
    os.truncate(path, path.stat().st_size // 2)
    assert code_of_opening(path) == "ledger_corrupt"


def test_a_damaged_index_is_found_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    books = Books.at(path)
    books.sell(1)
    (page,) = books.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit_by_order'").fetchone()
    books.ledger.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 + 3 : (page - 1) * 4096 + 5] = b"\0\0"  # an index of no entries: well-formed, but wrong
    path.write_bytes(content)
    assert code_of_opening(path) == "ledger_corrupt"


def test_damage_in_a_large_file_is_named_when_it_is_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_room, "QUICK_CHECK_BYTES", 0)
    path = tmp_path / "ledger.db"
    books = Books.at(path)
    books.sell(1)
    (page,) = books.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'").fetchone()
    books.ledger.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\x99" * 4096
    path.write_bytes(content)
    books = Books.at(path)
    with pytest.raises(LedgerError) as caught:
        books.list.details(ref(1))
    assert caught.value.code == "ledger_corrupt"
    books.ledger.close()


# --- a place that cannot be written ----------------------------------------------------------------------


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    assert code_of_opening(tmp_path / "nowhere" / "ledger.db") == "ledger_cannot_open"


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    assert code_of_opening(tmp_path) == "ledger_cannot_open"


def test_a_folder_that_may_not_be_written(shared_folder: Path) -> None:
    shared_folder.chmod(0o555)
    with unprivileged():
        assert code_of_opening(shared_folder / "ledger.db") == "ledger_cannot_open"


def test_a_file_that_may_not_be_read(shared_folder: Path) -> None:
    path = shared_folder / "ledger.db"
    open_ledger(path).close()
    path.chmod(0)
    with unprivileged():
        assert code_of_opening(path) == "ledger_cannot_open"


def test_a_file_that_may_only_be_read_is_opened_for_viewing_alone(shared_folder: Path) -> None:
    path = shared_folder / "ledger.db"
    books = Books.at(path)
    books.sell(1)
    books.ledger.close()
    path.chmod(0o444)
    with unprivileged():
        assert code_of_opening(path) == "ledger_read_only"
        books = Books.viewed(path)
        assert books.orders.snapshot(ref(1)) is not None
        with pytest.raises(LedgerError) as caught:
            books.sell(2)
        books.ledger.close()
    assert caught.value.code == "ledger_view_only"


def test_a_ledger_of_another_journal_that_may_only_be_read(shared_folder: Path) -> None:
    path = shared_folder / "ledger.db"
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as copied:
        copied.execute("PRAGMA journal_mode = DELETE")  # as some backup tools leave it
    path.chmod(0o444)
    with unprivileged():
        assert code_of_opening(path) == "ledger_read_only"


# --- the disk is full ------------------------------------------------------------------------------------


def sell_many(books: Books, serials: range) -> None:
    for serial in serials:
        books.sell(serial, note="x" * 500)


def fill_the_disk(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_a_full_file_is_said_and_nothing_half_written(books: Books) -> None:
    books.sell(1)
    (pages,) = books.connection.execute("PRAGMA page_count").fetchone()
    books.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError) as caught:
        sell_many(books, range(2, 200))
    assert caught.value.code == "disk_full"
    books.connection.execute("PRAGMA max_page_count = 1000000")
    orders, attempts, rows = (
        books.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        for table in ("orders", "attempts", "audit")
    )
    assert orders == attempts == rows
    books.sell(200)  # and on we go once there is room


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")
def test_a_really_full_disk_is_said_and_nothing_half_written(tmp_path: Path) -> None:
    mount = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mount.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        books = Books.at(tmp_path / "ledger.db")
        books.sell(1)
        ballast = tmp_path / "ballast"
        with pytest.raises(OSError, match="No space"):
            fill_the_disk(ballast)
        with pytest.raises(LedgerError) as caught:
            sell_many(books, range(2, 50))
        assert caught.value.code == "disk_full"
        ballast.unlink()
        (last,) = books.connection.execute("SELECT max(version) FROM orders").fetchone()
        assert books.sell(60).version == last + 1
        books.ledger.close()
    finally:
        subprocess.run(["/bin/umount", str(tmp_path)], check=True)


def test_a_crash_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from tests.unit.store.books import Books
books = Books.at(Path(sys.argv[1]))
for serial in range(1, 6):
    books.sell(serial)
    print(serial, flush=True)
books.connection.execute("BEGIN IMMEDIATE")
books.connection.execute("UPDATE orders SET needs_look = 1")
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "ledger.db"
    root = str(Path(__file__).parents[3])
    environment = {**os.environ, "PYTHONPATH": root}
    died = subprocess.run(
        [sys.executable, "-c", script, str(path)], env=environment, capture_output=True, text=True, check=False
    )
    assert died.stdout.split() == ["1", "2", "3", "4", "5"], died.stderr
    books = Books.at(path)
    for serial in range(1, 6):
        snapshot = books.orders.snapshot(ref(serial))
        assert snapshot is not None
        assert not snapshot.needs_look
    books.orders.add(an_order(6), an_attempt(6, created_at=NOON), OWNER)
    books.ledger.close()
