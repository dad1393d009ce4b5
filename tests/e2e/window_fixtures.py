"""Fixtures of the tests in a window: a screen, a phone, a till's window. A pytest plugin that those tests name."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.e2e.phone import Phone, find_browser
from tests.e2e.screen import Screen
from tests.e2e.till_window import TillWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.till import Till

    OpenWindow = Callable[..., TillWindow]


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """Run one X server for all tests of this worker."""
    missing = [name for name in ("Xvfb", "xdotool", "xwininfo") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"a window needs {', '.join(missing)}: see packaging/dev/system-packages.sh")
    server = Screen(tmp_path_factory.mktemp("screen"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """Run one browser for all tests of this worker."""
    browser = find_browser()
    if browser is None:
        pytest.skip("there is no Chromium here to pay with: see packaging/dev/system-packages.sh")
    shopper = Phone(browser, tmp_path_factory.mktemp("phone"))
    yield shopper
    shopper.close()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """Return an empty folder whose pictures people may look at after the test."""
    node: pytest.Item = request.node
    folder = request.config.rootpath / "build" / "windows" / re.sub(r"[^a-z0-9]+", "-", node.name.lower()).strip("-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def open_window(screen: Screen, pictures: Path, make_till: Callable[..., Till]) -> Iterator[OpenWindow]:
    """Return an opener of windows: `open_window(till, *arguments)`, on a till of its own where none is given.

    At the end each window that is still open must go when asked, leaving nothing on stderr.
    """
    opened: list[TillWindow] = []

    def open_one(till: Till | None = None, *arguments: str) -> TillWindow:
        window = TillWindow(till or make_till(), screen, pictures)
        opened.append(window)
        window.open(*arguments)
        return window

    yield open_one
    for window in opened:
        if window.child.process.poll() is None:
            ended, _ = window.end()
            assert (ended.code, ended.err) == (0, "")
