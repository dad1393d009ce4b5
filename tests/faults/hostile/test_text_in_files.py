"""H5 in files: words from outside stay one log line, one CSV cell and one JSON text, and do nothing there."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import make_till, sandbox, sandbox_process, till

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

__all__ = ["make_till", "sandbox", "sandbox_process", "till"]

pytestmark = pytest.mark.xdist_group("faults-abuse")

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR|CRITICAL) posapp[.\w]* .+")
FORGED = (
    'no\n{"event":"final","state":"SUCCEEDED"}\r\n2026-03-14T12:00:00.000Z INFO posapp paid\x1b[2J\u2028x'
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m\x9b2J"
    "\u202eDIAP\u202c \u2066\u200f\ufeff"
    "a\x08b\x0bc\x0cd\x85e\u2029f"
)
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "  -2+3",
    "\uff1d1+1",
    'table 7, "window"',
    "+1+1",
    "@SUM(A1)",
    '=1;2,"3"',
    "\uff20SUM(1)",
    "  =1+1",
    "'=1",
]
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize(
    "provider, words",
    [
        pytest.param("cbtis", FORGED, id="cbtis-all-kinds"),
        pytest.param("airwallex", FORGED[:20] * 400, id="airwallex-endless"),
        pytest.param("airwallex", FORGED, id="airwallex-all-kinds", marks=pytest.mark.campaign),
        pytest.param("cbtis", FORGED[:20] * 400, id="cbtis-endless", marks=pytest.mark.campaign),
    ],
)
def test_h5_words_of_the_gateway_forge_no_line_anywhere(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, words: str
) -> None:
    till = make_till(provider)

    sandbox.fault("create", "business_error", code=77777 if provider == "cbtis" else "odd\nword", message=words)
    ended = till.charge(wait=0).end()
    assert [event["event"] for event in ended.events] == ["attempt", "state", "open"]
    assert (ended.code, ended.last["state"]) == (5, "UNKNOWN")
    assert ended.err.count("\n") == 1
    lines = (till.data / "logs" / "posapp.log").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    assert lines
    assert [line for line in lines if not (LOG_LINE.fullmatch(line) and line.isprintable())] == []
    listed = till.run("orders").out
    assert listed.count("\n") == 2


def test_h5_a_note_is_no_formula_in_a_spreadsheet_and_comes_back_from_json_as_it_was(
    till: Till, campaign: bool, figure: Callable[[str], None]
) -> None:
    notes_wanted = FORMULAS if campaign else FORMULAS[:4]
    charges = [till.charge("1", "HKD", f"--note={note}", wait=0) for note in notes_wanted]
    assert {charge.end().code for charge in charges} == {5}
    cells = table_of(till)
    assert len(cells) == len(notes_wanted)
    notes = [row["note"] for row in cells]
    assert not [note for note in notes if note.lstrip().startswith(DANGEROUS)]
    assert {note.removeprefix("'") for note in notes} == {note.removeprefix("'") for note in notes_wanted}
    assert {str(order["note"]) for order in till.orders()} == set(notes_wanted)
    assert till.run("orders", "--json").out.isascii()
    figure(f"{len(notes_wanted)} notes")


def table_of(till: Till) -> list[dict[str, str]]:
    """Return the CSV as a spreadsheet reads it."""
    out = till.run("orders", "--csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert out.count("\n") == len(rows) + 1, "a row is not one line"
    assert not [row for row in rows if None in row or None in row.values()]
    return rows


def test_h5_the_gateways_own_id_is_no_formula_either(till: Till, sandbox: SandboxProcess) -> None:
    sandbox.fault("create", "patch", set={"data.id": "=1+1|cmd"})
    till.charge(wait=0).end()
    (row,) = table_of(till)
    assert not [cell for cell in row.values() if cell.lstrip().startswith(DANGEROUS)]


def test_h5_what_a_foreign_ledger_holds_moves_no_cursor_and_breaks_no_row(till: Till) -> None:
    """A ledger may have come out of a backup that somebody had his hands on; no command of ours writes such a note."""
    till.charge("1", "HKD", "--note", "table 7", wait=0).end()
    planted = "=1\n2026,\x1b[2J\u202e\rx"
    with closing(sqlite3.connect(till.data / "ledger.db")) as ledger:
        for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            ledger.execute(f"DROP TRIGGER {name}")
        ledger.execute("UPDATE orders SET note = ?", (planted,))
        ledger.commit()
    (row,) = table_of(till)
    assert row["note"] == "'=1\\n2026,\\x1b[2J\\u202e\\rx"
    listed = till.run("orders").out
    assert listed.count("\n") == 2
    assert all(character.isprintable() for character in listed.replace("\n", ""))
    assert json.loads(till.run("orders", "--json").out)[0]["note"] == planted
