"""A disk that is too full for a file somebody asked for: one sentence, and nothing half there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.storage.test_full_disk import filled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
FULL = "posapp: There is no room left for the file; nothing was written.\n"
OLD = b"the old file"


def test_s1_a_file_that_does_not_fit_is_not_there_and_the_old_one_is_as_it_was(till: Till, stick: Path) -> None:
    for _ in range(3):
        till.charge(wait=0).end()
    old = stick / "orders.csv"
    old.write_bytes(OLD)
    wanted = {
        "orders.csv": ("orders", "--csv", "--output"),
        "orders.json": ("orders", "--json", "--output"),
        "orders.xlsx": ("orders", "--xlsx"),
        "day.csv": ("report", "--csv"),
        "day.xlsx": ("report", "--xlsx"),
        "day.pdf": ("report", "--pdf"),
    }
    with filled(stick):
        ended = {name: till.run(*words, str(stick / name)) for name, words in wanted.items()}
        assert sorted(path.name for path in stick.iterdir()) == ["filler", "orders.csv"]
    assert {name: (each.code, each.out, each.err) for name, each in ended.items()} == dict.fromkeys(
        wanted, (1, "", FULL)
    )
    assert old.read_bytes() == OLD
    again = till.run("orders", "--csv", "--output", str(old))
    assert (again.code, old.read_bytes().count(b"\r\n")) == (0, 4)
