"""N14 and N15: who the gateway must prove to be. A stranger hears nothing, and the reason is said in words."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from posapp.domain.status import AttemptState
from tests.e2e.tls_door import server_context, tls_door
from tests.faults.network.live_till import live_till
from tests.faults.network.namespace import with_file_in_place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [
    pytest.mark.xdist_group("faults-network"),
    pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning"),
]

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SYSTEM_STORE = "/etc/ssl/certs/ca-certificates.crt"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return the shop's own authority."""
    return trustme.CA(organization_name="Harbour Tea IT")


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """Return its certificate as a file."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def behind(till: Till, sandbox: SandboxProcess, port: int) -> None:
    """Send a till through a port of this computer, by TLS."""
    till.reconfigure(f'"{sandbox.base_url}"', f'"https://localhost:{port}"')


# --- N14


def test_n14_a_gateway_certified_by_the_file_that_ssl_cert_file_names_is_believed(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, ca_file: Path
) -> None:
    till.with_env(SSL_CERT_FILE=str(ca_file))
    with tls_door(server_context(authority.issue_cert("localhost")), sandbox.base_url) as door:
        behind(till, sandbox, door.port)
        charge = till.charge()
        sandbox.pay(charge.until("qr")["merchant_order_id"])
        ended = charge.end()
        assert (ended.code, ended.err) == (0, "")
        assert door.served > 0


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "not installed"])
def test_n14_an_authority_in_the_systems_store_is_believed_and_no_other(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path, installed: bool
) -> None:
    store = tmp_path / "store.crt"
    known = Path(SYSTEM_STORE).read_bytes() if Path(SYSTEM_STORE).is_file() else b""
    store.write_bytes(known + (authority.cert_pem.bytes() if installed else b""))
    with tls_door(server_context(authority.issue_cert("localhost")), sandbox.base_url) as door:
        behind(till, sandbox, door.port)
        ended = with_file_in_place_of(SYSTEM_STORE, store, lambda: till.charge(wait=0).end())
    if installed:
        assert (ended.code, ended.last["state"]) == (5, "PENDING")
    else:
        assert (ended.code, ended.last["state"], ended.last["problem"]) == (1, "NOT_SENT", "tls_unknown_ca")
        assert sandbox.truth()["requests_total"] == 0


def test_n14_nothing_switches_the_check_off(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, tmp_path: Path
) -> None:
    till.with_env(PYTHONHTTPSVERIFY="0", CURL_CA_BUNDLE="", REQUESTS_CA_BUNDLE="", SSLKEYLOGFILE="")
    with tls_door(server_context(authority.issue_cert("localhost")), sandbox.base_url) as door:
        behind(till, sandbox, door.port)
        ended = till.charge().end()
        assert door.served == 0
    assert (ended.code, ended.last["problem"]) == (1, "tls_unknown_ca")
    assert "this computer trusts" in ended.err
    till.reconfigure("[gateway]\n", "[gateway]\nverify = false\n")
    ended = till.charge().end()
    assert (ended.code, ended.out, "verify" in ended.err) == (2, "", True)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_n14_a_file_without_certificates_is_said_and_nothing_is_begun(
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


# --- N15


def dated(authority: trustme.CA, first: int, last: int) -> ssl.SSLContext:
    """Return a certificate of these days from now."""
    return server_context(authority.issue_cert("localhost", not_before=NOW + first * DAY, not_after=NOW + last * DAY))


def self_signed(_authority: trustme.CA) -> ssl.SSLContext:
    """Return a certificate that nobody but itself stands for."""
    alone = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with alone.cert_pem.tempfile() as cert, alone.private_key_pem.tempfile() as key:
        context.load_cert_chain(cert, key)
    return context


def old(authority: trustme.CA, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return a server that speaks nothing newer."""
    context = server_context(authority.issue_cert("localhost"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


STRANGERS: dict[str, tuple[Callable[[trustme.CA], ssl.SSLContext], str, str]] = {
    "expired": (lambda ca: dated(ca, -9, -1), "tls_expired", "clock is wrong"),
    "not valid yet": (lambda ca: dated(ca, 1, 9), "tls_clock", "clock is probably wrong"),
    "another host": (lambda ca: server_context(ca.issue_cert("gateway.example")), "tls_wrong_host", "another host"),
    "another address": (lambda ca: server_context(ca.issue_cert("127.0.0.1")), "tls_wrong_host", "another host"),
    "unknown issuer": (
        lambda _: server_context(trustme.CA().issue_cert("localhost")),
        "tls_unknown_ca",
        "nobody this computer trusts",
    ),
    "self-signed": (self_signed, "tls_unknown_ca", "nobody this computer trusts"),
    "TLS 1.0": (lambda ca: old(ca, ssl.TLSVersion.TLSv1), "tls_protocol", "too old"),
    "TLS 1.1": (lambda ca: old(ca, ssl.TLSVersion.TLSv1_1), "tls_protocol", "too old"),
}
"""How the server shows itself, the problem, and what is said about it."""


@pytest.mark.anyio
@pytest.mark.parametrize("stranger", STRANGERS)
async def test_n15_a_stranger_hears_no_byte_of_a_request(
    sandbox: SandboxProcess,
    authority: trustme.CA,
    ca_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stranger: str,
) -> None:
    show, problem, words = STRANGERS[stranger]
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    with tls_door(show(authority), sandbox.base_url) as door:
        async with live_till(sandbox, f"https://localhost:{door.port}", tmp_path, watching=False) as till:
            attempt = await till.charge()
        assert (attempt.state, attempt.problem_code) == (AttemptState.NOT_SENT, problem)
        assert words in str(attempt.problem_text)
        assert door.served == 0
        assert len(door.visitors) == 1  # and it is not tried another way
    assert sandbox.truth()["requests_total"] == 0


def test_n15_the_cashiers_command_says_the_reason_and_asks_after_the_clock(
    till: Till, sandbox: SandboxProcess, authority: trustme.CA, ca_file: Path
) -> None:
    till.with_env(SSL_CERT_FILE=str(ca_file))
    with tls_door(dated(authority, -9, -1), sandbox.base_url) as door:
        behind(till, sandbox, door.port)
        ended = till.charge().end()
    assert (ended.code, ended.names) == (1, ["attempt", "state NOT_SENT", "final"])
    assert ended.last["problem"] == "tls_expired"
    assert ended.err == "posapp: the gateway's certificate has expired, or this computer's clock is wrong\n"


def test_n15_a_gateway_that_speaks_no_tls_hears_no_request(till: Till, sandbox: SandboxProcess) -> None:
    behind(till, sandbox, int(sandbox.base_url.rpartition(":")[2]))
    ended = till.charge().end()
    assert (ended.code, ended.last["problem"]) == (1, "tls_protocol")
    assert sandbox.truth()["requests_total"] == 0
