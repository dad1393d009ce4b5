"""The support bundle: everything that helps, nothing that is secret, and never half a file."""

from __future__ import annotations

import stat
import sys
import zipfile
from pathlib import Path

import pytest

from posapp.app.doctor.ground import Ground
from posapp.app.paths import DataFolder
from posapp.app.support import LOG_BYTES, write_bundle
from posapp.app.usage import UsageError
from tests.e2e.till import config_text

REPORT = {"verdict": "Ready to sell."}


def bundled(ground: Ground, tmp_path: Path) -> dict[str, str]:
    target = tmp_path / "bundle.zip"
    write_bundle(target, ground, REPORT)
    with zipfile.ZipFile(target) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a visit to a till with a configuration and an empty folder."""
    file = tmp_path / "posapp.toml"
    file.write_text(config_text("cbtis", "https://gateway.example", "39172931"), "utf-8")
    folder = DataFolder(tmp_path / "data")
    folder.make()
    return Ground(lambda: file, folder)


def test_the_configuration_is_there_without_what_nobody_knows(ground: Ground, tmp_path: Path) -> None:
    text = bundled(ground, tmp_path)["configuration.txt"]
    assert 'base_url = "https://gateway.example"' in text
    assert 'name = "Harbour Tea"' in text
    assert "***" not in text


ODD_LINES = [
    'client_secret = "CANARY"',
    "# the secret is CANARY",
    'uid = "39172931" # CANARY',
    "CANARY",
    "name = 'CANARY",
    "[gateway] # CANARY",
    'key = ["CANARY"]',
    "base_seconds = CANARY",
    'name = """CANARY"""',
    'base_url = "https://user:CANARY@gateway.example"',
]


@pytest.mark.parametrize("line", ODD_LINES)
def test_whatever_somebody_wrote_into_the_configuration_stays_here(ground: Ground, tmp_path: Path, line: str) -> None:
    file = ground.config_file()
    file.write_text(file.read_text("utf-8") + line + "\n", "utf-8")
    assert "CANARY" not in bundled(ground, tmp_path)["configuration.txt"]


def test_there_is_a_bundle_where_there_is_no_configuration_and_no_folder(tmp_path: Path) -> None:
    def nowhere() -> Path:
        raise UsageError("there is none")

    found = bundled(Ground(nowhere, DataFolder(tmp_path / "data")), tmp_path)
    assert set(found) == {"doctor.json", "configuration.txt", "files.txt", "ledger.json"}


def test_logs_are_cut_at_whole_lines_and_blanked(ground: Ground, tmp_path: Path) -> None:
    ground.folder.logs.mkdir()
    line = "2026-03-14T12:00:00.000Z INFO posapp GET /auth?client_secret=CANARY\n"
    (ground.folder.logs / "posapp.log").write_text(line * (2 * LOG_BYTES // len(line)), "utf-8")
    (ground.folder.logs / "crash.log").write_bytes(b"Fatal \xff Bearer CANARY\n")
    found = bundled(ground, tmp_path)
    assert "CANARY" not in found["logs/posapp.log"] + found["logs/crash.log"]
    assert found["logs/posapp.log"].startswith("2026")
    assert len(found["logs/posapp.log"]) <= LOG_BYTES


def test_a_damaged_ledger_is_told_of_and_not_packed(ground: Ground, tmp_path: Path) -> None:
    ground.folder.ledger.write_bytes(b"rubbish" * 500)
    found = bundled(ground, tmp_path)
    assert "ledger_corrupt" in found["ledger.json"]
    assert "ledger.db" in found["files.txt"]
    assert not [name for name in found if name.endswith(".db")]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_nobody_else_may_read_it_even_where_a_file_was_there(ground: Ground, tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"
    target.write_text("old", "utf-8")
    target.chmod(0o644)
    bundled(ground, tmp_path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_bundle_that_cannot_be_finished_leaves_the_old_one(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "bundle.zip"
    target.write_text("old", "utf-8")

    def full(_text: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("posapp.app.support.redacted", full)
    with pytest.raises(OSError, match="No space"):
        write_bundle(target, ground, REPORT)
    assert target.read_text("utf-8") == "old"
    assert not list(tmp_path.glob(".bundle-*"))
