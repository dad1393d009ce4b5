"""P1: the gateway's secret and its tokens are nowhere in what the program writes, prints or hands on."""

from __future__ import annotations

import base64
import os
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.e2e.child import wait_until
from tests.e2e.till import SECRET, Till
from tests.e2e.tls_door import server_context, tls_door
from tests.faults.abuse.canary import children_of, environment_of, is_in, sightings, ways_to_write
from tests.faults.abuse.echoing_gateway import TOKEN, echoing_gateway
from tests.faults.network.proxy import FaultProxy
from tests.faults.network.shop_proxy import ShopProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.sandbox_process import SandboxProcess

    MakeTill = Callable[..., Till]

pytestmark = pytest.mark.xdist_group("faults-abuse")

BOTH = ["cbtis", pytest.param("airwallex", marks=pytest.mark.campaign)]
ECHOES = [
    ("cbtis", False),
    ("airwallex", True),
    pytest.param("airwallex", False, marks=pytest.mark.campaign),
    pytest.param("cbtis", True, marks=pytest.mark.campaign),
]
"""Gateway, and whether it lets us log in before it refuses us."""

POSTING = """
import posapp.services.checkout as room, os
def begin(self, *args, **kwargs):
    raise RuntimeError("bug with " + os.environ["POSAPP_GATEWAY_SECRET"])
room.Checkout.begin = begin
"""


@pytest.fixture
def careless(sandbox: SandboxProcess, tmp_path: Path, child_env: dict[str, str]) -> Iterator[Till]:
    """Return a till that no audit comes after, so that a test can do wrong on it."""
    found = Till.at(sandbox, tmp_path / "careless", child_env, "cbtis")
    yield found
    found.close()


def test_p1_the_search_finds_a_planted_secret_in_any_writing(tmp_path: Path) -> None:
    secret = "canary/with+signs=9d"
    for number, way in enumerate(ways_to_write(secret)):
        (tmp_path / f"{number}.bin").write_bytes(b"\0before" + way + b"after")
    assert len(sightings(tmp_path, [secret])) == len(ways_to_write(secret))
    for offset in range(3):
        assert is_in(base64.b64encode(b"y" * offset + secret.encode() + b"zz"), [secret])
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", secret)
    (tmp_path / "token.txt").write_bytes(b"Bearer " + b"0a" * 42)
    assert {"a.zip/inside.txt", "token.txt"} <= set(sightings(tmp_path, [secret]))
    assert sightings(tmp_path, ["another-secret"]) == ["token.txt"]


@pytest.mark.parametrize("provider", BOTH)
def test_p1_no_command_leaves_a_secret_anywhere(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, figure: Callable[[str], None]
) -> None:
    till, secret = make_till(provider), sandbox.secret(provider)
    sandbox.fault("query", "expired_token")
    charge = till.charge()
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    assert charge.end().code == 0
    backup = till.folder / "copies"
    backup.mkdir()
    for words in (
        ["orders"],
        ["orders", "--json"],
        ["orders", "--csv", "--refresh"],
        ["verify", "--json"],
        ["backup", "--to", str(backup)],
        ["doctor", "--json", "--bundle", str(till.folder / "bundle.zip")],
    ):
        assert till.run(*words).code == 0, words
    for number, child in enumerate(till.children):
        (till.folder / f"{number}.out").write_text("".join(child.lines), "utf-8")
        (till.folder / f"{number}.argv").write_bytes(child.cmdline)
    assert list(backup.iterdir()), "no backup was written"
    assert sightings(till.folder, [secret]) == []
    assert not is_in(sandbox.child.stderr_file.read_bytes(), [secret]), "the pretend gateway logged it"
    figure(f"{sum(path.is_file() for path in till.folder.rglob('*'))} files, 7 commands, 0 sightings")


@pytest.mark.parametrize("provider, logs_in", ECHOES)
def test_p1_a_gateway_that_echoes_our_credentials_gets_them_into_nothing(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, logs_in: bool
) -> None:
    till, secret = make_till(provider), sandbox.secret(provider)
    with echoing_gateway(logs_in=logs_in) as gateway:
        till.reconfigure(sandbox.base_url, gateway.url)
        for ended in (till.charge(wait=0).end(), till.run("doctor", "--bundle", str(till.folder / "b.zip"))):
            assert ended.out
            assert not is_in((ended.out + ended.err).encode(), [secret, TOKEN])
        till.run("orders", "--refresh")
    assert len(gateway.asked) > 1
    assert sightings(till.folder, [secret, TOKEN]) == []


@pytest.mark.parametrize("provider", BOTH)
def test_p1_wrong_credentials_are_refused_without_being_quoted(make_till: MakeTill, provider: str) -> None:
    till = make_till(provider)
    till.with_env(**{SECRET: "wrong-canary-6b1d0c"})
    ended = till.charge(wait=0).end()
    assert ended.code == 1
    assert sightings(till.folder, ["wrong-canary-6b1d0c"]) == []
    assert not is_in((ended.out + ended.err).encode(), ["wrong-canary-6b1d0c"])


