"""What these tests share: a sandbox on a thread, and a till of either provider that talks to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.sandbox.server import running_sandbox
from tests.faults.gateway.live_till import LiveTill, live_till
from tests.unit.services.bench import quick_folder
from tests.unit.services.conftest import bench, folder, keyed, loaded_dice

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from posapp.sandbox.server import Sandbox

__all__ = ["bench", "folder", "keyed", "loaded_dice"]


@pytest.fixture(scope="session")
def pretend_gateway() -> Iterator[Sandbox]:
    """Run one sandbox for all tests of this worker."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def gateway_books(pretend_gateway: Sandbox) -> Iterator[Sandbox]:
    """Return the sandbox, empty and without mischief."""
    yield pretend_gateway
    pretend_gateway.scenarios.clear()
    pretend_gateway.truth.reset()


@pytest.fixture(params=["cbtis", "airwallex"])
def provider(request: pytest.FixtureRequest) -> str:
    """Run a test at both gateways."""
    return str(request.param)


@pytest.fixture
async def till(gateway_books: Sandbox, provider: str) -> AsyncGenerator[LiveTill]:
    """A till at one of the gateways, audited afterwards."""
    with quick_folder() as name:
        async with live_till(gateway_books, provider, Path(name)) as found:
            yield found
