"""`posapp doctor` as store IT runs it: one verdict, an exit code, and an answer whatever is broken."""

from __future__ import annotations

import json
import os
import socket
import time
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest
import trustme

from tests.e2e.file_keyring import with_keyring
from tests.e2e.till import SECRET
from tests.e2e.tls_door import server_context, tls_door

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.child import Ended, JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.screen import Screen
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

pytest_plugins = ("tests.e2e.window_fixtures",)

HANGING = """
import time
from keyring.backend import KeyringBackend

class Hanging(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        import threading
        threading.Event().wait()
    set_password = delete_password = None
"""


def seen(till: Till, *options: str) -> tuple[Ended, dict[str, JsonObject]]:
    """Run it and return how it ended, and its findings by name."""
    ended = till.run("doctor", "--json", *options)
    report = json.loads(ended.out)
    return ended, {str(each["id"]): each for each in cast("list[JsonObject]", report["checks"])}


def verdicts(found: dict[str, JsonObject], *names: str) -> list[object]:
    return [found[name]["verdict"] for name in names]


def test_a_till_that_works_is_ready_to_sell(make_till: MakeTill, sandbox: SandboxProcess, provider: str) -> None:
    till = make_till(provider)
    till.charge(wait=0).end()
    said = till.run("doctor")
    assert (said.code, said.out.split("\n")[0].partition(";")[0].rstrip(".")) == (0, "Ready to sell")
    ended, found = seen(till)
    assert (ended.code, ended.err) == (0, "")
    names = ("configuration", "clock", "dns", "proxy", "gateway", "login", "ledger", "versions", "leftovers")
    assert verdicts(found, *names) == ["ok"] * len(names)
    assert verdicts(found, "tls", "keyring") == ["skipped", "warn"]
    ledger = cast("JsonObject", found["ledger"]["figures"])
    assert (ledger["orders"], ledger["open"], ledger["attempts_by_state"]) == (1, 1, {"PENDING": 1})
    assert sandbox.requests(provider)["create"] == 1, "the doctor charges nobody"


def test_nothing_is_sent_where_nothing_may_be(till: Till, sandbox: SandboxProcess) -> None:
    ended, found = seen(till, "--no-network")
    assert ended.code == 0
    assert verdicts(found, "clock", "dns", "proxy", "gateway", "tls", "login") == ["skipped"] * 6
    assert sandbox.truth()["requests_total"] == 0


def test_an_answer_comes_whatever_is_broken(till: Till) -> None:
    till.config.write_text("[shop", "utf-8")
    till.data.mkdir()
    (till.data / "ledger.db").write_bytes(b"rubbish" * 1_000)
    till.with_env(**{SECRET: None})
    ended, found = seen(till, "--bundle", str(till.folder / "b.zip"))
    assert (ended.code, ended.err) == (1, "")
    assert verdicts(found, "configuration", "ledger") == ["fail", "fail"]
    assert verdicts(found, "clock", "login", "keyring") == ["skipped"] * 3
    assert (till.data / "ledger.db").read_bytes() == b"rubbish" * 1_000
    till.config.unlink()
    assert "cannot be read" in str(seen(till, "--no-network")[1]["configuration"]["sentence"])


def test_a_keyring_that_does_not_answer_keeps_nobody_waiting(till: Till, tmp_path: Path) -> None:
    (tmp_path / "hanging_keyring.py").write_text(HANGING, "utf-8")
    till.with_modules(tmp_path)
    till.with_env(PYTHON_KEYRING_BACKEND="hanging_keyring.Hanging", **{SECRET: None})
    began = time.monotonic()
    ended, found = seen(till)
    assert time.monotonic() - began < 18
    assert (ended.code, verdicts(found, "keyring", "login")) == (1, ["fail", "skipped"])
    assert "password" in str(found["keyring"]["advice"])


def test_the_keyring_is_named_and_a_missing_secret_is_the_one_thing_to_mend(till: Till, tmp_path: Path) -> None:
    with_keyring(till, tmp_path / "keyring.json")
    said = till.run("doctor")
    assert (said.code, said.out.split("\n")[0].partition(";")[0]) == (1, "Not ready: 1 thing to mend.")
    assert "-> Run posapp secret set." in said.out


def test_a_gateway_that_is_gone_is_one_thing_to_mend_and_not_six(till: Till, sandbox: SandboxProcess) -> None:
    till.reconfigure(sandbox.base_url, "http://127.0.0.1:9")
    ended, found = seen(till)
    assert ended.code == 1
    assert [name for name, each in found.items() if each["verdict"] == "fail"] == ["gateway"]


def test_a_wrong_secret_is_the_login_and_nothing_else(make_till: MakeTill, provider: str) -> None:
    till = make_till(provider)
    till.with_env(**{SECRET: "certainly-the-wrong-one"})
    _, found = seen(till)
    assert [name for name, each in found.items() if each["verdict"] == "fail"] == ["login"]


