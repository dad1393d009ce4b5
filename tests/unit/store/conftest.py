"""Every store test works on a real SQLite file in a temporary folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.store.books import Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a ledger that nobody has written to; tests copy it."""
    books = Books.at(tmp_path_factory.mktemp("empty") / "ledger.db")
    books.ledger.close()
    return books.path


@pytest.fixture
def books(tmp_path: Path, empty_ledger: Path) -> Iterator[Books]:
    books = Books.copied(empty_ledger, tmp_path)
    yield books
    books.ledger.close()
