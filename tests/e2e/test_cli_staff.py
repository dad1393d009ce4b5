"""`posapp staff`: people from the command line, with a keyring; a PIN is never an argument and never shown."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.e2e.file_keyring import with_keyring
from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

PIN = "73918264"
DAEMON, BUS = shutil.which("gnome-keyring-daemon"), shutil.which("dbus-run-session")


@pytest.fixture
def staffed(till: Till, sandbox: SandboxProcess, tmp_path: Path) -> Till:
    """A till with a keyring in a file, and an owner."""
    with_keyring(till, tmp_path / "keyring.json")
    till.with_env(**{SECRET: sandbox.secret("cbtis")})
    ended = till.run("staff", "add", "Olivia Wong", "--role", "owner", stdin=f"{PIN}\n".encode())
    assert (ended.code, ended.out, ended.err) == (0, "Olivia Wong: owner\n", "")
    return till


def people(till: Till) -> list[dict[str, object]]:
    return json.loads(till.run("staff", "list", "--json").out)


def test_people_are_added_changed_and_listed(staffed: Till) -> None:
    assert staffed.run("staff", "add", "Mei", "--role", "manager", stdin=b"2580\n").code == 0
    assert staffed.run("staff", "ceiling", "Mei", "500.00").out == "Mei: manager, refunds up to HKD 500.00 a day\n"
    assert staffed.run("staff", "role", "Mei", "cashier").code == 0
    assert staffed.run("staff", "deactivate", "Mei").code == 0
    assert people(staffed) == [
        {"name": "Mei", "role": "cashier", "active": False, "ceiling": "500.00", "currency": "HKD"},
        {"name": "Olivia Wong", "role": "owner", "active": True, "ceiling": None, "currency": None},
    ]
    assert staffed.run("verify").code == 0


@pytest.mark.parametrize(
    "words, stdin, says",
    [
        (("add", "Kim", "--role", "cashier"), b"1234\n", "first that anybody would guess"),
        (("add", "Kim", "--role", "cashier"), b"\n", "4 to 8 digits"),
        (("add", "olivia wong", "--role", "cashier"), b"2580\n", "has that name already"),
        (("deactivate", "Olivia Wong"), b"", "There has to be an owner"),
        (("role", "Nobody", "owner"), b"", "Nobody at this till is called"),
    ],
)
def test_what_may_not_be_is_one_sentence(staffed: Till, words: tuple[str, ...], stdin: bytes, says: str) -> None:
    ended = staffed.run("staff", *words, stdin=stdin)
    assert ended.code in (1, 2)
    assert says in ended.err
    assert len(people(staffed)) == 1


def test_the_ledger_alone_is_not_enough_to_guess_a_pin(staffed: Till, tmp_path: Path) -> None:
    """Nothing in the data folder is the PIN, the key, or a hash that the PIN alone leads to."""
    (key,) = json.loads((tmp_path / "keyring.json").read_text("utf-8")).values()
    with closing(sqlite3.connect(staffed.data / "ledger.db")) as connection:
        (kept,) = connection.execute("SELECT pin_hash FROM people").fetchone()
        (actor,) = connection.execute("SELECT facts FROM audit WHERE event = 'person'").fetchone()
    assert "$argon2id$" in kept
    assert "change" in actor
    for path in (path for path in staffed.data.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert PIN.encode() not in content
        assert key.encode() not in content
    import argon2

    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        argon2.PasswordHasher().verify(kept.partition("$")[2], PIN)


def test_a_lost_key_is_said_and_a_pin_set_anew(staffed: Till, tmp_path: Path) -> None:
    (tmp_path / "keyring.json").unlink()
    before = _hash(staffed)
    assert staffed.run("staff", "reset-pin", "Olivia Wong", stdin=b"2580\n").code == 0
    assert _hash(staffed) != before
    assert json.loads((tmp_path / "keyring.json").read_text("utf-8"))
    assert staffed.run("verify").code == 0


def _hash(till: Till) -> str:
    with closing(sqlite3.connect(till.data / "ledger.db")) as connection:
        (kept,) = connection.execute("SELECT pin_hash FROM people").fetchone()
    return str(kept)


def test_a_computer_without_a_keyring_sets_nobody_up(till: Till) -> None:
    ended = till.run("staff", "add", "Olivia", "--role", "owner", stdin=b"2580\n")
    assert ended.code == 1
    assert "keyring" in ended.err
    assert people(till) == []


def test_changes_carry_the_name_of_the_computers_user(staffed: Till) -> None:
    staffed.with_env(LOGNAME="shopadmin")
    assert staffed.run("staff", "add", "Mei", "--role", "cashier", stdin=b"2580\n").code == 0
    with closing(sqlite3.connect(staffed.data / "ledger.db")) as connection:
        rows = connection.execute("SELECT facts FROM audit WHERE event = 'person' ORDER BY seq").fetchall()
    assert json.loads(rows[-1][0])["by"] == "shopadmin"


@pytest.mark.e2e
@pytest.mark.skipif(not (DAEMON and BUS), reason="gnome-keyring-daemon or dbus-run-session is not installed")
def test_a_real_secret_service_keeps_the_key(till: Till) -> None:
    till.with_env(**{SECRET: None, "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"})
    command = f"{sys.executable} -m posapp staff --config '{till.config}' --data-dir '{till.data}'"
    script = f"""
        printf till | '{DAEMON}' --unlock --components=secrets >/dev/null
        echo {PIN} | {command} add Olivia --role owner && echo 2580 | {command} set-pin Olivia && {command} list
    """
    done = subprocess.run(
        [str(BUS), "--", "sh", "-c", script],
        env=dict(till.env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "Olivia: owner\n" * 3, done.stderr
