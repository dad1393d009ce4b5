"""Somebody with a database tool on the ledger: `posapp verify` says so and names the first row that is not right."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from posapp.domain.status import AttemptState
from posapp.store.ledger import open_ledger
from posapp.store.verify import verify
from tests.fakes import NOON
from tests.unit.store.books import Books

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-abuse")
ORDERS: Final = 20
ROWS: Final = 4 * ORDERS
EDITS: Final = {
    "at_us": "at_us + 1",
    "order_id": "order_id || 'x'",
    "merchant_order_id": "merchant_order_id || 'x'",
    "event": "'forged'",
    "old_state": "'LAPSED'",
    "new_state": "'CANCELLED'",
    "facts": '\'{"forged":"yes"}\'',
    "row_hash": "hash",
    "prev_hash": "hash",
    "hash": "row_hash",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of paid orders, closed: each has four audit rows."""
    books = Books.at(tmp_path_factory.mktemp("audited") / "ledger.db")
    books.connection.execute("PRAGMA synchronous = OFF")
    for serial in range(1, ORDERS + 1):
        books.sell(serial, state=AttemptState.SUCCEEDED, shown_at=NOON)
    books.ledger.close()
    return books.path


def tampered(ledger: Path, *statements: str) -> None:
    """Change a ledger as somebody would who knows SQL: the guards go and come back."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as tool:
        guards = tool.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            tool.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            tool.execute(statement)
        for _, sql in guards:
            tool.execute(sql)


def first_bad(ledger: Path) -> tuple[str, int | None]:
    opened = open_ledger(ledger)
    try:
        findings = verify(opened).findings
    finally:
        opened.close()
    assert findings, "nothing was noticed"
    return findings[0].code, findings[0].seq


@pytest.mark.timeout(600)
def test_p3_an_edited_row_is_named_whichever_and_wherever(
    template: Path, tmp_path: Path, campaign: bool, figure: Callable[[str], None]
) -> None:
    ledger = tmp_path / "ledger.db"
    places = range(1, ROWS + 1) if campaign else (1, ROWS)
    tried = 0
    for seq in places:
        for column, value in EDITS.items():
            shutil.copy(template, ledger)
            tampered(ledger, f"UPDATE audit SET {column} = {value} WHERE seq = {seq}")  # noqa: S608 - our own words
            assert first_bad(ledger) == ("chain_broken", seq), f"{column} of row {seq}"
            tried += 1
    figure(f"{tried} edits of audit rows, each named")


@pytest.mark.parametrize("seq", [1, 2, ROWS // 2, ROWS])
def test_p3_a_deleted_row_is_named(template: Path, tmp_path: Path, seq: int) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copy(template, ledger)
    tampered(ledger, f"DELETE FROM audit WHERE seq = {seq}")  # noqa: S608 - our own words
    code, named = first_bad(ledger)
    # The last row leaves no gap behind it: what its order says of itself gives it away.
    assert (code, named) == (("chain_gap", seq) if seq < ROWS else ("version_differs", ROWS - 1))


def test_p3_a_row_that_was_put_in_is_named(template: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copy(template, ledger)
    tampered(
        ledger,
        f"INSERT INTO audit SELECT {ROWS + 1}, at_us, order_id, merchant_order_id, event, old_state, new_state, "  # noqa: S608
        "facts, row_hash, prev_hash, hash FROM audit WHERE seq = 1",
    )
    assert first_bad(ledger) == ("chain_broken", ROWS + 1)


@pytest.mark.parametrize(
    "statement, code",
    [
        ("UPDATE attempts SET amount_minor = amount_minor - 1 WHERE id = 7", "request_differs"),
        ("UPDATE orders SET amount_minor = amount_minor - 1 WHERE id = 7", "row_differs"),
        ("UPDATE attempts SET state = 'CANCELLED' WHERE id = 7", "derived_differs"),
        ("UPDATE attempts SET paid_raw = 'yesterday' WHERE id = 7", "row_differs"),
        ("DELETE FROM attempts WHERE id = 7", "order_missing"),
        ("DELETE FROM orders WHERE id = 7", "file_damaged"),
    ],
)
def test_p3_what_the_rows_vouch_for_cannot_be_changed_behind_their_back(
    template: Path, tmp_path: Path, statement: str, code: str
) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copy(template, ledger)
    tampered(ledger, statement)
    found, seq = first_bad(ledger)
    assert found == code
    assert seq is None or 25 <= seq <= 28, "the rows of the seventh order"


def test_p3_the_command_names_the_row_and_ends_with_1(till: Till, sandbox: SandboxProcess) -> None:
    charge = till.charge()
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    assert charge.end().code == 0
    assert till.run("verify").code == 0
    tampered(till.data / "ledger.db", "UPDATE audit SET facts = '{}' WHERE seq = 2")
    told, machine = till.run("verify"), till.run("verify", "--json")
    assert (told.code, told.err, "audit row 2 is not what was written" in told.out) == (1, "", True)
    assert [finding["seq"] for finding in json.loads(machine.out)["findings"]][:1] == [2]
