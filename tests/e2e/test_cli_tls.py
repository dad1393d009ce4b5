"""TLS: a gateway that cannot prove who it is hears nothing, and SSL_CERT_FILE says whom else to believe."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.e2e.tls_door import server_context, tls_door

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def behind(till: Till, sandbox: SandboxProcess, port: int) -> None:
    """Send a till through a port of this computer, by TLS."""
    till.reconfigure(f'"{sandbox.base_url}"', f'"https://localhost:{port}"')


def test_a_gateway_certified_by_the_file_that_ssl_cert_file_names_is_believed(
    make_till: MakeTill, sandbox: SandboxProcess, authority: trustme.CA, ca_file: Path, provider: str
) -> None:
    till = make_till(provider)
    till.with_env(SSL_CERT_FILE=str(ca_file))
    with tls_door(server_context(authority.issue_cert("localhost")), sandbox.base_url) as door:
        behind(till, sandbox, door.server_address[1])
        charge = till.charge()
        sandbox.pay(charge.until("qr")["merchant_order_id"])
        ended = charge.end()
        assert (ended.code, ended.err) == (0, "")
        assert door.served > 0


BAD_LEAVES = {
    "another host": ("gateway.example", -1, 9, "tls_wrong_host", "belongs to another host"),
    "expired": ("localhost", -9, -1, "tls_expired", "has expired"),
    "not yet": ("localhost", 1, 9, "tls_clock", "not valid yet"),
}
"""Host, first and last day from now, and what is said about it."""


@pytest.mark.parametrize("name", BAD_LEAVES)
def test_a_bad_certificate_ends_it_before_anything_is_sent(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, ca_file: Path, name: str
) -> None:
    host, first, last, code, words = BAD_LEAVES[name]
    till.with_env(SSL_CERT_FILE=str(ca_file))
    leaf = authority.issue_cert(host, not_before=NOW + first * DAY, not_after=NOW + last * DAY)
    _refused(till, sandbox, leaf, code, words)


def test_an_unknown_authority_ends_it_before_anything_is_sent(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA
) -> None:
    _refused(till, sandbox, authority.issue_cert("localhost"), "tls_unknown_ca", "this computer")


def _refused(till: Till, sandbox: SandboxProcess, leaf: trustme.LeafCert, code: str, words: str) -> None:
    with tls_door(server_context(leaf), sandbox.base_url) as door:
        behind(till, sandbox, door.server_address[1])
        ended = till.charge().end()
    assert (ended.code, ended.names) == (1, ["attempt", "state NOT_SENT", "final"])
    assert ended.last["problem"] == code
    assert words in ended.err
    assert sandbox.truth()["requests_total"] == 0


def test_a_gateway_that_speaks_no_tls_ends_it_before_anything_is_sent(till: Till, sandbox: SandboxProcess) -> None:
    behind(till, sandbox, int(sandbox.base_url.rpartition(":")[2]))
    ended = till.charge().end()
    assert (ended.code, ended.last["problem"]) == (1, "tls_protocol")
    assert sandbox.truth()["requests_total"] == 0


def test_a_server_that_hangs_up_in_the_handshake_ends_it_as_not_sent(till: Till, sandbox: SandboxProcess) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        behind(till, sandbox, server.getsockname()[1])
        charge = till.charge()
        server.accept()[0].close()
        ended = charge.end()
    assert (ended.code, ended.last["state"]) == (1, "NOT_SENT")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_without_certificates_is_said_and_nothing_is_begun(
    till: Till, sandbox: SandboxProcess, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "odd.pem"
    if content is not None:
        file.write_text(content, "utf-8")
    till.with_env(SSL_CERT_FILE=str(file))
    behind(till, sandbox, 1)
    ended = till.charge().end()
    assert (ended.code, ended.out, "SSL_CERT_FILE" in ended.err) == (1, "", True)
    assert sandbox.truth()["requests_total"] == 0
