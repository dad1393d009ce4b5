"""The power fails at any write of the ledger, and what a cashier was told is still true afterwards."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.death.disk import Loss
from tests.faults.death.kill_loop import Shopper
from tests.faults.death.power_cut import SEED, Cut, cuts, start_on
from tests.faults.death.recording import WORDS, Step, read_steps
from tests.faults.death.tracing import traced
from tests.faults.death.ward import Ward
from tests.unit.services.bench import quick_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery

    Figure = Callable[[str], None]

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(600)]
QUICK_STATES: Final = 200
LOSSES: Final = (Loss.ALL, Loss.NOTHING, Loss.LAST_TORN, Loss.SOME, Loss.SOME, Loss.SOME)


@pytest.fixture
def ward(make_till: Callable[..., Till], sandbox: SandboxProcess, nursery: Nursery) -> Ward:
    """A till that has no ledger yet."""
    sandbox.reset()
    return Ward(make_till("cbtis"), "cbtis", sandbox, nursery)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory, where posapp is started thousands of times."""
    from pathlib import Path

    with quick_folder() as name:
        yield Path(name) / "data"


def recorded(ward: Ward, act: str, **options: str) -> list[Step]:
    """Record what an act writes."""
    log = ward.till.folder / "writes.strace"
    with Shopper([ward], SEED, {"pay": 3, "cancel": 1}):
        code = traced(ward.nursery, ward.job(act, **options), log, WORDS)
    assert (code, ward.said()) == (0, "")
    return read_steps(log, ward.till.data, ward.marks)


def marked(steps: list[Step]) -> Counter[str]:
    """Count the acknowledgements."""
    return Counter(step.mark[0] for step in steps if step.mark)


def chosen(states: list[Cut], *, campaign: bool) -> list[Cut]:
    """Choose at which cuts to look: at all of them in the campaign."""
    if campaign or len(states) <= QUICK_STATES:
        return states
    return random.Random(SEED).sample(states, QUICK_STATES)  # noqa: S311 - a test's dice


def test_k10_a_power_cut_at_any_write_loses_nothing_that_was_acknowledged(
    ward: Ward, folder: Path, campaign: bool, figure: Figure
) -> None:
    sales = 10 if campaign else 3
    steps = recorded(ward, "books", sales=str(sales), checkpoint_pages="60")
    told = marked(steps)
    assert (told["begun"], told["shown"], told["backup"]) == (sales, sales, 1)
    assert told["paid"] > 0
    states = chosen(list(cuts({}, steps, LOSSES)), campaign=campaign)
    assert [finding for cut in states for finding in start_on(cut, folder)] == []
    figure(f"{len(states)} states after power cuts in {sales} sales and a backup: nothing acknowledged was lost")


def test_k10_the_same_cuts_find_what_is_lost_without_full_durability(ward: Ward, folder: Path, figure: Figure) -> None:
    """The control: with `synchronous=NORMAL` these cuts must be seen to lose acknowledged orders."""
    steps = recorded(ward, "books", sales="3", synchronous="NORMAL")
    states = [cut for cut in cuts({}, steps, [Loss.ALL]) if cut.acknowledged]
    lost = [cut for cut in states if any("LOST: T1-" in finding for finding in start_on(cut, folder))]
    assert len(lost) > len(states) // 4
    figure(f"control: with synchronous=NORMAL {len(lost)} of {len(states)} states lose something")
