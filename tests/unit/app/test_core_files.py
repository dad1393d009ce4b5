"""No core file is left, whatever the limits were before."""

from __future__ import annotations

import sys

import pytest

from posapp.app.core_files import leave_no_core_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="core files are POSIX's")


@pytest.mark.parametrize("hard, soft", [(-1, 1), (4096, 1), (1, 1), (0, 0)])
def test_the_soft_limit_is_one_byte_where_it_may_be(monkeypatch: pytest.MonkeyPatch, hard: int, soft: int) -> None:
    import resource

    set_to: list[tuple[int, int]] = []

    def getrlimit(_kind: int) -> tuple[int, int]:
        return hard, hard

    def setrlimit(_kind: int, limits: tuple[int, int]) -> None:
        set_to.append(limits)

    monkeypatch.setattr(resource, "getrlimit", getrlimit)
    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    leave_no_core_file()
    assert set_to == [(soft, hard)]
