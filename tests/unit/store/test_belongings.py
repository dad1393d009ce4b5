"""Restoring what is no payment: refunds, people, shifts, closed days come back or are asked about, never invented."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from posapp.domain.refund import RefundState
from posapp.store.backup import take_backup
from posapp.store.refunds import RefundStore
from posapp.store.restore import restore_backup
from posapp.store.verify import verify
from tests.fakes import ref
from tests.unit.store.books import Books
from tests.unit.store.managers_day import a_refund, fill, give_back, refund_id

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.domain.refund import Refund

NOW = datetime(2026, 3, 15, 4, tzinfo=UTC)
R = RefundState
TABLES = ("orders", "attempts", "refunds", "people", "shifts", "day_closes", "audit")


class Shop:
    """A ledger whose backup is from before the manager's day."""

    def __init__(self, ledger: Path, backup: Path, rows: dict[str, list[object]]) -> None:
        self.ledger, self.backup, self.rows = ledger, backup, rows

    @classmethod
    def made(cls, folder: Path) -> Shop:
        books = Books.at(folder / "ledger.db")
        books.connection.execute("PRAGMA synchronous = OFF")
        books.sell(1)
        backup = folder / "backups" / take_backup(books.path, folder / "backups", NOW).name
        fill(books)
        shop = cls(books.path, backup, rows_of(books))
        books.ledger.close()
        return shop

    def tamper(self, *statements: str) -> None:
        books = Books.at(self.ledger)
        with books.tampering() as tool:
            tool.execute("PRAGMA foreign_keys = OFF")
            for statement in statements:
                tool.execute(statement)
        books.ledger.close()

    def restored(self) -> Books:
        restore_backup(self.backup, self.ledger, NOW)
        books = Books.at(self.ledger)
        assert verify(books.ledger).findings == ()
        return books


