"""`posapp sandbox`: one line when it is ready, a sentence when it cannot be, and an orderly end."""

from __future__ import annotations

import json
import signal
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.child import Child, parsed

if TYPE_CHECKING:
    from pathlib import Path

STOPS = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("number", STOPS)
def test_it_prints_one_line_serves_and_ends_cleanly(
    child_env: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    child = Child.start(["sandbox", "--port", str(port)], child_env, tmp_path / "err")
    try:
        ready = parsed(child.next_line() or "")
        assert (ready["event"], ready["base_url"]) == ("ready", f"http://127.0.0.1:{port}")
        assert set(ready) == {"event", "base_url", "control_url", "cbtis", "airwallex"}
        assert {"base_url", "uid", "secret"} <= set(json.loads(json.dumps(ready["cbtis"])))
        assert {"base_url", "client_id", "secret"} <= set(json.loads(json.dumps(ready["airwallex"])))
        assert httpx.get(f"{ready['control_url']}/truth", trust_env=False).json()["orders"] == []
        child.signal(number)
        ended = child.end()
        assert (ended.code, ended.err, len(ended.events)) == (0, "", 1)
    finally:
        child.close()


def test_a_port_in_use_is_a_sentence_and_exit_1(child_env: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = Child.start(["sandbox", "--port", str(port)], child_env, tmp_path / "err").end()
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"The sandbox cannot listen on 127.0.0.1 port {port}: Address already in use.\n"


@pytest.mark.parametrize("port", ["-1", "65536", "99999999999"])
def test_a_port_that_cannot_be_is_a_sentence(child_env: dict[str, str], tmp_path: Path, port: str) -> None:
    ended = Child.start(["sandbox", f"--port={port}"], child_env, tmp_path / "err").end()
    assert ended.code in (1, 2)
    assert (ended.out, ended.err.count("\n"), "Traceback" in ended.err) == ("", 1, False)


def test_it_ends_with_its_stdin_where_told_to(child_env: dict[str, str], tmp_path: Path) -> None:
    child = Child.start(["sandbox", "--stop-with-stdin"], child_env, tmp_path / "err", stdin=b"")
    assert (child.end().code, len(child.lines)) == (0, 1)
