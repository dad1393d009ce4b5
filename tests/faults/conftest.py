"""The long campaign and the quick share of it; what each test brought is kept for `docs/fault-matrix.md`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.results import RESULTS, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

CAMPAIGN: Final = os.environ.get("POSAPP_FAULTS") == "campaign"
_FIGURES: Final = pytest.StashKey[list[str]]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the campaign has time for."""
    if CAMPAIGN:
        return
    long = [item for item in items if item.get_closest_marker("campaign")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture
def campaign() -> bool:
    """Whether this is the long run of `make faults`; `make test` takes a quick share."""
    return CAMPAIGN


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a figure for the row's line in the page: `figure("1,000 kills, 412 orders")`."""
    said: list[str] = []
    request.node.stash[_FIGURES] = said
    return said.append


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write down how each fault test ended."""
    report = yield
    if report.when == "call" or not report.passed:
        _keep(item, report)
    return report


def _keep(item: pytest.Item, report: pytest.TestReport) -> None:
    result = Result(
        test=item.nodeid,
        outcome=report.outcome if report.when == "call" or report.skipped else "failed",
        seconds=round(report.duration, 2),
        figures=item.stash.get(_FIGURES, list[str]()),
        campaign=CAMPAIGN,
    )
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:  # one short line at a time: several workers write here
        file.write(json.dumps(result.as_json()) + "\n")
