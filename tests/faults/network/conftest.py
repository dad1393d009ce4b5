"""What these tests share: tills on a real sandbox, a broken link before it, a window, and a till in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import make_till, sandbox, sandbox_process, till
from tests.e2e.window_fixtures import open_window, pictures, screen
from tests.faults.network.proxy import FaultProxy
from tests.unit.services.conftest import bench, folder, loaded_dice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.sandbox_process import SandboxProcess

__all__ = [
    "bench",
    "folder",
    "link",
    "loaded_dice",
    "make_till",
    "open_window",
    "pictures",
    "sandbox",
    "sandbox_process",
    "screen",
    "till",
]


@pytest.fixture
def link(sandbox: SandboxProcess) -> Iterator[FaultProxy]:
    """Return a link to the sandbox, in order so far."""
    with FaultProxy(sandbox.base_url) as proxy:
        yield proxy
