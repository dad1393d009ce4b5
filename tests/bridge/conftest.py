"""What the tests of the bridge share: a live till that is started, and ended without a trace."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.bridge.live import LiveBench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def unstarted(qtbot: QtBot, tmp_path: Path) -> Iterator[LiveBench]:
    """A till that has not started; afterwards it has ended, whatever happened, and left no thread."""
    before = set(threading.enumerate())
    bench = LiveBench(qtbot, tmp_path)
    yield bench
    assert bench.till.stop()
    qtbot.wait(1)
    left = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not [name for name in left if name.startswith(("posapp", "asyncio"))]
    assert {thread for _, _, thread in bench.news} <= {threading.main_thread().ident}, "news off the GUI thread"


@pytest.fixture
def live(unstarted: LiveBench) -> LiveBench:
    """A till that is ready."""
    unstarted.start()
    return unstarted
