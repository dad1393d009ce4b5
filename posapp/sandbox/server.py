"""The sandbox as a server on loopback: put together, run in the foreground, or run beside a test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from posapp.sandbox.airwallex.wire import PREFIX as AIRWALLEX_PREFIX
from posapp.sandbox.airwallex.wire import AirwallexWire
from posapp.sandbox.cbtis.wire import PREFIX as CBTIS_PREFIX
from posapp.sandbox.cbtis.wire import CbtisWire
from posapp.sandbox.connections import tracked_protocol
from posapp.sandbox.control import Control, answer
from posapp.sandbox.credentials import Credentials
from posapp.sandbox.door import Door, House
from posapp.sandbox.exchange import Reply
from posapp.sandbox.scenarios import Scenarios
from posapp.sandbox.tokens import TokenBook
from posapp.sandbox.truth import Truth
from posapp.sandbox.wallet.views import wallet_routes

HOST = "127.0.0.1"
_KEEP_ALIVE_S = 75
_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405
_BACKLOG = 1_024
_LAST_WORDS_S = 2
_START_S = 10.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that runs, as its user sees it."""

    base_url: str
    credentials: Credentials
    truth: Truth
    scenarios: Scenarios
    tokens: TokenBook

    @property
    def control_url(self) -> str:
        """Return where the control API begins."""
        return f"{self.base_url}/sandbox"

    @property
    def cbtis(self) -> dict[str, str]:
        """Return what a CBTIS client has to be given."""
        return self.credentials.cbtis(self.base_url)

    @property
    def airwallex(self) -> dict[str, str]:
        """Return what an Airwallex client has to be given."""
        return self.credentials.airwallex(self.base_url)


def build_app(
    truth: Truth,
    *,
    credentials: Credentials | None = None,
    house: House | None = None,
) -> Starlette:
    """Return the application: both providers, the wallet and the control API over one book.

    Faults that break a connection need the server of this room; the rest works under any ASGI server.
    """
    home = house or House(truth, Scenarios(), TokenBook())
    keys = credentials or Credentials()
    cbtis = CbtisWire(truth, home.tokens, keys)
    airwallex = AirwallexWire(truth, home.tokens, keys)

    def reset() -> None:
        with truth.lock:
            truth.reset()
            airwallex.request_ids.clear()
            home.scenarios.clear()

    routes: list[BaseRoute] = [
        Route(route.path, Door(home, wire, route), methods=[route.method])
        for wire in (cbtis, airwallex)
        for route in wire.routes()
    ]
    routes += wallet_routes(truth)
    routes += Control(home, reset).routes()

    async def nowhere(request: Request, exc: Exception) -> Response:
        status = getattr(exc, "status_code", _NOT_FOUND)
        for prefix, wire in ((CBTIS_PREFIX, cbtis), (AIRWALLEX_PREFIX, airwallex)):
            if request.url.path.startswith(prefix):
                return _plain(wire.http_error(status))
        return answer(
            {"error": "no such address" if status == _NOT_FOUND else "method not allowed", "field": None}, status
        )

    app = Starlette(routes=routes, exception_handlers={_NOT_FOUND: nowhere, _METHOD_NOT_ALLOWED: nowhere})
    # Neither provider redirects, and a client must not follow one.
    app.router.redirect_slashes = False
    return app


def _plain(reply: Reply) -> Response:
    return Response(reply.body(), reply.status, media_type=reply.content_type)


