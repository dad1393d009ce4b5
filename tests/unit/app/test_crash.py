"""The last-resort hooks."""

from __future__ import annotations

import faulthandler
import sys
import threading
import warnings
from typing import TYPE_CHECKING

import pytest

from posapp.app.crash import install_crash_hooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ExpectedWarnings


@pytest.fixture(autouse=True)
def same_hooks() -> Iterator[None]:
    """Put back the hooks that a test installs."""
    hooks, enabled = (sys.excepthook, threading.excepthook, sys.unraisablehook), faulthandler.is_enabled()
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the file is meant to be open until the program's end
        faulthandler.disable()
    if enabled:
        faulthandler.enable(sys.__stderr__ or 2)


def test_what_nobody_caught_is_logged(tmp_path: Path, expected_warnings: ExpectedWarnings) -> None:
    install_crash_hooks(tmp_path / "logs")
    assert faulthandler.is_enabled()
    error = ValueError("boom")
    sys.excepthook(ValueError, error, None)
    expected_warnings.expect(r"^posapp\.app\.crash: uncaught$")
    assert [record.exc_info and record.exc_info[1] for record in expected_warnings.records] == [error]


def test_what_nobody_caught_on_a_thread_is_logged_with_its_name(
    tmp_path: Path, expected_warnings: ExpectedWarnings
) -> None:
    def broken() -> None:
        raise ValueError("boom")

    install_crash_hooks(tmp_path)
    thread = threading.Thread(target=broken, name="the broken one")
    thread.start()
    thread.join()
    expected_warnings.expect("uncaught in thread the broken one")


def test_ctrl_c_is_no_crash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install_crash_hooks(tmp_path)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_leaves_the_other_hooks_in_place(
    tmp_path: Path, expected_warnings: ExpectedWarnings
) -> None:
    taken = tmp_path / "file"
    taken.write_text("", "utf-8")
    expected_warnings.expect("native crashes will not be recorded")
    install_crash_hooks(taken)
    sys.excepthook(ValueError, ValueError("boom"), None)
    expected_warnings.expect("uncaught")


def failing(words: str) -> ValueError:
    with pytest.raises(ValueError, match=words) as caught:
        raise ValueError(words)
    return caught.value


def test_a_storm_of_the_same_is_logged_once(tmp_path: Path, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("uncaught")
    install_crash_hooks(tmp_path)
    for number in range(1000):
        error = failing(f"cell {number}")
        sys.excepthook(ValueError, error, error.__traceback__)
    assert len(expected_warnings.records) == 1


class Holder:
    """Holds a secret, and fails where nobody can catch it."""

    def __repr__(self) -> str:
        return "CANARY"

    def __del__(self) -> None:
        raise ValueError("boom")


def test_what_nobody_can_catch_is_logged_without_the_object(
    tmp_path: Path, expected_warnings: ExpectedWarnings
) -> None:
    install_crash_hooks(tmp_path)
    holder = Holder()
    del holder
    expected_warnings.expect(r"uncaught in Holder\.__del__$")
    (record,) = expected_warnings.records
    assert "CANARY" not in record.getMessage()
