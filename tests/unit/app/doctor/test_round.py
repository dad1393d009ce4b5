"""The round: no look stops another one, none outlasts its limit, and a bug is a finding."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from posapp.app.config import ConfigError
from posapp.app.doctor.finding import Finding, Verdict, ok
from posapp.app.doctor.ground import Ground
from posapp.app.doctor.once import NotYet, Once
from posapp.app.doctor.round import LOOKS, Look, examine_all
from posapp.app.paths import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    Plant = Callable[[str, Callable[[Ground], Finding]], Look]


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Return a maker of looks whose room is a function of the test."""

    def planted(name: str, examine: Callable[[Ground], Finding]) -> Look:
        room = ModuleType(f"planted_{name}")
        monkeypatch.setattr(room, "examine", examine, raising=False)
        monkeypatch.setitem(sys.modules, room.__name__, room)
        return Look(name, room.__name__, 5)

    return planted


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a visit to an empty folder."""
    return Ground(lambda: tmp_path / "posapp.toml", DataFolder(tmp_path / "data"))


def test_a_bug_in_one_look_is_one_finding(plant: Plant, ground: Ground) -> None:
    def broken(_ground: Ground) -> Finding:
        raise ZeroDivisionError("no word of this may be shown")

    found = examine_all(ground, [plant("broken", broken), plant("sound", lambda _ground: ok("fine"))])
    assert [(each.id, each.finding.verdict) for each in found] == [("broken", Verdict.FAIL), ("sound", Verdict.OK)]
    assert "ZeroDivisionError" in found[0].finding.sentence
    assert "no word" not in found[0].finding.sentence


def test_a_look_that_hangs_is_given_up_and_keeps_nobody_waiting(plant: Plant, ground: Ground) -> None:
    release = threading.Event()

    def hanging(_ground: Ground) -> Finding:
        release.wait(30)
        return ok("too late")

    began = time.monotonic()
    looks = [plant("hanging", hanging), plant("sound", lambda _ground: ok("fine"))]
    found = examine_all(ground, looks, deadline_s=0.3)
    release.set()
    assert time.monotonic() - began < 3
    assert [each.finding.verdict for each in found] == [Verdict.FAIL, Verdict.OK]
    assert "0.3 s" in found[0].finding.sentence


def test_a_room_that_cannot_be_entered_is_a_finding(ground: Ground) -> None:
    (found,) = examine_all(ground, [Look("nowhere", "posapp.app.doctor.no_such_room", 5)])
    assert (found.finding.verdict, found.finding.figures) == (Verdict.FAIL, {"error": "ModuleNotFoundError"})


def test_without_a_configuration_what_needs_one_is_not_looked_at(plant: Plant, ground: Ground) -> None:
    (found,) = examine_all(ground, [plant("needs", lambda visit: ok(visit.config().till))])
    assert found.finding.verdict is Verdict.SKIPPED
    with pytest.raises(ConfigError):
        ground.config()


def test_nothing_is_sent_where_nothing_may_be(plant: Plant, tmp_path: Path) -> None:
    ground = Ground(lambda: tmp_path / "posapp.toml", DataFolder(tmp_path), network=False)
    look = plant("sends", lambda _ground: ok("sent"))
    (found,) = examine_all(ground, [Look(look.id, look.room, 5, network=True)])
    assert found.finding.verdict is Verdict.SKIPPED


def test_every_look_has_a_room_and_ends_within_the_deadline() -> None:
    assert len({look.id for look in LOOKS}) == len(LOOKS)
    assert max(look.limit_s for look in LOOKS) < 20
    rooms = {path.stem for path in (Path(__file__).parents[4] / "posapp/app/doctor").glob("*.py")}
    assert {look.room.rpartition(".")[2] for look in LOOKS} <= rooms


def test_a_value_is_made_once_and_so_is_its_error() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        if len(made) > 1:
            raise AssertionError("made twice")
        raise ValueError("never")

    value = Once(make)
    for _ in range(2):
        with pytest.raises(ValueError, match="never"):
            value()
    assert made == [1]


def test_nobody_waits_for_a_value_longer_than_he_said() -> None:
    making, release = threading.Event(), threading.Event()

    def make() -> str:
        making.set()
        release.wait(30)
        return "made"

    value = Once(make)
    maker = threading.Thread(target=value, daemon=True)
    maker.start()
    making.wait(5)
    with pytest.raises(NotYet):
        value(0.01)
    release.set()
    assert value(5) == "made"
    maker.join(5)
