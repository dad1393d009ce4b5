"""A thousand kills at random moments, in bad weather, at both gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.death.kill_loop import KillLoop, Tally
from tests.faults.death.ward import Ward

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(1500)]
SEED: Final = 20260314
PROVIDERS: Final = ("cbtis", "airwallex")
GENERATIONS: Final = 10
"""How often the campaign begins with new tills: books that grow for ever would only make the audit slow."""


def test_k12_a_thousand_kills_lose_nothing_send_nothing_twice_and_show_no_false_green(
    make_till: Callable[..., Till],
    sandbox: SandboxProcess,
    nursery: Nursery,
    campaign: bool,
    figure: Callable[[str], None],
) -> None:
    total = Tally()
    for generation in range(GENERATIONS if campaign else 1):
        sandbox.reset()
        wards = [Ward(make_till(provider), provider, sandbox, nursery) for provider in PROVIDERS]
        loop = KillLoop(wards, SEED + generation)
        loop.tally = total
        loop.run(50 if campaign else 11)
        assert loop.settle() == []
    assert total.paid > 0
    states = ", ".join(f"{count} {state}" for state, count in total.at_kill.most_common())
    figure(
        f"{total.kills} kills of {total.orders} orders ({total.paid} paid), nothing lost, nothing sent twice, "
        f"no false green; at the kill: {states}"
    )
