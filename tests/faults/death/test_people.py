"""The writes of people killed at each system call: somebody is there or not, a PIN is counted before it is compared."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from posapp.store.ledger import open_ledger
from posapp.store.people import PeopleStore
from tests.faults.death.ward import Ward

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.store.people import Kept
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(300)]
STRIDE: Final = 6
"""The quick share kills at every so manyeth call."""


@pytest.fixture
def ward(make_till: Callable[..., Till], sandbox: SandboxProcess, nursery: Nursery) -> Ward:
    """A till with an empty ledger."""
    ward = Ward(make_till("cbtis"), "cbtis", sandbox, nursery)
    ward.fresh()
    return ward


def people(ward: Ward) -> tuple[Kept, ...]:
    """Read who there is, from a ledger that has to be whole."""
    assert ward.books().findings == ()
    with closing(open_ledger(ward.ledger)) as ledger:
        return PeopleStore(ledger).everybody()


def test_k9_killed_while_the_owner_is_set_up_there_is_one_or_nobody(
    ward: Ward, tmp_path: Path, figure: Callable[[str], None], *, campaign: bool
) -> None:
    empty = shutil.copytree(ward.till.data, tmp_path / "empty")
    calls = ward.calls("owner")
    kills = nobody = 0
    for call in calls if campaign else calls[::STRIDE]:
        ward.fresh(empty)
        said = ward.kill("owner", call)
        if said is None:
            continue
        kills += 1
        found = people(ward)
        acknowledged = [mark[1] for mark in said if mark[0] == "added"]
        assert len(found) <= 1
        assert acknowledged in ([], [one.person.person_id for one in found]), "an acknowledged owner is lost"
        nobody += not found
        ward.live("owner")  # the next try, which sets nobody up beside somebody who is there
        assert [one.person.name for one in people(ward)] == ["Olivia"]
    assert 0 < nobody < kills, "the kills were all on one side of the commit"
    figure(f"{kills} kills while the owner was set up, {nobody} of them before the commit")


def test_k9_killed_at_a_wrong_pin_it_was_counted_before_it_was_compared(
    ward: Ward, tmp_path: Path, figure: Callable[[str], None], *, campaign: bool
) -> None:
    ward.live("owner")
    staffed = shutil.copytree(ward.till.data, tmp_path / "staffed")
    calls = ward.calls("wrong_pin")
    kills = uncounted = learnt = 0
    for call in calls if campaign else calls[::STRIDE]:
        ward.fresh(staffed)
        said = ward.kill("wrong_pin", call)
        if said is None:
            continue
        kills += 1
        (kept,) = people(ward)
        compared = ["compared"] in said
        assert kept.failures in (0, 1)
        assert kept.failures or not compared, "something was learnt about a PIN, and the try is not counted"
        uncounted += not kept.failures
        learnt += compared
        assert ward.live("wrong_pin")[-1] == ["answered", "False", "0"]
        assert people(ward)[0].failures == kept.failures + 1
    assert 0 < uncounted < kills, "the kills were all on one side of the commit"
    assert learnt, "none of the kills came after the comparison"
    figure(f"{kills} kills at a wrong PIN: {uncounted} before it was counted, {learnt} after it was compared")
