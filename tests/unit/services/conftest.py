"""What the tests of the services share: a till on the bench, of either kind of gateway."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.scripted_gateway import WITH_KEY
from tests.unit.services.bench import Bench, quick_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def loaded_dice() -> None:
    """Let the dice of back-off and jitter fall the same way in every run."""
    random.seed(20260314)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for the ledger."""
    with quick_folder() as name:
        yield Path(name)


@pytest.fixture
def bench(folder: Path) -> Iterator[Bench]:
    """A till at a gateway without idempotency key and without cancel, not watching yet."""
    bench = Bench(folder)
    yield bench
    bench.close()


@pytest.fixture
def keyed(folder: Path) -> Iterator[Bench]:
    """A till at a gateway with idempotency key and cancel, not watching yet."""
    bench = Bench(folder, WITH_KEY)
    yield bench
    bench.close()
