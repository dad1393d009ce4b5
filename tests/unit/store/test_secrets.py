"""Secrets: bound to the host they were given for, kept only where they are safe, never in a message."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import keyring.backend
import keyring.errors
import pytest
from keyring.backends import null
from keyring.backends.chainer import ChainerBackend

from posapp.store.errors import SecretError
from posapp.store.secrets import delete_secret, keyring_account, read_secret, write_secret

if TYPE_CHECKING:
    from collections.abc import Generator

ENTRY = "cbtis:39172931@api.example.com"
SECRET = "s3cr3t-茶"


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring as the operating systems have one, for the length of a test; without a priority it is never found."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("no such entry")


class PlainTextKeyring(MemoryKeyring):
    """Stands for the backends of keyrings.alt, which write files that anybody can read."""


PlainTextKeyring.__module__ = "keyrings.alt.file"


class BrokenKeyring(MemoryKeyring):
    """Answers everything with one error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error


@pytest.fixture(autouse=True)
def keyring_of_before() -> Generator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def kept() -> dict[tuple[str, str], str]:
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    return memory.kept


def code_of(error: pytest.ExceptionInfo[SecretError]) -> str:
    assert SECRET not in str(error.value)
    assert error.value.message.endswith(".")
    return error.value.code


# --- whose secret it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base_url,entry",
    [
        ("https://api.example.com", "cbtis:39172931@api.example.com"),
        ("https://API.Example.com/v1/", "cbtis:39172931@api.example.com"),
        ("https://api.example.com:8443/v1", "cbtis:39172931@api.example.com:8443"),
        ("http://127.0.0.1:8000", "cbtis:39172931@127.0.0.1:8000"),
        ("http://[::1]:8000", "cbtis:39172931@[::1]:8000"),
        ("https://api.example.com@evil.example", "cbtis:39172931@evil.example"),
        ("https://api.example.com.evil.example", "cbtis:39172931@api.example.com.evil.example"),
    ],
)
def test_a_secret_belongs_to_provider_account_and_host(base_url: str, entry: str) -> None:
    assert keyring_account("cbtis", base_url, "39172931") == entry


def test_no_two_places_share_an_entry() -> None:
    urls = ["https://a.example", "https://b.example", "https://a.example:444", "http://[::1]:80", "http://[::1:80]"]
    entries = {
        keyring_account(provider, url, account)
        for provider in ("cbtis", "airwallex")
        for url in urls
        for account in ("1", "2")
    }
    assert len(entries) == 2 * len(urls) * 2


def test_an_address_that_is_none_has_no_host() -> None:
    assert keyring_account("cbtis", "api.example.com", "1") == "cbtis:1@"


# --- kept, read, forgotten -------------------------------------------------------------------------------


def test_a_secret_is_kept_read_and_forgotten(kept: dict[tuple[str, str], str]) -> None:
    write_secret(ENTRY, SECRET)
    assert kept == {("posapp", ENTRY): SECRET}
    assert read_secret(ENTRY) == SECRET
    write_secret(ENTRY, "newer")
    assert read_secret(ENTRY) == "newer"
    delete_secret(ENTRY)
    assert kept == {}


def test_a_changed_address_gets_nobody_elses_secret(kept: dict[tuple[str, str], str]) -> None:
    write_secret(keyring_account("cbtis", "https://api.example.com", "1"), SECRET)
    with pytest.raises(SecretError) as caught:
        read_secret(keyring_account("cbtis", "https://api.evil.example", "1"))
    assert code_of(caught) == "secret_missing"
    assert len(kept) == 1


@pytest.mark.usefixtures("kept")
def test_what_is_not_there_is_missing() -> None:
    with pytest.raises(SecretError) as caught:
        read_secret(ENTRY)
    assert code_of(caught) == "secret_missing"
    with pytest.raises(SecretError) as caught:
        delete_secret(ENTRY)
    assert code_of(caught) == "secret_missing"


def test_an_empty_secret_is_none(kept: dict[tuple[str, str], str]) -> None:
    with pytest.raises(SecretError) as caught:
        write_secret(ENTRY, "")
    assert code_of(caught) == "secret_empty"
    kept["posapp", ENTRY] = ""
    with pytest.raises(SecretError) as caught:
        read_secret(ENTRY)
    assert code_of(caught) == "secret_missing"


# --- keyrings that will not do ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error,code",
    [
        (keyring.errors.KeyringLocked("dismissed"), "keyring_locked"),
        (keyring.errors.NoKeyringError("no backend"), "keyring_missing"),
        (keyring.errors.InitError("no session bus"), "keyring_missing"),
        (keyring.errors.PasswordSetError(f"cannot store {SECRET}"), "keyring_missing"),
    ],
)
def test_a_keyring_that_fails_is_named(error: Exception, code: str) -> None:
    keyring.set_keyring(BrokenKeyring(error))
    with pytest.raises(SecretError) as caught:
        read_secret(ENTRY)
    assert code_of(caught) == code
    with pytest.raises(SecretError) as caught:
        write_secret(ENTRY, SECRET)
    assert code_of(caught) == code
    with pytest.raises(SecretError) as caught:
        delete_secret(ENTRY)
    assert code_of(caught) == code


@pytest.mark.parametrize("backend", [null.Keyring(), PlainTextKeyring()], ids=["null", "plain text"])
def test_a_keyring_that_only_pretends_is_refused(backend: keyring.backend.KeyringBackend) -> None:
    keyring.set_keyring(backend)
    with pytest.raises(SecretError) as caught:
        write_secret(ENTRY, SECRET)
    assert code_of(caught) == "keyring_missing"
    assert "POSAPP_GATEWAY_SECRET" in caught.value.message
    with pytest.raises(SecretError) as caught:
        read_secret(ENTRY)
    assert code_of(caught) == "keyring_missing"
    assert not getattr(backend, "kept", {})


def chain(monkeypatch: pytest.MonkeyPatch, *backends: keyring.backend.KeyringBackend) -> None:
    monkeypatch.setattr(ChainerBackend, "backends", list(backends))
    keyring.set_keyring(ChainerBackend())


def test_a_chain_of_keyrings_writes_into_the_first_honest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pretender, honest = PlainTextKeyring(), MemoryKeyring()
    chain(monkeypatch, pretender, honest)
    write_secret(ENTRY, SECRET)
    assert pretender.kept == {}
    assert read_secret(ENTRY) == SECRET
    assert honest.kept == {("posapp", ENTRY): SECRET}


def test_a_chain_of_honest_keyrings_is_read_through(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = MemoryKeyring(), MemoryKeyring()
    second.kept["posapp", ENTRY] = SECRET
    chain(monkeypatch, first, second)
    assert read_secret(ENTRY) == SECRET


def test_a_chain_of_pretenders_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    chain(monkeypatch, PlainTextKeyring(), PlainTextKeyring())
    with pytest.raises(SecretError) as caught:
        write_secret(ENTRY, SECRET)
    assert code_of(caught) == "keyring_missing"


def test_without_a_keyring_the_program_says_what_to_do() -> None:
    script = f"""
from posapp.store.errors import SecretError
from posapp.store.secrets import read_secret
try:
    read_secret({ENTRY!r})
except SecretError as error:
    print(error.code, error)
"""
    environment = {
        **os.environ,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("keyring_missing This computer has no keyring")


def test_keyring_is_not_imported_before_a_secret_is_wanted() -> None:
    script = "import sys, posapp.store.secrets; sys.exit('keyring' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0
