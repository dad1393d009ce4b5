"""The matrix itself: every row has its tests or a reason, every test its row, and the page tells what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.faults.page import PAGE
from tests.faults.rows import GROUPS, NOT_HERE, OPEN, PARTLY

HERE = Path(__file__).parent
ROWS = {row.id for group in GROUPS for row in group.rows}


def row_tests() -> dict[str, str]:
    """Return every test function in the groups' folders by name, with the row it proves."""
    found: dict[str, str] = {}
    for group in GROUPS:
        for path in sorted((HERE / group.room).glob("test_*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    row = re.match(r"test_([a-z]\d+)_", node.name)
                    found[node.name] = row[1].upper() if row else ""
    return found


def test_every_fault_test_names_a_row() -> None:
    strangers = {name: row for name, row in row_tests().items() if row not in ROWS}
    assert not strangers


def test_every_row_is_proved_or_says_why_not() -> None:
    proved = set(row_tests().values())
    assert not ROWS - proved - set(OPEN) - set(NOT_HERE)
    assert not (set(NOT_HERE) | set(OPEN)) & proved
    assert set(PARTLY) <= proved


def test_the_page_names_every_row_and_every_test() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", text))
    assert set(re.findall(r"^\| ([A-Z]\d+) \|", text, re.MULTILINE)) == ROWS
    assert named == set(row_tests())
    assert "**" not in text, "a row failed or has no test: see the page"