@pytest.mark.parametrize("provider", BOTH)
def test_p1_a_tls_refusal_tells_no_secret(make_till: MakeTill, sandbox: SandboxProcess, provider: str) -> None:
    till, secret = make_till(provider), sandbox.secret(provider)
    with tls_door(server_context(trustme.CA().issue_cert("localhost")), sandbox.base_url) as door:
        till.reconfigure(f'"{sandbox.base_url}"', f'"https://localhost:{door.server_address[1]}"')
        charged = till.charge().end()
        seen = till.run("doctor", "--bundle", str(till.folder / "b.zip"))
    assert (charged.code, seen.code) == (1, 1)
    assert "trustme" in seen.out, "the issuer is not named"
    assert sightings(till.folder, [secret]) == []
    assert sandbox.truth()["requests_total"] == 0


def test_p1_a_proxys_password_is_blanked_and_our_secret_never_reaches_it(till: Till, sandbox: SandboxProcess) -> None:
    password = "proxy-canary-77"
    shop_proxy = ShopProxy(("127.0.0.1", 9), user="till", password="another")
    with FaultProxy(sandbox.base_url, greeting=shop_proxy) as link:
        address = link.url.removeprefix("http://")
        till.with_env(HTTPS_PROXY=f"http://till:{password}@{address}", NO_PROXY=None, no_proxy=None, https_proxy=None)
        till.secrets.add(password)
        till.reconfigure(f'"{sandbox.base_url}"', '"https://gateway.example"')
        charged = till.charge().end()
        seen = till.run("doctor", "--bundle", str(till.folder / "b.zip"))
    assert (charged.code, seen.code) == (1, 1)
    assert "407" in seen.out or "user name and password" in seen.out
    assert address in seen.out, "the proxy is not named"
    assert shop_proxy.heads, "the proxy was not asked"
    assert not any(is_in(head, [sandbox.secret("cbtis")]) for head in shop_proxy.heads)
    assert not is_in((charged.out + charged.err + seen.out + seen.err).encode(), [password])
    assert sightings(till.folder, [password]) == []


def test_p1_a_bugs_traceback_is_blanked(careless: Till, sandbox: SandboxProcess, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(POSTING, "utf-8")
    careless.with_modules(tmp_path)
    ended = careless.charge().end()
    assert ended.code == 1
    assert "RuntimeError: bug with ***" in ended.err
    assert sightings(careless.folder, [sandbox.secret("cbtis")]) == []


@pytest.fixture
def cores_wanted() -> Iterator[None]:
    """Allow core files of any size to whatever is started meanwhile, as a developer's shell may."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (ValueError, OSError):
        pytest.skip("this user may not ask for core files")
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.usefixtures("cores_wanted")
def test_p1_a_crash_leaves_neither_a_core_file_nor_a_secret_in_the_crash_report(
    till: Till, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    till.with_env(QT_QPA_PLATFORM="offscreen")
    window = till.start_bare("--data-dir", str(till.data), "--config", str(till.config))
    wait_until(lambda: sandbox.requests("cbtis").get("auth", 0) > 0, "the window logs in")
    limits = Path(f"/proc/{window.process.pid}/limits").read_text()
    assert any(line.split()[:5] == ["Max", "core", "file", "size", "1"] for line in limits.splitlines())
    window.signal(signal.SIGABRT)
    assert window.end().code == -signal.SIGABRT
    reports = [path for path in till.data.rglob("crash*.log*") if path.stat().st_size]
    assert reports, "the crash was not recorded"
    assert [path.name for path in till.folder.rglob("core*")] == []
    assert sightings(till.folder, [sandbox.secret("cbtis")]) == []
    if Path("/proc/sys/kernel/core_pattern").read_text().strip() == "core":
        control = tmp_path / "control"
        control.mkdir()
        subprocess.run([sys.executable, "-c", "import os; os.abort()"], cwd=control, check=False)
        assert list(control.glob("core*")), "a program that allows it leaves none here either"


def test_p1_no_child_of_ours_inherits_the_secret(careless: Till, tmp_path: Path) -> None:
    careless.with_env(QT_QPA_PLATFORM="offscreen", **{SECRET: "canary-of-the-environment"})
    demo = careless.start_bare("demo", "--data-dir", str(tmp_path / "demo"))
    wait_until(lambda: len(children_of(demo.process.pid)) > 0, "the demo starts its pretend gateway")
    (child,) = children_of(demo.process.pid)
    wait_until(lambda: b"sandbox" in Path(f"/proc/{child}/cmdline").read_bytes(), "the pretend gateway is there")
    handed_on = environment_of(child)
    assert b"QT_QPA_PLATFORM=" in handed_on, "the environment was not read"
    assert not is_in(handed_on, ["canary-of-the-environment"])
    demo.signal(signal.SIGTERM)
    demo.end()
    assert os.environ.get(SECRET) is None
