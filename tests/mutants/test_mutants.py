"""The planted bugs still fit the program; the hunt finds what is caught, what survives, and what cannot be run."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.mutants.hunt import Ground, HuntError
from tests.mutants.list import MUTANTS
from tests.mutants.mutant import ROOT, Mutant

if TYPE_CHECKING:
    from pathlib import Path

MONEY = "posapp/domain/money.py"
KILLER = "tests/unit/domain/test_money.py::test_every_amount_a_till_takes_is_read_back_exactly"


def test_there_are_enough_and_none_twice() -> None:
    assert len(MUTANTS) >= 20
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: re.sub(r"\W+", "-", mutant.name))
def test_a_planted_bug_has_its_place_and_its_killer(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    assert mutant.new != mutant.old
    path, _, name = mutant.killer.partition("[")[0].partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert not name or name in names


@pytest.mark.timeout(120)
def test_the_hunt_tells_a_caught_bug_from_one_that_survives(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.check([KILLER])
    caught = next(mutant for mutant in MUTANTS if mutant.name == "amounts go through a float")
    harmless = Mutant("a sentence", MONEY, "there is no amount", "there is none", KILLER)
    assert ground.is_killed(caught)
    assert not ground.is_killed(harmless)
    assert (tmp_path / MONEY).read_bytes() == (ROOT / MONEY).read_bytes()


@pytest.mark.timeout(120)
def test_a_killer_that_cannot_be_run_is_no_catch(tmp_path: Path) -> None:
    nobody = Mutant("nobody looks", MONEY, "there is no amount", "there is none", KILLER + "_or_not")
    with pytest.raises(HuntError, match="could not be run"):
        Ground(tmp_path).is_killed(nobody)


def test_a_bug_whose_place_has_moved_is_said() -> None:
    lost = Mutant("lost", MONEY, "no such text", "", KILLER)
    with pytest.raises(ValueError, match="0 times"):
        lost.plant(ROOT)
