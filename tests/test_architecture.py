"""The house rules that no room's own test can see: layers, sizes, names, pins, what is never tracked."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from PySide6.QtCore import QObject

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "posapp").rglob("*.py"))
TEST_MODULES = sorted((ROOT / "tests").rglob("*.py"))

MODULE_LINES = 300
MAIN_WINDOW_LINES = 250
FUNCTION_LINES = 40
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
PYSIDE_VERSION = "6.9.3" if sys.version_info < (3, 14) else "6.11.3"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@functools.cache
def syntax_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> set[str]:
    """Return every module named by an import, whether at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def tracked_files() -> list[Path]:
    """Return what git tracks or would track; outside a checkout, all but what set-up and tests made."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        paths = [ROOT / name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        made = {".venv", "build", "dist", "__pycache__", ".git"}
        paths = [p for p in ROOT.rglob("*") if not made & set(p.relative_to(ROOT).parts)]
    return [p for p in paths if p.is_file()]


# --- layers ----------------------------------------------------------------------------------------------


def test_imports_respect_the_layers() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_domain_needs_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"posapp"}
    domain = sorted((ROOT / "posapp/domain").rglob("*.py"))
    found = {name_of(path): {name.split(".")[0] for name in imports_of(path)} - allowed for path in domain}
    assert domain
    assert not {name: outside for name, outside in found.items() if outside}


def test_bridge_needs_of_qt_the_core_only() -> None:
    bridge = sorted((ROOT / "posapp/bridge").rglob("*.py"))
    used = {name for path in bridge for name in imports_of(path) if name.startswith("PySide6")}
    assert bridge
    assert not {name for name in used if not f"{name}.".startswith("PySide6.QtCore.")}


# --- sizes and names -------------------------------------------------------------------------------------


def test_a_module_fits_in_the_head() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    limits = {path: MAIN_WINDOW_LINES if path.name == "main_window.py" else MODULE_LINES for path in MODULES}
    assert sizes
    assert not {name_of(path): size for path, size in sizes.items() if size > limits[path]}


def test_a_function_fits_on_a_screen() -> None:
    sizes = {
        f"{name_of(path)}: {node.name}": body_lines(node)
        for path in MODULES
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert sizes
    assert not {name: size for name, size in sizes.items() if size > FUNCTION_LINES}


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines after the signature and the docstring."""
    first = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - first[0].lineno + 1 if first else 0


def test_a_module_says_what_it_is() -> None:
    assert not [name_of(path) for path in MODULES + TEST_MODULES if not ast.get_docstring(syntax_of(path))]


def test_a_room_has_a_purpose_for_a_name() -> None:
    words = {path: {*path.relative_to(ROOT).with_suffix("").parts, *path.stem.split("_")} for path in MODULES}
    words |= {path: {*path.relative_to(ROOT).with_suffix("").parts} for path in TEST_MODULES}
    assert not [name_of(path) for path, used in words.items() if used & BANNED_NAMES]


def test_the_type_checker_is_never_silenced() -> None:
    silencers = re.compile(r"#\s*(type:\s*ignore|pyright:)")
    found = [
        f"{name_of(path)}:{number}"
        for path in MODULES + TEST_MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if silencers.search(line)
    ]
    assert not found


# --- what must never be tracked --------------------------------------------------------------------------

# In pieces, so that this file does not find itself.
REGISTRY_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb." + "debian.org",
]
MACHINE_PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/opt/" + "wheels", "/opt/py" + "pi", "/tm" + "p/briefs"]


def test_no_registry_and_no_path_of_one_machine_is_tracked() -> None:
    hosts = "|".join(re.escape(host) for host in REGISTRY_HOSTS)
    places = "|".join(re.escape(place) for place in MACHINE_PATHS)
    forbidden = re.compile(rf"({hosts})|(?<![\w.])({places})".encode())
    found = [
        f"{name_of(path)}: {match[0]!r}" for path in tracked_files() for match in forbidden.finditer(path.read_bytes())
    ]
    assert tracked_files()
    assert not found


def test_the_lock_names_hashes_and_no_address() -> None:
    for path in sorted((ROOT / "packaging/requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://|--index|--extra-index|--find-links|file:|^-e", text, re.MULTILINE), path.name
        if path.name == "constraints.txt":
            continue
        requirements = [line for line in text.splitlines() if re.match(r"\w", line)]
        assert requirements
        assert all(line.endswith("\\") and "==" in line for line in requirements), path.name
        assert text.count("--hash=sha256:") >= len(requirements)


# --- the pin that keeps a till alive ---------------------------------------------------------------------


def test_qt_for_python_is_the_version_that_was_measured() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "PySide6-Essentials==6.9.3; python_version < '3.14'" in project["dependencies"]
    assert version("PySide6-Essentials") == PYSIDE_VERSION


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_qt_loses_no_reference_to_none() -> None:
    # PySide6 6.12 drops one at each void call: a program dies after minutes, its short tests stay green.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(2_000):
        thing.setObjectName("till")
    assert abs(sys.getrefcount(None) - before) < 100
