"""Keyrings that are missing, locked, refuse, or hold nothing: said in a sentence, and the secret goes nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.file_keyring import with_keyring
from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
WANTED = "a-secret-that-nobody-may-find-anywhere"


def refused(till: Till, sandbox: SandboxProcess, *, kept: bool = False) -> tuple[str, str]:
    """Try to keep a secret and to sell; returns what was said to each. Nothing may be sent or left lying about."""
    till.secrets.add(WANTED)
    keeping = till.run("secret", "set", stdin=f"{WANTED}\n".encode())
    selling = till.charge().end()
    assert (keeping.code == 0, selling.code, selling.out) == (kept, 1, "")
    assert sandbox.truth()["requests_total"] == 0
    everywhere = [path for path in till.folder.rglob("*") if path.is_file()]
    assert not [path for path in everywhere if WANTED.encode() in path.read_bytes()]
    return keeping.err, selling.err


@pytest.mark.parametrize("backend", ["fail.Keyring", pytest.param("null.Keyring", marks=pytest.mark.campaign)])
def test_s11_without_a_keyring_it_is_said_and_none_is_made_up(
    till: Till, sandbox: SandboxProcess, backend: str
) -> None:
    till.with_env(**{SECRET: None, "PYTHON_KEYRING_BACKEND": f"keyring.backends.{backend}"})
    for said in refused(till, sandbox):
        assert "no keyring" in said
        assert SECRET in said, "it says what may be used instead"


@pytest.mark.campaign
def test_s11_an_empty_secret_and_a_locked_keyring_are_sentences(till: Till, sandbox: SandboxProcess) -> None:
    with_keyring(till, till.folder.parent / "keyring.json")
    empty = till.run("secret", "set", stdin=b"\n")
    nothing = till.charge().end()
    till.with_env(TEST_KEYRING_LOCKED="1")
    _, locked = refused(till, sandbox)
    assert (empty.code, empty.err) == (1, "posapp: An empty secret cannot be kept.\n")
    assert (nothing.code, nothing.err) == (1, "posapp: The keyring holds no secret for this gateway and account.\n")
    assert locked == "posapp: The keyring is locked; unlock it and try again.\n"
