"""The audit after every other test here is only worth what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.till import Till, audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess

    MakeTill = Callable[..., Till]


@pytest.fixture
def careless(sandbox: SandboxProcess, tmp_path: Path, child_env: dict[str, str]) -> Till:
    """Return a till that no audit comes after, so that a test can do wrong on it."""
    till = Till.at(sandbox, tmp_path / "careless", child_env, "cbtis")
    till.data.mkdir()
    return till


def test_the_audit_finds_a_secret_wherever_it_lies(careless: Till, sandbox: SandboxProcess) -> None:
    (careless.data / "logs").mkdir()
    log = careless.data / "logs" / "posapp.log"
    log.write_text("nothing", "utf-8")
    assert careless.leaks() == []
    log.write_text(f"?client_secret={sandbox.secret('cbtis')}&", "utf-8")
    assert careless.leaks() == ["file posapp.log", "bytes of posapp.log"]
    log.unlink()
    ended = careless.start_bare("orders", "--state", sandbox.secret("cbtis")).end()
    assert ended.code == 2
    assert careless.leaks() == ["stdout, stderr or argv of command 0"]


def test_the_audit_knows_a_token_when_it_sees_one(careless: Till, sandbox: SandboxProcess) -> None:
    keys = sandbox.credentials("airwallex")
    login = httpx.post(
        f"{sandbox.base_url}/api/v1/authentication/login",
        headers={"x-client-id": keys["client_id"], "x-api-key": keys["api_key"]},
        trust_env=False,
    )
    (careless.data / "notes.txt").write_text(f"Bearer {login.json()['token']}", "utf-8")
    assert careless.leaks() == ["file notes.txt"]


def test_the_audit_finds_rants_and_unknown_orders(careless: Till, sandbox: SandboxProcess) -> None:
    careless.config.unlink()
    careless.charge().end()
    assert careless.rants() == []
    careless.children[0].stderr_file.write_text("Traceback (most recent call last):\n  File\n", "utf-8")
    assert len(careless.rants()) == 1
    sandbox.http.post(
        f"{sandbox.base_url}/mch-api/v1/pa/payment_intents/create", json={"merchant_order_id": "not-ours"}
    )
    with pytest.raises(AssertionError, match="not-ours"):
        audit([], sandbox)