DAY = timedelta(days=1)
LEAVES = {
    "wrong host": ("gateway.example", -1, 9, "is for gateway.example, not for localhost"),
    "expired": ("localhost", -9, -3, "ended 3 days ago"),
    "not yet": ("localhost", 3, 9, "valid from"),
    "unknown": ("localhost", -1, 9, "was issued by Inspection Box"),
}


@pytest.mark.parametrize("name", LEAVES)
def test_a_certificate_is_explained_in_words(till: Till, sandbox: SandboxProcess, tmp_path: Path, name: str) -> None:
    host, first, last, words = LEAVES[name]
    authority = trustme.CA(organization_name="Inspection Box")
    if name != "unknown":
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        till.with_env(SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    now = datetime.now(UTC)
    leaf = authority.issue_cert(host, not_before=now + first * DAY, not_after=now + last * DAY)
    with tls_door(server_context(leaf), sandbox.base_url) as door:
        till.reconfigure(sandbox.base_url, f"https://localhost:{door.server_address[1]}")
        ended, found = seen(till)
    assert ended.code == 1
    assert [name for name, each in found.items() if each["verdict"] == "fail"] == ["tls"]
    assert words in str(found["tls"]["sentence"])
    assert sandbox.truth()["requests_total"] == 0


def test_looking_at_an_unproven_certificate_asks_nothing_of_whoever_shows_it(
    till: Till, sandbox: SandboxProcess
) -> None:
    leaf = trustme.CA().issue_cert("localhost")
    with socket.create_server(("127.0.0.1", 0)) as behind:
        with tls_door(server_context(leaf), f"http://127.0.0.1:{behind.getsockname()[1]}") as door:
            till.reconfigure(sandbox.base_url, f"https://localhost:{door.server_address[1]}")
            _, found = seen(till)
            served = door.served
        assert cast("JsonObject", found["tls"]["figures"])["issuer"], "the certificate was not looked at"
        heard = b""
        for _ in range(served):
            connection, _ = behind.accept()
            with connection:
                heard += connection.recv(1_000)
    assert (served > 0, heard) == (True, b"")


def test_a_certificate_that_is_accepted_says_who_signed_it_and_for_how_long(
    till: Till, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    authority = trustme.CA(organization_name="Inspection Box")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    till.with_env(SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    leaf = authority.issue_cert("localhost", not_after=datetime.now(UTC) + 40.5 * DAY)
    with tls_door(server_context(leaf), sandbox.base_url) as door:
        till.reconfigure(sandbox.base_url, f"https://localhost:{door.server_address[1]}")
        ended, found = seen(till)
    figures = cast("JsonObject", found["tls"]["figures"])
    assert (ended.code, found["tls"]["verdict"], figures["issuer"], figures["days_left"]) == (
        0, "ok", "Inspection Box", 40
    )  # fmt: skip


def test_the_bundle_says_what_the_screen_says_and_nobody_else_may_read_it(till: Till) -> None:
    till.charge(wait=0).end()
    bundle = till.folder / "bundle.zip"
    said = till.run("doctor", "--bundle", str(bundle))
    assert str(bundle) in said.out
    assert bundle.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(bundle) as packed:
        report = json.loads(packed.read("doctor.json"))
        statistics = json.loads(packed.read("ledger.json"))
        assert "ledger.db" in packed.read("files.txt").decode()
    assert report["verdict"] == said.out.split("\n")[0]
    assert statistics["ledger.db"]["orders"] == 1


def test_no_font_with_chinese_is_noticed(till: Till, tmp_path: Path) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>', "utf-8")
    till.with_env(FONTCONFIG_FILE=str(empty))
    _, found = seen(till, "--no-network")
    assert (found["fonts"]["verdict"], cast("JsonObject", found["fonts"]["figures"])["missing"]) == ("warn", "微信支付")


def test_a_display_that_is_not_there_is_qts_own_word_and_no_crash_of_ours(till: Till) -> None:
    till.with_env(DISPLAY=":98765")
    ended, found = seen(till, "--no-network")
    assert (ended.code, found["monitors"]["verdict"]) == (1, "fail")
    assert "display" in str(found["monitors"]["sentence"])
    assert found["fonts"]["verdict"] == "ok"


@pytest.mark.e2e
def test_the_monitors_of_a_real_screen_are_listed(till: Till, screen: Screen) -> None:
    till.with_env(DISPLAY=screen.display)
    _, found = seen(till, "--no-network")
    (monitor,) = cast("list[JsonObject]", cast("JsonObject", found["monitors"]["figures"])["monitors"])
    assert (monitor["width_px"], monitor["height_px"], monitor["scale_percent"]) == (2560, 1600, 100)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(till: Till) -> None:
    till.data.mkdir(mode=0o500)
    _, found = seen(till, "--no-network")
    assert found["disk"]["verdict"] == "fail"
