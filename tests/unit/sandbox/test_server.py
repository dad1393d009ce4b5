"""Starting, listening and stopping."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest

from posapp.sandbox.credentials import Credentials
from posapp.sandbox.server import build_app, running_sandbox
from posapp.sandbox.truth import Truth

PROGRAM = "import sys; from posapp.sandbox.server import serve; sys.exit(serve({}))"


@contextmanager
def child(arguments: str = "0") -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM.format(arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> dict[str, dict[str, str]]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to handle")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_ready_when_it_listens_and_stops_cleanly(stop: signal.Signals) -> None:
    with child() as process:
        ready = first_line(process)
        base_url = str(ready["base_url"])
        assert ready.keys() == {"event", "base_url", "control_url", "cbtis", "airwallex"}
        assert ready["event"] == "ready"
        assert ready["control_url"] == f"{base_url}/sandbox"
        assert ready["cbtis"].keys() == {"provider", "base_url", "uid", "client_secret", "secret"}
        assert ready["airwallex"].keys() == {"provider", "base_url", "client_id", "api_key", "secret"}
        assert ready["cbtis"]["uid"] == "39172931"
        assert ready["cbtis"]["secret"] == ready["cbtis"]["client_secret"]
        assert ready["airwallex"]["secret"] == ready["airwallex"]["api_key"]
        with httpx.Client(base_url=base_url) as client:
            assert client.get("/sandbox/truth").status_code == 200
            # The connection stays open: it must not hold the stop up.
            process.send_signal(stop)
            out, err = process.communicate(timeout=5)
        assert (process.returncode, out, err) == (0, "", "")


def test_a_waiting_fault_does_not_hold_the_stop_up() -> None:
    with running_sandbox() as sandbox, httpx.Client(base_url=sandbox.base_url) as client:
        sandbox.scenarios.install({"on": "auth", "fault": "latency", "seconds": 600})
        with pytest.raises(httpx.ReadTimeout):
            client.get("/mch-api/v1/auth", timeout=0.2)


def test_it_stops_when_stdin_closes_if_asked() -> None:
    with child("0, stop_when_stdin_closes=True") as process:
        assert str(first_line(process)["event"]) == "ready"
        out, err = process.communicate(timeout=5)
        assert (process.returncode, out, err) == (0, "", "")


def test_a_taken_port_is_one_sentence_and_exit_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with child(str(port)) as process:
            out, err = process.communicate(timeout=5)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert str(port) in err
    assert "Traceback" not in err


def test_a_port_that_does_not_exist_is_one_sentence_as_well() -> None:
    with child("70000") as process:
        out, err = process.communicate(timeout=5)
    assert (process.returncode, out, err.count("\n")) == (1, "", 1)


def test_it_listens_on_loopback_alone() -> None:
    with running_sandbox() as sandbox:
        port = int(sandbox.base_url.rpartition(":")[2])
        # Any other address of this machine is still free for the same port.
        with socket.socket() as other:
            other.bind(("127.0.0.2", port))
        assert sandbox.base_url == f"http://127.0.0.1:{port}"


def test_secrets_are_random_unless_given_and_never_in_a_repr() -> None:
    one, two = Credentials(), Credentials()
    assert (one.client_secret, one.api_key) != (two.client_secret, two.api_key)
    assert one.client_secret not in repr(one)
    assert one.api_key not in repr(one)
    fixed = Credentials(uid="7", client_secret="c-secret", api_key="a-secret", client_id="c-id")
    with running_sandbox(credentials=fixed) as sandbox:
        assert (sandbox.cbtis["uid"], sandbox.cbtis["client_secret"]) == ("7", "c-secret")
        assert (sandbox.airwallex["client_id"], sandbox.airwallex["api_key"]) == ("c-id", "a-secret")


def test_two_sandboxes_run_side_by_side() -> None:
    with running_sandbox() as one, running_sandbox() as two:
        assert one.base_url != two.base_url
        query = {"grant_type": "client_credentials", "uid": one.cbtis["uid"], "client_secret": one.cbtis["secret"]}
        assert httpx.get(f"{one.base_url}/mch-api/v1/auth", params=query).status_code == 200
        assert httpx.get(f"{two.base_url}/mch-api/v1/auth", params=query).status_code == 401


def test_the_app_alone_runs_under_any_server() -> None:
    truth = Truth("http://sandbox.test")
    app = build_app(truth, credentials=Credentials(api_key="k", client_id="c"))
    paths = {getattr(route, "path", "") for route in app.routes}
    assert {"/mch-api/v1/auth", "/api/v1/pa/payment_intents/{id}/confirm", "/sandbox/truth"} <= paths


def test_the_sandbox_stands_alone() -> None:
    """Neither other rooms of posapp nor Qt come along with it."""
    program = (
        "import sys, posapp.sandbox.server; "
        "print([m for m in sys.modules if m.startswith('PySide6') "
        "or m.startswith('posapp.') and not m.startswith('posapp.sandbox')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_naming_the_package_loads_no_server() -> None:
    program = "import sys, posapp.sandbox; print('starlette' in sys.modules, 'uvicorn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
