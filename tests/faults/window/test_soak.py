"""U6: three days of sales in a few minutes, with the window attached; nothing may grow with the number of orders."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.xdist_group("faults-soak"), pytest.mark.timeout(1_800)]

ROOT: Final = Path(__file__).parents[3]
QUICK, CAMPAIGN = 80, 10_000
MIB_PER_1000: Final = 1.0
STEP_MIB: Final = 8.0
"""What may come once, however late: a page at its first use, the first backup of a day."""
FLAT: Final = {"threads": 2, "fds": 3, "widgets": 40, "objects": 100}
"""By how much each may differ between the first third and the end: rows that are just being changed."""
TASKS: Final = 13
"""Watcher, the refunds' watch, heartbeat, the questions in flight, and what waits for them."""


def run_soak(orders: int, env: dict[str, str]) -> dict[str, Any]:
    """Soak in a process of its own; returns what it measured."""
    command = [sys.executable, "-m", "tests.faults.window.soak", "--orders", str(orders)]
    env = {**env, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=1_700, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def slope(samples: list[dict[str, float]], name: str) -> float:
    """Return the growth in 1,000 orders: the median over all pairs, which no single step moves (Theil and Sen)."""
    pairs = combinations(samples, 2)
    return 1_000 * median((later[name] - one[name]) / (later["orders"] - one["orders"]) for one, later in pairs)


def test_u6_nothing_grows_with_the_number_of_orders(
    campaign: bool, child_env: dict[str, str], figure: Callable[[str], None]
) -> None:
    orders = CAMPAIGN if campaign else QUICK
    told = run_soak(orders, child_env)
    samples = told["samples"]
    assert told["ended"]
    assert told["doubles"] == []
    assert sum(told["ends"].values()) == orders
    assert told["ends"]["SUCCEEDED"] == told["fates"]["paid"]
    warm = samples[len(samples) // 3 :]
    for name, room in FLAT.items():
        assert max(one[name] for one in warm) - min(one[name] for one in warm) <= room, (name, warm)
    assert max(one["tasks"] for one in samples) <= TASKS
    if not campaign:
        return
    grown = slope(warm, "rss_mib")
    assert grown < MIB_PER_1000, warm
    assert warm[-1]["rss_mib"] - warm[0]["rss_mib"] < MIB_PER_1000 * orders / 1_000 + STEP_MIB, warm
    figure(
        f"{orders:,} orders, {told['hours']:.0f} hours of the till: memory {warm[0]['rss_mib']:.0f} MiB to "
        f"{warm[-1]['rss_mib']:.0f} MiB, {grown:.2f} MiB in 1,000 orders; threads, descriptors and Qt objects constant"
    )
