"""`posapp secret`: the keyring keeps it, bound to gateway, account and host; nothing ever shows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.file_keyring import with_keyring
from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till


@pytest.fixture
def keyring_file(tmp_path: Path) -> Path:
    """Return where the keyring of `with_keyring` keeps what it is given."""
    return tmp_path / "keyring.json"


def test_a_secret_is_kept_used_checked_and_deleted(till: Till, sandbox: SandboxProcess, keyring_file: Path) -> None:
    with_keyring(till, keyring_file)
    entry = f"cbtis:{sandbox.account('cbtis')}@{sandbox.base_url.removeprefix('http://')}"
    missing = till.run("secret", "check")
    assert (missing.code, missing.err) == (1, "posapp: The keyring holds no secret for this gateway and account.\n")
    kept = till.run("secret", "set", stdin=f"{sandbox.secret('cbtis')}\n".encode())
    assert (kept.code, kept.out, kept.err) == (0, f"The secret for {entry} is kept.\n", "")
    assert json.loads(keyring_file.read_text("utf-8")) == {f"posapp/{entry}": sandbox.secret("cbtis")}
    assert till.run("secret", "check").out == f"The secret for {entry} is there.\n"
    ended = till.charge(wait=0).end()
    assert (ended.code, ended.last["state"]) == (5, "PENDING")
    assert till.run("secret", "delete").code == 0
    assert till.run("secret", "delete").code == 1
    assert till.charge(wait=0).end().code == 1


def test_the_environment_goes_before_the_keyring(till: Till, sandbox: SandboxProcess, keyring_file: Path) -> None:
    with_keyring(till, keyring_file)
    till.run("secret", "set", stdin=b"an-outdated-one")
    till.with_env(**{SECRET: sandbox.secret("cbtis")})
    assert till.charge(wait=0).end().last["state"] == "PENDING"


def test_an_empty_secret_and_a_locked_keyring_are_sentences(till: Till, keyring_file: Path) -> None:
    with_keyring(till, keyring_file)
    empty = till.run("secret", "set", stdin=b"\n")
    till.with_env(TEST_KEYRING_LOCKED="1")
    locked = till.charge().end()
    assert (empty.code, empty.err) == (1, "posapp: An empty secret cannot be kept.\n")
    assert (locked.code, locked.err) == (1, "posapp: The keyring is locked; unlock it and try again.\n")


def test_a_computer_without_a_keyring_is_a_sentence(till: Till) -> None:
    till.with_env(**{SECRET: None})
    for words in (["check"], ["set"], ["delete"]):
        ended = till.run("secret", *words, stdin=b"s\n")
        assert (ended.code, SECRET in ended.err) == (1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_a_secret_typed_at_a_terminal_is_not_echoed(till: Till, sandbox: SandboxProcess, keyring_file: Path) -> None:
    import pty

    with_keyring(till, keyring_file)
    arguments = ["secret", "set", "--data-dir", str(till.data), "--config", str(till.config)]
    try:
        pid, terminal = pty.fork()
    except OSError as error:
        pytest.skip(f"this machine gives out no pseudo-terminal: {error}")
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "posapp", *arguments], dict(till.env))  # noqa: S606
    shown = b""
    while b"Secret for " not in shown:
        shown += os.read(terminal, 1_024)
    os.write(terminal, f"{sandbox.secret('cbtis')}\n".encode())
    try:
        while chunk := os.read(terminal, 1_024):
            shown += chunk
    except OSError:
        pass  # Linux' way to say that the other side of a terminal has gone
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"is kept." in shown
    assert sandbox.secret("cbtis").encode() not in shown
    assert sandbox.secret("cbtis") in keyring_file.read_text("utf-8")


DAEMON, BUS = shutil.which("gnome-keyring-daemon"), shutil.which("dbus-run-session")


@pytest.mark.e2e
@pytest.mark.skipif(not (DAEMON and BUS), reason="gnome-keyring-daemon or dbus-run-session is not installed")
def test_a_real_secret_service_keeps_it(till: Till, sandbox: SandboxProcess) -> None:
    till.with_env(PYTHON_KEYRING_BACKEND="keyring.backends.SecretService.Keyring", **{SECRET: None})
    options = f"--data-dir '{till.data}' --config '{till.config}'"
    posapp = f"'{sys.executable}' -m posapp"
    script = f"""
        set -e
        printf 'till' | '{DAEMON}' --unlock --components=secrets >/dev/null
        {posapp} secret set {options}
        {posapp} secret check {options}
        {posapp} charge 5.00 HKD --wait 0 {options} || test $? = 5
        {posapp} secret delete {options}
        ! {posapp} secret check {options}
    """
    done = subprocess.run(
        [str(BUS), "--", "sh", "-c", script],
        env=dict(till.env),
        input=f"{sandbox.secret('cbtis')}\n".encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b'"qr"' in done.stdout
    assert sandbox.secret("cbtis").encode() not in done.stdout + done.stderr
