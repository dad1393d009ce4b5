"""P2: guessing a PIN is slow and counted, however often one restarts, turns the clock or starts a second process."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from posapp.store.verify import verify
from tests.unit.services.conftest import bench, folder, loaded_dice
from tests.unit.services.quick_pins import CASHIER_PIN, quick_pins, set_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.domain.staff import Person
    from tests.unit.services.bench import Bench, Process

__all__ = ["bench", "folder", "loaded_dice", "quick_pins"]
pytestmark = [pytest.mark.usefixtures("quick_pins"), pytest.mark.xdist_group("faults-abuse")]

HOUR_S = 3600
MOST_TRIES = 10
WRONG = "9999"


@pytest.fixture
def cashier(quick_pins: object, bench: Bench) -> Person:
    """A cashier at a locked till."""
    del quick_pins
    bench.till.stop()
    bench.till = bench.new_process()
    return set_up(bench)["chris"]


def failures(bench: Bench, person: Person) -> int:
    query = "SELECT failures FROM people WHERE person_id = ?"
    (count,) = bench.till.ledger.connection.execute(query, (person.person_id,)).fetchone()
    return int(count)


def guess(bench: Bench, person: Person, process: Process | None = None, pin: str = WRONG) -> bool:
    """Type a PIN; tells whether it was let in."""
    staff = (process or bench.till).services.staff
    return bench.run(staff.sign_in(person.person_id, pin)).accepted


@pytest.mark.parametrize("way", ["patiently", "restarting", "turning the clock", "anyhow"])
def test_p2_an_hour_of_guessing_has_at_most_ten_tries(
    bench: Bench, cashier: Person, figure: Callable[[str], None], way: str
) -> None:
    dice = random.Random(way)  # noqa: S311 - no secret
    end = bench.loop.time() + HOUR_S
    while bench.loop.time() < end:
        assert not guess(bench, cashier)
        if way == "restarting" or (way == "anyhow" and dice.random() < 0.2):
            bench.kill()
            bench.services.staff.attend()
        if way == "turning the clock" or (way == "anyhow" and dice.random() < 0.2):
            bench.clock.turn_wall(dice.choice((-1, 1)) * dice.uniform(60, 100_000))
        bench.let_pass(dice.uniform(1, 20))
    tries = failures(bench, cashier)
    assert 3 <= tries <= MOST_TRIES
    assert verify(bench.till.ledger).is_whole
    figure(f"an hour of guessing {way}: {tries} tries were looked at")


def test_p2_several_processes_at_once_win_no_tries(
    bench: Bench, cashier: Person, figure: Callable[[str], None]
) -> None:
    """Each of them ran long before the first wrong PIN, so each would have waited long enough by its own clock."""
    others = [bench.new_process() for _ in range(2 * MOST_TRIES)]
    bench.let_pass(2 * HOUR_S)
    end = bench.loop.time() + HOUR_S
    while bench.loop.time() < end:
        for process in (bench.till, *others):
            assert not guess(bench, cashier, process)
        bench.let_pass(5)
    tries = failures(bench, cashier)
    for process in others:
        process.stop()
    assert 3 <= tries <= MOST_TRIES
    figure(f"an hour of guessing in {len(others) + 1} processes at once: {tries} tries were looked at")


def test_p2_the_right_pin_is_not_let_in_before_its_time(bench: Bench, cashier: Person) -> None:
    for _ in range(3):
        guess(bench, cashier)
    bench.kill()
    bench.services.staff.attend()
    assert bench.services.staff.wait_for(cashier.person_id) == 30
    assert not guess(bench, cashier, pin=CASHIER_PIN)
    assert failures(bench, cashier) == 3
    bench.let_pass(29)
    assert not guess(bench, cashier, pin=CASHIER_PIN)
    bench.let_pass(1)
    assert guess(bench, cashier, pin=CASHIER_PIN)
    assert failures(bench, cashier) == 0


def test_p2_a_try_cut_off_by_a_kill_counts(
    bench: Bench, cashier: Person, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Killed between the count and the comparison: what was to be learnt was not, and the try is gone all the same."""
    del folder

    class KilledError(BaseException):
        pass

    async def killed(*_: object) -> bool:
        raise KilledError

    monkeypatch.setattr("tests.unit.services.quick_pins.QuickPins.matches", killed)
    with pytest.raises(KilledError):
        guess(bench, cashier)
    bench.kill()
    assert failures(bench, cashier) == 1