def rows_of(books: Books) -> dict[str, list[object]]:
    return {table: books.connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}  # noqa: S608


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop.made(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(template: Shop, tmp_path: Path) -> Shop:
    folder = tmp_path / "shop"
    shutil.copytree(template.ledger.parent, folder)
    return Shop(folder / "ledger.db", folder / "backups" / template.backup.name, template.rows)


def refund_of(books: Books, number: int) -> Refund | None:
    return RefundStore(books.ledger).refund(refund_id(number))


# --- a former ledger that is whole ------------------------------------------------------------------------


def test_a_whole_former_ledger_goes_on_with_every_row_of_every_table(shop: Shop) -> None:
    books = shop.restored()
    assert rows_of(books) == shop.rows
    books.ledger.close()


def test_a_backup_in_the_middle_of_the_day_is_brought_up_to_its_end(tmp_path: Path) -> None:
    books = Books.at(tmp_path / "ledger.db")
    fill(books)
    give_back(books, a_refund(30, 107, 100), R.REQUESTED)
    backup = tmp_path / "backups" / take_backup(books.path, tmp_path / "backups", NOW).name
    store = RefundStore(books.ledger)
    asked = store.refund(refund_id(30))
    assert asked is not None
    store.change(asked, replace(asked, state=R.FAILED, problem_text="no"), NOW)
    rows = rows_of(books)
    books.ledger.close()
    restore_backup(backup, books.path, NOW)
    books = Books.at(books.path)
    assert verify(books.ledger).findings == ()
    assert rows_of(books) == rows
    books.ledger.close()


# --- one that is not ---------------------------------------------------------------------------------------

BREAK_THE_CHAIN = "UPDATE audit SET at_us = at_us + 1 WHERE seq = 6"


def test_out_of_pieces_come_the_refunds_as_they_were_vouched_for(shop: Shop) -> None:
    shop.tamper(BREAK_THE_CHAIN)
    books = shop.restored()
    states = dict(books.connection.execute("SELECT merchant_refund_id, state FROM refunds").fetchall())
    assert states == {
        refund_id(1): R.SUCCEEDED,
        refund_id(2): R.SUCCEEDED,
        refund_id(3): R.PROCESSING,
        refund_id(4): R.FAILED,
        refund_id(5): R.UNKNOWN,
        refund_id(6): R.NOT_SENT,
        refund_id(7): R.REQUESTED,
    }
    order = books.orders.snapshot(ref(100))
    assert order is not None
    assert (order.refunded.minor, order.refundable(ref(100)).minor) == (12850, 0)
    books.ledger.close()


@pytest.mark.parametrize("lie", ["state = 'NOT_SENT'", "state = 'SUCCEEDED'", "reason = 'another'", "settled = 'SEEN'"])
def test_a_refund_that_nothing_vouches_for_is_asked_about(shop: Shop, lie: str) -> None:
    shop.tamper(BREAK_THE_CHAIN, f"UPDATE refunds SET {lie} WHERE merchant_refund_id = '{refund_id(4)}'")  # noqa: S608
    books = shop.restored()
    refund = refund_of(books, 4)
    assert refund is not None
    assert (refund.state, refund.problem_code, refund.settled) == (R.UNKNOWN, "restored", None)
    order = books.orders.snapshot(ref(102))
    assert order is not None
    assert order.refundable(ref(102)).minor == 0, "it may have gone out: no second one"
    books.ledger.close()


def test_a_refund_whose_row_is_lost_is_rebuilt_from_its_beginning(shop: Shop) -> None:
    shop.tamper(BREAK_THE_CHAIN, f"DELETE FROM refunds WHERE merchant_refund_id = '{refund_id(1)}'")  # noqa: S608
    books = shop.restored()
    refund = refund_of(books, 1)
    assert refund is not None
    assert (refund.state, refund.money.minor, refund.request.reason) == (R.UNKNOWN, 12850, "spilt")
    assert (refund.asked_by, refund.approved_by) == ("Mei", "Sam")
    books.ledger.close()


def test_more_than_was_paid_is_not_taken_over(shop: Shop) -> None:
    shop.tamper(BREAK_THE_CHAIN, f"UPDATE refunds SET amount_minor = 99999 WHERE merchant_refund_id = '{refund_id(6)}'")  # noqa: S608
    books = shop.restored()
    refund = refund_of(books, 6)
    assert refund is not None
    assert refund.money.minor == 12850, "rebuilt from the audit"
    books.ledger.close()


def test_people_come_back_and_nobody_that_nothing_vouches_for(shop: Shop) -> None:
    shop.tamper(
        BREAK_THE_CHAIN,
        "UPDATE people SET role = 'OWNER' WHERE name = 'Mei'",
        "INSERT INTO people SELECT 'p-eve', 'Eve', 'OWNER', 1, pin_hash, NULL, NULL, 0, 1 FROM people LIMIT 1",
    )
    books = shop.restored()
    people = books.connection.execute("SELECT name, role FROM people ORDER BY name").fetchall()
    assert people == [("Olu", "OWNER"), ("Sam", "MANAGER")]
    books.ledger.close()


def test_shifts_and_zs_come_back_and_the_z_chain_goes_on(shop: Shop) -> None:
    shop.tamper(BREAK_THE_CHAIN)
    books = shop.restored()
    shifts = books.connection.execute("SELECT number, closed_seq IS NULL FROM shifts ORDER BY number").fetchall()
    assert shifts == [(1, 0), (2, 1)]
    zs = books.connection.execute("SELECT * FROM day_closes ORDER BY number").fetchall()
    assert zs == shop.rows["day_closes"]
    books.ledger.close()


def test_a_z_that_does_not_follow_stays_out_with_all_behind_it(shop: Shop) -> None:
    shop.tamper(BREAK_THE_CHAIN, "UPDATE day_closes SET report = '{}' WHERE number = 1")
    books = shop.restored()
    assert books.connection.execute("SELECT count(*) FROM day_closes").fetchone() == (0,)
    books.ledger.close()


def test_what_can_be_read_of_nothing_harms_nothing(shop: Shop) -> None:
    shop.tamper(BREAK_THE_CHAIN, "UPDATE refunds SET currency = 'XAU', state = 'WHATEVER'")
    books = shop.restored()
    states = {state for (state,) in books.connection.execute("SELECT state FROM refunds").fetchall()}
    assert states == {R.UNKNOWN}, "all are rebuilt from the audit, and asked about"
    books.ledger.close()
