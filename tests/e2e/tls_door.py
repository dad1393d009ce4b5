"""A TLS server on loopback that hands what it hears on to the sandbox; lives on threads of its own."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Generator

    import trustme

CHUNK = 65_536


class Door(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext, behind: tuple[str, int], at: tuple[str, int]) -> None:
        super().__init__(at, Visit)
        self.context = context
        self.behind = behind
        self.served = 0
        self.visitors: list[object] = []

    @property
    def port(self) -> int:
        """Where it stands on this computer."""
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that does not like the certificate is what a test is about."""


class Visit(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        door = self.server
        assert isinstance(door, Door)
        door.visitors.append(self.client_address)
        with door.context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False) as outside:
            outside.do_handshake()  # inside the block, so that one which fails leaves no socket open
            door.served += 1
            with socket.create_connection(door.behind) as inside:
                back = threading.Thread(target=_pass_on, args=(inside, outside), daemon=True)
                back.start()
                _pass_on(outside, inside)
                back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def server_context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    """Return a server's side of TLS that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with leaf.private_key_and_cert_chain_pem.tempfile() as path:
        context.load_cert_chain(path)
    return context


@contextmanager
def tls_door(context: ssl.SSLContext, base_url: str, at: tuple[str, int] = ("127.0.0.1", 0)) -> Generator[Door]:
    """Open a door in front of the sandbox; it counts whom it `served`, which is who finished the handshake."""
    parts = urlsplit(base_url)
    with Door(context, (str(parts.hostname), parts.port or 0), at) as door:
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield door
        finally:
            door.shutdown()
            thread.join()
