"""Reading the command line, and what a failed command says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from posapp import __version__
from posapp.app.cli import COMMANDS, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def same_umask() -> Iterator[None]:
    """Put back what the program sets for itself."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command line and return exit code, stdout and stderr."""
    try:
        code = main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


BAD_USAGE = [
    ("charge",),
    ("charge", "12.50"),
    ("charge", "", "HKD"),
    ("charge", "-5", "HKD"),
    ("charge", "+5", "HKD"),
    ("charge", "1,50", "HKD"),
    ("charge", "1,000.00", "HKD"),
    ("charge", "1e3", "HKD"),
    ("charge", "0x10", "HKD"),
    ("charge", " 5", "HKD"),
    ("charge", "5 ", "HKD"),
    ("charge", "5.", "HKD"),
    ("charge", ".5", "HKD"),
    ("charge", "007", "HKD"),
    ("charge", "\N{FULLWIDTH DIGIT FIVE}", "HKD"),
    ("charge", "\N{ARABIC-INDIC DIGIT FIVE}", "HKD"),
    ("charge", "1.234", "HKD"),
    ("charge", "10.5", "JPY"),
    ("charge", "99999999999999", "HKD"),
    ("charge", "9" * 5_000, "HKD"),
    ("charge", "NaN", "HKD"),
    ("charge", "12.50", "HKX"),
    ("charge", "12.50", "hkd"),
    ("charge", "12.50", ""),
    ("charge", "1\n2", "HKD"),
    ("charge", "\udcff", "HKD"),
    ("charge", "12.50", "HKD", "--wait", "long"),
    ("charge", "12.50", "HKD", "--wait", "-1"),
    ("charge", "12.50", "HKD", "--wait", "inf"),
    ("charge", "12.50", "HKD", "--wait", "nan"),
    ("charge", "12.50", "HKD", "--wait"),
    ("charge", "12.50", "HKD", "--tip", "5"),
    ("charge", "12.50", "HKD", "--data-dir"),
    ("charge", "12.50", "HKD", "--dat", "x"),
    ("orders", "--day", "2026-02-30"),
    ("orders", "--day", "14/03/2026"),
    ("orders", "--day", "20260314"),
    ("orders", "--state", "happy"),
    ("orders", "--json", "--csv"),
    ("sandbox", "--port", "many"),
    ("secret",),
    ("secret", "show"),
    ("verify", "now"),
    ("sell",),
    ("--data-dir",),
    ("--colour",),
]


@pytest.mark.parametrize("arguments", BAD_USAGE, ids=lambda words: " ".join(words)[:40].encode("ascii", "replace"))
def test_bad_usage_is_one_sentence_and_exit_2(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("posapp: ")
    assert err.endswith("\n")
    assert err[:-1].encode("utf-8", "replace").decode().isprintable()
    assert len(err) < 400


def test_help_names_every_command_and_loads_none(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--help")
    assert code == 0
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_the_common_options(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = said(capsys, name, "--help")
    assert code == 0
    assert "--data-dir DIR" in out
    assert "--config FILE" in out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--version") == (0, f"posapp {__version__}\n", "")


def test_without_a_command_it_is_the_window(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "no such file"
    for arguments in ([], ["window"], ["--theme", "dark"]):
        code, out, err = said(capsys, *arguments, "--config", str(missing))
        assert (code, out) == (2, "")
        assert err.startswith(f"posapp: {missing}: the configuration cannot be read")


def test_what_it_writes_is_for_its_owner_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert said(capsys, "orders", "--data-dir", str(data))[0] == 0
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "ledger.db").stat().st_mode & 0o077 == 0


def test_a_bug_is_not_called_a_problem(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_options: object) -> int:
        raise AssertionError("a bug")

    monkeypatch.setattr("posapp.app.commands.orders.run", broken)
    with pytest.raises(AssertionError, match="a bug"):
        said(capsys, "orders")


def test_ctrl_c_is_an_end_without_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("posapp.app.commands.orders.run", interrupted)
    assert said(capsys, "orders") == (1, "", "")


def test_words_from_outside_cannot_break_the_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_options: object) -> int:
        raise FileNotFoundError(2, "gone", "a\nposapp: forged\x1b[31m")

    monkeypatch.setattr("posapp.app.commands.orders.run", failing)
    code, _, err = said(capsys, "orders")
    assert (code, err) == (1, "posapp: a posapp: forged [31m: gone\n")
