"""`posapp verify`: a ledger is what was written, or it says what is not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till


TAMPERINGS = {
    "a state": "UPDATE attempts SET state = 'SUCCEEDED'",
    "an amount": "UPDATE attempts SET amount_minor = amount_minor + 1 WHERE id = 1",
    "an added row": "INSERT INTO audit SELECT seq + 100, at_us, order_id, merchant_order_id, event, old_state, "
    "new_state, facts, row_hash, prev_hash, hash FROM audit WHERE seq = 1",
    "a deleted row": "DELETE FROM audit WHERE seq = 2",
    "the last row": "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
    "a changed row": "UPDATE audit SET facts = '{}' WHERE seq = 1",
    "a status": "UPDATE orders SET status = 'PAID'",
    "nothing but the guards": "SELECT 1",
}


def test_a_ledger_is_what_was_written_or_verify_says_what_is_not(till: Till, sandbox: SandboxProcess) -> None:
    charge = till.charge("12.50")
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    assert charge.end().code == 0
    till.charge("7.00", wait=0).end()

    told, machine = till.run("verify"), till.run("verify", "--json")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("the ledger is whole: 2 orders, 2 attempts, ")
    report = json.loads(machine.out)
    assert (machine.code, report["whole"], report["orders"], report["findings"]) == (0, True, 2, [])

    copies = {name: till.folder / f"copy {number}" for number, name in enumerate((*TAMPERINGS, "damage"))}
    for name, copy in copies.items():
        copy.mkdir()
        shutil.copy(till.data / "ledger.db", copy)
        if name in TAMPERINGS:
            tamper(copy / "ledger.db", TAMPERINGS[name])
        else:
            overwrite(copy / "ledger.db")
    children = {name: till.start_bare("verify", "--json", "--data-dir", str(copy)) for name, copy in copies.items()}
    ended = {name: child.end() for name, child in children.items()}
    assert {name: (each.code, each.last["whole"]) for name, each in ended.items()} == dict.fromkeys(copies, (1, False))
    assert all(each.last["findings"] for each in ended.values())

    told = till.start_bare("verify", "--data-dir", str(copies["a status"])).end()
    assert (told.code, told.err) == (1, "")
    assert "the ledger is NOT what was written" in told.out


def tamper(ledger: Path, statement: str) -> None:
    """Change a ledger as somebody would who knows SQL."""
    with closing(sqlite3.connect(ledger)) as connection:
        guards = [guard for (guard,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        for guard in guards:
            connection.execute(f"DROP TRIGGER {guard}")
        connection.execute(statement)
        connection.commit()


def overwrite(ledger: Path) -> None:
    """Damage a ledger as a dying disk would."""
    content = bytearray(ledger.read_bytes())
    content[4_096:12_288] = b"\xff" * 8_192
    ledger.write_bytes(content)


def test_no_ledger_exits_1_with_a_sentence(till: Till) -> None:
    ended = till.run("verify")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"posapp: {till.data / 'ledger.db'}: there is no ledger to check\n"
