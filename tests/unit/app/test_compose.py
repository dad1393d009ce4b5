"""From configuration to gateway, ledger and services."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend

from posapp.app.compose import (
    BINDING_VARIABLE,
    SECRET_VARIABLE,
    build_services,
    gateway_secret,
    gateway_settings,
    ledger_file,
    till_facts,
)
from posapp.app.config import Config
from posapp.app.paths import DataFolder
from posapp.domain.errors import DomainError
from posapp.domain.order import Flow
from posapp.store.errors import SecretError
from posapp.store.secrets import keyring_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = Config(
    shop="Harbour Tea",
    till="T1",
    time_zone="Asia/Hong_Kong",
    day_starts_at=time(4, 0),
    provider="cbtis",
    base_url="http://127.0.0.1:9",
    flow=Flow.QRCODE,
    currency="TWD",
    uid="39172931",
    success_url="https://shop.example/paid",
    client_id="a-client",
    return_url="https://shop.example/back",
)


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def own_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """Take a keyring of the test's own, and no variable."""
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    before, own = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def test_the_secret_comes_from_the_environment_where_it_is_set(
    own_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_keyring.kept["posapp", "cbtis:39172931@127.0.0.1:9"] = "kept"
    assert gateway_secret(CONFIG) == "kept"
    monkeypatch.setenv(SECRET_VARIABLE, "given")
    assert gateway_secret(CONFIG) == "given"
    monkeypatch.setenv(SECRET_VARIABLE, "")
    assert gateway_secret(CONFIG) == "kept"


def test_the_environments_secret_is_for_the_gateway_it_was_given_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "given")
    monkeypatch.setenv(BINDING_VARIABLE, keyring_account(CONFIG.provider, CONFIG.base_url, CONFIG.account))
    assert gateway_secret(CONFIG) == "given"
    for other in (replace(CONFIG, base_url="https://evil.example"), replace(CONFIG, uid="1")):
        with pytest.raises(SecretError) as caught:
            gateway_secret(other)
        assert caught.value.code == "secret_other_host"


def test_another_host_account_or_provider_has_another_secret(own_keyring: MemoryKeyring) -> None:
    own_keyring.kept["posapp", "cbtis:39172931@127.0.0.1:9"] = "kept"
    for other in (
        replace(CONFIG, base_url="http://127.0.0.1:10"),
        replace(CONFIG, base_url="https://gateway.example"),
        replace(CONFIG, uid="1"),
        replace(CONFIG, provider="airwallex"),
    ):
        with pytest.raises(SecretError):
            gateway_secret(other)


def test_the_screens_facts_hold_what_the_gateway_can_do() -> None:
    facts = till_facts(CONFIG, training=False)
    assert (facts.gateway_name, facts.can_cancel, facts.decimals("TWD"), facts.training) == ("CBTIS", False, 0, False)
    assert till_facts(replace(CONFIG, provider="airwallex"), training=True).can_cancel is True


def test_the_settings_hold_the_configuration_and_hide_the_secret() -> None:
    settings = gateway_settings(CONFIG, "the-secret")
    assert (settings.secret, settings.uid, settings.client_id) == ("the-secret", "39172931", "a-client")
    assert (settings.success_url, settings.return_url) == ("https://shop.example/paid", "https://shop.example/back")
    assert "the-secret" not in repr(settings)


def test_training_has_a_ledger_of_its_own(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert ledger_file(folder, training=False) == folder.ledger
    assert ledger_file(folder, training=True) == folder.training_ledger


def test_settings_that_cannot_work_leave_nothing_open(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    settings = gateway_settings(CONFIG, "two words")

    async def build() -> None:
        build_services(till_facts(CONFIG, training=False), settings, folder, lambda _event: None, 1.0)

    with pytest.raises(DomainError, match="holds a blank"):
        asyncio.run(build())
    assert not folder.owners.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"ledger.db", "ledger.lock"}  # no log: it was closed


def test_services_are_built_and_stopped_without_a_request(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    settings = gateway_settings(CONFIG, "a-secret")

    async def build_and_stop() -> list[str]:
        services = build_services(till_facts(CONFIG, training=False), settings, folder, lambda _event: None, 1.0)
        owners = os.listdir(folder.owners)
        await services.stop()
        return owners

    assert len(asyncio.run(build_and_stop())) == 1
    assert os.listdir(folder.owners) == []
