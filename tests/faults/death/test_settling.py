"""Settling and recovering, killed at each system call: what is paid turns green once, whoever has to learn it again."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from posapp.domain.status import AttemptState
from tests.faults.death.ward import Ward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery

    Figure = Callable[[str], None]

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(300)]
S = AttemptState
STRIDE: Final = 15
"""The quick share kills at every so manyeth call."""


@pytest.fixture
def ward(make_till: Callable[..., Till], sandbox: SandboxProcess, nursery: Nursery, provider: str) -> Ward:
    """A till at one gateway."""
    return Ward(make_till(provider), provider, sandbox, nursery)


@pytest.fixture
def empty(ward: Ward, tmp_path: Path) -> Path:
    """A data folder with an empty ledger."""
    ward.fresh()
    return shutil.copytree(ward.till.data, tmp_path / "empty")


def every_kill(ward: Ward, prepare: Callable[[], str], *, campaign: bool) -> Iterator[str]:
    """Kill a restart at each of its calls, each time prepared anew; yields the order's id right after each kill."""
    prepare()
    calls = ward.calls("restart")
    missed = 0
    for call in calls if campaign else calls[::STRIDE]:
        ref = prepare()
        if ward.kill("restart", call) is None:
            missed += 1
        else:
            yield ref
    assert missed <= 1 + len(calls) // 10, f"{missed} of {len(calls)} calls never came"


def test_k8_killed_between_the_answer_paid_and_its_commit_it_turns_green_once(
    ward: Ward, empty: Path, campaign: bool, figure: Figure
) -> None:
    def paid() -> str:
        ward.fresh(empty)
        ((_, ref),) = [mark for mark in ward.live("sale") if mark[0] == "shown"]
        ward.sandbox.pay(ref)
        return ref

    kills = unwritten = 0
    for ref in every_kill(ward, paid, campaign=campaign):
        kills += 1
        unwritten += ward.books().only.leading.state is S.PENDING
        books = ward.restart()
        attempt = books.only.leading
        assert books.states() == ["CREATING", "CREATED", "PENDING", "SUCCEEDED"]
        assert attempt.alarm is None
        assert attempt.paid_at is not None
        assert abs(attempt.paid_at - datetime.fromisoformat(str(ward.there(ref)["paid_at"]))) < timedelta(seconds=1)
        ward.live("restart")
        assert ward.books() == books, "asking again about what is final changed the books"
    assert 0 < unwritten < kills, "the kills were all on one side of the commit"
    figure(f"{ward.provider}: {kills} kills, {unwritten} of them before the commit")


@pytest.mark.parametrize("provider", ["cbtis", pytest.param("airwallex", marks=pytest.mark.campaign)])
def test_k3_killed_again_while_recovering_it_is_taken_over_once(
    ward: Ward, empty: Path, campaign: bool, figure: Figure
) -> None:
    """The restart after a kill is killed too, at each of its calls."""
    ward.fresh(empty)
    answered = [call for call in ward.calls("sale") if call.name == "recvfrom"][1]  # the first is the login's

    def orphaned() -> str:
        # On a busy machine the login's reply comes in two pieces, and the second call is still the login's.
        for _ in range(10):
            ward.fresh(empty)
            said = ward.kill("sale", answered)
            assert said is not None
            ref = said[-1][1]
            if any(seen["merchant_order_id"] == ref for seen in ward.sandbox.seen()):
                return ref
        raise AssertionError("no create reached the gateway before a kill")

    kills = taken = 0
    for ref in every_kill(ward, orphaned, campaign=campaign):
        kills += 1
        taken += ward.books().only.leading.state is not S.CREATING
        books = ward.restart()
        assert books.states() == ["CREATING", "UNKNOWN", "ORPHAN"]
        assert books.only.leading.merchant_order_id == ref
    assert 0 < taken < kills, "the kills were all on one side of the commit"
    figure(f"{ward.provider}: {kills} kills, {taken} of them after it was taken over")
