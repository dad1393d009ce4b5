"""P4: a changed address gets nothing that was given for another one, and plain http leaves this computer never."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.file_keyring import with_keyring
from tests.e2e.till import SECRET
from tests.faults.abuse.echoing_gateway import echoing_gateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

pytestmark = pytest.mark.xdist_group("faults-abuse")

BINDING = "POSAPP_GATEWAY_SECRET_FOR"
DAEMON, BUS = shutil.which("gnome-keyring-daemon"), shutil.which("dbus-run-session")


@pytest.fixture
def keyring_file(tmp_path: Path) -> Path:
    """Return where the keyring of `with_keyring` keeps what it is given."""
    return tmp_path / "keyring.json"


def test_p4_a_keyrings_secret_is_never_given_to_another_host_port_or_account(
    till: Till, sandbox: SandboxProcess, keyring_file: Path
) -> None:
    with_keyring(till, keyring_file)
    assert till.run("secret", "set", stdin=sandbox.secret("cbtis").encode()).code == 0
    till.reconfigure("http://127.0.0.1", "http://localhost")
    other_host = till.charge().end()
    till.reconfigure("http://localhost", "http://127.0.0.1")
    with echoing_gateway(logs_in=True) as thief:
        till.reconfigure(sandbox.base_url, thief.url)
        other_port = till.charge().end()
        assert thief.asked == []
        till.reconfigure(thief.url, sandbox.base_url)
    till.reconfigure("uid = ", "uid = 1")
    other_account = till.charge().end()
    ends = [(ended.code, ended.out, ended.err) for ended in (other_host, other_port, other_account)]
    assert ends == [(1, "", "posapp: The keyring holds no secret for this gateway and account.\n")] * 3
    assert sandbox.truth()["requests_total"] == 0
    till.reconfigure("uid = 1", "uid = ")
    assert till.charge(wait=0).end().last["state"] == "PENDING", "the first address still has it"


def test_p4_the_environments_secret_is_kept_from_another_host_once_it_is_bound(
    till: Till, sandbox: SandboxProcess
) -> None:
    entry = f"cbtis:{sandbox.account('cbtis')}@{sandbox.base_url.removeprefix('http://')}"
    till.with_env(**{BINDING: entry})
    assert till.charge(wait=0).end().last["state"] == "PENDING"
    with echoing_gateway(logs_in=True) as thief:
        till.reconfigure(sandbox.base_url, thief.url)
        ended = till.charge().end()
        assert thief.asked == []
    assert (ended.code, ended.out, ended.err) == (
        1, "", "posapp: The secret was given for another gateway; it was not used.\n"
    )  # fmt: skip


def test_p4_the_doctor_says_that_an_unbound_secret_goes_anywhere_and_how_to_bind_it(
    till: Till, sandbox: SandboxProcess
) -> None:
    unbound = till.run("doctor", "--no-network").out
    entry = f"cbtis:{sandbox.account('cbtis')}@{sandbox.base_url.removeprefix('http://')}"
    assert f"Set {BINDING}={entry} beside it." in unbound
    till.with_env(**{BINDING: entry})
    assert BINDING not in till.run("doctor", "--no-network").out


@pytest.mark.parametrize(
    "address",
    ["http://gateway.example", "http://127.0.0.1.example", "http://localhost@gateway.example", "http://[::2]"],
)
def test_p4_plain_http_to_another_computer_is_refused_in_the_configuration(
    till: Till, sandbox: SandboxProcess, address: str
) -> None:
    till.reconfigure(sandbox.base_url, address)
    ended = till.charge().end()
    assert (ended.code, ended.out) == (2, "")
    assert "base_url" in ended.err
    assert sandbox.secret("cbtis") not in ended.err


@pytest.mark.e2e
@pytest.mark.skipif(not (DAEMON and BUS), reason="gnome-keyring-daemon or dbus-run-session is not installed")
def test_p4_a_real_secret_service_keeps_each_hosts_secret_apart(till: Till, sandbox: SandboxProcess) -> None:
    till.with_env(PYTHON_KEYRING_BACKEND="keyring.backends.SecretService.Keyring", **{SECRET: None})
    elsewhere = till.folder / "elsewhere.toml"
    elsewhere.write_text(till.config.read_text("utf-8").replace("http://127.0.0.1", "http://localhost"), "utf-8")
    posapp, data = f"'{sys.executable}' -m posapp", f"--data-dir '{till.data}'"
    script = f"""
        set -e
        printf 'till' | '{DAEMON}' --unlock --components=secrets >/dev/null
        {posapp} secret set --config '{till.config}'
        ! {posapp} secret check --config '{elsewhere}'
        ! {posapp} charge 5.00 HKD --wait 0 {data} --config '{elsewhere}'
        {posapp} secret check --config '{till.config}'
    """
    done = subprocess.run(
        [str(BUS), "--", "sh", "-c", script],
        env=dict(till.env),
        input=f"{sandbox.secret('cbtis')}\n".encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"is there." in done.stdout
    assert sandbox.truth()["requests_total"] == 0