class _Server(uvicorn.Server):
    """A uvicorn that says when it listens, and leaves signals to its owner."""

    def __init__(self, app: Starlette, house: House, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=tracked_protocol(house.connections),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_LAST_WORDS_S,
            backlog=_BACKLOG,
        )
        super().__init__(config)
        self._house = house
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Whoever waits in a fault waits no longer.
        self._house.stopping.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _listen(port: int) -> socket.socket:
    """Return a listening socket on loopback.

    Raises:
        OSError: The port is taken, or not ours to take.
    """
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without it every second reply
    # waits 40 ms for the client's acknowledgement.
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((HOST, port))
        opened.listen(_BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _base_url(opened: socket.socket) -> str:
    return f"http://{HOST}:{opened.getsockname()[1]}"


def _fill(credentials: Credentials | None) -> Credentials:
    return credentials if credentials is not None else Credentials()


def serve(
    port: int,
    *,
    stop_when_stdin_closes: bool = False,
    credentials: Credentials | None = None,
) -> int:
    """Serve until told to stop, and return the exit code: 0 after a clean stop, 1 if it cannot start.

    Prints one JSON line with the addresses and credentials on stdout once it listens. Stops on SIGINT,
    SIGTERM and, if asked, at the end of stdin.

    Args:
        port: The port on 127.0.0.1; 0 takes any free one.
        stop_when_stdin_closes: Stop when stdin reaches its end, so that a parent takes it along.
        credentials: Fixed keys in place of random ones.
    """
    try:
        opened = _listen(port)
    except (OSError, OverflowError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        sys.stderr.write(f"The sandbox cannot listen on {HOST} port {port}: {reason}.\n")
        return 1
    sandbox = Sandbox(_base_url(opened), _fill(credentials), Truth(_base_url(opened)), Scenarios(), TokenBook())

    def say_ready() -> None:
        line = {
            "event": "ready",
            "base_url": sandbox.base_url,
            "control_url": sandbox.control_url,
            "cbtis": sandbox.cbtis,
            "airwallex": sandbox.airwallex,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    asyncio.run(_run(sandbox, opened, say_ready, stop_when_stdin_closes=stop_when_stdin_closes))
    return 0


async def _run(
    sandbox: Sandbox, opened: socket.socket, on_ready: Callable[[], None], *, stop_when_stdin_closes: bool
) -> None:
    server = _make_server(sandbox, on_ready)

    def stop(_signal: int = 0, _frame: FrameType | None = None) -> None:
        server.should_exit = True

    with _signals(stop):
        if stop_when_stdin_closes:
            threading.Thread(target=_wait_for_end_of_stdin, args=(stop,), name="sandbox-stdin", daemon=True).start()
        await server.serve(sockets=[opened])


def _make_server(sandbox: Sandbox, on_ready: Callable[[], None]) -> _Server:
    house = House(sandbox.truth, sandbox.scenarios, sandbox.tokens)
    return _Server(build_app(sandbox.truth, credentials=sandbox.credentials, house=house), house, on_ready)


@contextlib.contextmanager
def _signals(stop: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """Let SIGINT and SIGTERM mean a clean stop, where this is the thread that may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = [signal.SIGINT, signal.SIGTERM]
    before = {each: signal.signal(each, stop) for each in wanted}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _wait_for_end_of_stdin(stop: Callable[[], None]) -> None:
    # Not sys.stdin.read(): a daemon thread that holds its lock at exit aborts the interpreter.
    with contextlib.suppress(OSError):
        while os.read(0, 4_096):
            pass
    stop()


@contextlib.contextmanager
def running_sandbox(*, port: int = 0, credentials: Credentials | None = None) -> Generator[Sandbox]:
    """Run a sandbox on a thread of its own for as long as the block lasts.

    Raises:
        OSError: The port is taken.
        RuntimeError: It did not start or did not stop in time.
    """
    opened = _listen(port)
    sandbox = Sandbox(_base_url(opened), _fill(credentials), Truth(_base_url(opened)), Scenarios(), TokenBook())
    ready = threading.Event()
    server = _make_server(sandbox, ready.set)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[opened])), name="posapp-sandbox", daemon=True
    )
    thread.start()
    try:
        if not ready.wait(_START_S):
            raise RuntimeError("the sandbox did not start")
        yield sandbox
    finally:
        server.should_exit = True
        thread.join(_START_S)
        if thread.is_alive():
            raise RuntimeError("the sandbox did not stop")
