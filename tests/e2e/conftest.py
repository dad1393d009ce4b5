"""What the tests of the command line share: a real sandbox process, tills on it, and an audit after each test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.sandbox_process import SandboxProcess
from tests.e2e.till import SECRET, Till, audit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    MakeTill = Callable[..., Till]

STRIPPED = (SECRET, "QT_QPA_PLATFORM", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """Run one `posapp sandbox` for all tests of this worker."""
    env = {name: value for name, value in os.environ.items() if name not in STRIPPED}
    sandbox = SandboxProcess.start(env, tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """Return the sandbox, empty."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def make_till(sandbox: SandboxProcess, tmp_path: Path, child_env: dict[str, str]) -> Iterator[MakeTill]:
    """Return a maker of tills: `make_till(provider="cbtis", flow="qrcode")`; all are closed and audited afterwards."""
    tills: list[Till] = []
    env = {name: value for name, value in child_env.items() if name not in STRIPPED}

    def make(provider: str = "cbtis", flow: str = "qrcode") -> Till:
        tills.append(Till.at(sandbox, tmp_path / f"till-{len(tills)}", env, provider, flow))
        return tills[-1]

    yield make
    for till in tills:
        till.close()
    audit(tills, sandbox)


@pytest.fixture(params=["cbtis", "airwallex"])
def provider(request: pytest.FixtureRequest) -> str:
    """Run a test at both gateways."""
    return str(request.param)


@pytest.fixture
def till(make_till: MakeTill) -> Till:
    """Return a till at CBTIS."""
    return make_till()
