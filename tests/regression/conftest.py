"""What the regression tests share: a till on the bench, with a real ledger and virtual time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.services.bench import Bench, quick_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A till at a gateway without idempotency key and without cancel, not watching yet."""
    with quick_folder() as name:
        bench = Bench(Path(name))
        yield bench
        bench.close()
