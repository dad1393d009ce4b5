"""A gateway that repeats in every answer whatever it was told: the worst that a careless one can do with a secret."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Generator

TOKEN = "canary-token-5e0f" * 3


class _Echo(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *, logs_in: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.logs_in = logs_in
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        echo = self.server
        assert isinstance(echo, _Echo)
        parts = urlsplit(self.path)
        echo.asked.append(parts.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        login = parts.path.endswith(("/auth", "/authentication/login"))
        told = [value for values in parse_qs(parts.query).values() for value in values]
        told += [value for name, value in self.headers.items() if name.lower() in ("authorization", "x-api-key")]
        if login and echo.logs_in:
            self._send(200, {"access_token": TOKEN, "token": TOKEN, "expires_in": 3600})
            return
        words = " ".join(told).removeprefix("Bearer ")
        longest = max(words.split(), key=len, default="")[:64]
        quoted = {"rid": longest, "trace_id": longest, "message": f"refused: {words}", "data": {"echo": words}}
        code: object = 90_001 if parts.path.startswith("/mch-api") else "echo"
        self._send(401 if login else 400, {"code": code, **quoted, "asked": body.decode()})

    def _send(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def echoing_gateway(*, logs_in: bool) -> Generator[_Echo]:
    """Run one; without `logs_in` it refuses the login with its own words, else everything after it."""
    with _Echo(logs_in=logs_in) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
