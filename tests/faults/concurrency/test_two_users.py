"""X3: two users of one computer on one till's data: the lock lies with the data, and permissions are said plainly."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytestmark = [
    pytest.mark.xdist_group("faults-concurrency"),
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users"),
]
NOBODY = 65534


@pytest.fixture
def everybodys() -> Iterator[Path]:
    """A folder that every user can walk into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="posapp-two-users-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def shared(everybodys: Path, make_till: Callable[..., Till]) -> Till:  # in this order: the audit needs the folder
    """A till whose data lies where both users can get at the folder above it."""
    till = make_till()
    till.data = everybodys / "data"
    config = everybodys / "posapp.toml"
    config.write_bytes(till.config.read_bytes())
    config.chmod(0o644)
    till.config = config
    return till


def as_other_user(till: Till, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run posapp as another user, with a home of its own.

    He may read everywhere, since the interpreter may lie in somebody's home; he may write only where he is let.
    """
    home = till.config.parent / "home-of-nobody"
    home.mkdir(exist_ok=True)
    os.chown(home, NOBODY, NOBODY)
    env = {**till.env, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false", "HOME": str(home)}
    env |= {name: str(home) for name in env if name.startswith("XDG_")}
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    rights = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    posapp = [sys.executable, "-m", "posapp", *arguments, "--config", str(till.config), "--data-dir", str(till.data)]
    return subprocess.run(
        [*user, *rights, *posapp], env=env, capture_output=True, text=True, timeout=60, check=False, cwd=home
    )


def open_to_everybody(data: Path) -> None:
    """Let every user read and write everything in a till's data, as a shop's IT may have done."""
    data.chmod(0o777)
    for path in data.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)


def test_x3_the_lock_is_the_datas_and_not_the_users(
    shared: Till, open_window: OpenWindow, sandbox: SandboxProcess
) -> None:
    window = open_window(shared)
    window.type("900")
    window.key("Return")
    window.see_code()
    open_to_everybody(shared.data)
    second = as_other_user(shared)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == "posapp: the window is already open on this till's data.\n"
    # Beside the window commands of another user work: even while the window's own lock file is closed to him.
    sandbox.pay(shared.order()["merchant_order_id"])
    (own_lock,) = (shared.data / "run").glob("*.lock")
    own_lock.chmod(0o600)
    listed = as_other_user(shared, "orders", "--refresh")
    assert (listed.returncode, listed.stderr) == (0, ""), listed
    window.see("green", lambda picture: picture.is_green)


def test_x3_what_another_user_is_creating_is_left_to_him(shared: Till, sandbox: SandboxProcess) -> None:
    """His lock file may not even be opened; that he lives is then the only safe guess."""
    sandbox.fault("create", "latency", seconds=3)
    charge = shared.charge("5.00")
    ref = charge.until("attempt")["merchant_order_id"]
    sandbox.wait_for_create(ref)
    open_to_everybody(shared.data)
    (lock,) = (shared.data / "run").glob("*.lock")
    lock.chmod(0o600)
    refreshed = as_other_user(shared, "orders", "--refresh", "--json")
    assert refreshed.stderr == "", refreshed
    assert charge.until("qr")["merchant_order_id"] == ref
    sandbox.pay(ref)
    ended = charge.end()
    assert (ended.code, ended.err) == (0, "")
    assert "state UNKNOWN" not in ended.names
    assert sandbox.order(ref)["create_posts"] == 1


@pytest.mark.parametrize("command", [(), ("charge", "5.00", "HKD")])  # reading is another matter: S4
def test_x3_a_folder_of_another_user_is_said_to_be_closed(
    shared: Till, sandbox: SandboxProcess, command: tuple[str, ...]
) -> None:
    shared.run("orders")  # the folder and the ledger are the first user's now
    assert stat.S_IMODE(shared.data.stat().st_mode) == 0o700
    before = {path: path.stat().st_mtime_ns for path in shared.data.rglob("*.db")}
    ended = as_other_user(shared, *command)
    assert ended.returncode == 1, ended
    assert ended.stderr.startswith("posapp: "), ended
    assert ended.stderr.count("\n") == 1, ended
    assert any(word in ended.stderr for word in ("ermission denied", "cannot be written", "cannot be opened")), ended
    assert sandbox.seen() == []
    assert {path: path.stat().st_mtime_ns for path in shared.data.rglob("*.db")} == before
    assert not list((shared.config.parent / "home-of-nobody").rglob("*.db")), "no ledger of his own behind our backs"
