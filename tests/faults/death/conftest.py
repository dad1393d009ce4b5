"""What these tests share: tills on a real sandbox, windows, and a nursery for short lives."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import STRIPPED, make_till, provider, sandbox, sandbox_process, till
from tests.e2e.window_fixtures import open_window, pictures, screen
from tests.faults.death.nursery import Nursery

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "make_till",
    "nursery",
    "open_window",
    "pictures",
    "provider",
    "sandbox",
    "sandbox_process",
    "screen",
    "till",
]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Run one nursery for all tests of this worker."""
    with Nursery({name: value for name, value in os.environ.items() if name not in STRIPPED}) as warm:
        yield warm


@pytest.fixture(autouse=True)
def hang_up_heard() -> Iterator[None]:
    """Let children hear SIGHUP also where the tests run under nohup, which they would inherit and respect."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)
