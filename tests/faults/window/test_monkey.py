"""U5: a seeded monkey on the real window, the real till and a real sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.xdist_group("faults-window"), pytest.mark.timeout(1_500)]

ROOT: Final = Path(__file__).parents[3]
QUICK, CAMPAIGN = 350, 20_000
QUICK_SEED, CAMPAIGN_SEED = 20260314, 4711
MIB_PER_1000: Final = 2.0
"""Orders stay in the watch list and in the models of the window for as long as they are open."""


def run_monkey(seed: int, events: int, env: dict[str, str]) -> dict[str, Any]:
    """Let the monkey loose in a process of its own, and return what it measured; its last deeds are in the failure."""
    command = [sys.executable, "-m", "tests.faults.window.monkey", "--seed", str(seed), "--events", str(events)]
    done = subprocess.run(
        command,
        env={**env, "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1_400,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command[1:])} ended with {done.returncode}:\n{done.stderr}\n{done.stdout}"
    return json.loads(done.stdout)


def test_u5_a_monkey_reaches_no_impossible_state(
    campaign: bool, child_env: dict[str, str], figure: Callable[[str], None]
) -> None:
    events = CAMPAIGN if campaign else QUICK
    told = run_monkey(CAMPAIGN_SEED if campaign else QUICK_SEED, events, child_env)
    assert told["orders"] > events / 50, "the monkey hardly sold anything"
    assert told["codes"] > events / 20, "the monkey hardly ever saw a code"
    sizes = told["sizes"]
    warm, last = sizes[len(sizes) // 3], sizes[-1]
    assert last["threads"] <= warm["threads"] + 4, sizes
    assert last["fds"] <= warm["fds"] + 12, sizes
    if campaign:
        # Pages, drawer and popups are built at their first use and stay; nothing may come with every event.
        assert last["widgets"] <= warm["widgets"] + 100, sizes
        assert last["objects"] <= warm["objects"] + 200, sizes
        grown = (last["rss_mib"] - warm["rss_mib"]) / (events * 2 / 3) * 1_000
        assert grown < MIB_PER_1000, sizes
        figure(f"memory grew by {grown:.2f} MiB in 1,000 events, with {told['orders']} orders on the till")
    figure(
        f"{events:,} random events: {told['orders']} orders, {told['codes']:,} looks at a code, {told['paid']} paid, "
        "nothing wrong"
    )
