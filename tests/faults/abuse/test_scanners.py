"""P5: no secret is in what we keep, the linter's security rules are awake, and every dependency is pinned by its hash.

Known holes in other people's packages are not looked up here: that takes a database of them, which a build machine
without the internet has not got, and a scan that looks nothing up would pass for ever.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.abuse.secret_scan import findings

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("faults-abuse")

ROOT = Path(__file__).parents[3]
REQUIREMENTS = sorted((ROOT / "packaging/requirements").glob("*.txt"))
HASHED = [path for path in REQUIREMENTS if path.name != "constraints.txt"]
BINARY = {".png", ".otf", ".ico", ".db"}

RISKY = """\
import pickle
import subprocess
import ssl
import hashlib

PASSWORD = "hunter2-hunter2"


def run(words, data):
    subprocess.run(words, shell=True)
    eval(words)
    hashlib.md5(data)
    ssl._create_unverified_context()
    return pickle.loads(data)
"""
RULES = {"S105", "S602", "S307", "S324", "S323", "S301"}


def tracked() -> list[Path]:
    """Return what git tracks or would track; outside a checkout, what belongs to the sources."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        paths = [ROOT / name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for top in ("posapp", "tests", "packaging", "docs") for path in (ROOT / top).rglob("*")]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


def test_p5_the_sources_hold_nothing_that_looks_like_a_secret(figure: Callable[[str], None]) -> None:
    paths = tracked()
    figure(f"{len(paths)} files, 6 planted kinds found")
    assert len(paths) > 300
    assert [found for path in paths for found in findings(path)] == []


def test_p5_a_planted_secret_of_each_kind_is_found(tmp_path: Path) -> None:
    # Made here, so that this file does not find itself.
    planted = {
        "hex": f'client_secret = "{secrets.token_hex(24)}"',
        "url": f"API_KEY: '{secrets.token_urlsafe(24)}0a'",
        "json": f'{{"access_token":"{secrets.token_hex(42)}"}}',
        "pem": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE",
        "cloud": "AKIA" + "Q2" * 8,
        "live": "sk_" + "live_" + "a1" * 10,
    }
    for name, text in planted.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert {name for name in planted if findings(tmp_path / name)} == set(planted)
    (tmp_path / "words").write_text('secret = "correct-horse-battery-staple"\ntoken = secret_of(provider)', "utf-8")
    assert findings(tmp_path / "words") == []


def ruff(*arguments: str) -> str:
    """Run the linter with our settings and return what it says."""
    tool = Path(sys.executable).parent / "ruff"
    command = [str(tool), "check", "--no-cache", "--output-format", "concise", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_p5_the_linters_security_rules_are_awake_in_the_program() -> None:
    command = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--output-format", "concise"]
    said = subprocess.run(
        [*command, "--stdin-filename", "posapp/store/planted.py", "-"],
        cwd=ROOT,
        input=RISKY,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert set(re.findall(r"\bS\d{3}\b", said)) >= RULES


def test_p5_the_program_keeps_the_security_rules() -> None:
    said = ruff("--select", "S", "posapp", "packaging")
    assert "All checks passed!" in said, said


def unhashed(text: str) -> list[str]:
    """Return the requirements of a lock file that are not pinned to an exact version and its hashes."""
    blocks = re.split(r"\n(?=\w)", text.strip())
    return [
        block.split("\n")[0]
        for block in blocks
        if re.match(r"\w", block) and not ("==" in block and re.search(r"--hash=sha256:[0-9a-f]{64}", block))
    ]


def test_p5_every_dependency_is_pinned_by_its_hash() -> None:
    assert HASHED
    for path in HASHED:
        assert unhashed(path.read_text("utf-8")) == [], path.name
    setup = (ROOT / "packaging/dev/setup.sh").read_text("utf-8")
    assert "--require-hashes" in setup


def test_p5_a_dependency_without_its_hash_is_noticed() -> None:
    text = HASHED[0].read_text("utf-8")
    name = re.match(r"\w+", text)
    assert name is not None
    assert unhashed(re.sub(r"--hash=sha256:[0-9a-f]+", "", text))[0].startswith(name[0])
    assert unhashed(text + "\nplanted>=1.0\n") == ["planted>=1.0"]
