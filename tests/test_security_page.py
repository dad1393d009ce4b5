"""`docs/security.md` names only what exists: rows of the fault matrix that are proved, and test functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.faults.rows import GROUPS, NOT_HERE, OPEN

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"\b([CGHKNPSUX]\d{1,2})\b(?!\.\d)")


def test_every_row_it_leans_on_is_proved() -> None:
    proved = {row.id for group in GROUPS for row in group.rows} - set(OPEN) - set(NOT_HERE)
    named = set(ROW.findall(PAGE))
    assert len(named) > 40
    assert not named - proved


def test_every_test_it_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    there = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(named) > 20
    assert not named - there


def test_every_chapter_of_the_standard_is_answered() -> None:
    chapters = {int(number) for number in re.findall(r"\bV(\d+)(?:\.|\b)", PAGE)}
    assert chapters == set(range(1, 18))
