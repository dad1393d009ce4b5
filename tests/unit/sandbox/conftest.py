"""One running sandbox for each test module, emptied before each test."""

from __future__ import annotations

from collections.abc import Generator

import httpx
import pytest

from posapp.sandbox.server import Sandbox, running_sandbox
from tests.unit.sandbox.clients import AirwallexClient, CbtisClient, ControlClient


@pytest.fixture(scope="module")
def running() -> Generator[Sandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def connection(running: Sandbox) -> Generator[httpx.Client]:
    with httpx.Client(base_url=running.base_url, timeout=10) as client:
        yield client


@pytest.fixture
def http(connection: httpx.Client) -> httpx.Client:
    assert connection.post("/sandbox/reset").status_code == 200
    return connection


@pytest.fixture
def sandbox(running: Sandbox, http: httpx.Client) -> Sandbox:
    assert http.base_url == running.base_url
    return running


@pytest.fixture
def cbtis(http: httpx.Client, sandbox: Sandbox) -> CbtisClient:
    return CbtisClient(http, sandbox)


@pytest.fixture
def airwallex(http: httpx.Client, sandbox: Sandbox) -> AirwallexClient:
    return AirwallexClient(http, sandbox)


@pytest.fixture
def control(http: httpx.Client) -> ControlClient:
    return ControlClient(http)
