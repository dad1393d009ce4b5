"""TLS as a gateway meets it: trust, host, validity, protocol, broken handshakes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from posapp.gateways import trust
from posapp.gateways.errors import GatewayError, NotSent, OutcomeUnknown
from posapp.gateways.exchange import Call
from posapp.gateways.http import GatewayHttp, deadline_in
from posapp.gateways.settings import SettingsError
from tests.unit.gateways.line_server import LineServer, hang_up, json_reply

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

CHANGE = Call("POST", "/create", ref="P1", body=b"{}", fresh=True)
NOW = datetime.now(UTC)


@pytest.fixture
def ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that SSL_CERT_FILE makes this computer trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def server_context(
    authority: trustme.CA,
    host: str = "localhost",
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf = authority.issue_cert(host, not_before=not_before, not_after=not_after)
    with leaf.private_key_and_cert_chain_pem.tempfile() as path:
        context.load_cert_chain(path)
    return context


async def refusal(context: ssl.SSLContext) -> tuple[GatewayError, LineServer]:
    async with LineServer(lambda _heard: json_reply({}), tls=context) as server:
        http = GatewayHttp(server.url, "rid")
        with pytest.raises(GatewayError) as caught:
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    return caught.value, server


async def test_the_file_named_by_ssl_cert_file_is_trusted(ca: trustme.CA) -> None:
    async with LineServer(lambda _heard: json_reply({"a": 1}), tls=server_context(ca)) as server:
        http = GatewayHttp(server.url, "rid")
        assert (await http.send(CHANGE, deadline_in(5))).object() == {"a": 1}
        await http.aclose()


@pytest.mark.usefixtures("ca")
async def test_an_unknown_authority_is_refused_and_nothing_sent() -> None:
    error, server = await refusal(server_context(trustme.CA()))
    assert isinstance(error, NotSent)
    assert error.code == "tls_unknown_ca"
    assert server.heard == []


async def test_another_hosts_certificate_is_refused_and_nothing_sent(ca: trustme.CA) -> None:
    error, server = await refusal(server_context(ca, "other.example"))
    assert isinstance(error, NotSent)
    assert error.code == "tls_wrong_host"
    assert server.heard == []


@pytest.mark.parametrize(
    "first, last, code",
    [(-20, -10, "tls_expired"), (10, 20, "tls_clock")],
    ids=["expired", "not valid yet"],
)
async def test_a_certificate_out_of_its_time_is_refused_and_nothing_sent(
    ca: trustme.CA, first: int, last: int, code: str
) -> None:
    context = server_context(ca, not_before=NOW + timedelta(days=first), not_after=NOW + timedelta(days=last))
    error, server = await refusal(context)
    assert isinstance(error, NotSent)
    assert error.code == code
    assert "clock" in error.message
    assert server.heard == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
async def test_an_old_protocol_is_refused(ca: trustme.CA) -> None:
    context = server_context(ca)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    # Blocking sockets: asyncio's own server hangs up without the alert that a real one sends.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(asyncio.to_thread(_shake_hands, listener, context))
        http = GatewayHttp(f"https://localhost:{listener.getsockname()[1]}", "rid")
        with pytest.raises(NotSent) as caught:
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
        await serving
    assert caught.value.code == "tls_protocol"


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    accepted, _address = listener.accept()
    with accepted, contextlib.suppress(ssl.SSLError), context.wrap_socket(accepted, server_side=True):
        pass


@pytest.mark.usefixtures("ca")
@pytest.mark.parametrize(
    "handler, codes",
    [
        ("stall", {"connect_timeout"}),
        ("close", {"tls_failed"}),
        ("plain", {"tls_protocol"}),
    ],
)
async def test_a_handshake_that_never_ends_well_is_known_not_sent(handler: str, codes: set[str]) -> None:
    done = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if handler == "stall":
            await done.wait()
        if handler == "plain":
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    http = GatewayHttp(f"https://localhost:{server.sockets[0].getsockname()[1]}", "rid")
    started = asyncio.get_running_loop().time()
    with pytest.raises(NotSent) as caught:
        await http.send(CHANGE, deadline_in(20))
    assert asyncio.get_running_loop().time() - started < 4.5
    assert caught.value.code in codes
    done.set()
    await http.aclose()
    server.close()
    await server.wait_closed()


async def test_a_lost_answer_inside_tls_is_an_unknown_outcome(ca: trustme.CA) -> None:
    async with LineServer(lambda _heard: hang_up(), tls=server_context(ca)) as server:
        http = GatewayHttp(server.url, "rid")
        with pytest.raises(OutcomeUnknown):
            await http.send(CHANGE, deadline_in(5))
        await http.aclose()
    assert len(server.heard) == 1


async def test_a_useless_ssl_cert_file_is_a_setting_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))
        with pytest.raises(SettingsError) as caught:
            GatewayHttp("https://gateway.test", "rid")
        assert caught.value.code == "ca_file_unusable"


def test_verification_is_on_and_old_protocols_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    context = trust.tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def _find_nothing(_context: ssl.SSLContext) -> None:
    """Stand in for an OpenSSL that looks where it was built."""


def test_a_bundled_openssl_finds_the_distributions_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.crt"
    trustme.CA().cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", _find_nothing)
    monkeypatch.setattr(trust, "_LINUX_BUNDLES", (str(tmp_path / "missing"), str(bundle)))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert trust.tls_context().cert_store_stats()["x509_ca"] == 1
