"""A keyring that makes people wait holds up neither the loop nor the end."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from posapp.app.keyring_wait import waited_secret
from posapp.store.errors import SecretError
from tests.unit.app.test_compose import CONFIG

if TYPE_CHECKING:
    from posapp.app.config import Config


def test_the_secret_comes_while_the_loop_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = threading.Event()

    def slow(_config: Config) -> str:
        assert turned.wait(10)
        return "a secret"

    monkeypatch.setattr("posapp.app.keyring_wait.gateway_secret", slow)

    async def wait() -> str:
        asyncio.get_running_loop().call_later(0.01, turned.set)
        return await waited_secret(CONFIG)

    assert asyncio.run(wait()) == "a secret"


def test_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_config: Config) -> str:
        raise SecretError("keyring_locked", "locked")

    monkeypatch.setattr("posapp.app.keyring_wait.gateway_secret", locked)
    with pytest.raises(SecretError, match="locked"):
        asyncio.run(waited_secret(CONFIG))


def test_nobody_has_to_wait_for_it_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def hanging(_config: Config) -> str:
        asked.set()
        go_on.wait(20)
        return "too late"

    monkeypatch.setattr("posapp.app.keyring_wait.gateway_secret", hanging)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waited_secret(CONFIG), 0.05)

    asyncio.run(give_up())
    assert asked.is_set()
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "posapp-keyring":
            thread.join(5)
